"""Who may make an account: by invitation, for proof of work, and what is given back."""

import re
import time

import pytest
from sqlalchemy import Engine, insert, update

from backend.relay.sponsor import invitations, proof_of_work
from backend.relay.sponsor.admission import Shown, admit, check
from backend.relay.sponsor.settings import SponsorSettings
from backend.relay.sponsor.tables import Invitation, Work
from backend.relay.tables import INCLUDED, QUEUED, SKIPPED, RelayTicket
from backend.site.problems import Problem
from indexer.mirror.database import connect, writing
from tests.actors import Actor, Key
from tests.backend.relay.node import Node
from tests.backend.relay.sponsor.racing import at_once

INVITATION = SponsorSettings.from_env({"LAUREL_JOIN": "invitation"})
WORK = SponsorSettings.from_env({"LAUREL_JOIN": "work"})
BITS = 3


def queue(engine: Engine, ticket: str, settings: SponsorSettings, handle: str, shown: Shown) -> str:
    """Lets a registration in as the relay does; its ticket's id, or the code of the refusal."""
    row = {"kind": 1, "action": b"", "signature": b"", "address": "", "slot": ticket}
    row |= {"deadline": 0, "state": QUEUED, "tries": 0, "created": time.time()}
    try:
        with writing(engine) as connection:
            connection.execute(insert(RelayTicket).values(id=ticket, **row))
            admit(connection, settings, handle, shown, ticket)
    except Problem as problem:
        return problem.code
    return ticket


def settle(engine: Engine, ticket: str, state: str) -> None:
    with writing(engine) as connection:
        connection.execute(update(RelayTicket).where(RelayTicket.id == ticket).values(state=state))


def solve(task: dict, handle: str) -> str:
    nonce = next(
        n for n in range(10_000) if proof_of_work.zeros(task["id"], handle, str(n)) >= task["bits"]
    )
    return f"{task['id']}.{nonce}"


def register(node: Node, handle: str, client=None, **shown: str):
    """POSTs a registration with what it shows."""
    signed = Actor(node.chain.deployment, node.chain.anvil, handle, Key.secp256k1()).register()
    body = {"kind": signed.kind, "action": "0x" + signed.action.hex()}
    body |= {"signature": "0x" + signed.signature.hex()} | shown
    return (client or node.client).post("/api/laurel/v1/relay", json=body)


def test_the_last_use_goes_to_one(database: str) -> None:
    """Each with a connection of their own, as workers and several sites have."""
    engines = [connect(database) for _ in range(8)]
    shown = Shown(invitations.invite(engines[0], uses=3, days=1))
    answers = at_once(8, lambda i: queue(engines[i], f"t{i}", INVITATION, "ann", shown))
    assert sorted(answers).count("not_invited") == 5
    found = invitations.find(engines[0].connect(), shown.invitation)
    assert found is not None and (found.used, found.open(time.time())) == (3, False)
    for engine in engines:
        engine.dispose()


def test_what_failed_gives_its_use_back(engine: Engine) -> None:
    shown = Shown(invitations.invite(engine, uses=1, days=1))
    assert queue(engine, "a", INVITATION, "ann", shown) == "a"
    settle(engine, "a", INCLUDED)
    assert queue(engine, "b", INVITATION, "bob", shown) == "not_invited"
    settle(engine, "a", SKIPPED)
    assert queue(engine, "b", INVITATION, "bob", shown) == "b"
    assert queue(engine, "c", INVITATION, "cat", shown) == "not_invited"


def test_invitations_end(engine: Engine) -> None:
    codes = [invitations.invite(engine, uses=5, days=1) for _ in range(2)]
    invitations.revoke(engine, 1)
    with writing(engine) as connection:
        ended = update(Invitation).where(Invitation.id == 2).values(until=time.time() - 1)
        connection.execute(ended)
    for code in codes:
        assert queue(engine, "t", INVITATION, "ann", Shown(code)) == "not_invited"
    with pytest.raises(invitations.NoSuchInvitation, match="laurel invite list"):
        invitations.revoke(engine, 3)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM invitations").all()
        assert codes[0] not in str(rows)  # nobody who reads the database can use one


