"""`laurel content move`: the whole content store into a Kubo daemon, or back."""

from collections.abc import Callable
from contextlib import closing

import click
from rich.console import Console

from indexer.content.embedded import EmbeddedStore
from indexer.errors import LaurelError
from indexer.monitoring.progress import bar, blocks
from indexer.process.filelock import alone
from indexer.process.stopping import ended, until_signalled
from indexer.settings import Settings

DEFAULT_API = "/ip4/127.0.0.1/tcp/5001"


class DamagedBlocks(LaurelError):
    """Some blocks were not moved, because they are damaged where they were."""


@click.command()
@click.option("--to", "target", type=click.Choice(["kubo", "embedded"]), required=True)
@click.option(
    "--api", metavar="MULTIADDR", help=f"The daemon's RPC (default: IPFS_API, or {DEFAULT_API})."
)
def move(target: str, api: str | None) -> None:
    """Copy all blocks and pins into a Kubo daemon, or back from it, while the node runs."""
    # Slow imports that no other command of this group needs.
    from indexer.content.daemon import Daemon
    from indexer.content.move import Progress, to_daemon, to_embedded

    settings = Settings.from_env()
    console = Console(soft_wrap=True, highlight=False)
    daemon = Daemon(api or settings.ipfs_api or DEFAULT_API)
    with (
        alone(settings.home, "content move"),
        closing(EmbeddedStore(settings.home / "content")) as store,
        until_signalled() as stop,
    ):
        console.print(f"The daemon at {daemon.api} is version {daemon.version()}.")
        progress = Progress()

        def work(told: Callable[[Progress], None]) -> None:
            nonlocal progress
            if target == "kubo":
                progress = to_daemon(store, daemon, told, stop)
            else:
                progress = to_embedded(daemon, store, told, stop)

        with bar(console) as shown:
            task = shown.add_task(f"Moving blocks to {target}", total=None, note="")

            def told(at: Progress) -> None:
                done, note = at.there + at.moved, f"{at.bytes / 1e6:,.1f} MB"
                shown.update(task, completed=done, total=at.total, note=note)

            ended(lambda: work(told), stop)
    if not progress.finished:
        console.print("Stopped. The same command goes on from here.")
        raise SystemExit(130)
    console.print(
        f"{blocks(progress.moved)} ({progress.bytes / 1e6:,.1f} MB) copied, each of them checked; "
        f"{progress.there:,} were there already."
    )
    if damaged := progress.damaged:
        one = len(damaged) == 1
        raise DamagedBlocks(
            f"{blocks(len(damaged))} {'is' if one else 'are'} damaged where {'it was' if one else 'they were'}, "
            f"so {'it was' if one else 'they were'} not moved: {', '.join(damaged[:3])}"
            f"{' …' if len(damaged) > 3 else ''}. `laurel sync` gets such from another node."
        )
    console.print(_next(target, daemon.api, settings))


def _next(target: str, api: str, settings: Settings) -> str:
    """A sentence about what is left to do."""
    if target == "kubo" and settings.ipfs_api == api:
        return "This node uses the daemon already: there is nothing left to do."
    if target == "embedded" and settings.ipfs_api is None:
        return "This node uses its own store already: there is nothing left to do."
    setting = f"Set IPFS_API={api}" if target == "kubo" else "Take IPFS_API away"
    return (
        f"{setting} for all processes of this node and restart them; then run `laurel content move "
        f"--to {target} --api {api}` once more, for what was published in between."
    )
