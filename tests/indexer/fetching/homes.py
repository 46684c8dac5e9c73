"""A node's home with a mirror made by hand, and another's that serves its store: without a chain."""

import io
import random
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from werkzeug.serving import make_server

from backend.app import create_app
from backend.site.database import migrate_node
from indexer.content import open_store, unixfs
from indexer.content.cid import cid_of, digest
from indexer.content.encoding import canonical
from indexer.content.store import Store
from indexer.fold.rows import missing_content
from indexer.mirror import bulk
from indexer.schema import Cursor
from indexer.settings import Settings
from tests.indexer.mirrors import document
from tests.tables import migrated_mirror

PICTURE = random.Random(1).randbytes(300_000)
FACE = random.Random(2).randbytes(20_000)
FILM = random.Random(3).randbytes(2_500_000)  # three pieces and a node


def media(cid: str, size: int, kind: str = "image/webp") -> dict[str, Any]:
    return {"cid": cid, "type": kind, "bytes": size, "width": 4, "height": 3, "alt": "A picture"}


def fill(store: Store, posts: int = 20) -> list[bytes]:
    """Stores posts, one with a picture and a film, and a profile with a face. Returns the documents."""
    film = unixfs.add(io.BytesIO(FILM), store)
    picture, face = store.put_many([PICTURE, FACE])
    shown = [media(picture, len(PICTURE)), media(film, len(FILM), "video/mp4")]
    found = [document(f"Number {n}") for n in range(posts - 1)]
    found.append(document("With a picture and a film", media=shown))
    found.append(canonical({"v": 1, "type": "profile", "name": "Ada", "picture": face}))
    store.put_many(found)
    return found


def all_blocks(documents: Iterable[bytes]) -> set[str]:
    """The CIDs of what `fill` stored."""
    film = {cid for cid, _ in unixfs.blocks_of(io.BytesIO(FILM))}
    return film | {cid_of(digest(data)) for data in (*documents, PICTURE, FACE)}


def environment(home: Path) -> dict[str, str]:
    return {"LAUREL_HOME": str(home), "LAUREL_DATABASE": f"sqlite:///{home / 'laurel.db'}"}


def mirror(home: Path, documents: Iterable[bytes]) -> None:
    """A mirror at block 7 whose chain names `documents`, none of which was found yet."""
    home.mkdir(exist_ok=True)
    engine = migrated_mirror(environment(home)["LAUREL_DATABASE"])
    with engine.begin() as connection:
        cursor = {"id": 1, "chain_id": 31337, "core": "0x", "block": 7, "hash": b"", "timestamp": 1}
        connection.execute(insert(Cursor).values(**cursor))
        names = (digest(data) for data in documents)
        rows = ((("contents", (name,)), missing_content(name)) for name in names)
        bulk.write(connection, rows)
    engine.dispose()


@contextmanager
def site(home: Path) -> Iterator[tuple[str, Store]]:
    """The real site over the store of `home`; its address, and the store."""
    home.mkdir(exist_ok=True)
    settings = Settings.from_env(environment(home)).asking("http://127.0.0.1:9")
    engine = migrated_mirror(settings.database)
    migrate_node(engine)
    engine.dispose()
    server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with closing(open_store(home / "content")) as store:
            yield f"http://127.0.0.1:{server.port}", store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
