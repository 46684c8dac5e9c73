"""The core has two bodies of code and one storage. Nobody else can use the second, nor the door between them."""

import json

import pytest
import solcx
from eth_abi.abi import encode as abi_encode
from web3 import Web3

from backend.deployment.compile import CONTRACTS, SOLC_JSON, WRAPPER
from indexer.protocol.artifacts import artifact
from indexer.settings import ROOT
from tests.actors import Key
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by
from tests.contracts.attacks.one_of_each import DAY, ETHER, Keys, Scene, set_scene

SLOTS = 21


@pytest.fixture
def scene(deployed: Chain) -> Scene:
    scene = set_scene(deployed, Keys.made())
    deployed.anvil.forward(5 * DAY)
    for key in (scene.ada.owner, scene.bob.owner):
        deployed.impersonate(key.address)
    return scene


def storage(chain: Chain, address: str) -> list[int]:
    return [int.from_bytes(chain.w3.eth.get_storage_at(address, i)) for i in range(SLOTS)]


def extension_of(chain: Chain) -> str:
    return chain.core.functions.EXTENSION().call()


def raw(chain: Chain, to: str, data: bytes, sender: str, value: int = 0) -> int:
    """Status of a transaction."""
    request = {"from": sender, "to": to, "data": data, "value": value, "gas": 3_000_000}
    return chain.w3.eth.wait_for_transaction_receipt(chain.w3.eth.send_transaction(request))[
        "status"
    ]


def layout(contract: str, made: dict) -> list[tuple]:
    """Label, slot, offset and type of each variable, with the members of structs, without the compiler's numbers."""
    found = made["contracts"][f"contracts/{contract}.sol"][contract]["storageLayout"]
    types = found["types"]

    def described(name: str) -> tuple:
        t = types[name]
        members = [
            (m["label"], m["slot"], m["offset"], described(m["type"])) for m in t.get("members", [])
        ]
        inner = tuple(described(t[k]) for k in ("key", "value", "base") if k in t)
        return (t["encoding"], t["label"], t["numberOfBytes"], tuple(members), inner)

    return [(v["label"], v["slot"], v["offset"], described(v["type"])) for v in found["storage"]]


def test_storage_layout_of_core_and_extension_is_one():
    """Else what the extension writes is something else to the core: a balance becomes a key."""
    names = ("LaurelCore", "LaurelCoreExtension")
    sources = {
        str(p.relative_to(ROOT)): {"content": p.read_text()} for p in CONTRACTS.rglob("*.sol")
    }
    made = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": sources,
            "settings": {
                **json.loads(SOLC_JSON.read_text())["settings"],
                "outputSelection": {f"contracts/{n}.sol": {n: ["storageLayout"]} for n in names},
            },
        },
        solc_binary=WRAPPER,
    )
    core, extension = (layout(n, made) for n in names)
    assert core == extension
    assert core[-1][0] == "_delegations" and int(core[-1][1]) == SLOTS - 1


def test_calling_the_extension_directly(scene: Scene):
    """Else its code, run in its own storage, where nobody is registered and nothing is closed, mints or takes
    the tokens that people have allowed it."""
    chain, ada, bob = scene.chain, scene.ada, scene.bob
    extension = chain.w3.eth.contract(extension_of(chain), abi=chain.core.abi)
    post = ada.post_id(b"\x01" * 32)
    options = (2**96 - 1, 5000, True, True, [])
    deadline = chain.anvil.now() + 600
    new = Key.secp256k1()
    restoring = [
        ada.act("Restore", k, newOwner=new.address, deadline=deadline)
        for k in (ada.owner, bob.owner, new)
    ]
    chain.send(chain.token.functions.approve(extension.address, 10**30))
    chain.send(
        chain.core.functions.withdraw(ada.account, ada.owner.address, ETHER), ada.owner.address
    )
    chain.send(chain.token.functions.approve(chain.core.address, ETHER), ada.owner.address)

    def calls(f) -> list:
        return [
            f.deposit(ada.account, 1),
            f.withdraw(ada.account, DEV, 1),
            f.transfer(ada.account, bob.account, 1, bytes(32)),
            f.powerUp(ada.account, ada.account, ETHER),
            f.delegate(ada.account, bob.account, 10**9),
            f.powerDown(ada.account, 10**9),
            f.edit(ada.account, post, bytes(32)),
            f.postWithOptions(ada.account, b"\x09" * 32, bytes(32), 0, options),
            f.remove(ada.account, post),
            f.setRecovery(ada.account, bob.account),
            f.restore(ada.account, new.address, deadline, [s.signature for s in restoring]),
        ]

    before = storage(chain, extension.address)
    assert not any(before)
    supply = chain.token.functions.totalSupply().call()
    for call in calls(extension.functions):
        assert refused_by(chain, call, ada.owner.address) is not None, call
        data = bytes.fromhex(call._encode_transaction_data()[2:])
        for sender in (ada.owner.address, DEV):
            assert raw(chain, extension.address, data, sender) == 0
    # Those that ask nobody who they are find nothing there.
    for name in ("releasePowerDown", "completeReturn", "claimStakeReward", "completeRecovery"):
        call = extension.functions[name](ada.account)
        assert refused_by(chain, call) in ("CloseFirst", "NothingDue", "NoRequest"), name
    assert storage(chain, extension.address) == before
    assert chain.token.functions.balanceOf(extension.address).call() == 0
    assert chain.token.functions.totalSupply().call() == supply
    # At the core's address each of them does.
    for call in calls(chain.core.functions):
        chain.send(call, ada.owner.address)


