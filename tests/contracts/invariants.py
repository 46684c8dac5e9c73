"""What must hold of the core at every moment, whoever does what."""

from collections import defaultdict
from copy import deepcopy
from typing import Any

from eth_utils.crypto import keccak

from indexer.rewards import CASHOUT_DAYS, WEI_PER_VEST, emission_down
from tests.rules.ledger import Ledger
from tests.rules.pool import Day


def topic(event: str) -> str:
    return "0x" + keccak(text=event).hex()


SETTLED = topic("Settled(bytes32,uint40,uint256,uint256,uint256,uint256)")
BENEFICIARY_PAID = topic("BeneficiaryPaid(bytes32,uint40,uint256,uint256)")
CURATION_CLAIMED = topic("CurationClaimed(bytes32,uint40,uint256)")


class Paid:
    """What the events say that posts and votes were paid: wei by post, micro-vests of its curators."""

    def __init__(self) -> None:
        self.posts: dict[bytes, int] = defaultdict(int)
        self.curation: dict[bytes, int] = {}
        self.claimed: dict[bytes, int] = defaultdict(int)

    def copy(self) -> "Paid":
        return deepcopy(self)

    def read(self, logs: list[dict[str, Any]]) -> None:
        for log in logs:
            name, *rest = log["topics"]
            if name not in (SETTLED, BENEFICIARY_PAID, CURATION_CLAIMED):
                continue
            post = bytes.fromhex(rest[0][2:])
            data = bytes.fromhex(log["data"][2:])
            words = [int.from_bytes(data[i : i + 32]) for i in range(0, len(data), 32)]
            if name == CURATION_CLAIMED:
                self.claimed[post] += words[0]
                continue
            liquid, vests, *more = words
            self.posts[post] += liquid + vests * WEI_PER_VEST
            if name == SETTLED:
                self.curation[post], returned = more
                self.posts[post] += self.curation[post] * WEI_PER_VEST + returned


def check(ledger: Ledger, paid: Paid) -> None:
    """`ledger` is the state of the contracts too: they have been compared."""
    _check_supply(ledger)
    _check_payouts(ledger, paid)
    for account in range(1, ledger.holdings.count + 1):
        _check_stake(ledger, account)


def _check_supply(ledger: Ledger) -> None:
    pool, holdings = ledger.pool, ledger.holdings
    supply = ledger.supply
    for n in range(pool.next_day - ledger.genesis_day):
        supply += emission_down(supply, n)
    assert holdings.minted <= supply - ledger.supply

    accounts = holdings.accounts.values()
    owed = sum(a.balance for a in accounts)
    stakes = [a.stake.moved(0, pool.index) for a in accounts]
    assert holdings.held >= owed + sum(s.own + s.accrued for s in stakes) * WEI_PER_VEST
    assert pool.total_vests == sum(s.own for s in stakes)


def _check_payouts(ledger: Ledger, paid: Paid) -> None:
    days: dict[int, int] = defaultdict(int)
    for post, wei in paid.posts.items():
        number = ledger.posts[post].created_at // ledger.day + CASHOUT_DAYS
        days[number] += wei
    for number, wei in days.items():
        assert wei <= ledger.pool.days.get(number, Day()).paid
    for post, vests in paid.claimed.items():
        assert vests <= paid.curation[post]


def _check_stake(ledger: Ledger, account: int) -> None:
    holdings = ledger.holdings
    a = holdings.account(account)
    lent = sum(vests for (who, _), vests in holdings.delegations.items() if who == account)
    received = sum(vests for (_, whom), vests in holdings.delegations.items() if whom == account)
    assert min(a.free, a.away.delegated, a.away.returning, a.away.leaving) >= 0
    assert a.away.delegated == lent
    assert a.voter.effective == a.free + received
    assert 0 <= a.voter.mana <= a.voter.effective
    assert 0 <= a.voter.down_mana <= a.voter.effective // 4
