"""What tests start and write must not outlast them, even if they are killed.

Beside each of pytest's processes runs this file as a program: once that process is gone, whatever happened to it, it
kills what was started there, which it knows by a variable in its environment (as Linux shows it, in /proc), and
removes the folder that was its place for temporary files.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

NAME = "TESTS_STARTED_BY"  # the variable: which process of pytest's has started this one
PERIOD = 0.5  # seconds
ASKED = 4  # periods before what goes on is killed
UNFINISHED = "unfinished"  # in the folder: names pytest's own, while it is at work


def watch() -> None:
    """Has all that this process starts end with it, and gives it a folder of its own for temporary files."""
    # Where pytest has its own, of which it keeps the last three runs'.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    # An xdist worker's name goes on from its controller's. Beside it and not in it, as sockets' paths must be short.
    above = Path(os.environ.get(NAME) or Path(tempfile.gettempdir()) / "laurel")
    folder = tempfile.mkdtemp(prefix=f"{above.name}-", dir=above.parent)
    # Where we are root, PostgreSQL is another user's, who has its data in there.
    os.chmod(folder, 0o755)
    # By no word that names the checkout, for whoever kills all that does must not hit the one who clears up.
    python = os.path.realpath(sys.executable)
    with open(__file__) as program:
        subprocess.Popen(
            [python, "-ISB", "-", str(os.getpid()), folder],
            stdin=program,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
    os.environ[NAME] = folder
    os.environ["TMPDIR"] = tempfile.tempdir = folder


def begin(base: Path) -> None:
    """`base` is pytest's folder for the tests' files: gone, too, if this process is killed before `end`."""
    (Path(tempfile.gettempdir()) / UNFINISHED).write_text(str(base))


def end() -> None:
    (Path(tempfile.gettempdir()) / UNFINISHED).unlink(missing_ok=True)


def main(parent: int, folder: Path) -> None:
    while os.getppid() == parent:
        time.sleep(PERIOD)
    # First asked, as PostgreSQL has more to clear away than files; again, as they may have started others meanwhile.
    for how in [signal.SIGTERM] * ASKED + [signal.SIGKILL] * 50:
        started = _started(folder)
        for pid in started:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, how)
        if not started:
            break
        time.sleep(PERIOD)
    unfinished = folder / UNFINISHED
    if unfinished.exists():
        shutil.rmtree(unfinished.read_text(), ignore_errors=True)
    for each in folder.parent.glob(f"{folder.name}*"):
        shutil.rmtree(each, ignore_errors=True)


def _started(folder: Path) -> list[int]:
    """Processes with that folder, or one whose name goes on from it, as their variable."""
    wanted = f"{NAME}={folder}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it is gone, or another user's
            if any(each.startswith(wanted) for each in entry.read_bytes().split(b"\0")):
                found.append(int(entry.parent.name))
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
