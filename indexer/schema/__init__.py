"""The mirror's tables. Every row follows from the chain's events (or from content named by their digests).

Ids and digests are 32 bytes; addresses are checksummed text; wei are decimal text (SQLite's integers end
at 2^63); stake, mana and rshares are micro-vests; times are seconds of the chain's clock.
`seq` is block * 2^20 + log index: the chain's own order.
"""

from indexer.schema.accounts import Account, Key
from indexer.schema.base import Base, Wei
from indexer.schema.graph import Follow, Mute, Reblog, Tip, TipBalance
from indexer.schema.money import Day, Delegation, Entry, Pool
from indexer.schema.posts import CONTENT_STATES, Beneficiary, Content, Post, Vote
from indexer.schema.progress import Block, Cursor, Undo, Writer

__all__ = [
    "CONTENT_STATES",
    "Account",
    "Base",
    "Beneficiary",
    "Block",
    "Content",
    "Cursor",
    "Day",
    "Delegation",
    "Entry",
    "Follow",
    "Key",
    "Mute",
    "Pool",
    "Post",
    "Reblog",
    "Tip",
    "TipBalance",
    "Undo",
    "Vote",
    "Wei",
    "Writer",
]
