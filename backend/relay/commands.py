"""`laurel relay`."""

import logging
import signal
from threading import Event

import click

from backend.relay.process import run
from indexer.settings import Settings


@click.command()
def relay() -> None:
    """Send queued actions, close days, and pay rewards out."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    run(Settings.from_env(), stop)
