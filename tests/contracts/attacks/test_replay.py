"""A signed message does what it says, where it says, once."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from web3.logs import DISCARD

from indexer.protocol.actions import Signed, domain_separator, message
from indexer.protocol.kinds import KINDS
from tests.actors import Actor, Key, join, stake
from tests.chain import DEV, Chain, deployed_on, running_anvil
from tests.contracts.attacks.direct import refused_by
from tests.contracts.attacks.one_of_each import DAY, ETHER, Keys, Scene, set_scene

# secp256k1 recovers to somebody unknown from another domain's signature; P-256 does not verify.
NOBODYS = {"UnknownKey", "InvalidSignature", "NotPossessed", "NotFormerOwner"}
SERVED = {
    "HandleTaken",
    "KeyTaken",
    "KeyVoid",
    "NonceUsed",
    "PostExists",
    "PostRemoved",
    "StaleVote",
}


@pytest.fixture
def scene(deployed: Chain) -> Scene:
    scene = set_scene(deployed, Keys.made())
    deployed.anvil.forward(5 * DAY)
    return scene


def test_replay_on_another_chain_and_on_another_core(deployed: Chain, tmp_path: Path):
    """Else whoever has seen a message takes the signer's money on every chain, and on every deployment, where
    the same key has an account: here with the same addresses, the same account numbers and the same nonces."""
    keys = Keys.made()
    with running_anvil("--chain-id", "31338") as foreign:
        elsewhere = deployed_on(foreign, tmp_path / "elsewhere")
        second = deployed_on(deployed.anvil, tmp_path / "second")
        chains = [deployed, elsewhere, second]
        assert deployed.deployment.core == elsewhere.deployment.core != second.deployment.core
        assert deployed.deployment.graph == elsewhere.deployment.graph
        scenes = [set_scene(chain, keys) for chain in chains]
        for anvil in (deployed.anvil, foreign):
            anvil.forward(5 * DAY)

        done = set()
        for turn in zip(*(scene.actions() for scene in scenes), strict=True):
            for chain, (name, own) in zip(chains, turn, strict=True):
                others = [item for _, item in turn if item is not own]
                refused = chain.skipped(chain.relay(*others))
                assert refused.keys() == {0, 1} and set(refused.values()) <= NOBODYS, name
                assert chain.skipped(chain.relay(own)) == {}, name
                done.add(name)
        assert done == KINDS.keys(), f"one_of_each.py lacks {KINDS.keys() - done}"


def test_replay_on_the_same_chain(scene: Scene):
    """Else a relayer lets one transfer pay twice, and one withdrawal empty the account."""
    for name, item in scene.actions():
        receipt = scene.chain.relay(item, item)
        refused = scene.chain.skipped(receipt)
        if name == "Votes":  # are not refused as a whole: each is passed over
            passed_over = scene.chain.core.events.BallotSkipped().process_receipt(receipt, DISCARD)
            assert refused == {} and len(passed_over) == 2
        else:
            assert refused.keys() == {1} and refused[1] in SERVED, (name, refused)


def test_replay_on_a_fork_of_the_chain(scene: Scene):
    """Else, when a chain splits in two, what is signed on one side is taken on the other: the contracts know
    their chain's number when they are called, not when they were made."""
    chain = scene.chain
    home = chain.deployment.chain_id
    for name, item in scene.actions():
        contract = chain.graph if KINDS[name].contract == "graph" else chain.core
        call = contract.functions.perform(item.kind, item.action, item.signature, DEV)
        assert refused_by(chain, call, contract.address) is None, name
        chain.anvil.rpc("anvil_setChainId", 31339)
        assert refused_by(chain, call, contract.address) in NOBODYS, name
        chain.anvil.rpc("anvil_setChainId", home)
        assert chain.skipped(chain.relay(item)) == {}, name


def test_replay_as_another_kind(scene: Scene):
    """Else a Follow is turned into a Mute, and an Edit into a PowerUp: their words are of the same lengths."""
    for name, item in scene.actions():
        contract = KINDS[name].contract
        others = [k for k in KINDS.values() if k.contract == contract and k.name != name]
        refused = scene.chain.skipped(
            scene.chain.relay(*(replace(item, kind=k.number) for k in others))
        )
        assert len(refused) == len(others), (name, refused)
        assert scene.chain.skipped(scene.chain.relay(item)) == {}, name


