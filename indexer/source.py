"""The chain as the indexer reads it: ranges of whole blocks, and what stands where.

What a node says is not taken on trust. Logs must be of our contracts, of the blocks asked for, of those
blocks' hashes where they are known, and none twice. Logs that are missing show in the blocks' blooms
(blooms.py), which are looked at for every block that may still be reorganised. Of blocks before that, a
span in which each block has a log of ours is taken as it is; of any other, all headers are fetched if it
is of at most WHOLE blocks, else SAMPLE of them, spread over it. A block that has some logs of ours and
lacks others with the same first topics is not noticed, nor is one whose bloom the node does not fill in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from indexer.blooms import Watched, filled_in, holds
from indexer.decode import LAYOUTS, Log, decode_all, topic
from indexer.events import Event
from indexer.nodes import Nodes
from indexer.rpc import (
    BadAnswer,
    NodeUnreachable,
    Rpc,
    RpcError,
    TimedOut,
    TooManyResults,
    quantity,
    read,
)

FIRST_RANGE = 500  # blocks
LONGEST_RANGE = 100_000
WANTED_LOGS = 20_000  # in one answer, and so in one batch, which then takes about half a second
WHOLE = 1_000  # blocks
SAMPLE = 100  # blocks
_NO_METHOD = -32601


class ChainMoved(Exception):
    """The chain was reorganised while a range was read. Look at its head again."""


class LogsWithheld(NodeUnreachable):
    """The node left out logs of a block that it has."""

    kind = "logs withheld"


@dataclass(frozen=True)
class Header:
    """A block; `hash` and `parent` are 32 bytes, `timestamp` is in seconds; `bloom` see `filled_in`."""

    number: int
    hash: bytes
    parent: bytes
    timestamp: int
    bloom: int | None = field(default=None, compare=False, repr=False)


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
    logs_bloom: str | None = None


class _Receipt(msgspec.Struct):
    logs: list[Log]


_BLOCK: msgspec.json.Decoder[_Block | None] = msgspec.json.Decoder(_Block | None)
_LOGS = msgspec.json.Decoder(list[Log])
_RECEIPTS: msgspec.json.Decoder[list[_Receipt] | None] = msgspec.json.Decoder(list[_Receipt] | None)
_Logs = Sequence[Log]


class Source:
    """One chain's view of `contracts`, by address. Learns how long a range its node can answer."""

    def __init__(self, rpc: Rpc | Nodes, *contracts: str) -> None:
        self.rpc = rpc
        self._contracts = contracts
        self._ours = {contract.lower() for contract in contracts}
        self._watched = Watched(contracts, map(topic, LAYOUTS))
        self._range = FIRST_RANGE
        self._refused = False
        self._has_receipts = True

    def chain_id(self) -> int:
        return quantity(self.rpc, "eth_chainId")

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
        if other is None and number <= head.number:
            raise self._bad(f"no block {number}, and {head.number} as its latest")
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
        logs = self._logs(first, headers[-1])
        blocks = self._by_block(logs, first, last)
        known = headers if reversible else self._sample(first, headers[-1], blocks)
        if len(known) == last - first + 1:
            _check_chain(after, known)
        self._check(known, blocks)
        try:
            events = decode_all(logs, self._times(logs, known))
        except (ValueError, TypeError) as error:
            raise self._bad(f"logs that cannot be read ({error})") from error
        if len({event.seq for event in events}) != len(events):
            raise self._bad("a log twice")
        return Span(after.number, headers, tuple(events), reversible), len(logs)

    def _logs(self, first: int, last: Header) -> list[Log]:
        """Of the blocks from `first` to `last`, which must still be there afterwards."""
        filter_ = {
            "address": self._contracts,
            "fromBlock": hex(first),
            "toBlock": hex(last.number),
        }
        try:
            logs, there = self.rpc.batch(
                [
                    ("eth_getLogs", [filter_]),
                    ("eth_getBlockByNumber", [hex(last.number), False]),
                ]
            )
        except TooManyResults:
            raise
        except RpcError as error:
            # A node that lost the last block meanwhile says so in words of its own.
            if self.headers([last.number])[0] != last:
                raise ChainMoved(str(error)) from error
            raise
        if self._header(there) != last:
            raise ChainMoved(f"Block {last.number} was replaced.")
        return read(self.rpc, logs, _LOGS, "eth_getLogs")

    def _by_block(self, logs: _Logs, first: int, last: int) -> dict[int, list[Log]]:
        """The logs by their blocks' numbers. Raises BadAnswer if some are not what was asked for."""
        if not {log.address for log in logs} <= self._ours:
            strange = {log.address.lower() for log in logs} - self._ours
            if strange:
                raise self._bad(f"logs of {', '.join(sorted(strange)[:3])}, not of our contracts")
        spelled: dict[str, list[Log]] = {}
        for log in logs:
            spelled.setdefault(log.block_number, []).append(log)
        try:
            blocks = {int(number, 16): of_block for number, of_block in spelled.items()}
        except ValueError as error:
            raise self._bad(f"logs that cannot be read ({error})") from error
        for number, of_block in blocks.items():
            if not first <= number <= last:
                raise self._bad(f"logs of block {number}, asked for {first} to {last}")
            if len({log.block_hash for log in of_block}) > 1:
                raise self._bad(f"logs of two blocks {number}")
        return blocks

    def _sample(self, first: int, last: Header, blocks: Mapping[int, _Logs]) -> tuple[Header, ...]:
        """The headers of final blocks that their logs are compared with."""
        before = range(first, last.number)
        if all(number in blocks for number in before):
            return (last,)
        if len(before) >= WHOLE:
            before = before[:: len(before) // SAMPLE + 1]
        return (*self._present(before), last)

    def _check(self, headers: Iterable[Header], blocks: Mapping[int, _Logs]) -> None:
        """Raises ChainMoved, BadAnswer or LogsWithheld if the logs are not those of the headers."""
        doubtful = []
        for header in headers:
            logs = blocks.get(header.number, ())
            for log in logs:
                if log.block_hash != "0x" + header.hash.hex():
                    raise ChainMoved(f"Block {header.number} was replaced.")
            if not {log.block_timestamp for log in logs} <= {None, hex(header.timestamp)}:
                raise self._bad(f"logs of block {header.number} with another time than its")
            if header.bloom is None:
                continue
            seen = {log.topics[0] for log in logs if log.topics}
            if not holds(header.bloom, *seen, *{log.address for log in logs}):
                raise self._bad(f"logs that block {header.number} does not have")
            if self._watched.may_hold(header.bloom) - seen:
                doubtful.append(header)
        for first in range(0, len(doubtful), SAMPLE):
            self._look_again(doubtful[first : first + SAMPLE], blocks)

    def _look_again(self, headers: Sequence[Header], blocks: Mapping[int, _Logs]) -> None:
        """Asks for the logs of single blocks, then for all receipts. Raises LogsWithheld if they hold more."""
        filters = [
            {"address": self._contracts, "blockHash": "0x" + header.hash.hex()}
            for header in headers
        ]
        try:
            answers = self.rpc.batch([("eth_getLogs", [filter_]) for filter_ in filters])
        except (
            RpcError
        ):  # a node that cannot be asked so; or the block is gone, as its receipts show
            answers = []
        for header, answer in zip(headers, answers, strict=False):
            logs = read(self.rpc, answer, _LOGS, "eth_getLogs")
            self._compare(header, logs, blocks.get(header.number, ()))
        for header in headers:
            self._compare(header, self._in_receipts(header), blocks.get(header.number, ()))

    def _in_receipts(self, header: Header) -> list[Log]:
        if not self._has_receipts:
            return []
        try:
            (raw,) = self.rpc.batch([("eth_getBlockReceipts", [hex(header.number)])])
        except RpcError as error:
            self._has_receipts = error.code != _NO_METHOD
            return []
        receipts = read(self.rpc, raw, _RECEIPTS, "eth_getBlockReceipts")
        if receipts is None:
            raise ChainMoved(f"Block {header.number} was replaced.")
        return [log for receipt in receipts for log in receipt.logs]

    def _compare(self, header: Header, found: _Logs, had: _Logs) -> None:
        if any(log.block_hash != "0x" + header.hash.hex() for log in found):
            raise ChainMoved(f"Block {header.number} was replaced.")
        ours = {log.log_index for log in found if log.address.lower() in self._ours}
        if ours - {log.log_index for log in had}:
            withheld = LogsWithheld(
                f"The node at {self.rpc.name} left out logs of block {header.number}; trying again."
            )
            self.rpc.fault(withheld)
            raise withheld

    def _bad(self, what: str) -> BadAnswer:
        bad = BadAnswer(f"The node at {self.rpc.name} gave {what}; trying again.")
        self.rpc.fault(bad)
        return bad

    def _times(self, logs: _Logs, headers: Iterable[Header]) -> dict[int, int]:
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
        headers = [self._header(block) for block in raw]
        for tag, header in zip(tags, headers, strict=True):
            if header is not None and tag not in ("latest", hex(header.number)):
                raise self._bad(f"block {header.number} for block {int(tag, 16)}")
        return headers

    def _header(self, raw: msgspec.Raw) -> Header | None:
        block = read(self.rpc, raw, _BLOCK, "eth_getBlockByNumber")
        if block is None:
            return None
        try:
            return Header(
                int(block.number, 16),
                bytes.fromhex(block.hash[2:]),
                bytes.fromhex(block.parent_hash[2:]),
                int(block.timestamp, 16),
                filled_in(block.logs_bloom),
            )
        except ValueError as error:
            raise self._bad(f"a block that cannot be read ({error})") from error


def _check_chain(after: Header, headers: Sequence[Header]) -> None:
    """Raises ChainMoved unless the headers follow one another."""
    parent = after.hash
    for header in headers:
        if header.parent != parent:
            raise ChainMoved(f"Block {header.number} does not follow the one before it.")
        parent = header.hash
