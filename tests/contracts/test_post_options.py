"""What an author signs with a post: cap, liquid share, beneficiaries, and whether votes and curators count."""

from dataclasses import replace

import pytest

from backend.deployment.deploy import Parameters
from indexer.protocol.actions import decode
from indexer.protocol.kinds import KINDS
from indexer.protocol.packed import post_slot
from tests.actors import Actor, join, signed, stake
from tests.chain import Chain
from tests.contracts.attacks.direct import refused_by
from tests.contracts.verdicts import refused

DAY = 86_400
ETHER = 10**18
NO_CAP = 2**96 - 1
DIGEST = b"\x07" * 32


@pytest.fixture
def ada(deployed: Chain) -> Actor:
    """The first of nine accounts."""
    ada, *_ = join(deployed, "ada", *(f"account{i}" for i in range(2, 10)))
    return ada


def options(chain: Chain, post: bytes) -> tuple:
    found = chain.core.functions.optionsOf(post).call()
    return (*found[:4], [tuple(b) for b in found[4]])


# Changes to the plain options, and whether the post's own slot does not hold them all.
WAYS = [
    ({}, False),
    ({"allowVotes": False}, False),
    ({"allowCurationRewards": False}, False),
    ({"maxAcceptedPayout": 0}, True),
    ({"maxAcceptedPayout": NO_CAP - 1}, True),
    ({"liquidBps": 0}, True),
    ({"liquidBps": 4999, "allowVotes": False, "allowCurationRewards": False}, True),
    ({"beneficiaries": {1: 1}}, True),
    ({"beneficiaries": {1: 5000, 2: 5000}, "liquidBps": 1}, True),
    ({"beneficiaries": {a: 10 * a for a in range(1, 9)}, "maxAcceptedPayout": 1}, True),
]


def test_options_are_read_back(deployed, ada):
    for i, (changes, stored) in enumerate(WAYS):
        digest = bytes([i]) * 32
        receipt = deployed.relay(ada.post_with_options(digest, **changes))
        assert deployed.skipped(receipt) == {}
        post = ada.post_id(digest)
        expected = (
            changes.get("maxAcceptedPayout", NO_CAP),
            changes.get("liquidBps", 5000),
            changes.get("allowVotes", True),
            changes.get("allowCurationRewards", True),
            list(changes.get("beneficiaries", {}).items()),
        )
        assert options(deployed, post) == expected
        slot = post_slot(deployed.core.functions.postState(post).call())
        assert (slot.votes_declined, slot.curation_declined) == (not expected[2], not expected[3])
        assert slot.has_options == stored
        (event,) = deployed.events(receipt, "OptionsSet")
        said = tuple(event["options"].values())
        assert event["post"] == post
        assert (*said[:4], [tuple(b.values()) for b in said[4]]) == expected


def test_options_in_a_direct_call(deployed, ada):
    f = deployed.core.functions
    mine = (7, 250, False, True, [(1, 9999)])
    deployed.impersonate(ada.owner.address)
    call = f.postWithOptions(ada.account, DIGEST, bytes(32), 3, mine)
    assert refused_by(deployed, call) == "UnknownKey"
    receipt = deployed.send(call, ada.owner.address)
    assert [e["community"] for e in deployed.events(receipt, "Posted")] == [3]
    assert options(deployed, ada.post_id(DIGEST)) == mine


def test_bad_options(deployed, ada):
    bad = [
        {"liquidBps": 5001},
        {"liquidBps": 65535},
        {"beneficiaries": {1: 0}},
        {"beneficiaries": {1: 10_001}},
        {"beneficiaries": {1: 5000, 2: 5001}},
        {"beneficiaries": {2: 1, 1: 1}},
        {"beneficiaries": dict.fromkeys(range(1, 10), 1)},
    ]
    batch = [ada.post_with_options(DIGEST, **changes) for changes in bad]
    assert refused(deployed, *batch) == ["BadOptions"] * len(batch)
    unknown = [ada.post_with_options(DIGEST, {account: 1}) for account in (0, 10, 2**40 - 1)]
    assert refused(deployed, *unknown) == ["UnknownAccount"] * 3
    assert deployed.core.functions.postState(ada.post_id(DIGEST)).call() == 0


