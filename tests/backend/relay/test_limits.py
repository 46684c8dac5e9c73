"""Sliding windows in SQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from backend.relay.settings import BadLimits, RelaySettings
from backend.site import rate_limits
from backend.site.database import NodeBase
from backend.site.problems import Problem
from backend.site.rate_limits import Limit, forget, take
from backend.site.tables import RelayUse
from indexer.mirror.database import connect, writing


class Wall:
    """A wall's clock that the test moves."""

    seconds = 1_000_000.0

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path / 'node.db'}")
    NodeBase.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(rate_limits, "time", wall)
    return wall


def use(engine: Engine, bucket: str, limit: Limit) -> None:
    with writing(engine) as connection:
        take(connection, bucket, limit)


def test_room_comes_back_one_use_at_a_time(engine: Engine, wall: Wall) -> None:
    limit = Limit(2, 60)
    use(engine, "a", limit)
    wall.seconds += 10
    use(engine, "a", limit)
    with pytest.raises(Problem) as full:
        use(engine, "a", limit)
    assert full.value.extra == {"until": 1_000_060}
    assert full.value.headers == {"Retry-After": "50"}
    use(engine, "b", limit)  # another's window
    wall.seconds = 1_000_060
    use(engine, "a", limit)
    with pytest.raises(Problem) as full:
        use(engine, "a", limit)
    assert full.value.extra == {"until": 1_000_070}


def test_a_lowered_limit_waits_for_enough_to_leave(engine: Engine, wall: Wall) -> None:
    for _ in range(5):
        use(engine, "a", Limit(5, 60))
        wall.seconds += 1
    with pytest.raises(Problem) as full:
        use(engine, "a", Limit(2, 60))
    assert full.value.extra == {"until": 1_000_063}  # when the fourth of five has left


def test_old_uses_are_forgotten(engine: Engine, wall: Wall) -> None:
    rate_limits = {"attempt": Limit(5, 60), "all": Limit(5, 3600)}
    buckets = {"attempt:a": rate_limits["attempt"], "all": rate_limits["all"]}
    for bucket, limit in buckets.items():
        use(engine, bucket, limit)
    wall.seconds += 61
    use(engine, "attempt:b", rate_limits["attempt"])
    forget(engine, rate_limits)
    with engine.connect() as connection:
        assert set(connection.scalars(select(RelayUse.bucket))) == {"all", "attempt:b"}
    wall.seconds += 3600
    forget(engine, rate_limits)
    with engine.connect() as connection:
        assert connection.scalars(select(RelayUse.bucket)).all() == []


def test_limits_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    for text in ("account", "account=1", "account=x/1", "everything=1/1"):
        with pytest.raises(BadLimits, match="LAUREL_RELAY_LIMITS"):
            RelaySettings.from_env(tmp_path, {"LAUREL_RELAY_LIMITS": text})
    made = RelaySettings.from_env(tmp_path, {"LAUREL_RELAY_LIMITS": "account=7/60"})
    assert made.limits["account"] == Limit(7, 60) and "register" in made.limits
