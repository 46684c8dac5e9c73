"""LRL: ERC-20 with Permit, minted by the core alone."""

from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.actors import join
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by

ETHER = 10**18
OWNER = Account.from_key("0x" + "42" * 32)


def permit(chain: Chain, **changes) -> tuple:
    """The arguments of `permit`, signed by OWNER over EIP-2612's struct; `changes` come after signing."""
    message = {
        "owner": OWNER.address,
        "spender": chain.core.address,
        "value": ETHER,
        "nonce": chain.token.functions.nonces(OWNER.address).call(),
        "deadline": chain.anvil.now() + 600,
    }
    types = {"owner": "address", "spender": "address"}
    fields = [{"name": name, "type": types.get(name, "uint256")} for name in message]
    domain = {
        "name": "Laurel",
        "version": "1",
        "chainId": chain.deployment.chain_id,
        "verifyingContract": chain.token.address,
    }
    signed = OWNER.sign_message(encode_typed_data(domain, {"Permit": fields}, message))
    given = message | {"v": signed.v, "r": signed.r.to_bytes(32), "s": signed.s.to_bytes(32)}
    del given["nonce"]
    return tuple((given | changes).values())


def test_name_and_decimals(deployed):
    f = deployed.token.functions
    assert [f.name().call(), f.symbol().call(), f.decimals().call()] == ["Laurel", "LRL", 18]
    assert f.totalSupply().call() == f.balanceOf(DEV).call()


def test_only_the_core_mints(deployed):
    f = deployed.token.functions
    assert f.minter().call() == deployed.core.address
    assert refused_by(deployed, f.mint(DEV, 1)) == "NotMinter"
    deployed.impersonate(deployed.graph.address)
    assert refused_by(deployed, f.mint(DEV, 1), deployed.graph.address) == "NotMinter"


def test_a_permit_is_an_approval_that_anyone_brings(deployed):
    f = deployed.token.functions
    (ada,) = join(deployed, "ada")
    deployed.send(f.transfer(OWNER.address, 3 * ETHER))
    given = permit(deployed)
    deployed.send(f.permit(*given))
    assert f.allowance(OWNER.address, deployed.core.address).call() == ETHER
    assert refused_by(deployed, f.permit(*given)) == "ERC2612InvalidSigner"  # its nonce is used
    deployed.impersonate(OWNER.address)
    deposit = deployed.core.functions.deposit
    assert refused_by(deployed, deposit(ada.account, ETHER + 1), OWNER.address) == (
        "ERC20InsufficientAllowance"
    )
    deployed.send(deposit(ada.account, ETHER), OWNER.address)
    assert deployed.core.functions.balanceOf(ada.account).call() == ETHER


def test_a_permit_says_what_was_signed(deployed):
    for changes, error in (
        ({"spender": DEV}, "ERC2612InvalidSigner"),
        ({"value": 2 * ETHER}, "ERC2612InvalidSigner"),
        ({"owner": DEV}, "ERC2612InvalidSigner"),
        ({"deadline": 2**64}, "ERC2612InvalidSigner"),
        ({"deadline": 1}, "ERC2612ExpiredSignature"),
        ({"v": 0}, "ECDSAInvalidSignature"),
        ({"s": b"\xff" * 32}, "ECDSAInvalidSignatureS"),
    ):
        call = deployed.token.functions.permit(*permit(deployed, **changes))
        assert refused_by(deployed, call) == error, changes


def test_what_is_burned_is_gone(deployed):
    f = deployed.token.functions
    supply = f.totalSupply().call()
    deployed.send(f.burn(ETHER))
    assert f.totalSupply().call() == supply - ETHER
    assert refused_by(deployed, f.burnFrom(OWNER.address, 1)) == "ERC20InsufficientAllowance"
