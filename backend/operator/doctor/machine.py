"""The machine: Python and its packages, the compiled contracts, room on disks, and who may read the keys."""

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from sqlalchemy import make_url

from backend.operator.doctor.findings import Finding, Findings, Setup, ok, problem, warning
from indexer.protocol.artifacts import contracts
from indexer.settings import ROOT

PYTHON = (3, 11)
LOCK = ROOT / "requirements.lock"
SCARCE, LITTLE = 10**9, 5 * 10**9
"""Bytes free on a disk: below the first something must be done now, below the second soon."""
SECRET = ("*.key", "*.passphrase")


def python(setup: Setup) -> Findings:
    said = f"Python {platform.python_version()}"
    if sys.version_info < PYTHON:
        yield problem(
            f"{said} is too old: install 3.11 or later, remove .venv, run `make install`."
        )
    else:
        yield ok(f"{said}.")


def packages(setup: Setup) -> Findings:
    """Whether each package of requirements.lock is installed, in that version."""
    yield compared(LOCK.read_text())


def compared(lock: str) -> Finding:
    """Compares what is installed with the lines `name==version` of a lock that apply to this machine."""
    lines = (line.removesuffix("\\").strip() for line in lock.splitlines() if "==" in line)
    wanted = [Requirement(line) for line in lines if line[0].isalpha()]
    wanted = [each for each in wanted if each.marker is None or each.marker.evaluate()]
    wrong = [
        f"{each.name} is {installed or 'missing'}, not {each.specifier}"
        for each in wanted
        if not (installed := _installed(each.name)) or not each.specifier.contains(installed)
    ]
    if wrong:
        more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        return problem(f"{'; '.join(wrong[:3])}{more}: run `make install` in {ROOT}.")
    return ok(f"All {len(wanted)} packages are as in requirements.lock.")


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def compiled(setup: Setup) -> Findings:
    """How many contracts are compiled. Raises NotCompiled."""
    yield ok(f"The contracts are compiled ({len(contracts())}).")


def disk(setup: Setup) -> Findings:
    """Free space where the node writes, once for each disk."""
    seen = set()
    for folder in _folders(setup):
        there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        device = there.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield room(there, shutil.disk_usage(there).free)


def room(folder: Path, free: int) -> Finding:
    """Whether `free` bytes are enough at `folder`."""
    said = f"{free / 10**9:,.1f} GB are free at {folder}"
    if free < SCARCE:
        return problem(f"{said}: make room now. A full disk stops the node (and loses nothing).")
    if free < LITTLE:
        return warning(f"{said}: make room before it is full.")
    return ok(f"{said}.")


def _folders(setup: Setup) -> Iterable[Path]:
    yield setup.settings.home
    database = make_url(setup.settings.database)
    if database.get_backend_name() == "sqlite" and database.database:
        yield Path(database.database).absolute().parent
    if backups := setup.env.get("LAUREL_BACKUPS"):
        yield Path(backups).absolute()


def permissions(setup: Setup) -> Findings:
    """Whether this user can write to the home, others cannot read its keys, and all in it has one owner."""
    home = setup.settings.home
    if not home.is_dir():
        yield problem(
            f"There is no folder {home}, which LAUREL_HOME names: make it, for the node's user."
        )
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield problem(f"{home} cannot be written to by this user: chown it to the node's user.")
        return
    named = [setup.relay.key_file, setup.relay.passphrase_file, setup.relay.faucet_key_file]
    secrets = {path for path in named if path} | {p for like in SECRET for p in home.glob(like)}
    opened = [path for path in sorted(secrets) if path.is_file() and path.stat().st_mode & 0o077]
    for path in opened:
        mode = stat.S_IMODE(path.stat().st_mode)
        yield problem(f"{path} can be read by others (mode {mode:o}): chmod 600 {path}.")
    owner = home.stat().st_uid
    near = sorted([*home.glob("*"), *home.glob("*/*")])  # and not each file of the content store
    foreign = [path for path in near if path.lstat().st_uid != owner][:1]
    for path in foreign:
        yield problem(
            f"{path} belongs to another user than {home}, as after a command run as root: "
            f"chown --recursive --reference={home} {home}."
        )
    if not opened and not foreign:
        yield ok(f"{home} can be written to, and no key there can be read by others.")
