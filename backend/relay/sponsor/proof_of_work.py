"""Proof of work: a task that costs whoever wants an account some seconds of a processor.

The hash is PBKDF2-HMAC-SHA-256, which every browser computes natively, so that a program written for the purpose
is hardly faster than a person's page.
"""

import secrets
import time
from hashlib import pbkdf2_hmac

from sqlalchemy import Engine, delete, insert

from backend.relay.sponsor.tables import Work
from indexer.mirror.database import writing

ROUNDS = 2000  # of each try
SECONDS = 1800  # for which a task is valid: choosing a key and saving a file take a person a while
MOST_ZEROS = 32


def issue(engine: Engine, handle: str, bits: int) -> Work:
    """Stores a new task for a registration of `handle`, and forgets old ones."""
    now = time.time()
    task = Work(id=secrets.token_hex(16), handle=handle, bits=bits, until=now + SECONDS)
    values = {"id": task.id, "handle": handle, "bits": bits, "until": task.until}
    with writing(engine) as connection:
        connection.execute(delete(Work).where(Work.until < now))
        connection.execute(insert(Work).values(**values))
    return task


def zeros(task: str, handle: str, nonce: str) -> int:
    """Leading zero bits of the hash of a nonce, 32 at the most."""
    salt = f"{task}:{handle}".encode()
    digest = pbkdf2_hmac("sha256", nonce.encode(), salt, ROUNDS, MOST_ZEROS // 8)
    return MOST_ZEROS - int.from_bytes(digest).bit_length()
