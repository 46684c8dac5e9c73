"""The graph: what accounts say about each other and themselves, and tips, under the keys of the core."""

import pytest

from indexer.protocol.kinds import KINDS
from tests.actors import Actor, Key, join
from tests.chain import DEV, Chain
from tests.contracts.attacks.direct import refused_by
from tests.contracts.attacks.hostile_token import Mode, hostile_token
from tests.contracts.verdicts import refused

DAY = 86_400
ETHER = 10**18
DIGEST = b"\x07" * 32
POSTS = [i.to_bytes(32) for i in range(51)]
ACCOUNTS = [2**40 - 1 - i for i in range(51)]

# kind, its method and the direct call, its two events, what one of its list is called there, and a list
LISTS = [
    ("follow", "followMany", "Followed", "Unfollowed", "target", ACCOUNTS),
    ("mute", "mute", "Muted", "Unmuted", "target", ACCOUNTS),
    ("reblog", "reblog", "Reblogged", "Unreblogged", "post", POSTS),
]
on_each_list = pytest.mark.parametrize(
    ("kind", "function", "event", "opposite", "field", "values"), LISTS, ids=lambda value: ""
)


@pytest.fixture
def ada(deployed: Chain) -> Actor:
    """With a posting key, and a post."""
    (ada,) = join(deployed, "ada", posting=True)
    assert refused(deployed, ada.post(DIGEST)) == [None]
    for key in (ada.owner, ada.posting):
        deployed.impersonate(key.address)
    return ada


# ---------------------------------------------------------------- lists


@on_each_list
def test_direct_and_relayed_say_the_same(
    deployed, ada, kind, function, event, opposite, field, values
):
    """In one batch from 1 to 50. The graph does not ask whether those named exist."""
    for size in (1, 2, 50):
        expected = [{"account": ada.account, field: value} for value in values[:size]]
        for on in (True, False):
            relayed = deployed.relay(getattr(ada, kind)(values[:size], on))
            assert deployed.skipped(relayed) == {}
            call = getattr(deployed.graph.functions, function)(ada.account, values[:size], on)
            for receipt in (relayed, deployed.send(call, ada.posting.address)):
                assert deployed.events(receipt, event) == (expected if on else [])
                assert deployed.events(receipt, opposite) == ([] if on else expected)


@on_each_list
def test_none_and_51_are_refused(deployed, ada, kind, function, event, opposite, field, values):
    batch = [getattr(ada, kind)(values[:size]) for size in (0, 51)]
    assert refused(deployed, *batch) == ["BadBatch", "BadBatch"]
    for size in (0, 51):
        call = getattr(deployed.graph.functions, function)(ada.account, values[:size], True)
        assert refused_by(deployed, call, ada.posting.address) == "BadBatch"


def test_one_follow_by_a_direct_call(deployed, ada):
    f = deployed.graph.functions
    for call, event in (
        (f.follow(ada.account, 7), "Followed"),
        (f.unfollow(ada.account, 7), "Unfollowed"),
    ):
        assert refused_by(deployed, call) == "UnknownKey"
        receipt = deployed.send(call, ada.posting.address)
        assert deployed.events(receipt, event) == [{"account": ada.account, "target": 7}]


def test_a_profile(deployed, ada):
    expected = [{"account": ada.account, "digest": DIGEST}]
    relayed = deployed.relay(ada.profile(DIGEST))
    direct = deployed.send(
        deployed.graph.functions.setProfile(ada.account, DIGEST), ada.posting.address
    )
    for receipt in (relayed, direct):
        assert deployed.events(receipt, "ProfileSet") == expected


# ---------------------------------------------------------------- under the keys of the core


def _all_kinds(ada: Actor, post: bytes) -> list:
    items = [ada.follow([1]), ada.mute([1]), ada.reblog([post]), ada.profile(DIGEST)]
    return [*items, ada.collect(DEV, DEV, 0)]


