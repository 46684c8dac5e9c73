"""The loop: catch up with the chain, then follow its head, through reorganisations and outages."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import Engine

from indexer.chain.prefetch import Ahead
from indexer.chain.rpc import NodeUnreachable, RpcError
from indexer.chain.source import ChainMoved, Header, Source, Span
from indexer.chain.startup import check_mirror, check_node
from indexer.fetching.worker import Fetcher
from indexer.mirror import store
from indexer.mirror.database import UNAVAILABLE
from indexer.mirror.lease import Lease, LeaseLost
from indexer.protocol.deployment import Deployment

LOCAL_POLL = 0.2  # seconds between looks at the head
POLL = 1.0
AHEAD_FROM = 1000  # blocks left to index from which on a second process (prefetch.py) saves time
RETRY = 1.0  # seconds between tries while node, database or lease are not to be had
CONTENT_SECONDS = 1.0  # for the content thread to end; what it was fetching is fetched later


class Behind(NodeUnreachable):
    """The node's latest block is older than the oldest that the mirror can be rolled back to."""

    kind = "behind"


class State(Enum):
    WAITING = "waiting"  # for the node, the database or another indexer; `reason` says which
    INDEXING = "indexing"  # blocks behind the head
    LIVE = "live"  # at the head
    REORGANISED = "reorganised"  # rolled back to `block`


@dataclass(frozen=True)
class Status:
    """What the indexer has just done.

    events: number that this step applied; kinds: how many of each event class, by its name; undone: number of
    blocks rolled back; time, head_time: timestamps of `block` and `head`, in seconds.
    """

    state: State
    block: int = 0
    head: int = 0
    events: int = 0
    reason: str = ""
    time: int = 0
    head_time: int = 0
    undone: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def lag_blocks(self) -> int:
        return max(self.head - self.block, 0)

    @property
    def lag_seconds(self) -> int:
        """Seconds of chain time between `block` and `head`."""
        return max(self.head_time - self.time, 0)


Report = Callable[[Status], None]


class Indexer:
    """Indexes one deployment into its mirror, step by step. The caller acquires `lease` first."""

    def __init__(
        self,
        engine: Engine,
        source: Source,
        deployment: Deployment,
        lease: Lease,
        fetcher: Fetcher,
        ahead: Ahead | None = None,
    ) -> None:
        self.lease = lease
        self.fetcher = fetcher
        self._ahead = ahead
        self._engine = engine
        self._source = source
        self._deployment = deployment

    @property
    def poll(self) -> float:
        """Seconds between two looks at the head."""
        return LOCAL_POLL if self._deployment.local else POLL

    @property
    def rpc_errors(self) -> Mapping[str, int]:
        """How often the node failed so far, by kind."""
        errors = self._source.rpc.errors
        return errors + self._ahead.errors if self._ahead else errors

    def check(self) -> None:
        """Raises DifferentChain unless mirror, deployment and node agree; NodeUnreachable."""
        self.check_node()
        check_mirror(self._engine, self._deployment)

    def check_node(self) -> None:
        """Raises DifferentChain unless the node's chain has the contracts; NodeUnreachable."""
        check_node(self._source, self._deployment)

    def step(self, until: int | None = None) -> Status:
        """Does one thing: begins an empty mirror, rolls back, or applies a span, up to block `until` at most.

        Raises TooDeep, ChainMoved, NodeUnreachable, RpcError, LeaseLost, Incomplete, and the errors in
        UNAVAILABLE.
        """
        here = store.position(self._engine)
        if here is None:
            return self._begin()
        head, there = self._source.head_and(here.block)
        if there is None or there.hash != here.hash:
            number = self._ancestor(head)
            store.roll_back(self._engine, self.lease, number)
            reason = f"The chain was reorganised after block {number}."
            undone = here.block - number
            return Status(State.REORGANISED, number, head.number, reason=reason, undone=undone)
        end = head.number if until is None else min(until, head.number)
        if here.block >= end:
            return Status(
                State.LIVE, here.block, end, time=here.timestamp, head_time=head.timestamp
            )
        span = self._next(here.header, end, head.number - store.KEPT + 1)
        missing = store.apply(
            self._engine, self.lease, span, self._deployment.day, self.fetcher.local
        )
        if missing:
            self.fetcher.wake.set()
        state = State.LIVE if span.last.number == end else State.INDEXING
        return Status(
            state,
            span.last.number,
            end,
            len(span.events),
            time=span.last.timestamp,
            head_time=head.timestamp,
            kinds=Counter(type(event).__name__ for event in span.events),
        )

    def _next(self, after: Header, end: int, reversible_from: int) -> Span:
        """The next span. Lets a second process read the one after it meanwhile."""
        span = self._ahead.take(after) if self._ahead else None
        if span is None or span.last.number > end:
            span = self._source.span(after, end, reversible_from)
        to_go = min(end, reversible_from - 1) - span.last.number
        if self._ahead and (to_go >= AHEAD_FROM or self._ahead.running and to_go > 0):
            self._ahead.ask(span.last, end, reversible_from)
        elif self._ahead:
            self._ahead.close()
        return span

    def _begin(self) -> Status:
        before = self._deployment.block - 1
        head, header = self._source.head_and(before)
        if header is None:
            raise ChainMoved("The chain is shorter than when the contracts were deployed.")
        d = self._deployment
        store.begin(self._engine, self.lease, d.chain_id, d.core, header)
        return Status(
            State.INDEXING,
            before,
            head.number,
            time=header.timestamp,
            head_time=head.timestamp,
        )

    def _ancestor(self, head: Header) -> int:
        """The latest block that the mirror and the chain share. Raises TooDeep, Behind."""
        kept = store.kept(self._engine)
        if head.number < kept[-1][0]:
            behind = Behind(
                f"The node at {self._source.rpc.name} is at block {head.number}, behind this "
                f"mirror's {kept[0][0]}; waiting for it."
            )
            self._source.rpc.fault(behind)
            raise behind
        headers = self._source.headers(number for number, _ in kept)
        for (number, hash_), header in zip(kept, headers, strict=True):
            if header is not None and header.hash == hash_:
                return number
        number, hash_ = kept[-1]
        _, header = self._source.head_and(number)  # again: it may have been wrong
        if header is not None and header.hash == hash_:
            raise ChainMoved(f"The node at {self._source.rpc.name} had not all of its blocks.")
        raise store.TooDeep(
            f"The chain at {self._source.rpc.name} parts from this mirror before block "
            f"{kept[-1][0]}, further back than can be undone ({store.KEPT} blocks). Check that it "
            "is the right chain, then run `laurel rebuild` to index it from the start."
        )


