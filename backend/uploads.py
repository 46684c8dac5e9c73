"""How much one address may store here, documents and pictures together."""

from flask import request

from backend.node import current_node
from backend.relay.limits import take
from backend.relay.settings import Limit
from indexer.database import writing

UPLOADS = Limit(times=300, seconds=600)


def count_upload() -> None:
    """Counts one upload of the request's address. Raises Problem 429 `rate_limited`."""
    with writing(current_node().engine) as connection:
        take(connection, f"upload:{request.remote_addr}", UPLOADS)
