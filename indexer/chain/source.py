"""Reads the chain for the indexer: headers, and ranges of whole blocks with their events.

Nodes are not trusted: logs are compared with block headers (evidence.py). Of each span these headers are fetched:

| blocks of the span | headers |
|---|---|
| may still be reorganised | all |
| final, each with a log of ours | the last |
| other final ones, at most WHOLE | all |
| other final ones, more than WHOLE | about SAMPLE, evenly spread, and the last |
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indexer.chain.blocks import ChainMoved, Header, Span
from indexer.chain.blooms import filled_in
from indexer.chain.evidence import LOGS, Evidence, Logs, LogsWithheld
from indexer.chain.failover import Nodes
from indexer.chain.rpc import Rpc, RpcError, TimedOut, TooManyResults, quantity, read_result
from indexer.protocol.decode import Log, UnknownEvent, decode_all

__all__ = ["ChainMoved", "Header", "LogsWithheld", "Source", "Span"]

FIRST_RANGE = 25  # blocks
LONGEST_RANGE = 100_000
MOST_LOGS = 10_000  # wanted in one answer; they are applied at once, so this bounds memory
WHOLE = 1_000  # blocks
SAMPLE = 100  # blocks


class _Block(msgspec.Struct, rename="camel"):
    number: str
    hash: str
    parent_hash: str
    timestamp: str
    logs_bloom: str | None = None


_BLOCK: msgspec.json.Decoder[_Block | None] = msgspec.json.Decoder(_Block | None)


class Source:
    """Reads the logs of `contracts` (addresses). Learns how long a range the node can answer."""

    def __init__(self, rpc: Rpc | Nodes, *contracts: str) -> None:
        self.rpc = rpc
        self._contracts = contracts
        self._evidence = Evidence(rpc, contracts)
        self._range = FIRST_RANGE
        self._refused = False

    def chain_id(self) -> int:
        return quantity(self.rpc, "eth_chainId")

    def lacking(self) -> list[str]:
        """The contracts' addresses that have no code."""
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
            raise self._evidence.bad(f"no block {number}, and {head.number} as its latest")
        return head, other

    def headers(self, numbers: Iterable[int]) -> list[Header | None]:
        """The blocks of these numbers; None where the node has none."""
        return self._headers([hex(number) for number in numbers])

    def span(self, after: Header, head: int, reversible_from: int) -> Span:
        """The next blocks after `after`: as many as the node can answer at once, up to number `head`.

        All of them are before block `reversible_from`, or none is. Raises ChainMoved, NodeUnreachable,
        RpcError; TooManyResults or TimedOut if the node cannot answer even one block.
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
            except LogsWithheld:  # perhaps the node cut a long answer without saying so
                self._range = (last - first) // 2 + 1
                raise
            if logs <= MOST_LOGS // 2:
                # Once the node has refused a range, the range grows slowly.
                more = self._range // 8 + 1 if self._refused else self._range
                self._range = min(self._range + more, LONGEST_RANGE)
            elif logs > MOST_LOGS:
                self._range = max(self._range // 2, 1)
            return span

    def _read(self, after: Header, last: int, reversible: bool) -> tuple[Span, int]:
        first = after.number + 1
        headers = self._present(range(first, last + 1) if reversible else [last])
        logs = self._logs(first, headers[-1])
        blocks = self._evidence.by_block(logs, first, last)
        known = headers if reversible else self._sample(first, headers[-1], blocks)
        if len(known) == last - first + 1:
            _check_chain(after, known)
        try:
            self._evidence.check(known, blocks)
            events = decode_all(logs, self._times(logs, known))
        except (ValueError, TypeError, struct.error) as error:
            raise self._evidence.bad(f"logs that cannot be read ({error})") from error
        except UnknownEvent as error:
            raise self._evidence.bad(str(error)) from error
        if len({event.seq for event in events}) != len(events):
            raise self._evidence.bad("a log twice")
        return Span(after.number, headers, tuple(events), reversible), len(logs)

    def _logs(self, first: int, last: Header) -> list[Log]:
        """The logs of blocks `first` to `last`. Raises ChainMoved if `last` is gone afterwards."""
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
            # Each node software has its own error for a block that is gone.
            if self.headers([last.number])[0] != last:
                raise ChainMoved(str(error)) from error
            raise
        if self._header(there) != last:
            raise ChainMoved(f"Block {last.number} was replaced.")
        return read_result(self.rpc, logs, LOGS, "eth_getLogs")

    def _sample(self, first: int, last: Header, blocks: Mapping[int, Logs]) -> tuple[Header, ...]:
        """The headers that a final span's logs are compared with (see the table above)."""
        before = range(first, last.number)
        if all(number in blocks for number in before):
            return (last,)
        if len(before) >= WHOLE:
            before = before[:: len(before) // SAMPLE + 1]
        return (*self._present(before), last)

    def _times(self, logs: Logs, headers: Iterable[Header]) -> dict[int, int]:
        """Times in seconds, by block number: of `headers`, and of blocks whose logs lack them."""
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
                raise self._evidence.bad(f"block {header.number} for block {int(tag, 16)}")
        return headers

    def _header(self, raw: msgspec.Raw) -> Header | None:
        block = read_result(self.rpc, raw, _BLOCK, "eth_getBlockByNumber")
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
            raise self._evidence.bad(f"a block that cannot be read ({error})") from error


def _check_chain(after: Header, headers: Sequence[Header]) -> None:
    """Raises ChainMoved unless the headers follow one another."""
    parent = after.hash
    for header in headers:
        if header.parent != parent:
            raise ChainMoved(f"Block {header.number} does not follow the one before it.")
        parent = header.hash
