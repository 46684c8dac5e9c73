"""Signing in: by a wallet's key and by a posting key, once per text, and only with a key that is live."""

import re

import pytest
from eth_account import Account as EthAccount
from eth_account.messages import encode_defunct
from sqlalchemy import update

from backend.identity import challenges
from backend.identity.tables import Challenge, SignedIn
from indexer.mirror.database import writing
from indexer.protocol.actions import SECP256K1_ORDER
from indexer.schema import Account, Key
from tests.actors import Key as Signer
from tests.backend.conftest import Answer, Site

URL = "/api/laurel/v1/session"


def sign(key: Signer, text: str) -> str:
    """As a wallet does by personal_sign, or as the page does with a posting key."""
    if isinstance(key.private, bytes):
        signed = EthAccount.sign_message(encode_defunct(text=text), key.private)
        return "0x" + signed.signature.hex()
    return "0x" + key.sign(text.encode()).hex()


def challenge(site: Site, address: str) -> dict[str, str]:
    found: dict[str, str] = site.post(URL + "/challenge", {"address": address}).json
    return found


def sign_in(site: Site, key: Signer) -> Answer:
    asked = challenge(site, key.address)
    return site.post(URL, {"id": asked["id"], "signature": sign(key, asked["message"])})


def cookie(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].split(";")[0]


def give(site: Site, key: Signer, **changes: int) -> Signer:
    site.world.key("ada", key, **changes)
    site.world.save(site.engine)
    return key


@pytest.mark.parametrize("kind", [Signer.secp256k1, Signer.p256])
def test_in_and_out_again(site: Site, kind):
    key = give(site, kind())
    answer = sign_in(site, key)
    assert answer.json == {"account": 1, "handle": "ada"}
    flags = answer.headers["Set-Cookie"]
    assert "HttpOnly" in flags and "SameSite=Lax" in flags
    mine = cookie(answer)
    who = site.get(URL, Cookie=mine).json
    assert (who["handle"], who["address"]) == ("ada", key.address)
    assert key.address in [k["address"] for k in who["keys"]]
    assert '<span class="name">ada</span>' in site.get("/", Cookie=mine).text
    assert site.get("/wallet", Cookie=mine).headers["Location"] == "/@ada/wallet"
    out = site.ask(URL, None, "DELETE", Cookie=mine, Origin=site.url)
    assert out.json == {"account": None}
    assert site.get(URL, Cookie=mine).json == {"account": None}


@pytest.mark.parametrize("high", [False, True])
@pytest.mark.parametrize("v", [(0, 1), (27, 28), (35, 36), (254, 255), (26, 29)])
def test_a_wallets_signature_is_read_as_eth_account_reads_it(v: tuple[int, int], high: bool):
    """In all the forms that wallets write it: v as a bit, as Ethereum or EIP-155 has it, and a high s."""
    key, text = Signer.secp256k1(), "Sign in: ünicode too"
    signed = EthAccount.sign_message(encode_defunct(text=text), key.private)
    s = SECP256K1_ORDER - signed.s if high else signed.s
    found = set()
    for number in v:
        signature = signed.r.to_bytes(32) + s.to_bytes(32) + bytes([number])
        try:
            theirs = EthAccount.recover_message(encode_defunct(text=text), signature=signature)
        except ValueError:
            theirs = None
        assert challenges.signer(text, signature) == theirs
        found.add(theirs)
    assert (key.address in found) == (v != (26, 29))


@pytest.mark.parametrize("size", [0, 1, 64, 66, 127, 129])
def test_a_signature_of_another_size_is_nobodys(size: int):
    assert challenges.signer("Sign in", b"\x01" * size) is None


def test_the_text_is_eip_4361(site: Site):
    address = site.world.keys["ada"].address
    text = challenge(site, address.lower())["message"]
    host = re.escape(site.url.removeprefix("http://"))
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert re.fullmatch(
        rf"{host} wants you to sign in with your Ethereum account:\n{address}\n\n"
        rf"Sign in to Laurel\. [^\n]+\n\nURI: http://{host}\nVersion: 1\nChain ID: 31337\n"
        rf"Nonce: [0-9a-f]{{32}}\nIssued At: {time}\nExpiration Time: {time}",
        text,
    )


