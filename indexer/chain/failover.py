"""Several nodes of one chain, asked one at a time: when one fails, the next is asked."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from indexer.chain.rpc import (
    TIMEOUT_SECONDS,
    Call,
    NodeUnreachable,
    Rpc,
    RpcError,
    TimedOut,
    read_result,
)

T = TypeVar("T")
Known = tuple[int, bytes]
"""A block's number and hash."""

_LOG = logging.getLogger("laurel.nodes")


class Disagreement(NodeUnreachable):
    """A node is on another chain than the others, or than the mirror."""

    kind = "disagreement"


class _Block(msgspec.Struct):
    hash: str


_BLOCK: msgspec.json.Decoder[_Block | None] = msgspec.json.Decoder(_Block | None)


class Nodes:
    """The same calls as Rpc has, for several URLs.

    With more than one URL, each node is compared before it is asked: it must be on the same chain as the
    first node that answered, and have the block that `known` returns, with the same hash (None: no block to
    compare yet; the caller sets `known` to return a block of the mirror that can no longer be reorganised).
    A node that disagrees is set aside, and compared again when all others have failed.
    """

    def __init__(
        self,
        urls: Sequence[str],
        timeout: float = TIMEOUT_SECONDS,
        known: Callable[[], Known | None] = lambda: None,
    ) -> None:
        self.known = known
        self._nodes = [Rpc(url, timeout) for url in urls]
        self._at = 0
        self._agrees = False  # whether the node asked now has been compared
        self._chain_id: str | None = None

    @property
    def url(self) -> str:
        """The URL of the node asked now."""
        return self._node.url

    @property
    def name(self) -> str:
        return self._node.name

    @property
    def errors(self) -> Counter[str]:
        """How often each kind of error happened, at all nodes together."""
        return sum((node.errors for node in self._nodes), Counter[str]())

    def call(self, kind: type[T], method: str, *params: object) -> T:
        """As Rpc.call."""
        (raw,) = self.batch([(method, params)])
        return read_result(self, raw, msgspec.json.Decoder(kind), method)

    def batch(self, calls: Sequence[Call]) -> list[msgspec.Raw]:
        """As Rpc.batch, from the first node that answers. Raises the error of the last node asked.

        TimedOut is raised at once, since asking for less may help; the next call goes to another node.
        """
        for _ in self._nodes[1:]:
            try:
                return self._ask(calls)
            except TimedOut:
                self._move_on()
                raise
            except NodeUnreachable as error:
                self._move_on()
                _LOG.warning("%s Asking %s.", error, self.name)
        try:
            return self._ask(calls)
        except NodeUnreachable:
            self._move_on()
            raise

    def fault(self, error: NodeUnreachable | RpcError) -> None:
        """Counts an error that the caller found; after NodeUnreachable the next call goes to another node."""
        self._node.fault(error)
        if isinstance(error, NodeUnreachable):
            self._move_on()

    def close(self) -> None:
        """Ends the connections."""
        for node in self._nodes:
            node.close()

    @property
    def _node(self) -> Rpc:
        return self._nodes[self._at]

    def _move_on(self) -> None:
        if len(self._nodes) > 1:
            self._at = (self._at + 1) % len(self._nodes)
            self._agrees = False

    def _ask(self, calls: Sequence[Call]) -> list[msgspec.Raw]:
        if not self._agrees and len(self._nodes) > 1:
            self._compare(self._node)
            self._agrees = True
        return self._node.batch(calls)

    def _compare(self, node: Rpc) -> None:
        """Raises Disagreement if the node is of another chain."""
        chain_id = node.call(str, "eth_chainId")
        known = self.known()
        problem = None
        if self._chain_id not in (None, chain_id):
            problem = f"it is on chain {chain_id}, the others are on {self._chain_id}"
        elif known is not None:
            number, hash_ = known
            (raw,) = node.batch([("eth_getBlockByNumber", [hex(number), False])])
            block = read_result(node, raw, _BLOCK, "eth_getBlockByNumber")
            if block is None:
                problem = f"it does not have block {number} yet"
            elif block.hash != "0x" + hash_.hex():
                problem = f"its block {number} is not the mirror's"
        if problem is not None:
            error = Disagreement(f"The node at {node.name} is set aside: {problem}.")
            node.fault(error)
            raise error
        self._chain_id = chain_id
