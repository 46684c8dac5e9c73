"""A PostgreSQL replica beside the server that the indexer writes: readers follow, and one can take over."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg

from backend.app import create_app
from backend.site.database import migrate_node
from backend.site.settings import SiteSettings
from indexer.content.cid import digest
from indexer.settings import Settings
from tests.actors import join
from tests.chain import Chain
from tests.indexer.mirrors import document, environment, mirror_of, until
from tests.postgres import running_postgres, running_replica


def test_readers_follow_and_one_takes_over(deployed: Chain, tmp_path: Path) -> None:
    """The site reads from the replica; it goes on reading without the first server; and once promoted,
    the replica is what the indexer goes on with."""
    before, after = document("Before the fall"), document("After the fall")
    with ExitStack() as all_, ExitStack() as first:
        database = first.enter_context(running_postgres())
        (alice,) = join(deployed, "alice")
        with mirror_of(deployed, tmp_path, database=database) as mirror:
            migrate_node(mirror.engine)
            copy = all_.enter_context(running_replica(database)).get_uri()
            mirror.content.put(before)
            deployed.relay(alice.post(digest(before)))
            mirror.catch_up()
            head = deployed.w3.eth.block_number

            env = environment(deployed, tmp_path)
            settings = replace(Settings.from_env(env), database=database)
            site = SiteSettings.from_env({"LAUREL_READ_DATABASE": copy})
            reader = create_app(settings, site).test_client()
            health = until(lambda: (h := reader.get("/health").get_json())["block"] == head and h)
            assert (health["ready"], health["lag_blocks"]) == (True, 0)
            assert "Before the fall" in reader.get("/new").text
            with psycopg.connect(database) as connection:
                (behind,) = connection.execute(
                    "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) FROM pg_stat_replication"
                ).fetchone() or (None,)
            assert behind is not None
            mirror.indexer.lease.release()  # else it has to run out, which takes ten seconds
        with psycopg.connect(copy, autocommit=True) as connection:
            until(lambda: not connection.execute("SELECT owner FROM writer").fetchall())
        first.close()

        assert "Before the fall" in reader.get("/new").text
        deployed.relay(alice.post(digest(after)))
        until(lambda: reader.get("/health").get_json()["lag_blocks"] == 1)

        with psycopg.connect(copy) as connection:
            assert connection.execute("SELECT pg_promote()").fetchone() == (True,)
        with mirror_of(deployed, tmp_path, database=copy) as mirror:
            mirror.content.put(after)
            mirror.catch_up()
            assert mirror.verify().same
        assert "After the fall" in reader.get("/new").text
