"""A long history of the contracts' logs, as a node would give them, made without a chain.

Its proportions are those of Steem's (2 % posts and 97 % votes in the set of 2016: 3,310 to 105,986); the
rest are registrations, follows and claims. Each block follows from its number alone, so that a history of any
length takes no memory. Each event is possible where it stands (a vote is on an earlier post, by an earlier account);
stake and mana are not what the contracts would compute.
"""

from bisect import bisect
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import accumulate
from random import Random

from indexer.protocol.decode import topic

CHAIN_ID = 31337
CORE = "0x" + "c0" * 20
GRAPH = "0x" + "9a" * 20
GENESIS = 1_700_000_000  # seconds
BLOCK_SECONDS = 3
DAY = 86_400

NEWCOMERS = 50  # accounts that each of the first blocks registers, with a key each
PEOPLED = 200  # one block in so many is such a block
POSTS, VOTES = 2, 97  # in each block after those, with one event of another kind
EVENTS = 100  # in any block
RECENT = 400  # posts that are voted on at a time

REGISTERED = topic("Registered(uint40,bytes32,uint40)")
KEY_ADDED = topic("KeyAdded(uint40,address,uint8,uint40)")
POSTED = topic("Posted(uint40,bytes32,bytes32,uint40)")
VOTED = topic("Voted(bytes32,uint40,uint256,uint256)")
FOLLOWED = topic("Followed(uint40,uint40)")
CLAIMED = topic("CurationClaimed(bytes32,uint40,uint256)")

Event = tuple[str, list[bytes], bytes]
"""An event's topic, its indexed arguments, and its data."""


@dataclass(frozen=True)
class History:
    """Blocks 1 to `blocks`, the contracts' first block being 1."""

    blocks: int

    @property
    def events(self) -> int:
        return self.blocks * EVENTS

    def logs(self, number: int) -> bytes:
        """The JSON of a block's logs, without the brackets around them."""
        if not 1 <= number <= self.blocks:
            return b""
        common = (
            f'"blockHash":"0x{hash_of(number).hex()}","blockNumber":"{number:#x}",'
            f'"blockTimestamp":"{time_of(number):#x}","removed":false'
        )
        return ",".join(
            f'{{"address":"{GRAPH if name == FOLLOWED else CORE}","topics":["{name}"'
            + "".join(f',"0x{word.hex()}"' for word in topics)
            + f'],"data":"0x{data.hex()}","transactionHash":"0x{tx_of(number, n).hex()}",'
            f'"transactionIndex":"{n // 10:#x}","logIndex":"{n:#x}",{common}}}'
            for n, (name, topics, data) in enumerate(self._events(number))
        ).encode()

    def _events(self, number: int) -> list[Event]:
        if number <= self._peopled:
            return self._newcomers(number)
        now, before = time_of(number), number - RECENT // POSTS
        events: list[Event] = [
            (POSTED, [_word(author), digest, bytes(32)], bytes(32))
            for author, digest in self._posts(number)
        ]
        dice = Random(number)
        for post, voter, bps in self._votes(number):
            rshares = dice.randrange(10**6, 10**11)
            vote = bps << 168 | now << 128 | rshares << 64 | rshares
            state = now << 192 | 10**9 << 128 | 10**11 << 64 | 10**12
            events.append((VOTED, [post, _word(voter)], _word(vote) + _word(state)))
        if number % 2 or before <= self._peopled:
            who, whom = dice.randint(1, self.accounts), dice.randint(1, self.accounts)
            events.append((FOLLOWED, [_word(who)], _word(whom)))
        else:
            post, voter, _ = self._votes(before)[0]
            events.append((CLAIMED, [post, _word(voter)], _word(10**6)))
        return events

    def _newcomers(self, number: int) -> list[Event]:
        events: list[Event] = []
        for account in range((number - 1) * NEWCOMERS + 1, number * NEWCOMERS + 1):
            handle, key = f"account-{account}".encode(), sha256(b"key %d" % account).digest()[12:]
            events.append((REGISTERED, [_word(account), handle.ljust(32, b"\0")], _word(0)))
            topics = [_word(account), key.rjust(32, b"\0")]
            events.append((KEY_ADDED, topics, _word(3) + _word(0)))
        return events

    def _posts(self, number: int) -> list[tuple[int, bytes]]:
        """Author and digest of each post of a block."""
        return [self._post(number, n) for n in range(POSTS)]

    def _post(self, number: int, n: int) -> tuple[int, bytes]:
        digest = sha256(b"post %d of %d" % (n, number)).digest()
        return int.from_bytes(digest[:8]) % self.accounts + 1, digest

    def _votes(self, number: int) -> list[tuple[bytes, int, int]]:
        """Post, voter and basis points of each vote of a block."""
        dice, votes = Random(-number), []
        first = max(self._peopled + 1, number - RECENT // POSTS + 1)
        for _ in range(VOTES):
            author, digest = self._post(dice.randint(first, number), dice.randrange(POSTS))
            voter = bisect(self._shares, dice.random() * self._shares[-1]) + 1
            votes.append((author.to_bytes(5) + digest[:27], voter, dice.randint(1, 100) * 100))
        return votes

    @property
    def accounts(self) -> int:
        return self._peopled * NEWCOMERS

    @property
    def _peopled(self) -> int:
        return -(-self.blocks // PEOPLED)

    @cached_property
    def _shares(self) -> list[float]:
        """Running sums of how often each account votes: a few vote much, most a little."""
        return list(accumulate(1 / (rank + 20) for rank in range(self.accounts)))


def hash_of(number: int) -> bytes:
    return sha256(b"block %d" % number).digest()


def tx_of(number: int, log: int) -> bytes:
    return sha256(b"transaction %d of %d" % (log // 10, number)).digest()


def time_of(number: int) -> int:
    return GENESIS + BLOCK_SECONDS * number


def _word(value: int) -> bytes:
    return value.to_bytes(32)
