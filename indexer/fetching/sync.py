"""Copies content that this node lacks from other nodes: the documents that its chain names, then their files.

The mirror names the documents; a document names its pictures and files; the root block of a file names
its other blocks. Blocks that are here are never asked for, so a copy that was interrupted goes on when it
is started again.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import httpx
from sqlalchemy import Engine, func, select

from indexer.content import dagpb
from indexer.content.batches import batches
from indexer.content.cid import DAG_PB, cid_of, parse
from indexer.content.dagpb import BadNode
from indexer.content.documents import MAX_DOCUMENT, Profile, parse_any
from indexer.content.errors import ContentError
from indexer.content.store import MAX_BLOCK, Corrupt, Missing, Store
from indexer.content.unixfs import MAX_DEPTH
from indexer.fetching.bulk import MOST_CIDS, NodeAway, NodeBusy, NodeRefused, NodeTrouble, ask
from indexer.schema import Content

TRIES = 4
"""Times that a node is asked in vain before it counts as away."""
FIRST_WAIT_SECONDS = 1.0
WINDOW = 2000
"""Documents whose files are copied together."""


@dataclass
class Progress:
    """How far a copy is, in blocks. `lacking`: no source gave them, or they were too large."""

    stage: str = "documents"
    total: int = 0
    here: int = 0  # before this copy
    copied: int = 0
    bytes: int = 0
    lacking: int = 0
    examples: list[str] = field(default_factory=list)  # of what is lacking
    too_large: list[str] = field(default_factory=list)  # CIDs of files that were left out
    refusals: dict[str, str] = field(default_factory=dict)  # why a source is not asked any more
    finished: bool = False


_A_CID = b'":"baf'  # how canonical JSON writes a CID

Told = Callable[[Progress], None]


class Copy:
    """One copy from `sources` (base URLs, asked in order) into `store`."""

    def __init__(
        self,
        engine: Engine,
        store: Store,
        sources: Sequence[str],
        client: httpx.Client,
        told: Told,
        stop: threading.Event,
        most: int,
    ) -> None:
        """`most`: bytes of a file; a larger one is left out."""
        self.progress = Progress()
        self._engine = engine
        self._store = store
        self._sources = sources
        self._client = client
        self._told = told
        self._stop = stop
        self._most = most

    def run(self) -> Progress:
        """Copies until nothing is left, or until `stop`. Raises StoreFull, StoreUnavailable."""
        known = -1
        while known < (now := self._count()):  # what the indexer named meanwhile is copied too
            known = now
            self.progress = Progress(refusals=self.progress.refusals)
            self._documents()
            self._files()
        self.progress.finished = not self._stop.is_set()
        return self.progress

    def _documents(self) -> None:
        self.progress.total = self._count()
        for digests in self._windows():
            self._get([cid_of(digest) for digest in digests], MAX_DOCUMENT)

    def _files(self) -> None:
        self.progress.stage = "pictures and files"
        for digests in self._windows():
            named: dict[str, int] = {}
            for digest in digests:
                named |= self._named(digest)
            self.progress.total += len(named)
            self._get_files({cid: min(size, self._most) for cid, size in named.items()})

    def _get_files(self, level: dict[str, int]) -> None:
        """Copies whole files, depth by depth. `level`: their CIDs, with the bytes that each may have."""
        for depth in range(MAX_DEPTH + 1):
            if not level or self._stop.is_set():
                return
            self._get(list(level), MAX_BLOCK)
            below: dict[str, int] = {}
            for cid, most in level.items():
                below |= self._pieces(cid, most, exactly=depth > 0)
            self.progress.total += len(below)
            level = below

    def _pieces(self, cid: str, most: int, exactly: bool) -> dict[str, int]:
        """The CIDs directly under a dag-pb node, with their sizes; {} if it is not here or too large."""
        if parse(cid).codec != DAG_PB:
            return {}
        try:
            node = dagpb.decode(self._store.get(cid))
        except (Missing, Corrupt, BadNode):
            return {}
        if node.size > most or (exactly and node.size != most):
            self.progress.too_large.append(cid)
            return {}
        return {cid_of(name.digest, name.codec): size for name, size in node.pieces}

    def _named(self, digest: bytes) -> dict[str, int]:
        """The files that a document names, with the bytes that they may have."""
        try:
            data = self._store.get(cid_of(digest))
            if _A_CID not in data:  # true of most, and parsing is slow
                return {}
            document = parse_any(data)
        except ContentError:  # not here, or unreadable
            return {}
        if isinstance(document, Profile):
            return {cid: MAX_BLOCK for cid in (document.picture, document.cover) if cid}
        return {media.cid: media.bytes for media in document.media}

    def _get(self, cids: Sequence[str], most: int) -> None:
        """Copies blocks of at most `most` bytes, each from the first source that has it."""
        left = [cid for cid in cids if not self._store.has(cid)]
        self.progress.here += len(cids) - len(left)
        self._told(self.progress)
        for source in self._sources:
            if left and source not in self.progress.refusals:
                left = self._get_from(source, left, most)
        if self._stop.is_set():
            return
        self.progress.lacking += len(left)
        self.progress.examples += left[: 3 - len(self.progress.examples)]
        self._told(self.progress)

    def _get_from(self, source: str, cids: Sequence[str], most: int) -> list[str]:
        """Copies what one source gives of `cids`; returns the rest."""
        todo, lacking, failures = deque(cids), list[str](), 0
        while todo and not self._stop.is_set():
            batch = [todo.popleft() for _ in range(min(MOST_CIDS, len(todo)))]
            got: set[str] = set()
            whole = False
            try:
                self._keep(ask(source, batch, self._client), most, got)
                whole = True
            except NodeBusy as busy:
                self._stop.wait(busy.seconds)
            except NodeRefused as refusal:
                self.progress.refusals[source] = str(refusal)
            except NodeAway as away:
                failures = 1 if got else failures + 1
                if failures == TRIES:
                    self.progress.refusals[source] = str(away)
                self._stop.wait(FIRST_WAIT_SECONDS * 2 ** (failures - 1))
            # Answers keep the order asked for, so the source lacks a block that it passed over.
            passed = max((n for n, cid in enumerate(batch) if cid in got), default=-1) + 1
            if whole and not got:
                passed = len(batch)
            lacking += [cid for cid in batch[:passed] if cid not in got]
            todo.extendleft(reversed(batch[passed:]))
            if source in self.progress.refusals:
                break
        return lacking + list(todo)

    def _keep(self, blocks: Iterable[tuple[str, bytes]], most: int, got: set[str]) -> None:
        """Stores the blocks in batches as they come, and adds each CID to `got`. Raises NodeTrouble."""
        trouble: NodeTrouble | None = None

        def coming() -> Iterator[tuple[str, bytes]]:
            nonlocal trouble
            try:
                for cid, data in blocks:
                    got.add(cid)
                    if len(data) <= most:
                        yield cid, data
                    else:
                        self.progress.lacking += 1
            except NodeTrouble as met:  # raised once what came before is stored
                trouble = met

        for batch in batches(coming()):
            self._put([data for _, data in batch])
            if self._stop.is_set():
                break
        if trouble:
            raise trouble

    def _put(self, blocks: Sequence[bytes]) -> None:
        self._store.put_many(blocks)
        self.progress.copied += len(blocks)
        self.progress.bytes += sum(map(len, blocks))
        self._told(self.progress)

    def _count(self) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(Content)) or 0

    def _windows(self) -> Iterator[list[bytes]]:
        """The digests of all documents that the chain names, up to WINDOW at a time."""
        last = b""
        while not self._stop.is_set():
            window = select(Content.digest).where(Content.digest > last)
            with self._engine.connect() as connection:
                digests = list(connection.scalars(window.order_by(Content.digest).limit(WINDOW)))
            if not digests:
                return
            last = digests[-1]
            yield digests
