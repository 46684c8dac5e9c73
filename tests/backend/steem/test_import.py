"""Imports onto a real chain, read back through the real indexer."""

import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from backend.local.accounts import bytes_of
from backend.steem.plan import Plan, plan
from backend.steem.read import read_posts
from backend.steem.run import NO_ACCOUNT, TooLittleLrl
from indexer.content.cid import cid_of
from indexer.content.documents import parse
from indexer.settings import ROOT, Settings
from tests.actors import join
from tests.backend.steem.node import chain_in, events, furnished, importer, run, settings_of
from tests.chain import Anvil, Chain, running_anvil
from tests.indexer.mirrors import Mirror, mirror_of, until

FIXTURE = Path(__file__).parent / "fixture.jsonl"
REAL = ROOT.parent / "shared" / "data" / "steem-2016.jsonl.gz"


class Killed(BaseException):
    """Stands for a kill -9: nothing in the importer may catch it."""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Anvil, Path]]:
    """A furnished chain, and the home that it was furnished from."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    with running_anvil() as anvil:
        furnished(anvil, home)
        yield anvil, home


@pytest.fixture
def local(made_once: tuple[Anvil, Path], tmp_path: Path) -> Iterator[tuple[Settings, Chain]]:
    """That chain, which every test finds again, and a copy of that home."""
    anvil, home = made_once
    settings = settings_of(anvil, Path(shutil.copytree(home, tmp_path / "home")))
    state = anvil.rpc("evm_snapshot")
    yield settings, chain_in(settings, anvil)
    assert anvil.rpc("evm_revert", state)


def check(mirror: Mirror, planned: Plan) -> None:
    """Every piece and vote of the plan stands in the mirror as it stood on Steem."""
    mirror.catch_up()
    mirror.indexer.fetcher.sweep()
    handles = {row["id"]: row["handle"] for row in mirror.rows("accounts")}
    posts = mirror.rows("posts")
    assert len(posts) == len(planned.pieces)
    numbers = {handle: number for number, handle in handles.items()}
    shares = {(b["post"], b["account"]): b["bps"] for b in mirror.rows("beneficiaries")}
    assert len(shares) == sum(len(p.options.shares) for p in planned.pieces)
    by_name = {}
    for post in posts:
        document = parse(mirror.content.get(cid_of(post["digest"])))
        assert document.canonical is not None
        name = unquote(document.canonical.removeprefix("https://steemit.com/@"))
        author, permlink = name.split("/", 1)
        assert handles[post["account"]] == author
        by_name[author, permlink] = (post, document)
    for content in mirror.rows("contents"):
        assert content["state"] == "ready", content["error"]
    votes = {(v["post"], handles[v["account"]]): v for v in mirror.rows("votes")}
    assert len(votes) == planned.votes
    for piece in planned.pieces:
        post, document = by_name[piece.name]
        assert document.body == piece.body and document.published == piece.created
        parent = by_name[piece.parent][0]["id"] if piece.parent else None
        assert post["parent"] == parent
        paid = (post["max_accepted_payout"], post["liquid_bps"])
        assert paid == (piece.options.cap, piece.options.liquid_bps)
        for handle, bps in piece.options.shares:
            assert shares[post["id"], numbers[handle]] == bps
        for ballot in piece.votes:
            vote = votes[post["id"], ballot.voter]
            wanted = -ballot.rshares if ballot.against else ballot.rshares
            unit = planned.stakes[ballot.voter] // 500_000 + 1  # a basis point of a full vote
            assert abs(vote["rshares"] - wanted) <= unit
            assert (vote["bps"] < 0) is ballot.against
    assert mirror.verify().same


def test_the_fixture_arrives_whole_and_once(local: tuple[Settings, Chain]) -> None:
    settings, chain = local
    planned = plan(read_posts(FIXTURE))
    tally = run(settings, planned)
    assert tally.made == {"accounts": 70, "stakes": 70, "posts": 25, "comments": 30, "votes": 380}
    assert tally.skipped == planned.skipped
    assert tally.gas["votes"] / 380 < 60_000
    assert events(chain)["OptionsSet"] == 4
    with mirror_of(chain, settings.home) as mirror:
        check(mirror, planned)

    again = run(settings, planned)
    assert again.made == {} and again.skipped == planned.skipped
    assert again.found == tally.made
    found = events(chain)
    assert (found["Posted"], found["Voted"], found["Registered"]) == (55, 380, 71)
    assert found["Skipped"] == 0


def test_what_was_paid_out_since_is_left_alone(local: tuple[Settings, Chain]) -> None:
    """A claimed vote leaves its slot empty, as if it had never been cast."""
    settings, chain = local
    planned = plan(read_posts(FIXTURE, 12))
    first = run(settings, planned)
    chain.anvil.forward(8 * 60)
    chain.send(chain.core.functions.close(400))
    with mirror_of(chain, settings.home) as mirror:
        mirror.catch_up()
        votes = [(v["post"], v["account"]) for v in mirror.rows("votes")]
    posts = sorted({post for post, _ in votes})
    chain.send(chain.core.functions.settle(posts))
    for post in posts:
        voters = [account for voted, account in votes if voted == post]
        chain.send(chain.core.functions.claimOfPost(post, voters))
    assert any(chain.core.functions.voteState(*vote).call() == 0 for vote in votes)
    again = run(settings, planned)
    assert again.made == {} and again.skipped == planned.skipped
    assert again.found == first.made


@pytest.mark.parametrize("moment", ["accounts", "stakes", "posts", "votes"])
def test_cut_off_at_any_step_it_goes_on(local: tuple[Settings, Chain], moment: str) -> None:
    settings, chain = local
    planned = plan(read_posts(FIXTURE))

    def cut(what: str, number: int) -> None:
        if what == moment:
            raise Killed

    with importer(settings, cut) as made, pytest.raises(Killed):
        made.run(planned)
    before = events(chain)
    tally = run(settings, planned)
    assert tally.actions > 0
    found = events(chain)
    assert (found["Posted"], found["Voted"], found["Registered"]) == (55, 380, 71)
    assert found["PoweredUp"] == 70 and found["Skipped"] == 0
    assert sum(before.values()) < sum(found.values())
    with mirror_of(chain, settings.home) as mirror:
        check(mirror, planned)


def command(settings: Settings, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "backend", "import", "steem", *words],
        cwd=ROOT,
        env=os.environ
        | {
            "LAUREL_HOME": str(settings.home),
            "LAUREL_RPC": settings.rpc,
            "LAUREL_DEPLOYMENTS": str(settings.deployments),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_command_killed_and_started_again(local: tuple[Settings, Chain]) -> None:
    settings, chain = local
    first = command(settings, str(FIXTURE))
    until(lambda: chain.core.functions.accountCount().call() > 1)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    time.sleep(0.5)  # what was on its way is mined
    second = command(settings, str(FIXTURE))
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 0, said
    assert "2 comments: what it answers is not among those imported" in said
    assert "a second" in said
    found = events(chain)
    assert (found["Posted"], found["Voted"], found["Registered"]) == (55, 380, 71)
    with mirror_of(chain, settings.home) as mirror:
        check(mirror, plan(read_posts(FIXTURE)))


def test_a_handle_of_somebody_else_is_left_out(local: tuple[Settings, Chain]) -> None:
    settings, chain = local
    planned = plan(read_posts(FIXTURE))
    join(chain, "reader1")
    tally = run(settings, planned)
    assert tally.skipped["accounts", NO_ACCOUNT] == 1
    expected = sum(b.voter == "reader1" for p in planned.pieces for b in p.votes)
    assert expected and tally.skipped["votes", NO_ACCOUNT] == expected
    assert tally.made["votes"] == planned.votes - expected


def test_too_little_lrl_is_said_before_anybody_gets_any(local: tuple[Settings, Chain]) -> None:
    settings, chain = local
    huge = plan(read_posts(FIXTURE))
    huge.stakes["whale"] *= 1000
    with importer(settings) as made, pytest.raises(TooLittleLrl, match="the faucet has 99,000,000"):
        made.run(huge)
    assert events(chain)["PoweredUp"] == 0


def test_samples_are_made_once(anvil: Anvil, tmp_path: Path) -> None:
    settings, chain = furnished(anvil, tmp_path / "home", samples=True)
    found = events(chain)
    assert (found["Posted"], found["Voted"], found["Skipped"]) == (8, 8, 0)
    furnished(anvil, tmp_path / "home", samples=True)
    (settings.home / "samples.json").unlink()  # killed just before it was written
    furnished(anvil, tmp_path / "home", samples=True)
    assert events(chain) == found
    (supply,) = [
        chain.core.functions.balanceOf(
            chain.core.functions.accountOf(bytes_of("faucet")).call()
        ).call()
    ]
    assert supply == (99_000_000 - 3_000) * 10**18


def test_samples_on_a_chain_with_many_open_days(anvil: Anvil, tmp_path: Path) -> None:
    """A change of stake closes eight by itself, and refuses when there are more."""
    furnished(anvil, tmp_path / "home")
    anvil.forward(30 * 60)
    _, chain = furnished(anvil, tmp_path / "home", samples=True)
    found = events(chain)
    assert (found["Posted"], found["Voted"], found["PoweredUp"]) == (8, 8, 3)
    assert found["DayClosed"] >= 22


def test_the_first_real_posts(local: tuple[Settings, Chain]) -> None:
    if not REAL.exists():
        warnings.warn(f"{REAL} is absent: only the fixture was imported.", stacklevel=1)
        return
    settings, chain = local
    planned = plan(read_posts(REAL, 60))
    tally = run(settings, planned)
    assert (tally.made["posts"], tally.made["comments"], tally.made["votes"]) == (38, 6, 1354)
    with mirror_of(chain, settings.home) as mirror:
        check(mirror, planned)
        first = next(c for c in mirror.rows("contents") if c["title"] == "Welcome to Steem!")
        (post,) = [p for p in mirror.rows("posts") if p["digest"] == first["digest"]]
        assert post["votes"] == len(planned.pieces[0].votes) > 0
