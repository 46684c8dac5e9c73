"""The real site, on a real server, with a real mirror and a real chain's clock."""

import gzip
import json
import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from http.client import HTTPMessage
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError

import pytest
from sqlalchemy import Engine
from werkzeug.serving import BaseWSGIServer, make_server

from backend.app import create_app
from indexer.content import open_store
from indexer.content.store import Store
from indexer.mirror.database import connect
from indexer.protocol.deployment import save
from indexer.settings import Settings
from tests.backend.world import DEPLOYMENT, World, build
from tests.chain import START, running_anvil
from tests.tables import migrated_node


@dataclass(frozen=True)
class Answer:
    """A response; `body` is as the server meant it, `size` the bytes on the wire."""

    status: int
    headers: HTTPMessage
    body: bytes
    size: int

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Site:
    url: str
    engine: Engine
    settings: Settings
    world: World
    _server: BaseWSGIServer

    def restart(self, **env: str) -> None:
        """Goes on at the same address as another process of it would that has these variables set."""
        self._server.app = create_app(self.settings, env=os.environ | env)

    def ask(
        self, path: str, data: bytes | None = None, method: str | None = None, **headers: str
    ) -> Answer:
        """One request; header names are written with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data, sent, method=method)
        try:
            with _open(request) as response:
                return _answer(response.status, response.headers, response.read())
        except HTTPError as error:
            return _answer(error.code, error.headers, error.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask(path, **({"Accept": "text/html,*/*"} | headers))

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        """Sends JSON, or bytes as they are."""
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask(path, data, **({"Content_Type": kind, "Origin": self.url} | headers))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_open = urllib.request.build_opener(_NoRedirect).open


def _answer(status: int, headers: HTTPMessage, data: bytes) -> Answer:
    packed = headers.get("Content-Encoding") == "gzip"
    return Answer(status, headers, gzip.decompress(data) if packed else data, len(data))


@cache
def _model(build: Callable[[int, Store], World]) -> tuple[TemporaryDirectory[str], World]:
    """The home of a site with what `build` puts into it, for copies: to make it takes as long as several tests."""
    folder = TemporaryDirectory(prefix="laurel-model-")
    settings = Settings.from_env({}).apart(Path(folder.name))
    save(settings.deployments, DEPLOYMENT)
    engine = migrated_node(settings.database)
    with closing(open_store(settings.home / "content")) as store:
        world = build(START + 1, store)
        world.save(engine)
    engine.dispose()
    return folder, world


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the town of tests.backend.world in it."""
    with serving(tmp_path_factory.mktemp("site")) as found:
        yield found


class serving:
    """A context manager: the site in `home`, on a port of the system's choosing."""

    def __init__(self, home: Path, build: Callable[[int, Store], World] = build) -> None:
        self._home, self._build = home, build

    def __enter__(self) -> Site:
        folder, made = _model(self._build)
        copytree(folder.name, self._home, dirs_exist_ok=True)
        self._chain = running_anvil()
        anvil = self._chain.__enter__()
        settings = Settings.from_env({}).asking(anvil.url).apart(self._home)
        self._engine = connect(settings.database)
        self._store = open_store(self._home / "content")
        world = made.copy(self._store)
        self._server = make_server("127.0.0.1", 0, create_app(settings), threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return Site(
            f"http://127.0.0.1:{self._server.port}", self._engine, settings, world, self._server
        )

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._engine.dispose()
        self._store.close()
        self._chain.__exit__(None, None, None)
