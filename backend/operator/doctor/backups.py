"""The backups that docs/operations/backup makes: whether there are any, how old, and whether whole."""

import time
from pathlib import Path

from backend.operator.doctor.findings import Findings, Setup, ok, problem, warning

OLD_HOURS = 30
"""A last backup older than this is a problem, as one is made each night."""


def backups(setup: Setup) -> Findings:
    name = setup.env.get("LAUREL_BACKUPS")
    if not name:
        if setup.url:
            yield warning(
                "No backups: set LAUREL_BACKUPS, and start laurel-backup.timer (docs/install.md)."
            )
        return
    folder = Path(name)
    made = sorted(folder.glob("2*Z"))
    if not made:
        yield problem(
            f"There is no backup in {folder}: systemctl start laurel-backup, and see its log."
        )
        return
    last = made[-1]
    lacking = [what for what in ("blocks.sqlite", "deployments") if not (last / what).exists()]
    if not (last / "laurel.db").exists() and not (last / "laurel.dump").exists():
        lacking.append("the database")
    if not list(last.glob("*.key")):
        lacking.append("a key")
    hours = (time.time() - last.stat().st_mtime) / 3600
    if lacking:
        yield problem(f"The backup {last} lacks {', '.join(lacking)}: make another.")
    elif hours > OLD_HOURS:
        yield problem(
            f"The last backup, {last}, is {hours:,.0f} hours old: see systemctl status laurel-backup.timer."
        )
    else:
        yield ok(f"The last backup, {last}, is {hours:,.0f} hours old; there are {len(made)}.")