def test_nobody_is_a_beneficiary_twice(deployed, ada):
    kind = KINDS["PostWithOptions"]
    fields = decode(kind, ada.post_with_options(DIGEST).action)
    twice = fields | {"beneficiaries": [{"account": 1, "bps": 1}] * 2}
    item = signed(deployed.deployment, kind.name, twice, ada.owner)
    assert refused(deployed, item) == ["BadOptions"]


def test_votes_declined(deployed, ada):
    (bob,) = join(deployed, "bob")
    deployed.relay(ada.post_with_options(DIGEST, allowVotes=False))
    post = ada.post_id(DIGEST)
    assert refused(deployed, bob.vote(post, 100), bob.votes({post: -100})) == ["VotesDeclined"] * 2


def test_options_decide_who_is_paid(deployed_with):
    """Five posts of one day with one vote each, so that all earn the same."""
    chain = deployed_with(Parameters(seed=10**10))
    ada, bob, cleo = join(chain, "ada", "bob", "cleo")
    stake(chain, bob, 1000 * ETHER)
    chain.anvil.forward(5 * DAY)
    ways = {
        "plain": {},
        "capped": {"maxAcceptedPayout": ETHER},
        "power": {"liquidBps": 0},
        "shared": {"beneficiaries": {cleo.account: 2500}},
        "uncurated": {"allowCurationRewards": False},
    }
    digests = {way: bytes([i + 1]) * 32 for i, way in enumerate(ways)}
    posts = {way: ada.post_id(digest) for way, digest in digests.items()}
    made = [ada.post_with_options(digests[way], **changes) for way, changes in ways.items()]
    assert refused(chain, *made) == [None] * len(ways)
    chain.anvil.forward(60)
    assert refused(chain, bob.votes(dict.fromkeys(posts.values(), 1000))) == [None]
    chain.anvil.forward(8 * DAY)
    f = chain.core.functions
    chain.send(f.close(30))
    earned = f.payoutOf(posts["plain"]).call()
    assert earned > 2 * ETHER
    assert {f.payoutOf(post).call() for post in posts.values()} == {earned}

    def settled(way: str) -> tuple[dict, list[dict]]:
        receipt = chain.send(f.settle([posts[way]]))
        (event,) = chain.events(receipt, "Settled")
        return event, chain.events(receipt, "BeneficiaryPaid")

    author = earned - earned // 2
    curation = earned // 2 // 10**9
    plain, others = settled("plain")
    assert (plain["liquid"], plain["vests"]) == (author // 2, (author - author // 2) // 10**9)
    assert (plain["curation"], plain["returned"], others) == (curation, 0, [])

    capped, _ = settled("capped")
    assert (capped["liquid"], capped["curation"]) == (ETHER // 4, ETHER // 2 // 10**9)
    assert capped["returned"] == earned - ETHER

    power, _ = settled("power")
    assert (power["liquid"], power["vests"]) == (0, author // 10**9)

    shared, (cleos,) = settled("shared")
    share = author * 2500 // 10_000
    assert (cleos["account"], cleos["liquid"]) == (cleo.account, share // 2)
    assert cleos["vests"] == (share - share // 2) // 10**9
    assert shared["liquid"] == (author - share) // 2

    uncurated, _ = settled("uncurated")
    assert (uncurated["curation"], uncurated["returned"]) == (0, earned // 2)
    assert uncurated["liquid"] == author // 2


def test_options_have_one_form(deployed):
    """As Votes, Follow, Mute and Reblog have, whose arrays `_elements` reads."""
    (ada,) = join(deployed, "ada")
    item = ada.post_with_options(b"\1" * 32, {1: 100})
    words = [item.action[i : i + 32] for i in range(0, len(item.action), 32)]
    head, at = 10, 8

    def changed(i, value):
        return b"".join([*words[:i], value.to_bytes(32), *words[i + 1 :]])

    forms = [
        changed(at, 32 * head + 32),
        changed(at, 0),
        changed(head, 2),
        changed(head, 0),
        changed(head, 2**255),
        item.action + bytes(32),
        item.action + b"\0",
        item.action[:-1],
    ]
    receipt = deployed.relay(*(replace(item, action=form) for form in forms))
    assert deployed.skipped(receipt) == dict.fromkeys(range(len(forms)), "MalformedAction")
