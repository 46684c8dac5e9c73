"""Three accounts, marked as samples, with posts, comments and votes, so that a new chain has something to read.

Each step has a time on the chain's clock, counted in DAY from a base. A new chain begins in the past (see
anvil.py), and the last step is at the present; on any other chain the clock is moved on. After a run that was
killed, the same call goes on: it asks the chain for what is there.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.chain.connection import Chain
from backend.local.accounts import WINDOW, Owner, act, ensure, give, grant
from backend.local.batches import signed
from backend.local.clock import check_local, latest
from backend.local.keys import DEV_KEY, key_file
from backend.local.pictures import way_of_a_post
from indexer.chain.rpc import Rpc
from indexer.content.documents import canonical
from indexer.content.pictures import reencode
from indexer.content.store import Store
from indexer.protocol.actions import Signed, post_id, sha256
from indexer.protocol.packed import post_slot
from indexer.rewards import CASHOUT_DAYS, ETHER

TEXTS = Path(__file__).parent / "samples"
ACCOUNTS = ("sample-ada", "sample-ben", "sample-cleo")
STAKE = 1_000 * ETHER
LENGTH = 6  # DAY from the base to the present


@dataclass(frozen=True)
class Sample:
    """A post (`parent` None) or comment: samples/<text>.md by an account, `at` DAY after the base."""

    text: str
    author: str
    at: float
    tags: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class Ballot:
    """A vote on a sample, `at` DAY after the base."""

    voter: str
    text: str
    bps: int
    at: float


SCRIPT: tuple[Sample | Ballot, ...] = (
    Sample("on-chain", "sample-ada", 0.4, ("laurel", "chain")),
    Ballot("sample-ben", "on-chain", 10_000, 0.9),
    Sample("reply-first", "sample-cleo", 1.2, parent="on-chain"),
    Sample("reply-answer", "sample-ada", 1.4, parent="reply-first"),
    Ballot("sample-cleo", "reply-answer", 5_000, 1.7),
    Sample("keys", "sample-cleo", 2.3, ("laurel", "keys")),
    Ballot("sample-ada", "keys", 10_000, 2.6),
    Ballot("sample-cleo", "on-chain", 3_000, 3.0),
    Sample("voting", "sample-ben", 3.8, ("laurel", "curation")),
    Ballot("sample-ada", "voting", 8_000, 4.0),
    Ballot("sample-cleo", "voting", 10_000, 4.1),
    Sample("reply-slider", "sample-cleo", 4.5, parent="voting"),
    Ballot("sample-ben", "reply-slider", 4_000, 4.7),
    Sample("reply-weight", "sample-ada", 4.9, parent="voting"),
    Sample("publish", "sample-ada", 5.4, ("laurel", "how-to")),
    Ballot("sample-ben", "publish", 10_000, 5.7),
)


class Samples:
    """One run of the script on one chain."""

    def __init__(self, chain: Chain, rpc: Rpc, store: Store, home: Path, faucet: Owner) -> None:
        self._chain, self._rpc, self._store = chain, rpc, store
        self._marker = home / "samples.json"
        self._key_file = home / "samples.key"
        self._faucet = faucet
        self._owners: dict[str, Owner] = {}
        self._pieces = {p.text: p for p in SCRIPT if isinstance(p, Sample)}

    def make(self) -> bool:
        """Makes what is missing; returns whether anything was. Raises NotLocal, NotMined."""
        check_local(self._rpc)
        genesis = self._rpc.call(dict[str, Any], "eth_getBlockByNumber", "0x0", False)["hash"]
        if self._marker.exists() and json.loads(self._marker.read_text())["chain"] == genesis:
            return False
        self._open_accounts()
        base = max(latest(self._rpc) + 60, int(time.time()) - LENGTH * self._chain.day)
        for step in SCRIPT:
            moment = base + int(step.at * self._chain.day)
            if isinstance(step, Sample):
                self._publish(step, moment)
            else:
                self._vote(step, moment)
        self._move_to(base + LENGTH * self._chain.day)
        self._rpc.call(Any, "evm_mine")
        self._marker.write_text(json.dumps({"chain": genesis}) + "\n")
        return True

    def _open_accounts(self) -> None:
        secret = key_file(self._key_file)
        keys = {handle: sha256(secret + handle.encode()) for handle in ACCOUNTS}
        numbers = ensure(self._chain, self._rpc, DEV_KEY, keys)
        self._owners = {handle: Owner(numbers[handle], keys[handle]) for handle in ACCOUNTS}
        now = latest(self._rpc)
        grants = [
            grant(self._chain, self._faucet, number, STAKE, now)
            for number in numbers.values()
            if self._chain.view("accountState(uint40)", number)[0] & (2**64 - 1) == 0
        ]
        give(self._chain, self._rpc, DEV_KEY, grants)

    def _publish(self, piece: Sample, moment: int) -> None:
        data, media = self._document(piece)
        digest = sha256(data)
        if self._chain.view("postState(bytes32)", self._id(piece)) != [0]:
            return
        self._store.put_many([data, *media])
        fields = {
            "account": self._owners[piece.author].account,
            "digest": digest,
            "parent": self._id(self._pieces[piece.parent]) if piece.parent else bytes(32),
            "community": 0,
            "deadline": moment + WINDOW,
        }
        self._act("Post", piece.author, fields, moment)

    def _vote(self, ballot: Ballot, moment: int) -> None:
        voter = self._owners[ballot.voter].account
        post = self._id(self._pieces[ballot.text])
        created = post_slot(self._chain.view("postState(bytes32)", post)[0]).created_at
        over = latest(self._rpc) >= created + CASHOUT_DAYS * self._chain.day
        if over or self._chain.view("voteState(bytes32,uint40)", post, voter) != [0]:
            return
        fields = {"account": voter, "post": post, "weight": ballot.bps, "at": moment}
        self._act("Vote", ballot.voter, fields, moment)

    def _act(self, kind: str, handle: str, fields: dict[str, Any], moment: int) -> None:
        action: Signed = signed(self._chain, kind, self._owners[handle].key, fields)
        self._move_to(moment)
        act(self._chain, self._rpc, DEV_KEY, [action])

    def _move_to(self, moment: int) -> None:
        """Sets the next block's time, unless the chain is past it already."""
        if moment > latest(self._rpc):
            self._rpc.call(Any, "evm_setNextBlockTimestamp", moment)

    def _id(self, piece: Sample) -> bytes:
        return post_id(self._owners[piece.author].account, sha256(self._document(piece)[0]))

    def _document(self, piece: Sample) -> tuple[bytes, list[bytes]]:
        """The same bytes at every call: `published` is counted from the deployment's block."""
        text = (TEXTS / f"{piece.text}.md").read_text().strip()
        block = hex(self._chain.deployment.block)
        born = self._chain.number_of(block)
        document: dict[str, Any] = {
            "v": 1,
            "type": "comment" if piece.parent else "post",
            "body": text,
            "parent": None,
            "published": born + int(piece.at * self._chain.day),
            "app": "laurel samples",
            "lang": "en",
        }
        if piece.parent:
            document["parent"] = "0x" + self._id(self._pieces[piece.parent]).hex()
            return canonical(document), []
        title, _, body = text.partition("\n")
        document |= {"title": title.removeprefix("# "), "body": body.strip()}
        document["tags"] = list(piece.tags)
        if "PICTURE" not in body:
            return canonical(document), []
        picture = reencode(way_of_a_post())
        document["body"] = body.strip().replace("PICTURE", picture.cid)
        document["media"] = [
            {
                "cid": picture.cid,
                "type": picture.type,
                "bytes": len(picture.data),
                "width": picture.width,
                "height": picture.height,
                "alt": "Six boxes: browser, content store, relay, contracts, indexer, page",
            }
        ]
        return canonical(document), [picture.data]
