"""What `laurel up` prints: its steps as they happen, and one screen at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from backend.local.keys import DEV_ADDRESS, DEV_KEY
from indexer.chain.rpc import Rpc
from indexer.protocol.deployment import Deployment
from indexer.settings import ROOT, Settings

HEAD = "\n[bold]Laurel is up.[/bold] Open [bold green]{site}[/bold green]\n\n"
SAMPLES = """\
  Try     read and vote: the posts by sample-ada, sample-ben and sample-cleo are samples
          make an account (Join): no wallet, no coin; then write, vote, reply
          a DAY lasts {day} seconds here, so a post pays out after about eight minutes; or move the clock:
          {env}.venv/bin/laurel chain forward 8
  Import  {env}.venv/bin/laurel import steem FILE --limit 300
"""
REPLAY = """\
  Try     what became of it, and what the front page was on any day: {site}/steem
          make an account (Join), write and vote: a DAY lasts a day here, and the clock can be moved:
          {env}.venv/bin/laurel chain forward 8
  Check   {env}.venv/bin/laurel verify --full
"""
LOCAL = """\
  Wallet  RPC {rpc}   chain id {chain_id}   currency ETH
          a test key that everybody knows (never use it elsewhere), with coin and 1,000,000 LRL:
          {address}
          {key}
"""
PUBLIC = """\
  Chain   {chain_id}, at {rpc}; core {core}
  Status  {env}.venv/bin/laurel status
"""
FOOT = """\
  Logs    {logs}
  Stop    Ctrl-C. {goes_on}
"""


def show(
    console: Console,
    site: str,
    settings: Settings,
    deployment: Deployment,
    local: bool,
    replay: bool,
    goes_on: str,
) -> None:
    """Prints the screen that says how to use the node."""
    about = (REPLAY if replay else SAMPLES) + LOCAL if local else PUBLIC
    text = (HEAD + about + FOOT).format(
        site=site,
        rpc=settings.rpc if local else Rpc(settings.rpc).name,
        day=deployment.day,
        chain_id=deployment.chain_id,
        core=deployment.core,
        address=DEV_ADDRESS,
        key="0x" + DEV_KEY.hex(),
        env="" if settings.home == ROOT / "var" else f"LAUREL_HOME={_short(settings.home)} ",
        logs=settings.home / "logs",
        goes_on=goes_on,
    )
    console.print(text, highlight=False, soft_wrap=True)


@contextmanager
def step(console: Console, name: str) -> Iterator[None]:
    """Prints the step's name at once, and its seconds when it is done."""
    began = time.monotonic()
    console.print(f"  {name} ...", end="", highlight=False, soft_wrap=True)
    try:
        yield
    except BaseException:
        console.print()
        raise
    console.print(f" {time.monotonic() - began:.1f} s", style="dim", highlight=False)


def _short(home: Path) -> Path:
    return home.relative_to(ROOT) if home.is_relative_to(ROOT) else home
