"""What every template can use: numbers and times in words, files, the chain, who is signed in."""

import json
import re
import zlib
from typing import Any

from flask import Flask, request
from markupsafe import Markup
from sqlalchemy.exc import OperationalError

from backend.chain.wire import ChainUnreachable
from backend.identity.sessions import signed_in
from backend.site import formats
from backend.site.assets import current_assets
from backend.site.node import current_node
from backend.site.now import Present, present
from backend.site.prose import prose
from indexer.content.cid import cid_of
from indexer.protocol.deployment import NotDeployed

HUES = 12

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TROUBLES = {
    "missing": "The words of this post have not been found yet.",
    "removed": "Its author removed this.",
    "document_is_profile": "The document is somebody's profile, not a post.",
    "document_wrong_parent": "The words belong under another post than the chain says.",
    "document_too_large": "The document is over the size limit.",
    "document_not_json": "The document is not JSON.",
    "document_not_canonical": "The document is not in canonical form.",
    "document_breaks_schema": "The document breaks the schema of posts.",
    "block_too_large": "The document is over the size limit.",
}


def init_app(app: Flask) -> None:
    """Gives the templates their filters, functions and context."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        about=formats.about,
        lrl=formats.lrl,
        power=formats.power,
        iso=formats.iso,
        utc=formats.iso,
        moment=formats.moment,
        day=formats.day,
        span=formats.span,
        ago=lambda time: formats.ago(time, present().time),
        hex=bytes.hex,
        cid=cid_of,
        profile=profile,
        trouble=trouble,
        prose=prose,
        xml=lambda text: _NOT_XML.sub("", text),
    )
    app.jinja_env.globals.update(
        avatar=avatar,
        asset=lambda name: current_assets().url(name),
        count=formats.count,
        percent=formats.percent,
    )
    app.context_processor(_context)


def avatar(handle: str, size: str = "") -> Markup:
    """A disc with the handle's first letter in the handle's colour: no request, no upload."""
    kind = f"avatar h{hue(handle)} {size}".strip()
    return Markup('<span class="{}" aria-hidden="true">{}</span>').format(kind, handle[:1].upper())


def hue(handle: str) -> int:
    """A number below HUES that stands for a handle's colour."""
    return zlib.crc32(handle.encode()) % HUES


def profile(handle: str) -> str:
    """The path of an account's page; `/@x.atom` alone is the Atom feed of @x."""
    return f"/@{handle}/posts" if handle.endswith(".atom") else f"/@{handle}"


def trouble(code: str) -> str:
    """Why there are no words to show."""
    return _TROUBLES.get(code, f"The document cannot be read ({code}).")


def _context() -> dict[str, Any]:
    """Also an error page has this context, so that nothing here may fail."""
    try:
        now = present()
        me = signed_in(now.time)
    except OperationalError:
        now, me = Present(0, 0, False), None
    chain = _chain(now)
    return {
        "me": me,
        "now": now,
        "chain": chain,
        "chain_json": json.dumps(chain, separators=(",", ":")) if chain else "",
        "here": request.path,
    }


def _chain(now: Present) -> dict[str, Any] | None:
    node = current_node()
    try:
        deployment = node.deployment
    except (NotDeployed, ChainUnreachable, OperationalError):
        return None
    return {
        "chainId": deployment.chain_id,
        "core": deployment.core,
        "day": deployment.day,
        "time": now.time,
        "local": deployment.local,
    }
