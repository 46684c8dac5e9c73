"""Tips in tokens that lie, call back and take fees: they harm nobody but those who hold them."""

from typing import Any

import pytest
from web3.contract import Contract

from tests.actors import Actor, Key, join
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by
from tests.contracts.attacks.hostile_token import Mode, hostile_token

DIGEST = b"\x01" * 32
ZERO = "0x" + "00" * 20


@pytest.fixture
def ada(deployed: Chain) -> Actor:
    (ada,) = join(deployed, "ada", posting=True)
    assert deployed.skipped(deployed.relay(ada.post(DIGEST))) == {}
    deployed.impersonate(ada.owner.address)
    return ada


def post_of(account: int) -> bytes:
    return account.to_bytes(5) + DIGEST[:27]


def data_of(call: Any) -> str:
    return call.build_transaction({"gas": 1})["data"]


def tips_of(chain: Chain, account: int, token: Contract) -> int:
    return chain.graph.functions.tipsOf(account, token.address).call()


def account_with_a_post(chain: Chain, token: Contract) -> int:
    """An account whose owner key is the token itself, so that its calls back are authorized."""
    f = chain.core.functions
    deadline = chain.anvil.now() + 600
    registration = (b"mallory".ljust(32, b"\0"), token.address, ZERO, 0, 0, 0, deadline)
    chain.send(
        token.functions.call(chain.core.address, data_of(f.register(registration, b"", b"")))
    )
    account = f.accountCount().call()
    post = f.post(account, DIGEST, bytes(32), 0)
    chain.send(token.functions.call(chain.core.address, data_of(post)))
    return account


def test_reentrancy_through_the_token(deployed: Chain, ada: Actor):
    """Else who is called in the middle of a payment (as ERC-777's hooks are) is paid twice, or has one tip
    counted twice, out of what the graph holds for everybody else."""
    token = hostile_token(deployed)
    mallory = account_with_a_post(deployed, token)
    graph, f = deployed.graph, deployed.graph.functions
    for account in (ada.account, mallory):
        deployed.send(f.tip(post_of(account), token.address, 100))
    adas = ada.collect(token.address, DEV, 1)
    collect = f.collect(mallory, token.address, DEV, 60)
    outers = {"tip": f.tip(post_of(mallory), token.address, 10), "collect": collect}
    inners = {
        "collect": f.collect(mallory, token.address, DEV, 100),
        "tip": f.tip(post_of(mallory), token.address, 10),
        "relay": f.relay([(adas.kind, adas.action, adas.signature)]),
    }
    for outer_name, outer in outers.items():
        for inner_name, inner in inners.items():
            before = {a: tips_of(deployed, a, token) for a in (ada.account, mallory)}
            deployed.send(token.functions.callBack(graph.address, data_of(inner)))
            if outer_name == "collect":
                deployed.send(f.tip(post_of(mallory), token.address, 60))  # does not call back
                deployed.send(token.functions.callBack(graph.address, data_of(inner)))
            call = token.functions.call(graph.address, data_of(outer))
            receipt = deployed.send(call, gas=3_000_000)  # an estimate would starve the inner call
            # The relay goes through, and skips its item.
            assert token.functions.succeeded().call() == (inner_name == "relay")
            assert len(deployed.skipped(receipt)) == (inner_name == "relay")
            after = {a: tips_of(deployed, a, token) for a in (ada.account, mallory)}
            assert after[ada.account] == before[ada.account]
            held = token.functions.balanceOf(graph.address).call()
            assert held == sum(after.values()), (outer_name, inner_name)
    # Outside of a payment each of them does.
    assert deployed.skipped(deployed.relay(adas)) == {}
    assert tips_of(deployed, ada.account, token) == 99


