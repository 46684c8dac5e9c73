"""The last half day of a post's voting: votes count less and less, and only first ones count."""

from indexer.protocol.packed import account_slot, post_slot
from tests.actors import join, stake
from tests.chain import Chain

DAY = 86_400
ETHER = 10**18
DIGEST = b"\x01" * 32


def test_a_vote_withdrawn_in_the_last_half_day(deployed: Chain):
    """Else a large voter holds a post up for a week, so that nobody else need, and lets it fall when answers
    count less and less: a vote of the last half day is damped, and its withdrawal would not be."""
    ada, whale, *others = join(deployed, "ada", "whale", "bob", "cleo", "dan")
    for person in (whale, *others):
        stake(deployed, person, 1000 * ETHER)
    deployed.anvil.forward(5 * DAY)
    deployed.relay(ada.post(DIGEST), ada.post(b"\x02" * 32))
    post, second = ada.post_id(DIGEST), ada.post_id(b"\x02" * 32)
    f = deployed.core.functions
    created = post_slot(f.postState(post).call()).created_at
    bob, cleo, dan = others
    assert deployed.skipped(deployed.relay(whale.vote(post, 10_000), bob.vote(post, 5_000))) == {}
    # Before the last half day both ways are free.
    locked = created + 7 * DAY - DAY // 2
    withdrawal = bob.vote(post, 0, at=locked - 2)
    deployed.anvil.next_block_at(locked - 1)
    assert deployed.skipped(deployed.relay(withdrawal)) == {}
    held = post_slot(f.postState(post).call())
    assert held.net_rshares == held.weight > 0

    for moment in (locked, locked + DAY // 4, created + 7 * DAY - 1):
        at = moment - 1
        deployed.anvil.next_block_at(moment)
        receipt = deployed.relay(
            whale.vote(post, 0, at=at),
            whale.vote(post, -10_000, at=at),
            whale.vote(post, 1, at=at),
            bob.vote(post, 10_000, at=at),  # that was taken back is no first vote any more
        )
        assert deployed.skipped(receipt) == dict.fromkeys(range(4), "VoteLocked")
        many = whale.votes({post: 0}, at=at), bob.votes({post: 10_000}, at=at)
        assert deployed.skipped(deployed.relay(*many)) == {}  # but their ballots are
        assert post_slot(f.postState(post).call()) == held
        if moment == locked + DAY // 4:
            # A first vote is damped, and stands.
            full = account_slot(f.accountState(cleo.account).call()).effective // 50 - 5 * 10**7
            receipt = deployed.relay(cleo.vote(post, -10_000))
            left = created + 7 * DAY - deployed.moment(receipt)
            net = post_slot(f.postState(post).call()).net_rshares
            assert deployed.skipped(receipt) == {} and held.net_rshares - net == full * left // (
                DAY // 2
            )
            held = post_slot(f.postState(post).call())
            deployed.relay(cleo.vote(post, 0))
            assert post_slot(f.postState(post).call()) == held
    deployed.anvil.next_block_at(created + 7 * DAY)
    receipt = deployed.relay(
        dan.vote(post, 10_000, at=created + 7 * DAY - 1), whale.vote(second, 0)
    )
    assert deployed.skipped(receipt)[0] == "VotingClosed"