def test_keys_that_the_core_refuses(deployed, ada):
    """By the core's own errors."""
    (bob,) = join(deployed, "bob")
    short, lost = Key.secp256k1(), Key.p256()
    expiry = deployed.anvil.now() + 500
    deployed.relay(ada.add_key(short, 2, expiry), ada.add_key(lost, 2))
    deployed.relay(ada.revoke_key(lost.address))
    deployed.anvil.forward(500)
    for key, error in (
        (short, "KeyVoid"),
        (lost, "KeyVoid"),
        (bob.owner, "UnknownKey"),
        (Key.p256(), "UnknownKey"),
    ):
        by_key = Actor(ada.deployment, ada.anvil, "ada", owner=key, account=ada.account)
        assert refused(deployed, *_all_kinds(by_key, DIGEST)) == [error] * 5
    nobody = Actor(ada.deployment, ada.anvil, "", owner=ada.owner, account=0)
    assert refused(deployed, *_all_kinds(nobody, DIGEST)) == ["UnknownKey"] * 5
    nobodys = Actor(ada.deployment, ada.anvil, "", owner=Key.p256(), account=0)
    assert refused(deployed, *_all_kinds(nobodys, DIGEST)) == ["RoleTooLow"] * 5

    f = deployed.graph.functions
    for call in (
        f.followMany(ada.account, [1], True),
        f.mute(ada.account, [1], True),
        f.reblog(ada.account, [DIGEST], True),
        f.setProfile(ada.account, DIGEST),
        f.collect(ada.account, DEV, DEV, 0),
    ):
        assert refused_by(deployed, call) == "UnknownKey"


def test_a_recovery_of_the_core_voids_keys_here_too(deployed, ada):
    (bob,) = join(deployed, "bob")
    deployed.relay(ada.set_recovery(bob.account))
    deployed.anvil.forward(30 * DAY)
    new = Key.p256()
    assert refused(deployed, ada.restore(ada.owner, bob.owner, new)) == [None]
    again = Actor(ada.deployment, ada.anvil, "ada", owner=new, account=ada.account)
    assert refused(deployed, ada.follow([1]), again.follow([1])) == ["KeyVoid", None]


def test_nonces_and_deadlines(deployed, ada):
    """The nonces are the graph's own."""
    assert refused(deployed, ada.edit(ada.post_id(DIGEST), DIGEST, nonce=7)) == [None]
    item = ada.follow([1], nonce=7)
    now = deployed.anvil.now()
    batch = [item, item, ada.mute([1], nonce=7), ada.follow([1], nonce=8)]
    assert refused(deployed, *batch) == [None, "NonceUsed", "NonceUsed", None]
    assert deployed.graph.functions.nonceUsed(ada.posting.address, 7).call()
    assert not deployed.graph.functions.nonceUsed(ada.posting.address, 9).call()
    late = [ada.follow([1], deadline=now - 10), ada.profile(DIGEST, deadline=now - 10)]
    early = [ada.reblog([DIGEST], deadline=now + 3700), ada.collect(DEV, DEV, 0, deadline=2**39)]
    assert refused(deployed, *late, *early) == ["Expired"] * 2 + ["DeadlineTooFar"] * 2


# ---------------------------------------------------------------- tips


@pytest.fixture
def post(ada: Actor) -> bytes:
    return ada.post_id(DIGEST)


def approve(chain: Chain, wei: int) -> None:
    chain.send(chain.token.functions.approve(chain.graph.address, wei))


def test_tips_in_lrl_wait_for_the_author(deployed, ada, post):
    """From any wallet, whether it has an account or not, to any address."""
    f, lrl = deployed.graph.functions, deployed.token
    approve(deployed, 10 * ETHER)
    receipt = deployed.send(f.tip(post, lrl.address, 3 * ETHER))
    expected = {"post": post, "from": DEV, "token": lrl.address, "amount": 3 * ETHER}
    assert deployed.events(receipt, "Tipped") == [expected]
    deployed.send(f.tip(post, lrl.address, ETHER))
    assert f.tipsOf(ada.account, lrl.address).call() == 4 * ETHER

    to = Key.secp256k1().address
    receipt = deployed.relay(ada.collect(lrl.address, to, ETHER))
    collected = {"account": ada.account, "token": lrl.address, "to": to, "amount": ETHER}
    assert deployed.events(receipt, "Collected") == [collected]
    deployed.send(f.collect(ada.account, lrl.address, to, 2 * ETHER), ada.owner.address)
    assert lrl.functions.balanceOf(to).call() == 3 * ETHER
    assert f.tipsOf(ada.account, lrl.address).call() == ETHER
    assert lrl.functions.balanceOf(deployed.graph.address).call() == ETHER


