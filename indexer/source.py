"""The chain as the indexer reads it: ranges of whole blocks, and what stands where."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from indexer.decode import Log, decode_all
from indexer.events import Event
from indexer.rpc import Rpc, RpcError, TimedOut, TooManyResults

FIRST_RANGE = 500  # blocks
LONGEST_RANGE = 100_000
WANTED_LOGS = 5_000  # in one answer: a batch then takes a fraction of a second


class ChainMoved(Exception):
    """The chain was reorganised while a range was read. Look at its head again."""


@dataclass(frozen=True)
class Header:
    """A block; `hash` and `parent` are 32 bytes, `timestamp` is in seconds."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int


@dataclass(frozen=True)
class Span:
    """The blocks after `parent` up to and with the last of `headers`, and their events in order.

    `headers` are of every block where `reversible`, else of the last one only.
    """

    parent: int
    headers: tuple[Header, ...]
    events: tuple[Event, ...]
    reversible: bool

    @property
    def last(self) -> Header:
        return self.headers[-1]


class _Block(msgspec.Struct, rename="camel"):
    number: str
    hash: str
    parent_hash: str
    timestamp: str


_BLOCK = msgspec.json.Decoder(_Block | None)
_LOGS = msgspec.json.Decoder(list[Log])


class Source:
    """One node's view of `contracts`, by address. Learns how long a range the node can answer."""

    def __init__(self, rpc: Rpc, *contracts: str) -> None:
        self.rpc = rpc
        self._contracts = contracts
        self._range = FIRST_RANGE
        self._refused = False

    def chain_id(self) -> int:
        return int(self.rpc.call(str, "eth_chainId"), 16)

    def lacking(self) -> list[str]:
        """The addresses without code."""
        return [
            contract
            for contract in self._contracts
            if self.rpc.call(str, "eth_getCode", contract, "latest") == "0x"
        ]

    def head_and(self, number: int) -> tuple[Header, Header | None]:
        """The latest block, and block `number` as the node has it now (None: no such block)."""
        head, other = self._headers(["latest", hex(number)])
        if head is None:
            raise ChainMoved("The node has no latest block.")
        return head, other

    def headers(self, numbers: Iterable[int]) -> list[Header | None]:
        """The blocks of these numbers; None where the node has none."""
        return self._headers([hex(number) for number in numbers])

    def span(self, after: Header, head: int, reversible_from: int) -> Span:
        """The next whole blocks after `after`: as many as the node can answer, up to `head`.

        It never mixes blocks before and from `reversible_from`. Raises ChainMoved, and
        TooManyResults if not even one block can be had.
        """
        first = after.number + 1
        reversible = first >= reversible_from
        while True:
            last = min(first + self._range - 1, head)
            if not reversible:
                last = min(last, reversible_from - 1)
            try:
                span, logs = self._read(after, last, reversible)
            except (TooManyResults, TimedOut):
                if last == first:
                    raise
                self._range = (last - first + 1) // 2
                self._refused = True
                continue
            if logs < WANTED_LOGS // 2:
                # Once a limit is known to be near, it is approached slowly.
                more = self._range // 8 + 1 if self._refused else self._range
                self._range = min(self._range + more, LONGEST_RANGE)
            elif logs > WANTED_LOGS * 2:
                self._range = max(self._range // 2, 1)
            return span

    def _read(self, after: Header, last: int, reversible: bool) -> tuple[Span, int]:
        first = after.number + 1
        headers = self._present(range(first, last + 1) if reversible else [last])
        filter_ = {"address": self._contracts, "fromBlock": hex(first), "toBlock": hex(last)}
        try:
            raw_logs, raw_last = self.rpc.batch(
                [("eth_getLogs", [filter_]), ("eth_getBlockByNumber", [hex(last), False])]
            )
        except TooManyResults:
            raise
        except RpcError as error:
            # A node that lost the last block meanwhile says so in words of its own.
            if self.headers([last])[0] != headers[-1]:
                raise ChainMoved(str(error)) from error
            raise
        if _header(raw_last) != headers[-1]:
            raise ChainMoved(f"Block {last} was replaced.")
        logs = _LOGS.decode(raw_logs)
        if reversible:
            _check_chain(after, headers, logs)
        events = decode_all(logs, self._times(logs, headers))
        return Span(after.number, headers, tuple(events), reversible), len(logs)

    def _times(self, logs: list[Log], headers: tuple[Header, ...]) -> dict[int, int]:
        """Times of the blocks whose logs do not say theirs, in seconds."""
        times = {header.number: header.timestamp for header in headers}
        lacking = {log.block for log in logs if log.block_timestamp is None} - times.keys()
        for header in self._present(sorted(lacking)):
            times[header.number] = header.timestamp
        return times

    def _present(self, numbers: Iterable[int]) -> tuple[Header, ...]:
        found = self.headers(numbers)
        if None in found:
            raise ChainMoved("The chain became shorter.")
        return tuple(header for header in found if header is not None)

    def _headers(self, tags: list[str]) -> list[Header | None]:
        raw = self.rpc.batch([("eth_getBlockByNumber", [tag, False]) for tag in tags])
        return [_header(block) for block in raw]


def _header(raw: msgspec.Raw) -> Header | None:
    block = _BLOCK.decode(raw)
    if block is None:
        return None
    return Header(
        int(block.number, 16),
        bytes.fromhex(block.hash[2:]),
        bytes.fromhex(block.parent_hash[2:]),
        int(block.timestamp, 16),
    )


def _check_chain(after: Header, headers: tuple[Header, ...], logs: list[Log]) -> None:
    """Raises ChainMoved unless the headers follow one another and each log is of one of them."""
    parent = after.hash
    hashes = {}
    for header in headers:
        if header.parent != parent:
            raise ChainMoved(f"Block {header.number} does not follow the one before it.")
        parent = header.hash
        hashes[header.number] = "0x" + header.hash.hex()
    for log in logs:
        if log.block_hash != hashes[log.block]:
            raise ChainMoved(f"Block {log.block} was replaced.")
