"""A wallet of the tests: announced by EIP-6963, signing in Python, recording what it was asked."""

import json
from dataclasses import dataclass, field
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from eth_utils.address import to_checksum_address
from playwright.sync_api import BrowserContext

from tests.chain import Anvil

PROMPTS = ("eth_signTypedData_v4", "personal_sign", "eth_sendTransaction")
INIT = """
(() => {
  const request = async ({ method, params }) => {
    const { result, error } = await window.laurelTestWallet(method, JSON.stringify(params ?? []));
    if (error) throw Object.assign(new Error(error.message), { code: error.code });
    return result;
  };
  const info = { uuid: '350670db-19fa-4704-a166-e52e178b59d2', name: 'Test Wallet',
    icon: 'data:image/svg+xml,<svg/>', rdns: 'example.wallet' };
  const detail = Object.freeze({ info: Object.freeze(info), provider: { request } });
  const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  addEventListener('eip6963:requestProvider', announce);
  announce();
})();
"""


class WalletError(Exception):
    """An EIP-1193 error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Wallet:
    """refuses: methods that the person refuses (4001). connected: False answers 4100 to signing.
    knows_chain: False answers 4902 until the chain is added. prompts: (method, what it showed)."""

    anvil: Anvil
    private_key: bytes
    refuses: set[str] = field(default_factory=set)
    connected: bool = True
    knows_chain: bool = True
    on_chain: bool = True
    prompts: list[tuple[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return str(Account.from_key(self.private_key).address)

    def install(self, context: BrowserContext) -> None:
        context.expose_function("laurelTestWallet", self._request)
        context.add_init_script(INIT)

    def _request(self, method: str, params: str) -> dict[str, Any]:
        self.calls.append(method)
        try:
            return {"result": self._answer(method, json.loads(params))}
        except WalletError as error:
            return {"error": {"code": error.code, "message": str(error)}}
        except Exception as error:  # noqa: BLE001 - what a page would see of a wallet's own fault
            return {"error": {"code": -32603, "message": str(error)}}

    def _answer(self, method: str, params: list[Any]) -> Any:
        if method in self.refuses:
            raise WalletError(4001, "User rejected the request.")
        if method in ("eth_requestAccounts", "eth_accounts"):
            return [self.address]
        if method == "eth_chainId":
            return self.anvil.rpc("eth_chainId") if self.on_chain else "0x1"
        if method == "wallet_switchEthereumChain":
            return self._switch()
        if method == "wallet_addEthereumChain":
            self.prompts.append((method, params[0]))
            self.knows_chain = self.on_chain = True
            return None
        if method in PROMPTS:
            if not self.connected:
                raise WalletError(4100, "The account has not been authorized.")
            return self._sign(method, params)
        return self.anvil.rpc(method, *params)

    def _switch(self) -> None:
        if not self.knows_chain:
            raise WalletError(4902, "Unrecognized chain.")
        self.on_chain = True

    def _sign(self, method: str, params: list[Any]) -> str:
        account = Account.from_key(self.private_key)
        if method == "personal_sign":
            data = bytes.fromhex(params[0][2:])
            self.prompts.append((method, data.decode()))
            return "0x" + account.sign_message(encode_defunct(data)).signature.hex()
        if method == "eth_signTypedData_v4":
            typed = json.loads(params[1])
            self.prompts.append((method, typed))
            return (
                "0x" + account.sign_message(encode_typed_data(full_message=typed)).signature.hex()
            )
        sent = params[0]
        self.prompts.append((method, sent))
        transaction = {
            "to": to_checksum_address(sent["to"]),
            "data": sent["data"],
            "value": 0,
            "gas": 500_000,
            "gasPrice": int(self.anvil.rpc("eth_gasPrice"), 16),
            "nonce": int(self.anvil.rpc("eth_getTransactionCount", self.address, "pending"), 16),
            "chainId": int(self.anvil.rpc("eth_chainId"), 16),
        }
        raw = account.sign_transaction(transaction).raw_transaction
        return str(self.anvil.rpc("eth_sendRawTransaction", "0x" + raw.hex()))