def test_a_work_serves_once_for_its_handle_and_in_time(database: str) -> None:
    engines = [connect(database) for _ in range(6)]
    engine = engines[0]
    task = proof_of_work.issue(engine, "ann", BITS)
    done = Shown(work=solve({"id": task.id, "bits": BITS}, "ann"))
    with engine.connect() as connection:
        check(connection, WORK, "ann", done)
        undone = next(n for n in range(99) if proof_of_work.zeros(task.id, "ann", str(n)) < BITS)
        for handle, shown in (
            ("bob", done.work),
            ("ann", f"{task.id}.{undone}"),
            ("ann", f"{task.id}.-1"),
            ("ann", f"{'0' * 32}.1"),
            ("ann", "\0"),
        ):
            with pytest.raises(Problem, match="proof of work is not done"):
                check(connection, WORK, handle, Shown(work=shown))
        with pytest.raises(Problem) as none:
            check(connection, WORK, "ann", Shown())
        assert none.value.code == "work_needed"
    answers = at_once(6, lambda i: queue(engines[i], f"t{i}", WORK, "ann", done))
    assert sorted(answers)[:5] == ["bad_work"] * 5
    settle(engine, sorted(answers)[5], SKIPPED)
    assert queue(engine, "again", WORK, "ann", done) == "again"
    settle(engine, "again", SKIPPED)
    with writing(engine) as connection:
        connection.execute(update(Work).values(until=1.0))
    assert queue(engine, "late", WORK, "ann", done) == "bad_work"
    proof_of_work.issue(engine, "bob", BITS)
    with engine.connect() as connection:  # the old one is forgotten
        assert connection.exec_driver_sql("SELECT count(*) FROM works").scalar() == 1
    for each in engines:
        each.dispose()


def test_by_invitation_over_http(node: Node) -> None:
    node.restart(LAUREL_JOIN="invitation")
    code = invitations.invite(node.engine, uses=1, days=1)
    assert node.client.get("/api/laurel/v1/chain").json["join"] == "invitation"
    needed = register(node, "ann")
    assert (needed.status_code, needed.json["code"]) == (403, "invitation_needed")
    assert register(node, "ann", invitation="guessed").json["code"] == "not_invited"
    assert register(node, "A!", invitation=code).json["code"] == "malformed_handle"
    # Two sites, as many people: one of them gets the last use.
    clients = [node.another(LAUREL_JOIN="invitation") for _ in range(2)]
    answers = at_once(6, lambda i: register(node, f"ann{i}", clients[i % 2], invitation=code))
    codes = sorted(str(a.json.get("code")) for a in answers)
    assert codes == ["None"] + ["not_invited"] * 5
    # That one's registration fails on the chain: somebody else was faster with the handle.
    (ticket,) = [a.json["id"] for a in answers if a.status_code == 202]
    (taken,) = [f"ann{i}" for i, a in enumerate(answers) if a.status_code == 202]
    node.chain.relay(Actor(node.chain.deployment, node.chain.anvil, taken).register())
    node.deliver()
    assert node.ticket(ticket)["reason"] == "handle_taken"
    assert register(node, "bob", invitation=code).status_code == 202
    node.deliver()
    assert register(node, "cat", invitation=code).json["code"] == "not_invited"


def test_for_work_over_http(node: Node) -> None:
    node.restart(LAUREL_JOIN="work", LAUREL_WORK_BITS=str(BITS))

    def ask(**body: str):
        return node.client.post("/api/laurel/v1/work", json=body)

    assert register(node, "ann").json["code"] == "work_needed"
    task = ask(handle="ann").json
    assert (task["bits"], task["rounds"]) == (BITS, proof_of_work.ROUNDS)
    assert time.time() < task["until"] <= time.time() + proof_of_work.SECONDS
    shown = solve(task, "ann")
    assert register(node, "bob", work=shown).json["code"] == "bad_work"
    node.restart(LAUREL_JOIN="work", LAUREL_WORK_BITS="30")  # what was asked for stays enough
    assert register(node, "ann", work=shown).status_code == 202
    node.deliver()
    assert register(node, "ann", work=shown).json["code"] == "bad_work"
    assert ask(handle="ab").json["code"] == "malformed_handle"
    assert ask().json["code"] == "missing_member"
    node.restart(LAUREL_JOIN="open")
    assert ask(handle="ann").json["code"] == "no_work_needed"
    assert register(node, "cat").status_code == 202


def test_the_page_says_how_one_gets_in(node: Node) -> None:
    def page(query: str = "") -> str:
        return node.client.get(f"/join{query}").text

    assert "1. Choose a handle" in page() and "invit" not in page() and "<progress" not in page()
    node.restart(LAUREL_JOIN="work")
    assert "<progress" in page()
    node.restart(LAUREL_JOIN="invitation")
    assert "By invitation" in page() and "1. Choose a handle" not in page()
    code = invitations.invite(node.engine, uses=1, days=1)
    assert "You are invited" in page(f"?invitation={code}")
    assert f'data-invitation="{code}"' in page(f"?invitation={code}")
    wrong = page("?invitation=%22%3E%3Cb%3E%00")
    assert "is used up, has ended, or is none" in wrong and "<b>" not in wrong
    assert re.search("by invitation", node.client.get("/about").text)
