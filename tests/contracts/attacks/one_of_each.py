"""One signed action of every kind, each of which would succeed at its turn."""

from collections.abc import Iterator
from dataclasses import dataclass

from indexer.protocol.actions import Signed
from tests.actors import Actor, Key, stake
from tests.chain import DEV, Chain

DAY = 86_400
ETHER = 10**18


@dataclass(frozen=True)
class Keys:
    """Those of the people in a scene: the same on every chain where it is set."""

    bob: Key
    ada: Key
    posting: Key
    newcomer: Key
    newcomers_posting: Key
    added: Key
    requested: Key
    restored: Key

    @classmethod
    def made(cls) -> "Keys":
        s, p = Key.secp256k1, Key.p256
        return cls(s(), s(), p(), p(), s(), p(), s(), s())


@dataclass(frozen=True)
class Scene:
    """Ada, whose recovery account is Bob, has stake, mana, balance, a post and a tip; Bob has a post."""

    chain: Chain
    keys: Keys
    ada: Actor
    bob: Actor

    def actions(self) -> Iterator[tuple[str, Signed]]:
        """Every kind once, by name; the next is signed once the one before has been performed."""
        ada, bob, keys = self.ada, self.bob, self.keys
        post, bobs = ada.post_id(b"\x01" * 32), bob.post_id(b"\x02" * 32)
        newcomer = Actor(
            self.chain.deployment,
            self.chain.anvil,
            "newcomer",
            owner=keys.newcomer,
            posting=keys.newcomers_posting,
        )
        yield "Register", newcomer.register()
        yield "AddKey", ada.add_key(keys.added)
        yield "Post", ada.post(b"\x03" * 32)
        yield "PostWithOptions", ada.post_with_options(b"\x04" * 32, {1: 100, 2: 100})
        yield "Edit", ada.edit(post, b"\x05" * 32)
        yield "Remove", ada.remove(ada.post_id(b"\x03" * 32))
        yield "Vote", ada.vote(bobs, 10_000)
        yield "Votes", ada.votes({post: 500, ada.post_id(b"\x04" * 32): -500})
        yield "Transfer", ada.transfer(bob.account, ETHER)
        yield "Withdraw", ada.withdraw(DEV, ETHER)
        yield "PowerUp", ada.power_up(ada.account, ETHER)
        yield "PowerDown", ada.power_down(10**9)
        yield "Delegate", ada.delegate(bob.account, 10**9)
        yield "Follow", ada.follow([bob.account])
        yield "Mute", ada.mute([bob.account])
        yield "Reblog", ada.reblog([bobs])
        yield "Profile", ada.profile(b"\x06" * 32)
        yield "Collect", ada.collect(self.chain.token.address, DEV, ETHER)
        yield "SetRecovery", ada.set_recovery(0)
        yield "RequestRecovery", bob.request_recovery(ada.account, keys.requested)
        yield "CancelRecovery", ada.cancel_recovery()
        yield "RevokeKey", ada.revoke_key(keys.posting.address)
        yield "Restore", ada.restore(keys.ada, keys.bob, keys.restored)


def set_scene(chain: Chain, keys: Keys) -> Scene:
    """Stake gets its mana in the five days after."""
    bob = Actor(chain.deployment, chain.anvil, "bob", keys.bob, account=1)
    ada = Actor(chain.deployment, chain.anvil, "ada", keys.ada, keys.posting, account=2)
    assert chain.skipped(chain.relay(bob.register(), ada.register(recovery=bob.account))) == {}
    stake(chain, ada, 1000 * ETHER)
    f, token = chain.core.functions, chain.token.functions
    for spender in (chain.core.address, chain.graph.address):
        chain.send(token.approve(spender, 10 * ETHER))
    chain.send(f.deposit(ada.account, 10 * ETHER))
    assert chain.skipped(chain.relay(ada.post(b"\x01" * 32), bob.post(b"\x02" * 32))) == {}
    tip = chain.graph.functions.tip(ada.post_id(b"\x01" * 32), chain.token.address, ETHER)
    chain.send(tip)
    return Scene(chain, keys, ada, bob)
