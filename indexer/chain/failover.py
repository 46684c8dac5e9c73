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
    """What Rpc is, for several URLs.

    Where there is more than one, a node is asked once it is on the chain that the first one to answer
    was on, and has the block `known` (None: no such block yet; the user sets it to a block of the
    mirror that cannot be reorganised any more) with that hash. One that disagrees is set aside: it
    is compared again when all others have failed. A node alone has nobody to disagree with.
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
        self._agrees = False  # the node asked now, with the others
        self._chain_id: str | None = None

    @property
    def url(self) -> str:
        """Of the node asked now."""
        return self._node.url

    @property
    def name(self) -> str:
        return self._node.name

    @property
    def errors(self) -> Counter[str]:
        """What went wrong, by kind, at all of them."""
        return sum((node.errors for node in self._nodes), Counter[str]())

    def call(self, kind: type[T], method: str, *params: object) -> T:
        """As Rpc.call."""
        (raw,) = self.batch([(method, params)])
        return read_result(self, raw, msgspec.json.Decoder(kind), method)

    def batch(self, calls: Sequence[Call]) -> list[msgspec.Raw]:
        """As Rpc.batch, of the first node that answers. Raises what the last one asked has raised;
        TimedOut at once, as asking for less may be what helps, but the next call is another node's."""
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
        """Counts an error that somebody else found in an answer; the next call is another node's."""
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
