"""What deployment fixes: bounds of every parameter, and the fee for a handle."""

import pytest
from web3 import Web3
from web3.exceptions import ContractCustomError

from backend.deployment.deploy import Parameters
from indexer.protocol.artifacts import artifact
from tests.actors import Actor, Key
from tests.chain import DEV, Anvil, Chain, error_names
from tests.conftest import DeployedWith
from tests.contracts.attacks.direct import refused_by
from tests.contracts.verdicts import refused

ETHER = 10**18
ZERO = "0x" + "00" * 20
FEE = 5 * ETHER
GENESIS = Parameters().genesis_supply


def _constructed(anvil: Anvil, parameters: Parameters) -> str | None:
    """None if the core may be made with them; else the parameter's name, or the error's."""
    w3 = Web3(Web3.HTTPProvider(anvil.url))
    made = artifact("LaurelCore")
    arguments = tuple(parameters.for_deployer(DEV).values())
    core = w3.eth.contract(abi=made["abi"], bytecode=made["bytecode"])
    try:
        core.constructor(arguments).estimate_gas({"from": DEV})
    except ContractCustomError as error:
        data = bytes.fromhex(str(error.data)[2:])
        name = error_names().get(data[:4], "")
        return data[4:].rstrip(b"\0").decode() if name == "BadParameter" else name
    return None


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("day", 60, 7 * 86_400),
        ("curve_constant", 0, 10**18),
        ("seed", 1, 10**24),
        ("genesis_supply", 0, 10**9 * ETHER),
        ("handle_fee", 0, 1000 * ETHER),
    ],
)
def test_bounds(anvil, name, least, most):
    solidity = "".join(w.title() if i else w for i, w in enumerate(name.split("_")))
    for value in (least, most):
        assert _constructed(anvil, Parameters(**{name: value})) is None
    for value in (least - 1, most + 1):
        if value >= 0:
            assert _constructed(anvil, Parameters(**{name: value})) == solidity


def test_nobody_is_no_treasury_and_no_recipient(anvil):
    assert _constructed(anvil, Parameters(treasury=ZERO)) == "treasury"
    # The token, which is made first, says so before the core does.
    assert _constructed(anvil, Parameters(genesis_recipient=ZERO)) == "ERC20InvalidReceiver"


# ---------------------------------------------------------------- the fee for a handle


@pytest.fixture
def dear(deployed_with: DeployedWith) -> Chain:
    """A chain where a handle costs."""
    return deployed_with(Parameters(handle_fee=FEE))


def _approve(chain: Chain, wei: int, sender: str = DEV) -> None:
    chain.send(chain.token.functions.approve(chain.core.address, wei), sender)


def test_who_relays_pays_the_fee_which_is_burned(dear):
    f = dear.token.functions
    _approve(dear, 3 * FEE)
    people = [Actor(dear.deployment, dear.anvil, handle) for handle in ("ada", "bob")]
    assert refused(dear, *(who.register(maxFee=FEE + i) for i, who in enumerate(people))) == [
        None,
        None,
    ]
    assert f.totalSupply().call() == f.balanceOf(DEV).call() == GENESIS - 2 * FEE
    assert f.allowance(DEV, dear.core.address).call() == FEE


def test_no_more_than_was_signed_for(dear):
    _approve(dear, FEE)
    ada = Actor(dear.deployment, dear.anvil, "ada")
    assert refused(dear, ada.register(), ada.register(maxFee=FEE - 1)) == ["FeeTooHigh"] * 2
    assert dear.token.functions.totalSupply().call() == GENESIS


def test_without_an_allowance_or_the_lrl_there_is_no_account(dear):
    ada = Actor(dear.deployment, dear.anvil, "ada")
    assert refused(dear, ada.register(maxFee=FEE)) == ["ERC20InsufficientAllowance"]
    _approve(dear, FEE - 1)
    assert refused(dear, ada.register(maxFee=FEE)) == ["ERC20InsufficientAllowance"]
    f, poor = dear.core.functions, Key.secp256k1().address
    dear.impersonate(poor)
    _approve(dear, FEE, poor)
    deadline = dear.anvil.now() + 60
    call = f.register((b"poor".ljust(32, b"\0"), poor, ZERO, 0, 0, FEE, deadline), b"", b"")
    assert refused_by(dear, call, poor) == "ERC20InsufficientBalance"
    assert f.accountCount().call() == 0


def test_who_registers_directly_pays(dear):
    """A contract wallet: from its own LRL, for its own account."""
    wallet = Web3.to_checksum_address("0x" + "c0de" * 10)
    dear.impersonate(wallet)
    dear.send(dear.token.functions.transfer(wallet, 2 * FEE))
    _approve(dear, FEE, wallet)
    deadline = dear.anvil.now() + 60
    registration = (b"wallet".ljust(32, b"\0"), wallet, ZERO, 0, 0, FEE, deadline)
    dear.send(dear.core.functions.register(registration, b"", b""), wallet)
    assert dear.token.functions.balanceOf(wallet).call() == FEE
    assert dear.token.functions.totalSupply().call() == GENESIS - FEE


def test_a_registration_that_fails_costs_nothing(dear):
    _approve(dear, 10 * FEE)
    ada, owner = Actor(dear.deployment, dear.anvil, "ada"), Key.secp256k1()
    deployed = [ada.register(maxFee=FEE), ada.register(maxFee=FEE)]
    unproven = Actor(dear.deployment, dear.anvil, "bob", owner=owner)
    stolen = unproven.register(maxFee=FEE, ownerKey=Key.secp256k1().address)
    assert refused(dear, *deployed, stolen) == [None, "HandleTaken", "NotPossessed"]
    assert dear.token.functions.totalSupply().call() == GENESIS - FEE
