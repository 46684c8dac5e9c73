"""How much one client address may ask of this node; the relay has limits of its own."""

from backend.site.node import current_node
from backend.site.rate_limits import Limit, take
from backend.site.security import client_address
from indexer.mirror.database import writing

LIMITS = {
    "upload": Limit(times=300, seconds=600),  # documents and pictures together
    "sign-in": Limit(times=300, seconds=600),  # texts to sign and signatures together
    "preview": Limit(times=600, seconds=600),
    "blocks": Limit(times=300, seconds=600),  # answers of up to 16 MiB, to another node
    "work": Limit(times=300, seconds=600),  # tasks of proof of work
}


def count_use(kind: str) -> None:
    """Counts one use of the request's address. Raises Problem 429 `rate_limited`."""
    with writing(current_node().engine) as connection:
        take(connection, f"{kind}:{client_address()}", LIMITS[kind])