def test_an_active_key_collects_and_a_posting_key_does_not(deployed, ada, post):
    lrl = deployed.token.address
    approve(deployed, ETHER)
    deployed.send(deployed.graph.functions.tip(post, lrl, ETHER))
    active = Key.p256()
    deployed.relay(ada.add_key(active, role=2))
    fields = {"token": lrl, "to": DEV, "amount": ETHER // 2}
    by_posting = ada.act("Collect", ada.posting, **fields)
    by_active = ada.act("Collect", active, **fields)
    assert refused(deployed, by_posting, by_active) == ["RoleTooLow", None]
    direct = deployed.graph.functions.collect(ada.account, lrl, DEV, 1)
    assert refused_by(deployed, direct, ada.posting.address) == "RoleTooLow"


def test_no_more_than_there_is(deployed, ada, post):
    lrl = deployed.token.address
    (bob,) = join(deployed, "bob")
    approve(deployed, ETHER)
    deployed.send(deployed.graph.functions.tip(post, lrl, ETHER))
    batch = [
        ada.collect(lrl, DEV, ETHER + 1),
        ada.collect(DEV, DEV, 1),
        bob.collect(lrl, DEV, 1),
        ada.collect(lrl, DEV, ETHER),
        ada.collect(lrl, DEV, 1),
    ]
    more = "NotEnoughTips"
    assert refused(deployed, *batch) == [more, more, more, None, more]


def test_what_is_not_tipped(deployed, ada, post):
    f, lrl = deployed.graph.functions, deployed.token.address
    assert refused_by(deployed, f.tip(post, lrl, 1)) == "ERC20InsufficientAllowance"
    approve(deployed, ETHER)
    assert refused_by(deployed, f.tip(post, lrl, 0)) == "NoTip"
    assert refused_by(deployed, f.tip(ada.post_id(b"\1" * 32), lrl, 1)) == "UnknownPost"
    assert refused_by(deployed, f.tip(bytes(32), lrl, 1)) == "UnknownPost"
    assert refused(deployed, ada.remove(post)) == [None]
    assert refused_by(deployed, f.tip(post, lrl, 1)) == "UnknownPost"


def test_of_a_token_that_takes_a_fee_what_arrives_is_the_tip(deployed, ada, post):
    f, token = deployed.graph.functions, hostile_token(deployed, Mode.TAKES_FEE)
    approve(deployed, ETHER)
    deployed.send(f.tip(post, deployed.token.address, ETHER))
    receipt = deployed.send(f.tip(post, token.address, 1000))
    assert [e["amount"] for e in deployed.events(receipt, "Tipped")] == [900]
    assert f.tipsOf(ada.account, token.address).call() == 900
    assert f.tipsOf(ada.account, deployed.token.address).call() == ETHER
    to = Key.secp256k1().address
    over, all_of_it = ada.collect(token.address, to, 901), ada.collect(token.address, to, 900)
    assert refused(deployed, over, all_of_it) == ["NotEnoughTips", None]
    assert token.functions.balanceOf(to).call() == 810
    assert token.functions.balanceOf(deployed.graph.address).call() == 0


def test_all_kinds_of_the_graph_are_here():
    kinds = {name for name, kind in KINDS.items() if kind.contract == "graph"}
    here = {kind.title() for kind, *_ in LISTS} | {"Profile", "Collect"}
    assert kinds == here, f"tests/contracts/test_graph.py tests no {kinds - here}"
