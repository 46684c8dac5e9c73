"""Styles, scripts and drawings under /s/<hash of them all>/…: browsers may keep them for ever."""

import gzip
import mimetypes
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, current_app, request

from backend.site.problems import Problem
from indexer.settings import ROOT

FOLDERS = ("css", "js", "img", "rules")
LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities")
"""The style sheets, in the order of their cascade layers."""
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/speculationrules+json",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}

_COMMENT = re.compile(
    rb"^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)[ \t]*\n"  # alone on its lines
    rb"|[ \t]+// [^\n]*"  # at the end of a line
    rb"|/\*\* @type [^\n]*? \*/ ?"  # a type within an expression
    rb"|(?<=[{(\[,;\n])\n"  # a line's end after a bracket, a comma, a semicolon or another line's end
    rb"|^[ \t]+",  # the space before a line
    re.MULTILINE,
)
"""Types, comments, empty lines, indentation: a third of our modules' bytes, which no browser needs."""

bp = Blueprint("assets", __name__)


@dataclass(frozen=True)
class Assets:
    """The files below `root`, read once. A name is a path such as css/base.css."""

    root: Path

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Name -> bytes; scripts without comments. css/all.css is all layers, as each page needs them."""
        paths = [p for folder in FOLDERS for p in (self.root / folder).rglob("*") if p.is_file()]
        found = {p.relative_to(self.root).as_posix(): _read(p) for p in sorted(paths)}
        return found | {"css/all.css": b"".join(found[f"css/{name}.css"] for name in LAYERS)}

    @cached_property
    def packed(self) -> dict[str, bytes]:
        """Name -> bytes, compressed by gzip."""
        return {name: gzip.compress(data, 9, mtime=0) for name, data in self.files.items()}

    @cached_property
    def tree(self) -> str:
        """A hash over all names and bytes: any change to any file changes every address."""
        parts = (f"{name}\0{sha256(data).hexdigest()}\n" for name, data in self.files.items())
        return sha256("".join(parts).encode()).hexdigest()[:16]

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError if there is none."""
        if name not in self.files:
            raise KeyError(name)
        return f"/s/{self.tree}/{name}"


def _read(path: Path) -> bytes:
    data = path.read_bytes()
    return _COMMENT.sub(b"", data) if path.suffix == ".js" else data


def current_assets() -> Assets:
    """The running application's files; read anew for each call while debugging."""
    if current_app.debug:
        return Assets(ROOT / "frontend")
    assets: Assets = current_app.extensions["laurel-assets"]
    return assets


@bp.get("/s/<tree>/<path:name>")
def file(tree: str, name: str) -> Response:
    assets = current_assets()
    if tree != assets.tree or name not in assets.files:
        raise Problem(404, "not_found", "There is no such file in this version of the site.")
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    data = assets.files[name]
    if request.accept_encodings["gzip"] and suffix in _TYPES:
        headers["Content-Encoding"] = "gzip"
        data = assets.packed[name]
    return Response(data, headers=headers, content_type=kind)