def test_a_text_serves_once(site: Site):
    key = site.world.keys["ada"]
    asked = challenge(site, key.address)
    body = {"id": asked["id"], "signature": sign(key, asked["message"])}
    assert site.post(URL, body).status == 200
    again = site.post(URL, body)
    assert (again.status, again.json["code"]) == (400, "unknown_challenge")


def test_a_text_that_is_too_old_does_not_serve(site: Site):
    key = site.world.keys["ada"]
    asked = challenge(site, key.address)
    with writing(site.engine) as connection:
        connection.execute(update(Challenge).values(until=1.0))
    answer = site.post(URL, {"id": asked["id"], "signature": sign(key, asked["message"])})
    assert answer.json["code"] == "unknown_challenge"


@pytest.mark.parametrize("other", [Signer.secp256k1(), Signer.p256(), None])
def test_another_keys_signature_is_refused(site: Site, other: Signer | None):
    asked = challenge(site, site.world.keys["ada"].address)
    signature = sign(other, asked["message"]) if other else "0x" + "00" * 65
    answer = site.post(URL, {"id": asked["id"], "signature": signature})
    assert (answer.status, answer.json["code"]) == (400, "bad_signature")


def test_only_live_keys_of_accounts_here_sign_in(site: Site):
    now = site.world.now
    dead = [
        Signer.secp256k1(),
        give(site, Signer.p256(), expiry=now - 5),
        give(site, Signer.p256(), revoked_at=now - 5),
        give(site, Signer.p256(), epoch=7),
    ]
    for key in dead:
        answer = sign_in(site, key)
        assert (answer.status, answer.json["code"]) == (403, "unknown_key")
        assert "Set-Cookie" not in answer.headers


def test_a_session_ends_with_its_key(site: Site):
    key = give(site, Signer.p256())
    mine = cookie(sign_in(site, key))
    assert site.get(URL, Cookie=mine).json["account"] == 1
    with writing(site.engine) as connection:
        connection.execute(update(Key).where(Key.address == key.address).values(revoked_at=1))
    assert site.get(URL, Cookie=mine).json == {"account": None}


def test_a_session_ends_when_all_keys_are_dropped_and_with_time(site: Site):
    key = give(site, Signer.p256())
    mine = cookie(sign_in(site, key))
    with writing(site.engine) as connection:
        connection.execute(update(Account).where(Account.id == 1).values(key_epoch=1))
    assert site.get(URL, Cookie=mine).json == {"account": None}
    with writing(site.engine) as connection:
        connection.execute(update(Account).where(Account.id == 1).values(key_epoch=0))
    assert site.get(URL, Cookie=mine).json["account"] == 1
    with writing(site.engine) as connection:
        connection.execute(update(SignedIn).values(until=1.0))
    assert site.get(URL, Cookie=mine).json == {"account": None}


def test_the_secret_itself_is_not_kept(site: Site):
    mine = cookie(sign_in(site, site.world.keys["ada"]))
    secret = mine.partition("=")[2]
    with site.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM sessions").all()
    assert rows and secret.encode() not in b"".join(row[0] for row in rows)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"address": "0x12"}, "bad_address"),
        ({"address": 7}, "bad_json"),
        ({}, "missing_member"),
        ({"address": "\ud800"}, "bad_json"),
        ({"address": "0x\0"}, "bad_json"),
        ([], "bad_json"),
    ],
)
def test_challenges_asked_for_wrongly(site: Site, body, code: str):
    answer = site.post(URL + "/challenge", body)
    assert (answer.status, answer.json["code"]) == (400, code)


def test_a_signature_that_is_no_hex(site: Site):
    asked = challenge(site, site.world.keys["ada"].address)
    answer = site.post(URL, {"id": asked["id"], "signature": "0xzz"})
    assert (answer.status, answer.json["code"]) == (400, "bad_hex")


def test_who_is_not_signed_in_is_sent_to_sign_in(site: Site):
    assert site.get(URL).json == {"account": None}
    assert site.get(URL, Cookie="laurel_session=guess").json == {"account": None}
    assert site.get("/wallet").headers["Location"] == "/signin"
