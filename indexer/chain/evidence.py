"""Checks the logs that a node gives against the headers of their blocks.

Logs must be of our contracts, of the blocks asked for, and have those blocks' hashes and times. Bloom
filters (blooms.py) show missing logs: where a filter may hold one of our events and no log has it, the
node is asked for the logs of that block alone, then for all its receipts. If those lack the event too,
other logs had set the bits. Two kinds of missing logs go unnoticed: those whose first topic another log
in the block has, and those of blocks whose filter the node does not fill in.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indexer.chain.blocks import ChainMoved, Header
from indexer.chain.blooms import Watched, holds
from indexer.chain.failover import Nodes
from indexer.chain.rpc import BadAnswer, NodeUnreachable, Rpc, RpcError, read_result
from indexer.protocol.decode import LAYOUTS, Log, topic

LOGS = msgspec.json.Decoder(list[Log])
Logs = Sequence[Log]
_NO_METHOD = -32601
_AT_ONCE = 100  # doubtful blocks that are asked about in one batch


class LogsWithheld(NodeUnreachable):
    """The node left out logs of a block that it has."""

    kind = "logs withheld"


class _Receipt(msgspec.Struct):
    logs: list[Log]


_RECEIPTS: msgspec.json.Decoder[list[_Receipt] | None] = msgspec.json.Decoder(list[_Receipt] | None)


class Evidence:
    """Checks a node's logs of `contracts` (addresses)."""

    def __init__(self, rpc: Rpc | Nodes, contracts: Sequence[str]) -> None:
        self._rpc = rpc
        self._contracts = contracts
        self._ours = {contract.lower() for contract in contracts}
        self._watched = Watched(contracts, map(topic, LAYOUTS))
        self._has_receipts = True

    def by_block(self, logs: Logs, first: int, last: int) -> dict[int, list[Log]]:
        """The logs by their blocks' numbers. Raises BadAnswer if some are not what was asked for."""
        if not {log.address for log in logs} <= self._ours:
            strange = {log.address.lower() for log in logs} - self._ours
            if strange:
                raise self.bad(f"logs of {', '.join(sorted(strange)[:3])}, not of our contracts")
        spelled: dict[str, list[Log]] = {}
        current = None
        for log in logs:  # logs come mostly in order, so one dictionary look-up per block is enough
            if log.block_number != current:
                current = log.block_number
                of_block = spelled.setdefault(current, [])
            of_block.append(log)
            # A word that is cut short would decode without an error, to another number.
            if (
                len(log.data) % 64 != 2
                or sum(map(len, log.topics)) != 66 * len(log.topics)
                or len(log.transaction_hash) != 66
            ):
                raise self.bad("a log that is cut short")
        try:
            blocks = {int(number, 16): logs for number, logs in spelled.items()}
        except ValueError as error:
            raise self.bad(f"logs that cannot be read ({error})") from error
        for number, of_block in blocks.items():
            if not first <= number <= last:
                raise self.bad(f"logs of block {number}, asked for {first} to {last}")
            if len({log.block_hash for log in of_block}) > 1:
                raise self.bad(f"logs of two blocks {number}")
        return blocks

    def check(self, headers: Iterable[Header], blocks: Mapping[int, Logs]) -> None:
        """Raises ChainMoved, BadAnswer or LogsWithheld if the logs are not those of the headers."""
        doubtful = []
        for header in headers:
            logs = blocks.get(header.number, ())
            for log in logs:
                if log.block_hash != "0x" + header.hash.hex():
                    raise ChainMoved(f"Block {header.number} was replaced.")
            if not {log.block_timestamp for log in logs} <= {None, hex(header.timestamp)}:
                raise self.bad(f"logs of block {header.number} with another time than its")
            if header.bloom is None:
                continue
            seen = {log.topics[0] for log in logs if log.topics}
            if not holds(header.bloom, *seen, *{log.address for log in logs}):
                raise self.bad(f"logs that block {header.number} does not have")
            if self._watched.may_hold(header.bloom) - seen:
                doubtful.append(header)
        for first in range(0, len(doubtful), _AT_ONCE):
            self._look_again(doubtful[first : first + _AT_ONCE], blocks)

    def _look_again(self, headers: Sequence[Header], blocks: Mapping[int, Logs]) -> None:
        """Asks for the logs of single blocks, then for all receipts. Raises LogsWithheld if they hold more."""
        filters = [
            {"address": self._contracts, "blockHash": "0x" + header.hash.hex()}
            for header in headers
        ]
        try:
            answers = self._rpc.batch([("eth_getLogs", [filter_]) for filter_ in filters])
        except RpcError:  # no filter by blockHash, or the block is gone: see its receipts
            answers = []
        for header, answer in zip(headers, answers, strict=False):
            logs = read_result(self._rpc, answer, LOGS, "eth_getLogs")
            self._compare(header, logs, blocks.get(header.number, ()))
        for header in headers:
            self._compare(header, self._in_receipts(header), blocks.get(header.number, ()))

    def _in_receipts(self, header: Header) -> list[Log]:
        if not self._has_receipts:
            return []
        try:
            (raw,) = self._rpc.batch([("eth_getBlockReceipts", [hex(header.number)])])
        except RpcError as error:
            self._has_receipts = error.code != _NO_METHOD
            return []
        receipts = read_result(self._rpc, raw, _RECEIPTS, "eth_getBlockReceipts")
        if receipts is None:
            raise ChainMoved(f"Block {header.number} was replaced.")
        return [log for receipt in receipts for log in receipt.logs]

    def _compare(self, header: Header, found: Logs, had: Logs) -> None:
        if any(log.block_hash != "0x" + header.hash.hex() for log in found):
            raise ChainMoved(f"Block {header.number} was replaced.")
        ours = {log.log_index for log in found if log.address.lower() in self._ours}
        if ours - {log.log_index for log in had}:
            withheld = LogsWithheld(
                f"The node at {self._rpc.name} left out logs of block {header.number}; trying again."
            )
            self._rpc.fault(withheld)
            raise withheld

    def bad(self, what: str) -> BadAnswer:
        """The error to raise; it is counted against the node."""
        bad = BadAnswer(f"The node at {self._rpc.name} gave {what}; trying again.")
        self._rpc.fault(bad)
        return bad
