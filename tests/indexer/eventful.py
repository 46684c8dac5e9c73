"""A week and more on a real chain in which everything happens that the contracts know."""

from indexer.content.cid import digest
from indexer.content.documents import canonical
from indexer.content.store import Store
from indexer.protocol.actions import Signed
from tests.actors import Actor, Key, join, stake
from tests.chain import DEV, Chain
from tests.indexer.mirrors import document

LRL = 10**18
VESTS = 10**9  # micro-vests of 1 LRL
DAY = 86_400
FIRST, SECOND = document("First"), document("Second")
PROFILE = canonical({"v": 1, "type": "profile", "name": "Alice"})


def done(chain: Chain, *batch: Signed) -> None:
    """Relays, and none is skipped."""
    for contract in ("core", "graph"):
        part = [s for s in batch if (s.kind >= 32) == (contract == "graph")]
        if part:
            assert chain.skipped(chain.relay(*part)) == {}


def settled_in(chain: Chain) -> list[Actor]:
    """Alice, Bob and Carol; the first two with stake that has a bar of mana."""
    alice, bob, carol = people = join(chain, "alice", "bob", "carol")
    for actor in (alice, bob):
        stake(chain, actor, 10_000 * LRL)
    chain.send(chain.token.functions.approve(chain.core.address, 30 * LRL))
    for actor in people:
        chain.send(chain.core.functions.deposit(actor.account, 10 * LRL))
    done(chain, carol.set_recovery(bob.account), alice.set_recovery(bob.account))
    chain.anvil.forward(31 * DAY)
    chain.send(chain.core.functions.close(100))
    return people


def first_half(chain: Chain, people: list[Actor]) -> None:
    """Posts and votes, money and stake, what is said of others, and a request for Carol's account."""
    alice, bob, carol = people
    first, second = alice.post_id(digest(FIRST)), alice.post_id(digest(SECOND))
    reply = document("", parent=first)
    comment = bob.post_id(digest(reply))
    extra = Key.p256()
    done(
        chain,
        alice.post_with_options(digest(FIRST), {bob.account: 1000, carol.account: 500}),
        alice.post(digest(SECOND)),
        bob.post(digest(reply), first),
        bob.post_with_options(digest(FIRST), allowVotes=False),
        bob.votes({first: 10_000, second: -5000}),
        alice.votes({first: 10_000, second: 2500}),
        bob.add_key(extra, role=2, expiry=chain.anvil.now() + DAY),
    )
    chain.anvil.forward(60)
    done(
        chain,
        alice.edit(second, digest(FIRST)),
        bob.remove(comment),
        alice.votes({second: 0}),
        bob.revoke_key(extra.address),
        bob.transfer(carol.account, LRL, digest(b"memo")),
        alice.power_up(carol.account, LRL),
        carol.withdraw(DEV, LRL),
        alice.delegate(bob.account, 2000 * VESTS),
        alice.delegate(carol.account, 300 * VESTS),
        bob.power_down(1300 * VESTS),
        bob.request_recovery(carol.account, Key.secp256k1()),
        alice.set_recovery(carol.account),
        alice.follow([bob.account, carol.account]),
        bob.mute([carol.account]),
        carol.reblog([first]),
        alice.profile(digest(PROFILE)),
    )
    chain.send(chain.token.functions.approve(chain.graph.address, 100))
    chain.send(chain.graph.functions.tip(first, chain.token.address, 100))


def second_half(chain: Chain, people: list[Actor]) -> None:
    """What the first half led to, eight days later."""
    alice, bob, carol = people
    first, second = alice.post_id(digest(FIRST)), alice.post_id(digest(SECOND))
    done(chain, alice.delegate(bob.account, 500 * VESTS), alice.delegate(carol.account, 0))
    chain.anvil.forward(8 * DAY)
    core = chain.core.functions
    chain.send(core.close(100))
    chain.send(core.settle([first, second]))
    chain.send(core.claimAsVoter(bob.account, [first, second]))
    chain.send(core.releasePowerDown(bob.account))
    chain.send(core.completeReturn(alice.account))
    chain.send(core.claimStakeReward(alice.account))
    chain.send(core.completeRecovery(carol.account))
    new = Key.secp256k1()
    done(chain, bob.request_recovery(alice.account, Key.secp256k1()))
    done(chain, alice.cancel_recovery(), alice.restore(alice.owner, bob.owner, new))
    alice.owner = new
    done(
        chain,
        bob.request_recovery(alice.account, Key.secp256k1()),
        bob.set_recovery(alice.account),
        alice.delegate(bob.account, 400 * VESTS),
        bob.power_down(130 * VESTS),
        alice.collect(chain.token.address, DEV, 40),
        alice.follow([carol.account], on=False),
    )


def publish(store: Store) -> None:
    """Puts the documents of the history where a mirror finds them."""
    store.put_many([FIRST, SECOND, PROFILE])
