"""WebCrypto's keys and signatures are what the contracts and the relay accept."""

import json

import pytest

from indexer.protocol import actions
from tests.frontend.conftest import Js, JsError

DATA = b"\x19\x01" + bytes(range(64))


def test_signatures_verify_and_have_low_s(js: Js) -> None:
    made = js("sign", data=DATA.hex(), times=24)  # WebCrypto gives a high s half the time
    assert made["extractable"] is False
    for signature in made["signatures"]:
        signer = actions.signer_of(DATA, bytes.fromhex(signature[2:]))
        assert signer.lower() == made["address"]


def test_a_recovery_file_gives_the_same_key_back(js: Js) -> None:
    passphrase = "naïve пароль 🔑"
    made = js("recover", handle="ann", passphrase=passphrase, typed=passphrase, data=DATA.hex())
    assert made["opened"] == {"handle": "ann", "address": made["address"]}
    assert made["extractable"] is False
    signer = actions.signer_of(DATA, bytes.fromhex(made["signature"][2:]))
    assert signer.lower() == made["address"]
    file = json.loads(made["file"])
    assert file["kdf"]["iterations"] == 600_000
    assert set(file) == {"laurel", "v", "handle", "address", "kdf", "cipher", "secret"}


@pytest.mark.parametrize("damage", [['"ann"', '"bob"'], ['"secret": "0x', '"secret": "0x00']])
def test_a_changed_file_does_not_open(js: Js, damage: list[str]) -> None:
    with pytest.raises(JsError, match="damaged"):
        js("recover", handle="ann", passphrase="p", typed="p", data="00", damage=damage)


def test_another_passphrase_does_not_open_it(js: Js) -> None:
    with pytest.raises(JsError, match="passphrase does not open"):
        js("recover", handle="ann", passphrase="p", typed="q", data="00")


def test_what_is_not_a_recovery_file_is_named(js: Js) -> None:
    with pytest.raises(JsError, match="not a recovery file"):
        js("recover", handle="a", passphrase="p", typed="p", data="", damage=['"v"', '"w"'])


def test_a_file_cannot_ask_for_endless_work(js: Js) -> None:
    with pytest.raises(JsError, match="not a recovery file"):
        js("recover", handle="a", passphrase="p", typed="p", data="", damage=["600000", "6000001"])