def test_replay_on_the_graph_of_what_was_signed_for_the_core(scene: Scene):
    """Else a signature over the core's domain, which a wallet shows as Laurel's, moves tips on the graph."""
    chain, ada = scene.chain, scene.ada
    deployment = chain.deployment
    honest = ada.collect(chain.token.address, DEV, ETHER)
    kind = KINDS["Collect"]
    for domain in (
        domain_separator(deployment.chain_id, deployment.core, "core"),
        domain_separator(deployment.chain_id, deployment.core, "graph"),
        domain_separator(deployment.chain_id, deployment.graph, "core"),
    ):
        forged = ada.owner.sign(message(domain, kind, honest.action))
        refused = chain.skipped(chain.relay(replace(honest, signature=forged)))
        assert refused == {0: "UnknownKey"}
    # The core knows none of the graph's kinds, nor the graph any of the core's.
    for contract, item in ((chain.core, honest), (chain.graph, ada.transfer(1, 1))):
        call = contract.functions.relay([(item.kind, item.action, item.signature)])
        assert chain.skipped(chain.send(call)) == {0: "UnknownKind"}
    assert chain.skipped(chain.relay(honest)) == {}


def test_replay_after_key_removal(deployed: Chain):
    """Else a thief of an old phone posts, or puts its key back in, with what was signed before it was revoked."""
    (ada,) = join(deployed, "ada")
    second_owner, phone, tablet = Key.secp256k1(), Key.p256(), Key.secp256k1()
    by_second = Actor(ada.deployment, ada.anvil, "ada", owner=second_owner, account=ada.account)
    by_phone = Actor(ada.deployment, ada.anvil, "ada", ada.owner, phone, ada.account)
    adding = ada.add_key(phone)
    assert deployed.skipped(deployed.relay(adding, ada.add_key(second_owner, role=3))) == {}

    def signed_before(n: int) -> list[Signed]:
        return [
            by_phone.post(bytes([n]) * 32),
            by_phone.follow([ada.account]),
            by_second.post(bytes([n + 1]) * 32),
            by_second.add_key(tablet),
        ]

    honest, kept = signed_before(1), signed_before(3)
    assert deployed.skipped(deployed.relay(honest[0], honest[2])) == {}
    assert deployed.skipped(deployed.relay(honest[1])) == {}
    revoking = (ada.revoke_key(phone.address), ada.revoke_key(second_owner.address))
    assert deployed.skipped(deployed.relay(*revoking)) == {}

    refused = deployed.skipped(deployed.relay(kept[0], kept[2], kept[3], adding, *revoking))
    assert refused == {0: "KeyVoid", 1: "KeyVoid", 2: "KeyVoid", 3: "KeyTaken"} | dict.fromkeys(
        (4, 5), "KeyVoid"
    )
    assert deployed.skipped(deployed.relay(kept[1])) == {0: "KeyVoid"}
    deployed.impersonate(second_owner.address)
    call = deployed.core.functions.post(ada.account, b"\x09" * 32, bytes(32), 0)
    assert refused_by(deployed, call, second_owner.address) == "KeyVoid"


def test_replay_of_a_removed_post(deployed: Chain):
    """Else anybody brings back, in the author's name, what the author has taken back."""
    ada, bob = join(deployed, "ada", "bob")
    stake(deployed, bob, 1000 * ETHER)
    deployed.anvil.forward(DAY)
    item, other = ada.post(b"\x01" * 32), ada.post(b"\x02" * 32)
    with_options = ada.post_with_options(b"\x01" * 32)
    post = ada.post_id(b"\x01" * 32)
    removal = ada.remove(post)
    assert deployed.skipped(deployed.relay(item, removal, other)) == {}

    refused = deployed.skipped(
        deployed.relay(
            item,
            with_options,
            removal,
            ada.edit(post, b"\x03" * 32),
            bob.vote(post, 100),
            bob.post(b"\x04" * 32, parent=post),
        )
    )
    assert refused == {0: "PostExists", 1: "PostExists"} | dict.fromkeys(range(2, 6), "PostRemoved")
    f, graph = deployed.core.functions, deployed.graph.functions
    deployed.impersonate(ada.owner.address)
    again = f.post(ada.account, b"\x01" * 32, bytes(32), 0)
    assert refused_by(deployed, again, ada.owner.address) == "PostExists"
    # Nor does the id of another document begin with the same 216 bits: only the last 40 are free.
    near = f.post(ada.account, b"\x01" * 27 + b"\xff" * 5, bytes(32), 0)
    assert refused_by(deployed, near, ada.owner.address) == "PostExists"
    assert refused_by(deployed, graph.tip(post, deployed.token.address, 1)) == "UnknownPost"
    deployed.anvil.forward(8 * DAY)
    deployed.send(f.close(9))
    assert refused_by(deployed, f.settle([post])) == "PostRemoved"
    assert refused_by(deployed, f.settle([other_id := ada.post_id(b"\x02" * 32)])) is None
    assert f.payoutOf(other_id).call() == 0


