"""Stake that is counted where it is not, and balances that grow by being moved."""

from indexer.protocol.actions import Signed
from indexer.protocol.packed import account_slot
from tests.actors import Actor
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by

DAY = 86_400
ETHER = 10**18
WEI = 10**9  # in a micro-vest
VESTS = 10**9  # micro-vests in an LRL


def refused(chain: Chain, *items: Signed) -> dict[int, str]:
    return chain.skipped(chain.relay(*items))


def test_stake_counted_where_it_is_not(paying: Chain, people: list[Actor]):
    """Else stake that is lent, leaving, returning or borrowed is lent, taken out or paid away a second time."""
    ada, bob, cleo = people
    full = 1000 * VESTS
    # Nobody lends to himself, to nobody, or what is another's.
    assert refused(
        paying,
        bob.delegate(bob.account, VESTS),
        bob.delegate(0, VESTS),
        bob.delegate(99, VESTS),
        ada.delegate(cleo.account, 1),
        bob.delegate(ada.account, full + 1),
        bob.delegate(ada.account, 2**64 - 1),
        bob.power_down(2**64 - 1),
        ada.power_down(1),
    ) == {
        0: "SelfDelegation",
        1: "UnknownAccount",
        2: "UnknownAccount",
    } | dict.fromkeys(range(3, 8), "NotEnoughStake")
    assert refused(paying, bob.delegate(ada.account, full // 2)) == {}
    # Ada votes with it, and no more.
    assert refused(
        paying,
        ada.delegate(cleo.account, 1),
        ada.power_down(1),
        ada.power_up(ada.account, WEI),
        ada.transfer(bob.account, 1),
        ada.withdraw(DEV, 1),
    ) == {
        0: "NotEnoughStake",
        1: "NotEnoughStake",
        2: "NotEnoughBalance",
        3: "NotEnoughBalance",
        4: "NotEnoughBalance",
    }
    # Of Bob's other half, what leaves is not lent, and what is lent does not leave.
    assert refused(paying, bob.power_down(full // 2 + 1), bob.power_down(full // 2)) == {
        0: "NotEnoughStake"
    }
    assert refused(paying, bob.delegate(cleo.account, 1), bob.delegate(ada.account, full)) == {
        0: "NotEnoughStake",
        1: "NotEnoughStake",
    }
    assert refused(paying, bob.delegate(ada.account, 0), bob.power_down(full)) == {
        1: "NotEnoughStake"
    }
    f = paying.core.functions
    state = account_slot(f.accountState(bob.account).call())
    assert state.effective == state.mana == 0
    # After five days what came back may leave too: then all of it does, once.
    paying.anvil.forward(5 * DAY)
    paying.send(f.completeReturn(bob.account))
    assert refused(paying, bob.power_down(full)) == {}
    paying.anvil.forward(13 * 7 * DAY)
    paying.send(f.close(99))
    paying.send(f.releasePowerDown(bob.account))
    assert f.balanceOf(bob.account).call() == 1000 * ETHER
    assert f.stakeState(bob.account).call() & (2**64 - 1) == 0
    assert f.awayOf(bob.account).call()[:4] == (0, 0, 0, 0)


def test_moving_money_to_oneself(paying: Chain, people: list[Actor]):
    """Else an account that pays itself has read its balance before it wrote it, and ends with the sum of both."""
    ada, bob, _ = people
    f, token = paying.core.functions, paying.token.functions
    paying.send(token.approve(paying.core.address, 10 * ETHER))
    paying.send(f.deposit(ada.account, 10 * ETHER))
    held = token.balanceOf(paying.core.address).call()
    items = [ada.transfer(ada.account, 7 * ETHER) for _ in range(5)]
    assert refused(paying, *items, ada.transfer(ada.account, 11 * ETHER)) == {5: "NotEnoughBalance"}
    assert f.balanceOf(ada.account).call() == 10 * ETHER
    assert refused(paying, ada.withdraw(paying.core.address, ETHER)) == {0: "BadRecipient"}
    assert refused(paying, ada.withdraw("0x" + "00" * 20, ETHER)) == {0: "BadRecipient"}
    paying.impersonate(ada.owner.address)
    assert (
        refused_by(paying, f.deposit(ada.account, 1), ada.owner.address)
        == "ERC20InsufficientAllowance"
    )
    assert refused_by(paying, f.deposit(0, 1)) == "UnknownAccount"
    assert refused_by(paying, f.deposit(99, 1)) == "UnknownAccount"
    assert token.balanceOf(paying.core.address).call() == held
    assert refused(paying, ada.transfer(bob.account, 10 * ETHER)) == {}
    assert f.balanceOf(bob.account).call() == 10 * ETHER
