"""A chain and the contracts on it, as the node calls them."""

from dataclasses import dataclass
from functools import lru_cache

from backend.chain.calls import encoded
from backend.chain.wire import Wire, wire_to
from indexer.protocol.actions import Signed, domain_separator, message
from indexer.protocol.calls import Word, call_data, words_of
from indexer.protocol.deployment import Deployment, load
from indexer.protocol.kinds import KINDS_BY_NUMBER, Kind
from indexer.settings import Settings

NOBODY = "0x" + "00" * 20


@dataclass(frozen=True)
class Chain(Wire):
    """One chain with our contracts on it."""

    deployment: Deployment

    @property
    def day(self) -> int:
        """Seconds in a DAY."""
        return self.deployment.day

    def address(self, contract: str) -> str:
        """The address of a contract: "core" or "graph", as `Kind.contract` names it."""
        return self.deployment.graph if contract == "graph" else self.deployment.core

    def message(self, kind: Kind, action: bytes) -> bytes:
        """The 66 bytes that a key signs for an action, on this chain."""
        address = self.address(kind.contract)
        return message(
            domain_separator(self.deployment.chain_id, address, kind.contract), kind, action
        )

    def view(self, signature: str, *words: Word, contract: str = "core") -> list[int]:
        """The words that a contract's view of static words returns, such as "keyOf(address)", as numbers."""
        call = {"to": self.address(contract), "data": "0x" + call_data(signature, *words).hex()}
        return words_of(self.ask("eth_call", call, "latest"))

    def perform(self, signed: Signed, payer: str = NOBODY) -> None:
        """Tries a signed action on the pending block, sending nothing. Raises Reverted with the contract's own error.

        payer: who would relay it, and pay the handle fee of a Register.
        """
        itself = self.address(KINDS_BY_NUMBER[signed.kind].contract)
        signature = "perform(uint8,bytes,bytes,address)"
        data = encoded(signature, signed.kind, signed.action, signed.signature, payer)
        self.ask("eth_call", {"from": itself, "to": itself, "data": "0x" + data.hex()}, "pending")

    def now(self) -> int:
        """What the next block would see as the present, in seconds."""
        latest = self.number_of("latest")
        pending = self.ask("eth_getBlockByNumber", "pending", False)
        return max(latest, int(pending["timestamp"], 16) if pending else 0)


@lru_cache(maxsize=4)
def connect_chain(settings: Settings) -> Chain:
    """The chain that the settings name. Raises ChainUnreachable, NotDeployed."""
    wire = wire_to(settings.rpc)
    return Chain(wire.rpc, load(settings.deployments, wire.number("eth_chainId")))