def test_an_observer_landing_another_message_first(scene: Scene):
    """Else an observer voids one message of an account by landing another of it first. Each order does."""
    chain, ada = scene.chain, scene.ada
    post = ada.post_id(b"\x01" * 32)
    for turn, order in enumerate(permutations(range(4))):
        items = [
            ada.transfer(1, 1 + turn),
            ada.edit(post, bytes([turn]) * 32),
            ada.post(bytes([100 + turn]) * 32),
            ada.set_recovery(turn % 2),
        ]
        assert chain.skipped(chain.relay(*(items[i] for i in order))) == {}


def test_an_observer_landing_an_earlier_vote_after_a_later_one(scene: Scene):
    """Else an observer puts back a vote that the voter has replaced since. The later one stands, in both orders."""
    chain, ada, bob = scene.chain, scene.ada, scene.bob
    now = chain.anvil.now()
    for n, order in enumerate([(0, 1), (1, 0)]):
        digest = bytes([50 + n]) * 32
        assert chain.skipped(chain.relay(bob.post(digest))) == {}
        post = bob.post_id(digest)
        items = [ada.vote(post, 10_000, at=now - 10), ada.vote(post, -200, at=now)]
        refused = [chain.skipped(chain.relay(items[i])) for i in order]
        assert refused == ([{}, {}] if order == (0, 1) else [{}, {0: "StaleVote"}])
        word = chain.core.functions.voteState(post, ada.account).call()
        assert (word >> 168) - 2**16 == -200


def test_an_observer_using_up_a_nonce(scene: Scene):
    """Else anybody voids a transfer that waits by signing something else with the account's nonce."""
    chain, ada, bob = scene.chain, scene.ada, scene.bob
    waiting = ada.transfer(bob.account, 1, nonce=7777)
    mallory = Actor(
        chain.deployment, chain.anvil, "ada", owner=Key.secp256k1(), account=ada.account
    )
    tried = (
        bob.transfer(bob.account, 1, account=ada.account, nonce=7777),
        mallory.cancel_recovery(nonce=7777),
        mallory.edit(ada.post_id(b"\x01" * 32), bytes(32), nonce=7777),
        ada.transfer(bob.account, 10**30, nonce=7777),
    )
    refused = chain.skipped(chain.relay(*tried))
    assert refused == dict.fromkeys(range(3), "UnknownKey") | {3: "NotEnoughBalance"}
    # The graph counts its own, and another key its own.
    assert chain.skipped(chain.relay(ada.profile(bytes(32), nonce=7777))) == {}
    assert (
        chain.skipped(chain.relay(bob.edit(bob.post_id(b"\x02" * 32), bytes(32), nonce=7777))) == {}
    )
    assert not chain.core.functions.nonceUsed(ada.owner.address, 7777).call()
    assert chain.skipped(chain.relay(waiting)) == {}
    assert chain.core.functions.nonceUsed(ada.owner.address, 7777).call()


def test_words_with_bits_outside_their_types(scene: Scene):
    """Else one signature has several encodings, each with a fresh guard against replay."""
    chain, ada = scene.chain, scene.ada
    honest = ada.transfer(1, 5)
    kind = KINDS["Transfer"]
    domain = domain_separator(chain.deployment.chain_id, chain.deployment.core)
    for i, (_, field_type) in enumerate(kind.fields):
        if field_type != "uint40":
            continue
        dirty = bytearray(honest.action)
        dirty[32 * i] = 1
        item = Signed(
            kind.number, bytes(dirty), ada.owner.sign(message(domain, kind, bytes(dirty)))
        )
        lifted = replace(honest, action=bytes(dirty))
        refused = chain.skipped(chain.relay(item, lifted))
        assert refused.keys() == {0, 1}
        assert set(refused.values()) <= {"MalformedAction", "DeadlineTooFar"}
    assert chain.skipped(chain.relay(honest)) == {}
