"""The content store, a Kubo daemon behind it, and the nodes that are asked for what is missing."""

from contextlib import closing

import httpx

from backend.operator.doctor.findings import PATIENCE, Findings, Setup, ok, problem, warning
from indexer.content import open_store
from indexer.content.cid import cid_of, digest
from indexer.content.errors import ContentError

EMPTY = cid_of(digest(b""))
"""The CID of the empty block, to ask for: an answer that it is missing is an answer too."""


def store(setup: Setup) -> Findings:
    """Whether the embedded store can be opened and read."""
    folder = setup.settings.home / "content"
    if not folder.is_dir():
        yield ok(f"There is no content store at {folder} yet: the first document makes it.")
        return
    try:
        with closing(open_store(folder)) as opened:
            opened.has(EMPTY)
    except (ContentError, OSError) as error:
        yield problem(
            f"The content store {folder} cannot be read: {error}. Restore it from a backup."
        )
    else:
        yield ok(f"The content store {folder} can be read.")


def kubo(setup: Setup) -> Findings:
    """Whether the daemon answers, and how many pins it has."""
    api = setup.settings.ipfs_api
    if api is None:
        return
    from indexer.content.daemon import Daemon  # a slow import that most nodes never need

    try:
        daemon = Daemon(api, timeout=PATIENCE)
        version, pins = daemon.version(), len(daemon.pinned())
    except ContentError as error:
        yield problem(f"{error} See that it runs (systemctl status kubo), or take IPFS_API out.")
        return
    yield ok(f"The IPFS daemon at {api} is {version}, with {pins:,} pins.")


def sources(setup: Setup) -> Findings:
    """Whether each source (LAUREL_SOURCES), which is asked for missing documents, answers."""
    for url in setup.settings.sources:
        try:
            answer = httpx.get(f"{url.rstrip('/')}/ipfs/{EMPTY}?format=raw", timeout=PATIENCE)
            if answer.status_code not in (200, 404):
                yield warning(
                    f"{url} answers with status {answer.status_code}: see LAUREL_SOURCES."
                )
                continue
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = str(error) or type(error).__name__
            yield warning(f"{url} cannot be asked for documents ({said}): see LAUREL_SOURCES.")
        else:
            yield ok(f"{url} can be asked for documents.")
