"""How fast posts of Steem are imported into a local chain: `python -m benchmarks.import_steem [FILE [LIMIT]]`.

Without FILE: the first 300 lines of ../shared/data/steem-2016.jsonl.gz, or the tests' fixture if that is absent.
The same run then compares registrations in batches with one registration a transaction.
"""

import secrets
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.chain.connection import Chain, connect_chain
from backend.local.accounts import registration
from backend.local.batches import ITEMS, relay
from backend.local.clock import latest
from backend.local.keys import DEV_KEY
from backend.steem.commands import gas_each, import_plan, report
from backend.steem.plan import plan
from backend.steem.read import read_posts
from indexer.chain.rpc import Rpc
from indexer.settings import ROOT
from tests.backend.steem.node import furnished
from tests.chain import running_anvil

REAL = ROOT.parent / "shared" / "data" / "steem-2016.jsonl.gz"
FIXTURE = ROOT / "tests" / "backend" / "steem" / "fixture.jsonl"
ACCOUNTS = 300


def registrations(chain: Chain, rpc: Rpc, most: int) -> float:
    """Registrations a second, `most` in a transaction."""
    now = latest(rpc)
    batch = [
        registration(chain, f"b{most}x{i}", secrets.token_bytes(32), now) for i in range(ACCOUNTS)
    ]
    began = time.monotonic()
    assert not any(mined.skipped for mined in relay(chain, rpc, DEV_KEY, batch, most))
    return ACCOUNTS / (time.monotonic() - began)


def main() -> None:
    console = Console()
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else REAL if REAL.exists() else FIXTURE
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    planned = plan(read_posts(file, limit))
    with tempfile.TemporaryDirectory() as folder, running_anvil() as anvil:
        settings, _ = furnished(anvil, Path(folder))
        began = time.monotonic()
        tally = import_plan(planned, settings, console)
        seconds = time.monotonic() - began
        with closing(Rpc(settings.rpc)) as rpc:
            chain = connect_chain(settings)
            single, batched = (registrations(chain, rpc, most) for most in (1, ITEMS))
    report(console, planned, tally, seconds)
    table = Table("registrations", "a second", "ratio", title="What batches are worth")
    table.add_row("one a transaction", f"{single:,.0f}", "1.0")
    table.add_row(f"up to {ITEMS} a transaction", f"{batched:,.0f}", f"{batched / single:.1f}")
    console.print(table)
    print(
        f"RESULT actions_per_second={tally.actions / seconds:.0f} seconds={seconds:.1f}"
        f" gas_post={gas_each(tally, 'posts')} gas_vote={gas_each(tally, 'votes')}"
        f" gas_register={gas_each(tally, 'accounts')} gas_stake={gas_each(tally, 'stakes')}"
        f" batch_ratio={batched / single:.2f}"
    )


if __name__ == "__main__":
    main()