def catch_up(indexer: Indexer, report: Report, until: int | None = None) -> None:
    """Steps to the head, or to block `until`. Raises what `step` does, except ChainMoved."""
    while True:
        try:
            status = indexer.step(until)
        except ChainMoved:
            continue
        report(status)
        if status.state is State.LIVE:
            return


def follow(
    indexer: Indexer,
    report: Report,
    stop: threading.Event,
    wake: threading.Event | None = None,
) -> None:
    """Follows the chain until `stop`, then releases the lease. Setting `wake` ends the wait for a new block.

    Waits, and reports why, while node or database cannot be reached or another process holds the lease.
    Raises DifferentChain, TooDeep, Incomplete, and the error that ended the content fetcher.
    """
    content = threading.Thread(
        target=indexer.fetcher.run,
        args=(stop, lambda reason: report(Status(State.WAITING, reason=reason))),
        name="content",
        daemon=True,
    )
    wake = wake or threading.Event()
    ready = False  # the lease is ours, and the chain is the right one
    try:
        while not stop.is_set():
            if indexer.fetcher.failure is not None:
                raise indexer.fetcher.failure
            try:
                if not ready:
                    other = indexer.lease.acquire()
                    if other is not None:
                        reason = f"Another indexer ({other}) writes this database."
                        report(Status(State.WAITING, reason=reason))
                        stop.wait(RETRY)
                        continue
                    indexer.check()
                    ready = True
                    if content.ident is None:
                        content.start()
                status = indexer.step()
                indexer.lease.keep()
            except ChainMoved as moved:
                report(Status(State.WAITING, reason=str(moved)))
                stop.wait(indexer.poll)
            except (NodeUnreachable, RpcError, LeaseLost, *UNAVAILABLE) as error:
                ready = False
                report(Status(State.WAITING, reason=_reason(error)))
                stop.wait(RETRY)
            else:
                report(status)
                if status.state is State.LIVE:
                    wake.wait(indexer.poll)
                    wake.clear()
    finally:
        stop.set()
        indexer.fetcher.wake.set()
        with suppress(*UNAVAILABLE):  # without a database the lease expires by itself
            indexer.lease.release()
        if content.ident is not None:
            content.join(CONTENT_SECONDS)


def _reason(error: Exception) -> str:
    if isinstance(error, UNAVAILABLE):
        return f"The database cannot be used: {error.orig}."
    return str(error)
