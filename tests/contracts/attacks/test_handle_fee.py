"""Registrations that cost something: who pays, and who cannot be made to."""

from backend.deployment.deploy import Parameters
from tests.actors import Actor
from tests.chain import DEV
from tests.conftest import DeployedWith
from tests.contracts.attacks.direct import refused_by

FEE = 5 * 10**18
ZERO = "0x" + "00" * 20


def test_registering_at_anothers_expense(deployed_with: DeployedWith):
    """Else who has allowed the core to take his tokens pays for strangers' handles, or more than was agreed."""
    chain = deployed_with(Parameters(handle_fee=FEE))
    f, token = chain.core.functions, chain.token.functions
    rich, poor = chain.w3.eth.accounts[1:3]
    people = [Actor(chain.deployment, chain.anvil, f"name{n}") for n in range(4)]
    chain.send(token.transfer(rich, 10 * FEE))
    chain.send(token.approve(chain.core.address, 10 * FEE), rich)
    # The caller pays, and only with an allowance; an item that cannot be paid for stops no batch.
    supply = token.totalSupply().call()
    first, second, third, fourth = people
    batch = [
        first.register(maxFee=FEE),
        second.register(maxFee=FEE - 1),
        third.register(maxFee=FEE),
    ]
    assert chain.skipped(chain.relay(*batch)) == {
        0: "ERC20InsufficientAllowance",
        1: "FeeTooHigh",
        2: "ERC20InsufficientAllowance",
    }
    call = f.relay([(s.kind, s.action, s.signature) for s in batch])
    assert chain.skipped(chain.send(call, poor)) == {
        0: "ERC20InsufficientAllowance",
        1: "FeeTooHigh",
        2: "ERC20InsufficientAllowance",
    }
    assert f.accountCount().call() == 0 and token.balanceOf(rich).call() == 10 * FEE

    chain.send(token.approve(chain.core.address, FEE))
    assert chain.skipped(chain.relay(*batch)) == {1: "FeeTooHigh", 2: "ERC20InsufficientAllowance"}
    assert token.totalSupply().call() == supply - FEE
    assert (
        token.balanceOf(rich).call() == 10 * FEE
        and token.allowance(DEV, chain.core.address).call() == 0
    )
    assert f.accountCount().call() == 1
    # A registration that fails for another reason costs nothing.
    chain.send(token.approve(chain.core.address, FEE))
    taken = Actor(chain.deployment, chain.anvil, first.handle).register(maxFee=FEE)
    nobodys = Actor(chain.deployment, chain.anvil, "name9").register(
        maxFee=FEE, ownerKey=first.owner.address
    )
    refused = chain.skipped(chain.relay(taken, nobodys))
    assert refused == {0: "HandleTaken", 1: "NotPossessed"}
    assert token.allowance(DEV, chain.core.address).call() == FEE
    # Directly the same.
    deadline = chain.anvil.now() + 600
    own = (fourth.handle.encode().ljust(32, b"\0"), rich, ZERO, 0, 0, FEE, deadline)
    other = (*own[:1], poor, *own[2:])
    assert refused_by(chain, f.register(other, b"", b""), poor) == "ERC20InsufficientAllowance"
    chain.send(f.register(own, b"", b""), rich)
    assert token.balanceOf(rich).call() == 9 * FEE