def test_a_token_that_takes_a_fee(deployed: Chain, ada: Actor):
    """Else the last author to collect pays the fees of all others' tips."""
    token = hostile_token(deployed, Mode.TAKES_FEE)
    mallory = account_with_a_post(deployed, token)
    f = deployed.graph.functions
    for account in (ada.account, mallory):
        deployed.send(f.tip(post_of(account), token.address, 100))
        assert tips_of(deployed, account, token) == 90
    owner = ada.owner.address
    for amount, refused in ((91, "NotEnoughTips"), (90, None)):
        call = f.collect(ada.account, token.address, DEV, amount)
        assert refused_by(deployed, call, owner) == refused
    deployed.send(f.collect(ada.account, token.address, DEV, 90), owner)
    collect = f.collect(mallory, token.address, DEV, 90)
    deployed.send(token.functions.call(deployed.graph.address, data_of(collect)))
    assert token.functions.balanceOf(deployed.graph.address).call() == 0


def test_a_token_that_says_what_is_not_so(deployed: Chain, ada: Actor):
    """Else a tip is shown, and counted, that never arrived."""
    token = hostile_token(deployed, Mode.SAYS_NOTHING)
    tip = deployed.graph.functions.tip(post_of(ada.account), token.address, 100)
    deployed.send(tip)
    assert tips_of(deployed, ada.account, token) == 100
    for mode, error in ((Mode.TAKES_NOTHING, "NoTip"), (Mode.SAYS_FALSE, ""), (Mode.BURNS_GAS, "")):
        deployed.send(token.functions.behave(mode))
        refused = refused_by(deployed, tip)
        assert refused == error or (error == "" and refused not in (None, "NoTip"))
    assert tips_of(deployed, ada.account, token) == 100


def test_a_hostile_token_beside_an_honest_one(deployed: Chain, ada: Actor):
    """Else tips in a token that anyone can make are collected in LRL."""
    token = hostile_token(deployed)
    mallory = account_with_a_post(deployed, token)
    f, lrl = deployed.graph.functions, deployed.token
    deployed.send(lrl.functions.approve(deployed.graph.address, 1000))
    deployed.send(f.tip(post_of(ada.account), lrl.address, 1000))
    deployed.send(f.tip(post_of(mallory), token.address, 1000))
    theft = f.collect(mallory, lrl.address, DEV, 1)
    assert refused_by(deployed, theft, token.address) == "NotEnoughTips"
    # Nor is anything a token that is none: the contracts, a key, a precompile.
    for none in (deployed.core.address, deployed.graph.address, DEV, "0x" + "00" * 18 + "0100"):
        assert refused_by(deployed, f.tip(post_of(ada.account), none, 1)) is not None
        empty = f.collect(mallory, none, DEV, 0)
        assert refused_by(deployed, empty, token.address) is not None
    assert tips_of(deployed, ada.account, lrl) == 1000
    deployed.send(f.collect(ada.account, lrl.address, ada.owner.address, 1000), ada.owner.address)
    assert lrl.functions.balanceOf(ada.owner.address).call() == 1000


def test_collecting_with_the_wrong_key_and_twice(deployed: Chain, ada: Actor):
    """Else a posting key, which a page in a browser holds, moves money."""
    (mallory,) = join(deployed, "mallory")
    f, lrl = deployed.graph.functions, deployed.token
    deployed.send(lrl.functions.approve(deployed.graph.address, 1000))
    deployed.send(f.tip(post_of(ada.account), lrl.address, 1000))
    to = Key.secp256k1().address
    fields = {"token": lrl.address, "to": to, "amount": 600}
    honest = ada.collect(lrl.address, to, 600)
    receipt = deployed.relay(
        ada.act("Collect", ada.posting, **fields),
        mallory.collect(lrl.address, to, 600, account=ada.account),
        honest,
        honest,
        ada.collect(lrl.address, to, 600),
    )
    names = deployed.skipped(receipt)
    assert names == {0: "RoleTooLow", 1: "UnknownKey", 3: "NonceUsed", 4: "NotEnoughTips"}
    assert lrl.functions.balanceOf(to).call() == 600
