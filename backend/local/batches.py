"""Sends signed actions straight to the core's `relay`: many in a transaction, several transactions at once.

A local node's own tools (samples, imports) act like this; what people send goes through backend.relay.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from backend.chain.calls import RELAY_CALL, encoded
from backend.chain.connection import Chain
from backend.chain.gas import gas_of, item_gas
from backend.chain.pool import open_days
from indexer.chain.rpc import Rpc, quantity
from indexer.errors import LaurelError
from indexer.protocol.actions import Signed, encode, sign_secp256k1
from indexer.protocol.calls import Word, call_data
from indexer.protocol.kinds import KINDS
from indexer.rewards import MOST_OPEN_DAYS

ITEMS = 100  # in a transaction, at the most
IN_FLIGHT = 4  # transactions sent and not yet mined
MOST_GAS = 16_000_000  # of a transaction: under the limit of 2^24 that chains are adopting
CALLDATA_GAS = 8_000  # of one item, about
CLOSE_AT_ONCE = 200  # days
TIP = 10**9  # wei for each unit of gas
WAIT_SECONDS = 60.0
SKIPPED_TOPIC = "0x" + keccak(text="Skipped(uint256,bytes4)").hex()


class NotMined(LaurelError):
    """A transaction was refused as a whole, or is not mined in time."""


@dataclass(frozen=True)
class Mined:
    """One transaction of a batch. `skipped`: index among all items -> selector of the core's error."""

    items: range
    skipped: dict[int, bytes]
    gas: int


def signed(chain: Chain, name: str, key: bytes, fields: dict[str, Any]) -> Signed:
    """An action of kind `name` under a secp256k1 key (32 bytes). Raises MalformedAction."""
    kind = KINDS[name]
    action = encode(kind, fields)
    return Signed(kind.number, action, sign_secp256k1(key, chain.message(kind, action)))


def relay(
    chain: Chain, rpc: Rpc, key: bytes, batch: Sequence[Signed], most: int = ITEMS
) -> Iterator[Mined]:
    """Sends the items in order, `most` in a transaction, from the address of `key`, which nobody else may use.

    Yields each transaction as it is mined. Raises NotMined, NodeUnreachable.
    """
    sender: LocalAccount = Account.from_key(key)
    nonce = _settled_nonce(rpc, sender.address)
    core = chain.deployment.core
    flying: deque[tuple[range, str]] = deque()
    for items, data, gas in encoded_relays(batch, most):
        if len(flying) == IN_FLIGHT:
            yield _mined(rpc, *flying.popleft())
        flying.append((items, _send(chain, rpc, sender, nonce, core, data, gas)))
        nonce += 1
    while flying:
        yield _mined(rpc, *flying.popleft())


def encoded_relays(
    batch: Sequence[Signed], most: int = ITEMS
) -> Iterator[tuple[range, bytes, int]]:
    """The items in transactions of at most `most`: for each its items, calldata, and sufficient gas."""
    for items in _split(batch, most):
        part = batch[items.start : items.stop]
        tuples = [(s.kind, s.action, s.signature) for s in part]
        data = encoded(RELAY_CALL, tuples)
        yield items, data, gas_of(((s, 1) for s in part), data)


def call(
    chain: Chain, rpc: Rpc, key: bytes, to: str, gas: int, function: str, *words: Word
) -> None:
    """One transaction from the address of `key`: a function of static words. Raises NotMined, NodeUnreachable."""
    sender: LocalAccount = Account.from_key(key)
    nonce = _settled_nonce(rpc, sender.address)
    sent = _send(chain, rpc, sender, nonce, to, call_data(function, *words), gas)
    if int(receipt_of(rpc, sent)["status"], 16) != 1:
        raise NotMined(f"The chain refused {function}.")


def close_days(chain: Chain, rpc: Rpc, key: bytes) -> None:
    """Closes days until a change of stake closes the rest by itself. Raises NotMined, NodeUnreachable."""
    while (over := open_days(chain) - MOST_OPEN_DAYS) > 0:
        days = min(over, CLOSE_AT_ONCE)
        call(chain, rpc, key, chain.deployment.core, MOST_GAS, "close(uint256)", days)


def _split(batch: Sequence[Signed], most: int) -> Iterator[range]:
    start = 0
    gas = [item_gas(signed) + CALLDATA_GAS for signed in batch]
    for end in range(1, len(batch) + 1):
        full = end - start == most or sum(gas[start : end + 1]) > MOST_GAS
        if full or end == len(batch):
            yield range(start, end)
            start = end


def _send(
    chain: Chain, rpc: Rpc, sender: LocalAccount, nonce: int, to: str, data: bytes, gas: int
) -> str:
    """Sends a transaction and returns its hash.

    Its fees follow from the base fee alone, as the tip that a node suggests follows what was paid last.
    """
    latest = rpc.call(dict[str, Any], "eth_getBlockByNumber", "latest", False)
    base_fee = int(latest["baseFeePerGas"], 16)
    raw = raw_transaction(chain, sender, nonce, to, data, gas, base_fee)
    return rpc.call(str, "eth_sendRawTransaction", raw)


def raw_transaction(
    chain: Chain,
    sender: LocalAccount,
    nonce: int,
    to: str,
    data: bytes,
    gas: int,
    base_fee: int,
) -> str:
    """A signed transaction, 0x-hex. base_fee: wei for each unit of gas, of the latest block."""
    transaction: dict[str, Any] = {
        "type": 2,
        "to": to,
        "data": data,
        "value": 0,
        "gas": gas,
        "maxFeePerGas": 2 * base_fee + TIP,
        "maxPriorityFeePerGas": TIP,
        "nonce": nonce,
        "chainId": chain.deployment.chain_id,
    }
    return "0x" + sender.sign_transaction(transaction).raw_transaction.hex()


def _settled_nonce(rpc: Rpc, address: str) -> int:
    """The next nonce, once the transactions that an earlier run sent are mined. Raises NotMined."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        mined, pending = (
            quantity(rpc, "eth_getTransactionCount", address, tag) for tag in ("latest", "pending")
        )
        if mined == pending:
            return mined
        time.sleep(0.05)
    raise NotMined(f"Transactions of {address} are waiting, and the chain does not mine them.")


def receipt_of(rpc: Rpc, transaction: str) -> Any:
    """Waits for a transaction's receipt, as a busy node answers before it mines. Raises NotMined."""
    end = time.monotonic() + WAIT_SECONDS
    while (receipt := rpc.call(Any, "eth_getTransactionReceipt", transaction)) is None:
        if time.monotonic() > end:
            raise NotMined(f"The chain has not mined {transaction} in {WAIT_SECONDS:.0f} seconds.")
        time.sleep(0.01)
    return receipt


def _mined(rpc: Rpc, items: range, transaction: str) -> Mined:
    receipt = receipt_of(rpc, transaction)
    if int(receipt["status"], 16) != 1:
        raise NotMined(f"The chain refused the whole of {transaction}.")
    skipped = {
        items.start + int(log["topics"][1], 16): bytes.fromhex(log["data"][2:10])
        for log in receipt["logs"]
        if log["topics"][0] == SKIPPED_TOPIC
    }
    return Mined(items, skipped, int(receipt["gasUsed"], 16))
