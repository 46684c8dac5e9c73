"""The units, the compose file and the settings that are shipped: checked by systemd, or against what they name."""

import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from backend.cli import COMMANDS, main
from backend.operator.doctor import environment
from backend.operator.doctor.findings import Level, Setup
from backend.operator.doctor.services import UNITS
from indexer.settings import ROOT
from tests.operations.proxies import OPERATIONS, program, replaced

SYSTEMD = OPERATIONS / "systemd"
ENV = OPERATIONS / "laurel.env"
MOST_EXPOSED = 20  # tenths: `systemd-analyze security`, from 0 (nothing) to 100


def settings() -> dict[str, str]:
    """laurel.env as a shell reads it."""
    script = f"set -a; . {ENV}; env"
    said = subprocess.run(
        ["env", "-i", "sh", "-euc", script], capture_output=True, text=True, check=True
    )
    return dict(line.split("=", 1) for line in said.stdout.splitlines() if "LAUREL_" in line)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, of a node that stands where this checkout does."""
    for path in SYSTEMD.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(SYSTEMD)
            copy.parent.mkdir(exist_ok=True)
            text = path.read_text().replace("/srv/laurel", str(ROOT))
            copy.write_text(text.replace("/usr/local/bin/ipfs", "/bin/true"))
    return tmp_path


def test_systemd_takes_the_units(units: Path) -> None:
    files = [str(path) for path in sorted(units.iterdir()) if path.is_file()]
    assert len(files) == 8
    made = subprocess.run(
        [program("systemd-analyze"), "verify", *files], capture_output=True, text=True, timeout=60
    )
    assert (made.returncode, made.stderr) == (0, "")


@pytest.mark.parametrize("name", [*UNITS, "laurel-content.service", "laurel-backup.service"])
def test_a_process_can_do_no_more_than_it_must(units: Path, name: str) -> None:
    """The drop-in that all units share reaches each of them."""
    command = [program("systemd-analyze"), "security", "--offline=true", "--no-pager"]
    made = subprocess.run(
        [*command, f"--threshold={MOST_EXPOSED}", str(units / name)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert made.returncode == 0, made.stdout.splitlines()[-1]
    assert "User=/DynamicUser=" in made.stdout and "NoNewPrivileges=" in made.stdout


def known(words: list[str]) -> None:
    """Fails unless these are words of the `laurel` command."""
    with click.Context(main) as context:
        command: click.Command = main
        for number, word in enumerate(words):
            if not isinstance(command, click.Group):
                command.make_context("laurel", words[number:], resilient_parsing=False)
                return
            found = command.get_command(context, word)
            assert found is not None, words
            command = found


def test_every_command_that_is_started_exists() -> None:
    started = re.findall(
        r"^ExecStart=/srv/laurel/\.venv/bin/laurel (.*)$",
        "\n".join(path.read_text() for path in sorted(SYSTEMD.glob("*.service"))),
        re.MULTILINE,
    )
    assert [words.split()[0] for words in started] == ["content", "index", "relay", "site"]
    for words in started:
        known(words.split())


def test_the_settings_are_well(tmp_path: Path) -> None:
    """The file that is shipped, with a home that exists here, is read and has nothing wrong with it."""
    env = settings()
    assert env["LAUREL_HOME"] == "/var/lib/laurel"  # StateDirectory=laurel
    for finding in environment.unknown(env):
        assert finding.level is Level.OK, finding.says
    made = environment.setup(env)
    assert isinstance(made, Setup) and made.url == "https://laurel.example"
    assert [found.level for found in environment.conflicts(made)] == [Level.OK]
    quoted = [line for line in ENV.read_text().splitlines() if re.match("#?[A-Z_]+=", line)]
    assert all(
        re.fullmatch(r"#?[A-Z_]+='[^']*'", line) for line in quoted
    )  # as systemd and sh both read it
    commented = {line[1:].split("=")[0] for line in quoted if line.startswith("#")} - {"IPFS_API"}
    assert commented <= environment.known_names()


def compose() -> dict[str, Any]:
    made = yaml.safe_load((OPERATIONS / "compose.yml").read_text())
    assert isinstance(made, dict)
    return made


def test_what_the_compose_file_names_exists() -> None:
    """Commands, settings, volumes and files. (Docker itself has not run it here.)"""
    file = compose()
    services = file["services"]
    ours = {name: each for name, each in services.items() if each.get("image") == "laurel"}
    assert set(ours) == {"index", "relay", "site", "backup"}
    for name, service in ours.items():
        assert set(service["environment"]) <= environment.known_names()
        for setting in service["env_file"]:
            assert (OPERATIONS / setting).is_file()
        if name == "backup":
            assert (ROOT / service["entrypoint"][0].removeprefix("/srv/laurel/")).is_file()
        else:
            assert service["command"][0] in COMMANDS
            known([str(word) for word in service["command"]])
    used = {
        volume.split(":")[0] for each in services.values() for volume in each.get("volumes", ())
    }
    assert {name for name in used if not name.startswith(".")} == set(file["volumes"])
    build = services["index"]["build"]
    assert (
        OPERATIONS / build["context"] / build["dockerfile"]
    ).resolve() == OPERATIONS / "Dockerfile"
    port = replaced((OPERATIONS / "Caddyfile").read_text(), **{"127.0.0.1:8000": "site:8000"})
    assert "reverse_proxy site:8000" in port
    needed = {name for each in services.values() for name in each.get("depends_on", ())}
    assert needed <= set(services)


def test_the_image_installs_as_the_manual_does() -> None:
    image = (OPERATIONS / "Dockerfile").read_text()
    assert "RUN make install" in image and 'ENTRYPOINT ["/srv/laurel/.venv/bin/laurel"]' in image
    assert re.search("^install: ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    packages = re.search(r"--no-install-recommends (.*) \\", image)
    assert packages is not None
    manual = (ROOT / "docs" / "install.md").read_text()
    for package in packages[1].split():
        assert package in manual, package
