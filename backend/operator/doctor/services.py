"""The node's processes, where systemd runs them."""

import subprocess
from pathlib import Path

from backend.operator.doctor.findings import (
    PATIENCE,
    Finding,
    Findings,
    Setup,
    ok,
    problem,
    warning,
)

UNITS = ("laurel-index.service", "laurel-relay.service", "laurel-site.service")
BOOTED = Path("/run/systemd/system")


def services(setup: Setup) -> Findings:
    if not BOOTED.is_dir():
        yield ok(
            "systemd does not run here: who else starts the node's processes looks after them."
        )
        return
    command = ["systemctl", "show", "--property=Id,LoadState,ActiveState,NRestarts", *UNITS]
    try:
        shown = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        yield warning(f"systemctl says nothing of the node's units: {error}.")
        return
    yield from states(shown.stdout)


def states(shown: str) -> list[Finding]:
    """The findings in the output of `systemctl show`, which has a paragraph for each unit."""
    units = [dict(line.split("=", 1) for line in part.splitlines()) for part in shown.split("\n\n")]
    absent = [unit["Id"] for unit in units if unit.get("LoadState") == "not-found"]
    if absent and len(absent) == len(units):
        return [ok("systemd has none of the node's units.")]
    return [_state(unit) for unit in units if unit]


def _state(unit: dict[str, str]) -> Finding:
    name, state = unit["Id"], unit["ActiveState"]
    if unit["LoadState"] != "loaded" or state != "active":
        return problem(
            f"{name} is {state if unit['LoadState'] == 'loaded' else 'not there'}: journalctl --unit {name} -n 20 "
            f"says why; systemctl start {name}."
        )
    if int(unit["NRestarts"]) > 5:
        return warning(
            f"{name} was started again {unit['NRestarts']} times: journalctl --unit {name} says why."
        )
    return ok(f"{name} runs.")
