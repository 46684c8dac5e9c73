"""What the indexer does, as Prometheus metrics (docs/operating.md lists them)."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from indexer.follow import State, Status
from indexer.mirror.counts import contents_by_state, database_bytes

DEPTHS = (1, 2, 4, 8, 16, 32, 64, 128)  # blocks undone by a reorganisation
PART = 20  # asking the database takes at most a twentieth of the time

log = logging.getLogger("laurel.metrics")

Numbers = Callable[[], Mapping[str, float]]


class Metrics:
    """Counts what the loop in follow.py reports; `exposition` is what Prometheus scrapes.

    `step_age`: seconds since the loop's last step.
    """

    def __init__(self, step_age: Callable[[], float]) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._state = Gauge(
            "laurel_index_state",
            "1 for what the indexer is doing.",
            ["state"],
            registry=self.registry,
        )
        self._block = self._gauge("block", "The last block in the mirror.")
        self._head = self._gauge("head_block", "The node's last block.")
        self._head_time = self._gauge(
            "head_time_seconds", "The time of the node's last block, in seconds since 1970."
        )
        self._lag_blocks = self._gauge("lag_blocks", "Blocks that the mirror is behind the node.")
        self._lag_seconds = self._gauge(
            "lag_seconds", "Seconds of the chain's time that the mirror is behind the node."
        )
        self._gauge("step_age_seconds", "Seconds since the indexer last got on.").set_function(
            step_age
        )
        self._events = Counter(
            "laurel_index_events",
            "Events applied to the mirror.",
            ["kind"],
            registry=self.registry,
        )
        self._undone = Histogram(
            "laurel_index_reorganised_blocks",
            "Blocks undone by each reorganisation of the chain.",
            buckets=DEPTHS,
            registry=self.registry,
        )

    def report(self, status: Status) -> None:
        """Counts what the loop has done."""
        for state in State:
            self._state.labels(state.value).set(state is status.state)
        if status.state is State.WAITING:
            return
        self._block.set(status.block)
        self._head.set(status.head)
        self._lag_blocks.set(status.lag_blocks)
        if status.state is State.REORGANISED:
            self._undone.observe(status.undone)
            return
        self._head_time.set(status.head_time)
        self._lag_seconds.set(status.lag_seconds)
        for kind, times in status.kinds.items():
            self._events.labels(kind).inc(times)

    def add_rpc_errors(self, read: Numbers) -> None:
        """Adds the RPC errors. `read`: how often each kind happened so far."""
        name, what = "laurel_rpc_errors", "Calls of the node that failed."
        family = partial(CounterMetricFamily, name, what, labels=["kind"])
        self.registry.register(_Read(family, read))

    def add_database(self, engine: Engine) -> None:
        """Adds what only the database can tell: documents in each state, and its size."""
        for name, what, label, read in (
            ("laurel_contents", "Documents that the chain names.", "state", contents_by_state),
            ("laurel_database_bytes", "Size of the database.", "kind", _bytes),
        ):
            family = partial(GaugeMetricFamily, name, what, labels=[label])
            self.registry.register(_Read(family, numbers(engine, read)))

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, what: str) -> Gauge:
        return Gauge(f"laurel_index_{name}", what, registry=self.registry)


class _Read(Collector):
    """A metric whose numbers are read anew each time that Prometheus asks."""

    def __init__(
        self, family: Callable[[], GaugeMetricFamily | CounterMetricFamily], read: Numbers
    ) -> None:
        self._family = family
        self._read = read

    def describe(self) -> Iterator[Metric]:
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        family = self._family()
        for label, number in self._read().items():
            family.add_metric([label], number)
        yield family


def _bytes(connection: Connection) -> Mapping[str, float]:
    return {connection.dialect.name: database_bytes(connection)}


def numbers(engine: Engine, read: Callable[[Connection], Mapping[str, float]]) -> Numbers:
    """A function that returns what `read` finds in the database. It repeats its last answer while the database
    is away, and while reading would take more than 1/PART of the time."""
    found: Mapping[str, float] = {}
    due = 0.0

    def ask() -> Mapping[str, float]:
        nonlocal found, due
        began = time.monotonic()
        if began >= due:
            try:
                with engine.connect() as connection:
                    found = read(connection)
            except SQLAlchemyError as error:
                log.warning("The database cannot be counted: %s", error)
            due = time.monotonic() + PART * (time.monotonic() - began)
        return found

    return ask
