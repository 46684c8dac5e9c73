"""A small town in the mirror: accounts, posts of every state, threads, votes, days and a wallet's history."""

import io
import json
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import Engine, insert

from indexer.content import pictures
from indexer.content.encoding import canonical
from indexer.content.store import Store
from indexer.fetching.worker import content_row
from indexer.fold.ranking import hot, trending
from indexer.fold.rows import missing_content, new_account, new_post
from indexer.mirror.database import writing
from indexer.protocol.actions import post_id, sha256
from indexer.protocol.deployment import Deployment
from indexer.rewards import part_up
from indexer.schema import (
    Account,
    Base,
    Beneficiary,
    Block,
    Content,
    Cursor,
    Day,
    Delegation,
    Entry,
    Key,
    Pool,
    Post,
    Vote,
)
from tests.actors import Key as Signer

DAY = 86_400
ETHER = 10**18
VEST = 10**9  # micro-vests of 1 LRL
DEPLOYMENT = Deployment(
    chain_id=31337,
    core="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    graph="0xDc64a140Aa3E981100a9becA4E685f962f0cF6C9",
    token="0xa16E02E87b7454126E5E10d957A927A7F5B5d2be",
    block=1,
    parameters={
        "day": DAY,
        "curveConstant": 0,
        "seed": 2 * 10**12,
        "genesisSupply": 100_000_000 * ETHER,
        "genesisRecipient": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "treasury": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
    },
    settings_hash="",
)
INDEX = 2**64 // 500
"""Of the stakers: who has had stake since genesis has earned a five hundredth of it."""
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe'
SHARED = "What three of us saw from the tower"
QUIET = "Only a note"
GONE = "A slip of the pen"
TABLE = "What each tower counted"
WIDE = """| tower | swallows | housemartins | unidentified | remarks |
|---|---|---|---|---|
| Westminster | 1,204 | 38 | 7 | thunderstorm |
| Nottingham | 877 | 112 | 19 | uninterrupted |"""
BODY = """When the swifts come back in May, the whole street looks up. They nest under the roof
tiles of number 14, and have done so for longer than anybody there remembers.

# What to look for

- a *scream* at roof height, early and late in the day
- long, narrow wings, like a drawn bow
- no landing, ever: they [sleep on the wing](https://example.org/swifts)

> They are the only birds I know that make me feel slow.

| month | nests |
|---|---|
| May | 4 |
| June | 11 |

Write down the date of the first one. `1899-12-31` is the oldest in the parish book."""


