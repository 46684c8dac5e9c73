"""/api/laurel/v1/posts/…: one post, its comments and votes; documents in, and the preview of a body."""

from typing import Any

from flask import Blueprint

from backend.posts.payout import Payout
from backend.posts.queries import Piece, Share, find, replies, votes_on
from backend.site import paging
from backend.site.address_limits import count_use
from backend.site.api import API
from backend.site.database import session
from backend.site.formats import hex0x
from backend.site.node import current_node
from backend.site.problems import Problem
from backend.site.prose import prose
from backend.site.request_bodies import exact_bytes, members
from indexer.content import documents
from indexer.content.cid import cid_of, digest
from indexer.content.render import render
from indexer.schema import Vote

MOST_PREVIEW = 6 * documents.MAX_BODY + 64
"""Bytes of JSON around the longest body: a character of one byte takes up to six there (\\u0001)."""

bp = Blueprint("posts-api", __name__, url_prefix=API)


def found(text: str) -> Piece:
    """The post or comment with this id in hex, even a removed one. Raises Problem 404 `unknown_post`."""
    deployment = current_node().deployment
    digits = text.removeprefix("0x")
    if len(digits) == 64 and all(c in "0123456789abcdefABCDEF" for c in digits):
        piece = find(session(), deployment, bytes.fromhex(digits))
        if piece is not None:
            return piece
    raise Problem(404, "unknown_post", "There is no post with this id on this chain.")


def standing(text: str) -> Piece:
    """As `found`, and raises Problem 410 `post_removed` for one that was removed."""
    piece = found(text)
    if piece.post.removed:
        raise Problem(410, "post_removed", f"Its author, @{piece.handle}, removed this post.")
    return piece


def as_json(piece: Piece, *, html: bool = False) -> dict[str, Any]:
    """A piece for the API: ids and digests in 0x-hex, wei and rshares as decimal strings."""
    post, words, payout = piece.post, piece.words, piece.payout
    body = {"html": words.html} if html and words else {}
    return {
        "id": hex0x(post.id),
        "author": {"account": post.account, "handle": piece.handle},
        "digest": hex0x(post.digest),  # which the id comes from
        "current": hex0x(post.current),  # of the document shown now: another after each edit
        "cid": cid_of(post.current),
        "parent": hex0x(post.parent) if post.parent else None,
        "root": hex0x(post.root),
        "depth": post.depth,
        "createdAt": post.created_at,
        "editedAt": post.edited_at or None,
        "cashoutAt": post.cashout_at,
        "tx": hex0x(post.tx),
        "netRshares": str(post.net_rshares),
        "weight": str(post.weight),
        "votes": post.votes,
        "children": post.children,
        "comments": piece.comments,
        "hot": post.hot,
        "trending": post.trending,
        "options": {
            "maxAcceptedPayout": str(post.max_accepted_payout),
            "liquidBps": post.liquid_bps,
            "allowVotes": post.allow_votes,
            "allowCurationRewards": post.allow_curation_rewards,
        },
        "payout": {  # liquid: wei; vests and curation: micro-vests; the rest: wei
            "state": payout.state,
            "total": str(payout.total),
            "liquid": str(payout.author.liquid),
            "vests": str(payout.author.vests),
            "curation": str(payout.curation),
            "returned": str(payout.returned),
            "beneficiaries": [_beneficiary(share, payout) for share in piece.shares],
        },
        "state": piece.state,
        "trouble": piece.trouble,
        "title": words.title if words else "",
        "summary": words.summary if words else "",
        "tags": words.tags if words else [],
        "picture": words.picture if words else None,
        "lang": words.lang if words else None,
        "sensitive": words.sensitive if words else False,
        **body,
    }


@bp.get("/posts/<post>")
def one(post: str) -> dict[str, Any]:
    return as_json(standing(post), html=True)


@bp.get("/posts/<post>/comments")
def comments(post: str) -> dict[str, Any]:
    """The direct replies, newest first; `children` says how many replies each has itself."""
    top = standing(post).post
    rows, cursor = replies(session(), current_node().deployment, top, paging.api_request())
    return {"comments": [as_json(row, html=True) for row in rows], "next": cursor}


@bp.get("/posts/<post>/votes")
def votes(post: str) -> dict[str, Any]:
    """The votes that stand, the latest first; `bps` is their weight in hundredths of a per cent."""
    top = standing(post).post
    rows, cursor = votes_on(session(), top.id, paging.api_request())
    return {"votes": [_vote(vote, handle) for vote, handle in rows], "next": cursor}


@bp.post("/documents")
def put_document() -> tuple[dict[str, str], int]:
    """Stores the body, a document's bytes -> 201 {"digest": its sha-256 in 0x-hex, "cid"}.

    Problems: 429 `rate_limited`, and what is wrong with the document (`documents.parse`).
    """
    data = exact_bytes(documents.MAX_DOCUMENT, documents.TooLarge.code)
    documents.parse(data)
    count_use("upload")
    cid = current_node().store.put(data)
    return {"digest": hex0x(digest(data)), "cid": cid}, 201


@bp.post("/render")
def preview() -> dict[str, str]:
    """{"body": Markdown} -> {"html": as pages show it}. Problems: 413 `document_too_large`, 429 `rate_limited`."""
    (body,) = members("body", most=MOST_PREVIEW)
    if len(body.encode("utf-8", "replace")) > documents.MAX_BODY:
        detail = f"A body has at most {documents.MAX_BODY:,} bytes."
        raise Problem(413, documents.TooLarge.code, detail)
    count_use("preview")
    return {"html": prose(render(body))}


def _beneficiary(share: Share, payout: Payout) -> dict[str, Any]:
    part = payout.others[share.account]
    return {
        "account": share.account,
        "handle": share.handle,
        "bps": share.bps,
        "liquid": str(part.liquid),
        "vests": str(part.vests),
    }


def _vote(vote: Vote, handle: str) -> dict[str, Any]:
    return {
        "account": vote.account,
        "handle": handle,
        "bps": vote.bps,
        "rshares": str(vote.rshares),
        "weight": str(vote.weight),
        "signedAt": vote.signed_at,
        "claimed": vote.claimed,
        "vests": str(vote.vests),
    }