def test_performing_without_the_relay(scene: Scene):
    """Else anybody performs an action with a payer of his choice, or past the check of its gas."""
    chain, ada = scene.chain, scene.ada
    for contract, item in ((chain.core, ada.transfer(1, 1)), (chain.graph, ada.profile(bytes(32)))):
        call = contract.functions.perform(item.kind, item.action, item.signature, DEV)
        senders = {
            DEV,
            ada.owner.address,
            extension_of(chain),
            chain.graph.address,
            chain.core.address,
        }
        for sender in senders - {contract.address}:
            assert refused_by(chain, call, sender) == "OnlySelf"
        assert chain.skipped(chain.relay(item)) == {}
    extension = chain.w3.eth.contract(extension_of(chain), abi=chain.core.abi)
    item = ada.transfer(1, 1)
    call = extension.functions.perform(item.kind, item.action, item.signature, DEV)
    assert refused_by(chain, call, chain.core.address) == "OnlySelf"


def test_unknown_selectors_and_coin(scene: Scene):
    """Else a call that means nothing reaches code that takes it for something, and coin is lost in a contract."""
    chain = scene.chain
    addresses = (chain.core.address, extension_of(chain), chain.graph.address)
    known = {
        Web3.keccak(text=f"{e['name']}({','.join(_type(i) for i in e['inputs'])})")[:4]
        for name in ("LaurelCore", "LaurelGraph", "LaurelCoreExtension")
        for e in artifact(name)["abi"]
        if e["type"] == "function"
    }
    unknown = [b"", b"\0", b"\xff" * 3, bytes(4), b"\xff" * 4, Web3.keccak(text="initialize()")[:4]]
    unknown += [
        Web3.keccak(text=f"unknown{n}()")[:4] + abi_encode(["uint256"], [n]) for n in range(8)
    ]
    unknown += [
        Web3.keccak(text=t)[:4]
        for t in ("mint(address,uint256)", "upgradeTo(address)", "multicall(bytes[])")
    ]
    assert not {u[:4] for u in unknown} & known
    before = [storage(chain, a) for a in addresses]
    for address in addresses:
        for data in unknown:
            assert raw(chain, address, data, DEV) == 0, data
        assert raw(chain, address, b"", DEV, value=1) == 0
    close = bytes.fromhex(chain.core.functions.close(1)._encode_transaction_data()[2:])
    assert raw(chain, chain.core.address, close, DEV, value=1) == 0
    assert raw(chain, chain.core.address, close, DEV) == 1
    after = [storage(chain, a) for a in addresses]
    assert after[1:] == before[1:]
    assert [chain.w3.eth.get_balance(a) for a in addresses] == [0, 0, 0]


def test_short_and_long_calldata_of_known_functions(scene: Scene):
    """Else calldata that ends early is filled up with zeros, and an account pays to nobody."""
    chain, ada = scene.chain, scene.ada
    f = chain.core.functions
    for call in (
        f.transfer(ada.account, 1, ETHER, bytes(32)),
        f.withdraw(ada.account, DEV, ETHER),
        f.vote(ada.account, scene.bob.post_id(b"\x02" * 32), 100),
        f.post(ada.account, b"\x55" * 32, bytes(32), 0),
    ):
        data = bytes.fromhex(call._encode_transaction_data()[2:])
        for cut in (1, 16, 32, len(data) - 4):
            assert raw(chain, chain.core.address, data[:-cut], ada.owner.address) == 0
        dirty = data[:4] + b"\x01" + data[5:]  # an account number of more than 40 bits
        assert raw(chain, chain.core.address, dirty, ada.owner.address) == 0
        assert raw(chain, chain.core.address, data, ada.owner.address) == 1


def _type(entry: dict) -> str:
    if not entry["type"].startswith("tuple"):
        return entry["type"]
    return f"({','.join(map(_type, entry['components']))})" + entry["type"][5:]
