"""The local chain's faucet gives every new account stake, once."""

from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.relay.keeping import faucet as faucet_module
from backend.relay.keeping.tables import FaucetGrant
from tests.actors import Actor, join
from tests.backend.relay.node import Node, running_node
from tests.chain import deployed_on, running_anvil

THOUSAND = 10**21  # wei


def open_faucet(node: Node, wei: int) -> Actor:
    (faucet,) = join(node.chain, "faucet")
    assert isinstance(faucet.owner.private, bytes)
    node.relay.faucet_key_file.write_text(faucet.owner.private.hex())
    fill(node, faucet, wei)
    return faucet


def fill(node: Node, faucet: Actor, wei: int) -> None:
    chain = node.chain
    chain.send(chain.token.functions.approve(chain.core.address, wei))
    chain.send(chain.core.functions.deposit(faucet.account, wei))


def stake_of(node: Node, account: int) -> int:
    """micro-vests"""
    return int(node.chain.core.functions.accountState(account).call()) & (1 << 64) - 1


def register(node: Node, handle: str) -> int:
    actor = Actor(node.chain.deployment, node.chain.anvil, handle)
    ticket = node.accept(actor.register())
    node.deliver()
    assert node.state(ticket) == "included"
    return int(node.chain.core.functions.accountCount().call())


def grant(node: Node) -> None:
    node.faucet.step()
    node.deliver()


def test_once_for_each_account_made_here(node: Node) -> None:
    open_faucet(node, 5 * THOUSAND)
    bob, cat = register(node, "bob"), register(node, "cat")
    (elsewhere,) = join(node.chain, "elsewhere")
    for _ in range(3):
        grant(node)
    assert [stake_of(node, a) for a in (bob, cat, elsewhere.account)] == [10**12, 10**12, 0]


def test_the_chain_itself_refuses_a_second_grant(node: Node) -> None:
    """As if the process had died before it wrote down what it did."""
    open_faucet(node, 5 * THOUSAND)
    bob = register(node, "bob")
    grant(node)
    with Session(node.engine) as session:
        session.execute(delete(FaucetGrant))
        session.commit()
    grant(node)
    assert stake_of(node, bob) == 10**12
    assert len(node.transactions()) == 3


def test_an_empty_faucet_gives_later(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faucet_module, "AGAIN_SECONDS", 0.0)
    faucet = open_faucet(node, 1)
    bob = register(node, "bob")
    grant(node)
    grant(node)
    assert stake_of(node, bob) == 0
    fill(node, faucet, THOUSAND)
    grant(node)
    assert stake_of(node, bob) == 10**12


def test_days_that_stand_open_are_closed_before_it_gives(node: Node) -> None:
    open_faucet(node, THOUSAND)
    bob = register(node, "bob")
    node.chain.anvil.forward(20 * 86_400)
    grant(node)
    assert len(node.transactions()) == 1  # bob's: no grant was tried that the chain would refuse
    node.keep()
    grant(node)
    assert stake_of(node, bob) == 10**12


def test_accounts_made_before_the_faucet_are_not_forgotten(node: Node) -> None:
    bob = register(node, "bob")
    grant(node)
    open_faucet(node, THOUSAND)
    grant(node)
    assert stake_of(node, bob) == 10**12


def test_no_faucet_on_a_public_chain(tmp_path: Path) -> None:
    with running_anvil("--chain-id", "84532") as anvil:
        chain = deployed_on(anvil, tmp_path / "deployments")
        with running_node(chain, tmp_path / "home", LAUREL_RELAY_GATHER="0") as node:
            open_faucet(node, THOUSAND)
            bob = register(node, "bob")
            grant(node)
            assert stake_of(node, bob) == 0
