"""How fast the site's process starts: `python -m benchmarks.start --beside PATH`.

Measures seconds until the application is made, processor seconds in them, and peak memory: of this checkout, and of
the one at PATH (with a .venv of its own), run in turns so that both meet the same load. Linux only.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from indexer.settings import ROOT
from tests.chain import free_port

LIMIT = 0.8
"""As a share of what the checkout at PATH takes, if that is the one before web3 was removed (2026-11)."""
MADE = """
import re, time
from pathlib import Path
from backend.app import create_app
create_app()
peak = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())
print(time.process_time(), int(peak[1]) / 1024)
"""
WHAT = ("seconds", "seconds of processor", "MiB at the most")

Start = tuple[float, float, float]
"""The numbers that WHAT names."""


@click.command()
@click.option("--beside", type=click.Path(exists=True, path_type=Path), help="Another checkout.")
@click.option(
    "--runs", default=10, show_default=True, help="Of each, after one that is not counted."
)
def main(beside: Path | None, runs: int) -> None:
    """Prints medians, and with --beside the ratios."""
    checkouts = [ROOT] if beside is None else [ROOT, beside.resolve()]
    found: list[list[Start]] = [[] for _ in checkouts]
    with tempfile.TemporaryDirectory() as home:
        for run in range(runs + 1):
            for starts, checkout in zip(found, checkouts, strict=True):
                started = start(checkout, Path(home))
                if run:  # the first writes bytecode
                    starts.append(started)
    medians = [[statistics.median(column) for column in zip(*s, strict=True)] for s in found]
    table = Table("the site's process", "here", *(["beside", "ratio", "limit"] if beside else []))
    results = []
    for what, *numbers in zip(WHAT, *medians, strict=True):
        row = [f"{number:,.2f}" for number in numbers]
        if beside:
            ratio = numbers[0] / numbers[1]
            row += [f"{ratio:.2f}", str(LIMIT)]
            results.append(f"{what.replace(' ', '_')}={ratio:.2f}")
        table.add_row(what, *row)
    Console().print(table)
    if results:
        print("RESULT " + " ".join(results))


def start(checkout: Path, home: Path) -> Start:
    """A process of the site, from its start until the application is made; then it ends."""
    environment = {"LAUREL_HOME": str(home), "LAUREL_RPC": f"http://127.0.0.1:{free_port()}"}
    own = checkout / ".venv" / "bin" / "python"
    python = sys.executable if checkout == ROOT else str(own)
    began = time.monotonic()
    process = subprocess.Popen(
        [python, "-c", MADE], env=os.environ | environment, cwd=checkout, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    said = process.stdout.readline().split()
    seconds = time.monotonic() - began
    assert process.wait() == 0, f"The site of {checkout} does not start."
    return seconds, float(said[0]), float(said[1])


if __name__ == "__main__":
    main()
