"""Everything the contracts know, on a real chain: mirrored, verified, rebuilt and reorganised."""

from pathlib import Path
from typing import Any

import pytest

from indexer.follow import State
from indexer.mirror import bulk, store
from indexer.mirror.database import writing
from indexer.mirror.digests import table_digests
from indexer.schema import Base
from tests.indexer.eventful import DAY, first_half, publish, second_half, settled_in
from tests.indexer.mirrors import MIRRORED, Mirror, mirror_of

COMPARED = {
    "accounts": "handle balance own accrued index effective mana down_mana updated_at key_epoch "
    "delegated returning return_at leaving part due_at "
    "recovery next_recovery recovery_at request_owner request_ready_at",
    "keys": "account role expiry epoch revoked_at",
    "posts": "created_at net_rshares weight curation settled replied removed "
    "max_accepted_payout liquid_bps allow_votes allow_curation_rewards",
    "beneficiaries": "bps",
    "votes": "rshares weight signed_at bps claimed",
    "days": "claims paid",
    "pool": "wei recent next_day index",
    "delegations": "vests",
    "tip_balances": "amount",
}


@pytest.fixture
def lived(mirror: Mirror) -> Mirror:
    """A mirror at the end of the whole history."""
    publish(mirror.content)
    people = settled_in(mirror.chain)
    first_half(mirror.chain, people)
    second_half(mirror.chain, people)
    mirror.catch_up()
    return mirror


@pytest.mark.postgresql
def test_ends_without_a_difference(lived: Mirror) -> None:
    assert [name for name in MIRRORED if not lived.rows(name)] == []
    outcome = lived.verify()
    assert (outcome.first, outcome.same) == ([], True)
    kinds = {entry["kind"] for entry in lived.rows("entries")}
    assert kinds == {
        *("deposit", "withdraw", "transfer-in", "transfer-out", "power-up", "power-down-release"),
        *("author", "beneficiary", "curation", "stake-reward"),
    }
    states = [content["state"] for content in lived.rows("contents")]
    assert (states.count("ready"), states.count("missing")) == (3, 1)


def test_a_rebuild_gives_the_same_rows(lived: Mirror) -> None:
    before, rows = table_digests(lived.engine), lived.dump()
    store.empty(lived.engine, lived.indexer.lease)
    assert table_digests(lived.engine) != before
    lived.catch_up()
    assert table_digests(lived.engine) == before
    assert lived.dump() == rows


def test_verify_notices_every_number_that_is_wrong(lived: Mirror) -> None:
    assert COMPARED.keys() <= Base.metadata.tables.keys()
    unnoticed = [
        (name, column)
        for name, columns in COMPARED.items()
        for column in columns.split()
        if verify_with_wrong(lived, name, column)
    ]
    assert unnoticed == []
    assert lived.verify().same


def verify_with_wrong(mirror: Mirror, name: str, column: str) -> bool:
    """What verify says while a column is wrong in every row."""
    right = mirror.rows(name)
    assert any(row[column] for row in right), f"nothing in {name}.{column} to get wrong"
    wrong = [row | {column: other_than(row[column])} for row in right]
    replace(mirror, name, wrong)
    try:
        return mirror.verify().same
    finally:
        replace(mirror, name, right)


def replace(mirror: Mirror, name: str, rows: list[dict[str, Any]]) -> None:
    places = [(name, tuple(row[c] for c in bulk.primary(name))) for row in rows]
    with writing(mirror.engine) as connection:
        bulk.write(connection, [(place, None) for place in places])
        bulk.write(connection, zip(places, rows, strict=True))


def other_than(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "0x" + "Ab" * 20 if value is None or value.startswith("0x") else value + "x"


def test_a_lost_row_is_noticed(lived: Mirror) -> None:
    """Where the contracts can tell how many there are, or what they come to."""
    for name in ("delegations", "beneficiaries"):
        rows = lived.rows(name)
        place = name, tuple(rows[-1][c] for c in bulk.primary(name))
        with writing(lived.engine) as connection:
            bulk.write(connection, [(place, None)])
        assert not lived.verify().same
        replace(lived, name, rows)
    assert lived.verify().same


@pytest.mark.postgresql
def test_a_reorganisation_of_everything(mirror: Mirror, tmp_path: Path) -> None:
    """One side lives its second half at once, the other after a night and another first half."""
    chain = mirror.chain
    publish(mirror.content)
    people = settled_in(chain)
    mirror.catch_up()
    fork = chain.anvil.rpc("evm_snapshot")
    owner = people[0].owner
    first_half(chain, people)
    mirror.catch_up()
    second_half(chain, people)
    mirror.catch_up()
    left = mirror.dump()
    assert mirror.verify().same

    assert chain.anvil.rpc("evm_revert", fork)
    people[0].owner = owner
    chain.anvil.forward(DAY // 2)
    chain.anvil.rpc("anvil_mine", hex(3))
    first_half(chain, people)
    told = mirror.catch_up()
    assert [status.state for status in told].count(State.REORGANISED) == 1
    second_half(chain, people)
    mirror.catch_up()
    right = mirror.dump()
    assert right != left
    assert mirror.verify().first == []
    with mirror_of(chain, tmp_path / "fresh") as other:
        publish(other.content)
        other.catch_up()
        assert other.dump() == right
