"""`laurel site`: serves the pages and the API."""

from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from backend.relay.settings import RelaySettings
from backend.relay.sponsor.settings import SponsorSettings
from backend.site.database import migrate_node
from backend.site.settings import SiteSettings
from indexer.mirror.database import usable
from indexer.settings import Settings


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with our application, made in each worker after the fork."""

    def __init__(self, settings: Settings, reach: SiteSettings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._reach = reach
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        from backend.app import create_app

        return create_app(self._settings, self._reach)


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at. For any name but this machine's own, also set LAUREL_HOSTS.",
)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Processes, of 8 threads each.")
def site(host: str, port: int, workers: int) -> None:
    """Serve the pages and the API."""
    settings = Settings.from_env()
    reach = SiteSettings.from_env()  # wrong settings end this command, not a worker
    RelaySettings.from_env(settings.home)
    SponsorSettings.from_env()
    with usable(settings.database) as engine:
        migrate_node(engine)
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": 8,
        "loglevel": "warning",
        "graceful_timeout": 5,
        "forwarder_headers": "",  # else a client behind a local proxy could set PATH_INFO
        "control_socket_disable": True,
    }
    _Server(settings, reach, options).run()
