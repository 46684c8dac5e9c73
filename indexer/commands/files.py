"""`laurel content add` and `laurel content get`: files of any size into the content store, and out."""

import errno
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, BinaryIO

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from indexer.content import open_store, unixfs
from indexer.content.store import Store
from indexer.errors import LaurelError
from indexer.settings import Settings

_FILE = click.Path(path_type=Path, dir_okay=False)


class CannotWrite(LaurelError):
    """The file that was asked for cannot be written."""


@click.command()
@click.argument("file", type=click.File("rb"))
def add(file: BinaryIO) -> None:
    """Put FILE (- for standard input) into the content store and print its CID.

    It is served as /ipfs/CID from then on. What was stored before an interruption is kept: the
    same command completes it.
    """
    with _store() as store, _progress() as progress:
        size = Path(file.name).stat().st_size if Path(file.name).is_file() else 0  # unknown
        cid = unixfs.add(progress.wrap_file(file, total=size) if size else file, store)
    click.echo(cid)


@click.command()
@click.argument("cid")
@click.option("--output", "-o", type=_FILE, help="Default: standard output.")
def get(cid: str, output: Path | None) -> None:
    """Write the file called CID, each block checked, as far as it is on this machine."""
    if output and output.exists() and not output.is_file():
        raise CannotWrite(f"{output} is no file; write to it with > {output}.")
    with _store() as store, _progress() as progress:
        size = unixfs.size_of(store.get, cid)
        task = progress.add_task("", total=size)
        with _written(output) as file:
            for part in unixfs.read_file(store.get, cid):
                file.write(part)
                progress.advance(task, len(part))


@contextmanager
def _store() -> Iterator[Store]:
    settings = Settings.from_env()
    with closing(open_store(settings.home / "content", settings.ipfs_api)) as store:
        yield store


def _progress() -> Progress:
    """A progress bar if standard error is a terminal, else nothing."""
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def _written(path: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that appears at `path` when it is whole. Raises CannotWrite."""
    try:
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
            return
        part = path.with_name(f".{path.name}.part")
        try:
            with part.open("wb") as file:
                yield file
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader closed the pipe
            raise
        name = path or "Standard output"
        raise CannotWrite(f"{name} cannot be written: {error.strerror}.") from error
