"""The site: `create_app` puts the rooms together."""

import os
import sys
from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from backend import about, health, templating
from backend.accounts import api as accounts_api
from backend.accounts import routes as accounts
from backend.chain.clock import Clock
from backend.content import bulk, gateway, uploads
from backend.feeds import accounts as account_feeds
from backend.feeds import api as feeds_api
from backend.feeds import routes as feeds
from backend.identity import api as identity_api
from backend.local import routes as local
from backend.operator import status_page
from backend.posts import api as posts_api
from backend.posts import routes as posts
from backend.relay import routes as relay
from backend.relay.settings import RelaySettings
from backend.relay.sponsor import routes as sponsor
from backend.relay.sponsor.settings import SponsorSettings
from backend.site import assets, compression, problems, security
from backend.site.database import close_sessions
from backend.site.node import Node
from backend.site.settings import SiteSettings
from backend.steem.pages import routes as steem
from indexer.mirror.database import connect
from indexer.settings import ROOT, Settings

ROOMS = (
    about,
    health,
    assets,
    posts,
    posts_api,
    feeds,
    feeds_api,
    account_feeds,
    accounts,
    accounts_api,
    identity_api,
    uploads,
    gateway,
    bulk,
    relay,
    sponsor,
    steem,
    status_page,
    local,
)
"""What serves pages or answers: each has a blueprint `bp`."""
MAX_REQUEST = 16 * 1024 * 1024
"""Bytes of a request at most: a camera's picture. Each route has its own, lower limit."""


def create_app(
    settings: Settings | None = None,
    site: SiteSettings | None = None,
    env: Mapping[str, str] = os.environ,
) -> Flask:
    """The WSGI application of one node. The database must be migrated already.

    env: settings that are not given are read from it here, and never later.
    """
    # eth_account imports py_ecc, which sets Python's recursion limit higher than the stack allows.
    sys.setrecursionlimit(1000)
    settings = settings or Settings.from_env(env)
    site = site or SiteSettings.from_env(env)
    rooms = {
        RelaySettings: RelaySettings.from_env(settings.home, env),
        SponsorSettings: SponsorSettings.from_env(env),
    }
    app = Flask(
        "backend",
        template_folder=str(ROOT / "frontend" / "templates"),
        static_folder=None,
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST
    if site.proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=site.proxies, x_proto=site.proxies, x_host=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    engine = connect(settings.database)
    reader = connect(site.read_database) if site.read_database else engine
    app.extensions["laurel"] = Node(settings, engine, reader, Clock(settings.rpc), site, rooms)
    app.extensions["laurel-assets"] = assets.Assets(ROOT / "frontend")
    app.teardown_appcontext(close_sessions)
    security.init_app(app)
    problems.init_app(app)
    compression.init_app(app)
    templating.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room.bp)
    return app
