"""Balance and stake of all accounts: what goes in, out, and from one to another."""

from dataclasses import dataclass, field, replace

from indexer.rewards import BPS, WEI_PER_VEST, vests_down
from tests.rules.pool import Pool
from tests.rules.state import Account, Refused


@dataclass
class Holdings:
    """day: seconds; handle_fee, burned, content (minted for authors and curators) and deposited (less what was
    withdrawn): wei; count: accounts made so far; delegations: micro-vests by (from, to)."""

    day: int
    pool: Pool
    handle_fee: int = 0
    count: int = 0
    burned: int = 0
    deposited: int = 0
    content: int = 0
    accounts: dict[int, Account] = field(default_factory=dict)
    delegations: dict[tuple[int, int], int] = field(default_factory=dict)

    def copy(self) -> "Holdings":
        return replace(
            self,
            pool=self.pool.copy(),
            accounts=dict(self.accounts),
            delegations=dict(self.delegations),
        )

    @property
    def minted(self) -> int:
        """Wei minted since genesis."""
        return self.pool.to_treasury + self.pool.to_stakers + self.content

    @property
    def held(self) -> int:
        """Wei of LRL that the core holds."""
        return self.deposited + self.pool.to_stakers + self.content

    def account(self, number: int) -> Account:
        return self.accounts.get(number, Account())

    # ------------------------------------------------------------ accounts and balance

    def register(self, max_fee: int) -> int:
        """Makes an account and burns the handle fee; returns its number."""
        if self.handle_fee > max_fee:
            raise Refused("FeeTooHigh")
        self.burned += self.handle_fee
        self.count += 1
        return self.count

    def deposit(self, account: int, amount: int) -> None:
        self.check_exists(account)
        self.deposited += amount
        self._credit(account, amount)

    def withdraw(self, account: int, amount: int) -> None:
        self._credit(account, -amount)
        self.deposited -= amount

    def transfer(self, account: int, to: int, amount: int) -> None:
        self.check_exists(to)
        if amount == 0:
            raise Refused("AmountTooSmall")
        self._credit(account, -amount)
        self._credit(to, amount)

    def check_exists(self, account: int) -> None:
        if not 0 < account <= self.count:
            raise Refused("UnknownAccount")

    def _credit(self, account: int, amount: int) -> None:
        a = self.account(account)
        if a.balance + amount < 0:
            raise Refused("NotEnoughBalance")
        self.accounts[account] = replace(a, balance=a.balance + amount)

    # ------------------------------------------------------------ stake

    def power_up(self, account: int, to: int, amount: int, now: int) -> None:
        self.check_exists(to)
        vests = vests_down(amount)
        if vests == 0:
            raise Refused("AmountTooSmall")
        self.pool.close_elapsed(now)
        self._credit(account, -vests * WEI_PER_VEST)
        self.add_stake(to, vests, now)

    def power_down(self, account: int, vests: int, now: int) -> None:
        """Replaces an earlier power down, whose due parts are paid first; 0 stops it."""
        self.pool.close_elapsed(now)
        self._release(account, now)
        a = self.account(account)
        back = a.voter.grown(a.away.leaving, 0, now, self.day)
        a = replace(a, away=a.away.powering_down(0, now, self.day))
        _check_free(a, vests)
        self.accounts[account] = replace(
            a,
            voter=back.shrunk(vests, 0, now, self.day),
            away=a.away.powering_down(vests, now, self.day),
        )

    def release_power_down(self, account: int, now: int) -> None:
        self.pool.close_elapsed(now)
        if self._release(account, now) == 0:
            raise Refused("NothingDue")

    def delegate(self, account: int, to: int, vests: int, now: int) -> None:
        """Sets what `account` delegates to `to`. More takes mana along; less comes back after 5 DAY."""
        self.check_exists(to)
        if account == to:
            raise Refused("SelfDelegation")
        before = self.delegations.get((account, to), 0)
        self.delegations[account, to] = vests
        if vests > before:
            self._lend(account, to, vests - before, now)
        if vests < before:
            self._take_back(account, to, before - vests, now)

    def complete_return(self, account: int, now: int) -> None:
        """The returning stake is back, with all its mana."""
        a = self.account(account)
        vests = a.away.returning
        if vests == 0 or now < a.away.return_at:
            raise Refused("NothingDue")
        self.accounts[account] = replace(
            a,
            voter=a.voter.grown(vests, vests, now, self.day),
            away=replace(a.away, returning=0, return_at=0),
        )

    def claim_stake_reward(self, account: int) -> None:
        a = self.account(account)
        stake = a.stake.moved(0, self.pool.index)
        if stake.accrued == 0:
            raise Refused("NothingDue")
        self.accounts[account] = replace(a, stake=replace(stake, accrued=0))
        self._credit(account, stake.accrued * WEI_PER_VEST)

    def add_stake(self, account: int, vests: int, now: int) -> None:
        """New stake arrives without mana."""
        a = self.account(account)
        self.accounts[account] = replace(
            a,
            voter=a.voter.grown(vests, 0, now, self.day),
            stake=a.stake.moved(vests, self.pool.index),
        )
        self.pool.total_vests += vests

    def pay(self, account: int, amount: int, liquid_bps: int, now: int) -> None:
        """Mints what a post earned for an account: part of it liquid, the rest stake."""
        if amount == 0:
            return
        liquid = amount * liquid_bps // BPS
        vests = vests_down(amount - liquid)
        self._credit(account, liquid)
        self.add_stake(account, vests, now)
        self.content += liquid + vests * WEI_PER_VEST

    def _release(self, account: int, now: int) -> int:
        """Pays the parts of a power down that are due; returns micro-vests."""
        a = self.account(account)
        away = a.away.released(now, self.day)
        released = a.away.leaving - away.leaving
        if released:
            stake = a.stake.moved(-released, self.pool.index)
            self.accounts[account] = replace(a, stake=stake, away=away)
            self.pool.total_vests -= released
            self._credit(account, released * WEI_PER_VEST)
        return released

    def _lend(self, account: int, to: int, vests: int, now: int) -> None:
        """The stake takes its mana along, so that it does not vote twice."""
        a, b = self.account(account), self.account(to)
        _check_free(a, vests)
        self.accounts[account] = replace(
            a, voter=a.voter.shrunk(vests, vests, now, self.day), away=a.away.lent(vests)
        )
        self.accounts[to] = replace(b, voter=b.voter.grown(vests, vests, now, self.day))

    def _take_back(self, account: int, to: int, vests: int, now: int) -> None:
        away = self.account(account).away
        if away.returning and now >= away.return_at:
            self.complete_return(account, now)
        a, b = self.account(account), self.account(to)
        self.accounts[account] = replace(a, away=a.away.taken_back(vests, now, self.day))
        self.accounts[to] = replace(b, voter=b.voter.shrunk(vests, 0, now, self.day))


def _check_free(account: Account, vests: int) -> None:
    if vests > account.free:
        raise Refused("NotEnoughStake")
