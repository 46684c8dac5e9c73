"""`laurel invite`, by the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.cli import main


@pytest.fixture
def laurel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LAUREL_HOME", str(tmp_path))
    for name in ("LAUREL_DATABASE", "LAUREL_HOSTS", "LAUREL_JOIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *words: CliRunner().invoke(main, words)


def test_inviting(laurel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUREL_JOIN", "invitation")
    first = laurel("invite")
    assert first.exit_code == 0 and first.output.count("\n") == 1
    assert first.output.startswith("http://127.0.0.1:8000/join?invitation=")
    monkeypatch.setenv("LAUREL_HOSTS", "laurel.example,localhost")
    second = laurel("invite", "--uses", "20", "--days", "0.5").output
    assert second.startswith("https://laurel.example/join?invitation=")
    assert first.output[-23:] != second[-23:]
    third = laurel("invite", "--url", "https://other.example/").output
    assert third.startswith("https://other.example/join?invitation=")
    listed = laurel("invite", "list").output
    assert "0 of 1" in listed and "0 of 20" in listed and listed.count("open") == 3
    assert laurel("invite", "revoke", "2").output.startswith("Nobody can use invitation 2")
    assert laurel("invite", "list").output.count("ended") == 1
    missing = laurel("invite", "revoke", "9")
    assert missing.exit_code == 1 and "There is no invitation 9." in missing.output


def test_what_cannot_be_and_what_is_not_needed(laurel) -> None:
    assert laurel("invite", "--uses", "0").exit_code == 2
    assert laurel("invite", "--days", "0").exit_code == 2
    assert "nobody needs an invitation" in laurel("invite").output


@pytest.mark.parametrize(("name", "value"), [("LAUREL_JOIN", "closed"), ("LAUREL_QUOTA", "lots")])
def test_a_site_says_what_is_wrong_before_it_serves(
    laurel, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ended = laurel("site")
    assert ended.exit_code == 1 and f"Error: {name}" in ended.output
