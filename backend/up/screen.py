"""What `laurel up` prints: its steps as they happen, and one screen at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from backend.local.anvil import CHAIN_ID
from backend.local.keys import DEV_ADDRESS, DEV_KEY

SCREEN = """
[bold]Laurel is up.[/bold] Open [bold green]{site}[/bold green]

  Try     read and vote: the posts by sample-ada, sample-ben and sample-cleo are samples
          make an account (Join): no wallet, no coin; then write, vote, reply
          a DAY lasts {day} seconds here, so a post pays out after about eight minutes; or move the clock:
          .venv/bin/laurel chain forward 8
  Import  .venv/bin/laurel import steem FILE --limit 300
  Wallet  RPC {rpc}   chain id {chain_id}   currency ETH
          a test key that everybody knows (never use it elsewhere), with coin and 1,000,000 LRL:
          {address}
          {key}
  Logs    {logs}
  Stop    Ctrl-C. `make up` goes on with the same chain, posts and accounts.
"""


def show(console: Console, site: str, rpc: str, day: int, logs: str) -> None:
    """The one screen."""
    text = SCREEN.format(
        site=site,
        rpc=rpc,
        day=day,
        chain_id=CHAIN_ID,
        address=DEV_ADDRESS,
        key="0x" + DEV_KEY.hex(),
        logs=logs,
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
