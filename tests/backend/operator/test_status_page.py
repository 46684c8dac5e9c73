"""/status: what a visitor is told about this server, and the same as JSON."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, insert

from backend.operator.status_page import NAMES
from backend.relay.tables import QUEUED, SENT, RelayCost, RelayStatus, RelayTicket
from indexer.protocol.kinds import KINDS
from tests.backend.conftest import Site, serving
from tests.chain import DEV

TODAY = int(time.time() // 86_400)
TABLES = (RelayCost, RelayStatus, RelayTicket)


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("status")) as found:
        yield found


@pytest.fixture
def site(own_site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose relay tables are empty before and after."""
    monkeypatch.setattr("backend.operator.status_page.FRESH_SECONDS", 0.0)
    monkeypatch.delenv("LAUREL_COIN_PRICE", raising=False)
    own_site.restart()
    yield own_site
    with own_site.engine.begin() as connection:
        for table in TABLES:
            connection.execute(delete(table))


def put(site: Site, table: type[Any], *rows: dict[str, Any]) -> None:
    with site.engine.begin() as connection:
        connection.execute(insert(table), rows)


def relayer(**values: Any) -> dict[str, Any]:
    known = {"address": DEV, "empty": False, "dear": False, "keeps": True, "balance": 2 * 10**18}
    return known | {"fee": 12 * 10**8, "most": 50 * 10**9, "seen": time.time()} | values


def cost(what: str, actions: int, wei: float, ago: int = 0) -> dict[str, Any]:
    return {"day": TODAY - ago, "what": what, "actions": actions, "gas": 5e4 * actions, "wei": wei}


def ticket(number: int, state: str, ago: float) -> dict[str, Any]:
    row = {"id": f"t{number}", "kind": 4, "action": b"", "signature": b"", "address": "::1"}
    return row | {"slot": f"s{number}", "deadline": 1, "state": state, "created": time.time() - ago}


def test_before_anything_was_sent(site: Site) -> None:
    page = site.get("/status")
    assert page.status == 200
    assert "No relayer has worked here yet." in page.text
    assert "Nothing was sent in the last seven days" in page.text
    told = site.get("/api/laurel/v1/status").json
    assert told["relay"]["relayers"] == [] and told["costs"] == []
    assert told["relay"]["waits"]["code"] == "relayer_away"
    assert told["chain"]["block"] == 42 and told["chain"]["chainId"] == 31337


def test_what_an_action_costs(site: Site) -> None:
    put(site, RelayStatus, relayer())
    put(site, RelayTicket, *(ticket(n, QUEUED, 130) for n in range(3)), ticket(3, SENT, 5))
    put(site, RelayCost, cost("Vote", 900, 9e15), cost("Post", 100, 5e15), cost("close", 1, 2e15))
    put(site, RelayCost, cost("Vote", 100, 2e15, ago=6), cost("Vote", 100, 9e17, ago=7))
    told = site.get("/api/laurel/v1/status").json
    assert told["relay"]["waits"] is None
    assert (told["relay"]["queued"], told["relay"]["sent"]) == (3, 1)
    assert 130 <= told["relay"]["oldestSeconds"] < 140
    # 2 coins, at 1,100 actions for 0.018 coin
    assert told["relay"]["actionsLeft"] == 122_222
    assert told["costs"][0] == {
        "what": "Vote",
        "actions": 1000,
        "gas": 50_000,
        "wei": "11000000000000",
        "money": None,
    }
    assert [day["actions"] for day in told["days"]] == [0] * 6 + [100, 100] + [0] * 5 + [1000]
    assert told["days"][-1]["keeping"] == "2000000000000"

    page = site.get("/status").text
    assert "≈ 122,222 <small>actions</small>" in page and "USD" not in page
    assert "The oldest waits for 2 min." in page
    site.restart(LAUREL_COIN_PRICE="2500 USD")
    page = site.get("/status").text
    assert (
        '<th scope="row">A vote</th><td>0.0275</td><td>0.000011</td><td>50,000</td><td>1,000</td>'
        in page
    )
    assert "Closing days of the pool" in page
    assert 'href="/status"' in site.get("/about").text
    assert site.get("/api/laurel/v1/status").json["costs"][0]["money"] == "0.0275 USD"


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ({"empty": True}, "relayer_empty", "has run out of coin for gas. Actions wait until it has some"),
        ({"dear": True, "fee": 80 * 10**9}, "gas_dear", "Gas costs 80 gwei at the moment, and"),
        ({"seen": 1.0}, "relayer_away", "No relayer is at work on this server at the moment"),
    ],
)  # fmt: skip
def test_why_actions_wait(site: Site, how: dict[str, Any], code: str, words: str) -> None:
    put(site, RelayStatus, relayer(**how))
    assert words in site.get("/status").text
    assert site.get("/api/laurel/v1/status").json["relay"]["waits"]["code"] == code


def test_one_of_two_relayers_is_enough(site: Site) -> None:
    put(site, RelayStatus, relayer(), relayer(address="0x" + "11" * 20, empty=True))
    assert site.get("/api/laurel/v1/status").json["relay"]["waits"] is None


def test_every_kind_has_a_name() -> None:
    assert NAMES.keys() >= KINDS.keys() | {"close", "settle", "claim", "complete"}