@dataclass
class World:
    """What was put in, and the mirror's rows as they are made. `now`: the chain's seconds."""

    now: int
    store: Store
    accounts: dict[str, int] = field(default_factory=dict)
    keys: dict[str, Signer] = field(default_factory=dict)
    posts: dict[str, bytes] = field(default_factory=dict)
    rows: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    seqs: Iterator[int] = field(default_factory=lambda: iter(range(1 << 20, 1 << 40, 1 << 10)))

    def copy(self, store: Store) -> "World":
        """Another that goes on from here by itself; `store` holds the same."""
        own = {"accounts": dict(self.accounts), "keys": dict(self.keys), "posts": dict(self.posts)}
        return replace(self, store=store, rows=[*self.rows], seqs=copy(self.seqs), **own)

    def add(self, table: type[Base], **values: Any) -> None:
        self.rows.append((table, values))

    def save(self, engine: Engine) -> None:
        """Writes the rows made since the last call."""
        with writing(engine) as connection:
            for table, values in self.rows:
                connection.execute(insert(table).values(**values))
        self.rows.clear()

    def account(self, handle: str, lrl: int = 1000, mana: float = 1.0) -> int:
        number = self.accounts[handle] = len(self.accounts) + 1
        vests = lrl * VEST
        row = new_account(number, handle, self.now - 40 * DAY) | {
            "balance": 12_345_678 * 10**12 if number == 1 else 0,
            "own": vests,
            "effective": vests,
            "mana": int(vests * mana),
            "down_mana": vests // 4,
            "updated_at": self.now,
        }
        self.add(Account, **row)
        key = self.keys[handle] = Signer.secp256k1()
        self.key(handle, key, role=3)
        return number

    def key(self, handle: str, key: Signer, role: int = 1, expiry: int = 0, **changes: Any) -> None:
        values: dict[str, Any] = {"epoch": 0, "revoked_at": 0, "added_at": self.now - DAY}
        values |= {"account": self.accounts[handle], "role": role, "expiry": expiry}
        self.add(Key, address=key.address, **(values | changes))

    def post(
        self,
        name: str,
        author: str,
        age: int,
        parent: str | None = None,
        net: int = 0,
        state: str = "ready",
        media: list[Any] | None = None,
        **words: Any,
    ) -> bytes:
        """A post or comment, `age` seconds old. `state`: ready, missing, unreadable or foreign (parent)."""
        created = self.now - age
        document = {
            "v": 1,
            "type": "comment" if parent else "post",
            "body": words.pop("body", BODY),
            "parent": "0x" + self.posts[parent].hex() if parent else None,
            "published": created,
            "media": media or [],
            **({} if parent else {"title": name}),
            **words,
        }
        data = canonical(document)
        if state == "unreadable":
            data = json.dumps(document, indent=1).encode()
        digest = sha256(data)
        if state != "missing":
            self.store.put(data)
        content = missing_content(digest) if state == "missing" else content_row(digest, data)
        if state == "foreign":
            content["parent"] = bytes(32)
        self.add(Content, **content)
        account = self.accounts[author]
        found = self.posts[name] = post_id(account, digest)
        top = self._row(parent) if parent else None
        seq = next(self.seqs)
        row = new_post(found, account, digest, created, created + 7 * DAY, seq, sha256(digest))
        row |= {"net_rshares": net, "weight": max(net, 0)}
        row |= {"hot": hot(net, created), "trending": trending(net, created)}
        if top:
            row |= {"parent": top["id"], "root": top["root"], "depth": top["depth"] + 1}
            top["replied"] = True
        self.add(Post, **row)
        if top:
            top["children"] += 1
        for table, values in self.rows:
            if table is Account and values["handle"] == author:
                values["posts"] += 1
        return found

    def change(self, name: str, **columns: Any) -> None:
        """Changes the row of a post that is not saved yet."""
        self._row(name).update(columns)

    def remove(self, name: str) -> None:
        """What the author takes back counts nowhere."""
        row = self._row(name)
        row["removed"] = True
        for table, values in self.rows:
            if table is Account and values["id"] == row["account"]:
                values["posts"] -= 1
            if table is Post and values["id"] == row["parent"]:
                values["children"] -= 1

    def edit(self, name: str, **words: Any) -> None:
        """Puts another document in the place of a post's, ten minutes ago."""
        row = self._row(name)
        document = {"v": 1, "type": "post", "title": name, "parent": None, "media": []}
        data = canonical(document | {"published": row["created_at"]} | words)
        self.store.put(data)
        row |= {"current": sha256(data), "edited_at": self.now - 600}
        self.add(Content, **content_row(sha256(data), data))

    def share(self, name: str, handle: str, bps: int) -> None:
        """Makes an account a beneficiary of a post."""
        values = {"post": self.posts[name], "account": self.accounts[handle], "bps": bps}
        self.add(Beneficiary, **values, liquid=0, vests=0)

    def delegate(self, handle: str, to: str, lrl: int) -> None:
        """Lends stake; `returning` and what powers down are set by hand."""
        vests = lrl * VEST
        self.add(Delegation, account=self.accounts[handle], to=self.accounts[to], vests=vests)
        giver, taker = self._account(handle), self._account(to)
        giver["delegated"] += vests
        giver["effective"] -= vests
        taker["effective"] += vests

    def power_down(self, handle: str, lrl: int, released: int = 0) -> None:
        """`released` of the 13 parts have been paid; the next is due in two days and a half."""
        row = self._account(handle)
        part = part_up(lrl * VEST)
        left = lrl * VEST - part * released
        row |= {"leaving": left, "part": part, "due_at": self.now + 5 * DAY // 2}
        row["own"] -= part * released
        row["effective"] -= lrl * VEST

    def returning(self, handle: str, lrl: int) -> None:
        row = self._account(handle)
        row |= {"returning": lrl * VEST, "return_at": self.now + 7 * DAY // 2}
        row["effective"] -= lrl * VEST

    def account_row(self, handle: str, **columns: Any) -> None:
        """Changes the row of an account that is not saved yet."""
        self._account(handle).update(columns)

    def vote(
        self, name: str, voter: str, bps: int = 10_000, rshares: int = 10**9, **more: Any
    ) -> None:
        row = self._row(name)
        row["votes"] += 1
        values = {"signed_at": self.now - 60, "claimed": False, "vests": 0, "seq": next(self.seqs)}
        values |= {"post": row["id"], "account": self.accounts[voter], "bps": bps}
        self.add(Vote, rshares=rshares, weight=max(0, rshares), **(values | more))

    def paid(self, name: str, liquid: int, vests: int, curation: int) -> None:
        self._row(name).update(settled=True, liquid=liquid, vests=vests, curation=curation)

    def entry(
        self, handle: str, kind: str, wei: int = 0, vests: int = 0, age: int = 0, **more: Any
    ) -> None:
        values: dict[str, Any] = {"post": None, "other": None, "memo": None}
        values |= {"time": self.now - age, "seq": next(self.seqs)}
        values |= {"account": self.accounts[handle], "kind": kind, "wei": wei, "vests": vests}
        self.add(Entry, **(values | more))

    def _account(self, handle: str) -> dict[str, Any]:
        return next(v for t, v in self.rows if t is Account and v["handle"] == handle)

    def _row(self, name: str) -> dict[str, Any]:
        found = next(v for t, v in self.rows if t is Post and v["id"] == self.posts[name])
        return found


def picture() -> bytes:
    """A PNG of hills under a sun."""
    image = Image.new("RGB", (1200, 800), "#f3d9a4")
    draw = ImageDraw.Draw(image)
    draw.ellipse((820, 120, 980, 280), fill="#e8823a")
    for step, colour in enumerate(("#7fa88a", "#4b7d63", "#1d4f3a")):
        top = 380 + 120 * step
        draw.polygon(
            [
                (0, top + 90),
                (400, top - 40),
                (800, top + 60),
                (1200, top - 20),
                (1200, 800),
                (0, 800),
            ],
            colour,
        )
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def build(now: int, store: Store) -> World:
    """The town. Nothing is in the database before `save`."""
    world = World(now, store)
    for handle, lrl in (("ada", 1200), ("ben.k", 300), ("cleo", 5000), ("dora-1", 0)):
        world.account(handle, lrl, mana=0.87)
    world.key("ada", Signer.p256(), expiry=now + 12 * DAY)
    world.key("ada", Signer.p256(), expiry=now - DAY, added_at=now - 31 * DAY)
    world.key("ada", Signer.p256(), expiry=now + DAY, revoked_at=now - 3600)
    world.key("ada", Signer.p256(), expiry=now + DAY, epoch=-1)
    world.key("cleo", Signer.p256(), expiry=now + 9 * DAY)
    _stake(world)
    world.add(
        Cursor, id=1, chain_id=31337, core=DEPLOYMENT.core, block=42, hash=bytes(32), timestamp=now
    )
    world.add(Block, number=42, hash=bytes(32), timestamp=now)
    today = now // DAY
    for day in range(today - 9, today):
        world.add(
            Day,
            day=day,
            claims=4 * 10**11,
            paid=900 * ETHER,
            pool=410_000 * ETHER,
            recent=3 * 10**12,
            index=INDEX,
        )
    world.add(Pool, id=1, wei=410_000 * ETHER, recent=3 * 10**12, next_day=today, index=INDEX)
    _posts(world)
    _thread(world)
    world.entry("ada", "deposit", wei=500 * ETHER, age=9 * DAY)
    world.entry("ada", "power-up", wei=-400 * ETHER, vests=400 * VEST, age=8 * DAY)
    paid = world.posts["Counting the swifts of 2025"]
    world.entry("ada", "author", wei=21 * ETHER, vests=21 * VEST, age=DAY, post=paid)
    world.entry("ada", "curation", vests=3_214_000_000, age=DAY, post=paid)
    world.entry("ada", "transfer-out", wei=-25 * ETHER, age=3600, other=world.accounts["ben.k"])
    world.entry("ada", "stake-reward", wei=2 * ETHER, age=1800)
    world.entry("ada", "power-down-release", wei=10 * ETHER, vests=-10 * VEST, age=60)
    return world


def _stake(world: World) -> None:
    """@ada lends to two, has some coming back and some leaving; @cleo's key is being recovered by her."""
    world.delegate("ada", "ben.k", 200)
    world.delegate("ada", "dora-1", 50)
    world.delegate("cleo", "ada", 300)
    world.returning("ada", 40)
    world.power_down("ada", 130, released=2)
    cleo = {"recovery": world.accounts["ada"], "request_ready_at": world.now + 2 * DAY}
    world.account_row("cleo", **cleo, request_owner=Signer.p256().address)
    world.account_row(
        "ada",
        recovery=world.accounts["cleo"],
        next_recovery=world.accounts["ben.k"],
        recovery_at=world.now + 20 * DAY,
    )


def _posts(world: World) -> None:
    shot = pictures.reencode(picture())
    world.store.put(shot.data)
    media = [{"cid": shot.cid, "type": shot.type, "bytes": len(shot.data), "width": shot.width}]
    media[0] |= {"height": shot.height, "alt": "Hills under a low sun"}
    tags = ["birds", "nature", "street"]
    world.post("Counting the swifts of 2025", "ada", 8 * DAY, net=2 * 10**11, tags=tags)
    world.vote("Counting the swifts of 2025", "ben.k", claimed=False, rshares=2 * 10**11)
    world.paid("Counting the swifts of 2025", 21 * ETHER, 21 * VEST, 42 * VEST)
    world.post("A week that nobody has handed out yet", "ada", 7 * DAY + 7200, net=10**11)
    world.post(
        "Notes on keeping a public notebook", "cleo", 2 * DAY, net=-3 * 10**8, tags=["writing"]
    )
    world.vote("Notes on keeping a public notebook", "ben.k", bps=-2500, rshares=-3 * 10**8)
    world.post("Lost words", "ben.k", 30 * 3600, state="missing")
    world.post("Broken words", "ben.k", 26 * 3600, state="unreadable")
    world.post("Foreign words", "dora-1", 25 * 3600, state="foreign")
    world.post(HOSTILE, "cleo", 20 * 3600, summary=HOSTILE, tags=["a" * 32, "日本語"], body=HOSTILE)
    world.post("Not for every table", "cleo", 9 * 3600, sensitive=True, media=media)
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft " * 3
    world.post(long[:240], "dora-1", 5 * 3600, body="Short.", summary="x" * 400)
    body = f"![Hills](ipfs://{shot.cid})\n\n{BODY}"
    world.post(
        "The swifts are back on our street",
        "ada",
        2 * 3600,
        net=3 * 10**10,
        tags=tags,
        media=media,
        body=body,
    )
    for voter, bps in (("ben.k", 10_000), ("cleo", 5_000), ("dora-1", 100)):
        world.vote("The swifts are back on our street", voter, bps)
    world.post(SHARED, "ada", 3 * 3600, net=10**10, body="Three of us wrote this.")
    world.change(SHARED, max_accepted_payout=500 * ETHER, liquid_bps=0)
    world.change(SHARED, allow_curation_rewards=False)
    world.edit(SHARED, body="Three of us wrote this, and corrected it.")
    world.share(SHARED, "ben.k", 3000)
    world.share(SHARED, "dora-1", 1250)
    world.post(TABLE, "cleo", 3 * 3600 + 30, body=WIDE)
    world.post(QUIET, "ada", 2 * 3600 + 60, body="Nobody needs to reward this.")
    world.change(QUIET, max_accepted_payout=0, allow_votes=False)
    world.post(GONE, "ada", 3 * 3600 + 60, body="Words that were taken back.")
    world.remove(GONE)
    world.post("First day here", "dora-1", 40, body="Hello. I came for the *birds*.", net=10**9)


def _thread(world: World) -> None:
    root = "The swifts are back on our street"
    for name, author, parent, net, body in (
        (
            "c1",
            "ben.k",
            root,
            10**9,
            "Ours came on the 4th. Two pairs so far, under the **north** eaves.",
        ),
        ("c2", "ada", "c1", 10**8, "Two pairs already! Do you keep a list?"),
        ("c3", "ben.k", "c2", 0, "I do, since 2009. I will post it this weekend."),
        ("c4", "cleo", "c3", 0, "Please do, and say how you tell the pairs apart."),
        ("c5", "ben.k", "c4", 0, "By the nick in a wing, mostly. And by patience, " + "w" * 120),
        ("c6", "cleo", "c5", 0, "Patience it is."),
        ("c7", "ada", "c6", 0, "And a good chair."),
        ("c8", "cleo", root, 0, "> long, narrow wings, like a drawn bow\n\nThat is exactly it."),
        ("c9", "dora-1", root, -(10**8), HOSTILE),
    ):
        world.post(name, author, 3000, parent=parent, net=net, body=body)
    world.post("c10", "dora-1", 2000, parent=root, state="missing", body="gone")
    world.post("c11", "cleo", 1500, parent=root, body="Never mind.")
    world.remove("c11")
    world.vote("c1", "ada", rshares=10**9)
