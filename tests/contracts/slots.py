"""All that the core remembers, as the model says and as the chain answers, field by field."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode

from indexer.chain.rpc import Rpc
from tests.chain import Chain
from tests.contracts.abi import Function, function
from tests.contracts.keyring import NO_KEY, NOBODY, Recovery
from tests.contracts.model import Model
from tests.rules.state import Vote

# Bits of each field of a packed word, lowest first; a minus says signed. What lies above must be 0.
HOT = (64, 64, 64, 40, 16)
STAKE = (64, 64, 128)
POST = (40, -64, 64, 64, 1, 1, 1, 1, 1, 1)
VOTE = (-64, 64, 40, -16)
KEY = (40, 8, 40, 16, 40)


@dataclass(frozen=True)
class Slot:
    """One view of the core or the token. widths: of the fields of its word, if it answers a packed one."""

    name: str
    call: tuple[str, str, tuple[Any, ...]]  # contract, function, arguments
    expected: tuple[Any, ...]
    widths: tuple[int, ...] = ()


def slots(model: Model, keys: Iterable[str], now: int) -> Iterator[Slot]:
    """Every slot that the model has something to say about, as of `now`; `keys` are all addresses that sign."""
    yield from _pool(model)
    for account in range(1, model.ledger.holdings.count + 1):
        yield from _account(model, account, now)
    for pair, lent in model.ledger.holdings.delegations.items():
        yield Slot(f"lent {pair}", ("core", "delegationOf", pair), (lent,))
    for post in model.ledger.posts:
        yield from _post(model, post)
    for key in keys:
        held = model.keyring.keys.get(key, NO_KEY)
        yield Slot(f"key {key}", ("core", "keyOf", (key,)), astuple(held), KEY)


def _pool(model: Model) -> Iterator[Slot]:
    ledger, pool, holdings = model.ledger, model.ledger.pool, model.ledger.holdings
    reserve = (pool.wei, pool.recent, pool.next_day, pool.index, pool.total_vests, pool.supply)
    yield Slot("reserve", ("core", "poolState", ()), reserve)
    yield Slot("accounts", ("core", "accountCount", ()), (holdings.count,))
    supply = ledger.supply + holdings.minted - holdings.burned
    yield Slot("LRL in all", ("token", "totalSupply", ()), (supply,))
    yield Slot("LRL of the core", ("token", "balanceOf", (model.core,)), (holdings.held,))
    treasury = ("token", "balanceOf", (model.treasury,))
    yield Slot("LRL of the treasury", treasury, (pool.to_treasury,))
    for number, day in pool.days.items():
        yield Slot(f"day {number}", ("core", "dayState", (number,)), astuple(day))


def _account(model: Model, account: int, now: int) -> Iterator[Slot]:
    holdings, keyring = model.ledger.holdings, model.keyring
    a = holdings.account(account)
    hot = (*astuple(a.voter), keyring.epochs.get(account, 0))
    yield Slot(f"hot {account}", ("core", "accountState", (account,)), hot, HOT)
    yield Slot(f"stake {account}", ("core", "stakeState", (account,)), astuple(a.stake), STAKE)
    yield Slot(f"away {account}", ("core", "awayOf", (account,)), (astuple(a.away),))
    yield Slot(f"balance {account}", ("core", "balanceOf", (account,)), (a.balance,))
    earned = a.stake.moved(0, model.ledger.pool.index).accrued * 10**9
    yield Slot(f"reward {account}", ("core", "stakeRewardOf", (account,)), (earned,))
    r = keyring.recoveries.get(account, Recovery())
    next_ = (r.next, r.effective_at) if now < r.effective_at else (0, 0)
    yield Slot(f"recovery {account}", ("core", "recoveryOf", (account,)), (r.at(now), *next_))
    new_owner, ready_at = keyring.requests.get(account, (NOBODY, 0))
    request = ("core", "recoveryRequestOf", (account,))
    yield Slot(f"request {account}", request, (new_owner.lower(), ready_at))


def _post(model: Model, post: bytes) -> Iterator[Slot]:
    ledger = model.ledger
    p, name = ledger.posts[post], f"{post[4]}/{post[5]}"
    o = p.options
    flags = (
        p.settled,
        p.replied,
        p.removed,
        not o.allow_votes,
        not o.allow_curation_rewards,
        not o.plain,
    )
    word = (p.created_at, p.net, p.weight, p.curation, *flags)
    yield Slot(f"post {name}", ("core", "postState", (post,)), word, POST)
    for account in range(1, ledger.holdings.count + 1):
        vote = ledger.votes.get((post, account), Vote())
        call = ("core", "voteState", (post, account))
        yield Slot(f"vote {name} {account}", call, astuple(vote), VOTE)
    if not p.removed:
        yield Slot(f"options {name}", ("core", "optionsOf", (post,)), (astuple(o),))


class Reader:
    """Asks for many slots in few requests."""

    def __init__(self, chain: Chain, rpc: Rpc) -> None:
        self._rpc = rpc
        self._addresses = {"core": chain.core.address, "token": chain.token.address}
        self._calls = cache(self._call)

    def differences(self, slots: Iterable[Slot]) -> dict[str, tuple[Any, Any]]:
        """By name: what the chain has and what was expected, where they differ."""
        wanted = list(slots)
        answers = self._rpc.batch(
            [("eth_call", (self._calls(*slot.call), "latest")) for slot in wanted]
        )
        found = {}
        for slot, answer in zip(wanted, answers, strict=True):
            data = bytes.fromhex(bytes(answer)[3:-1].decode())  # "0x..." in quotes
            if slot.widths:
                got = unpacked(int.from_bytes(data), slot.widths)
                expected = (*slot.expected, 0)
            else:
                got = decode(_function(*slot.call[:2]).outputs, data)
                expected = slot.expected
            if got != expected:
                found[slot.name] = (got, expected)
        return found

    def _call(self, contract: str, name: str, arguments: tuple[Any, ...]) -> dict[str, str]:
        data = _function(contract, name).call(*arguments)
        return {"to": self._addresses[contract], "data": data}


def _function(contract: str, name: str) -> Function:
    return function({"core": "LaurelCore", "token": "LaurelToken"}[contract], name)


def unpacked(word: int, widths: tuple[int, ...]) -> tuple[int, ...]:
    """The fields of a packed word, and what lies above them."""
    fields = []
    for width in widths:
        bits = abs(width)
        value = word & ((1 << bits) - 1)
        fields.append(value - (1 << bits) if width < 0 and value >> (bits - 1) else value)
        word >>= bits
    return (*fields, word)
