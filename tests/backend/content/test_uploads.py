"""Pictures go in re-encoded, and blocks come out as what they are and nothing more."""

import time

from sqlalchemy import delete, insert

from backend.site.address_limits import LIMITS
from backend.site.tables import RelayUse
from indexer.content.cid import cid_of, digest
from indexer.mirror.database import writing
from tests.backend.conftest import Site
from tests.backend.world import picture


def test_a_picture_is_made_anew_and_served_for_ever(site: Site):
    answer = site.post("/api/laurel/v1/media", picture(), Content_Type="image/png")
    assert answer.status == 201
    found = answer.json
    assert (found["type"], found["width"], found["height"]) == ("image/webp", 1200, 800)
    served = site.get("/ipfs/" + found["cid"])
    assert served.body[:4] == b"RIFF" and len(served.body) == found["bytes"]
    assert cid_of(digest(served.body)) == found["cid"]
    headers = served.headers
    assert headers["Content-Type"] == "image/webp"
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Disposition" not in headers
    again = site.get("/ipfs/" + found["cid"], If_None_Match=headers["ETag"])
    assert (again.status, again.body) == (304, b"")


def test_what_is_no_picture_is_refused(site: Site):
    for data in (b"", b"GIF89a", b"<svg onload=alert(1)>", picture()[:200]):
        answer = site.post("/api/laurel/v1/media", data)
        assert (answer.status, answer.json["code"]) == (400, "not_a_picture")


def test_a_picture_over_the_limit_is_refused(site: Site):
    answer = site.post("/api/laurel/v1/media", bytes(10 * 1024 * 1024 + 1))
    assert (answer.status, answer.json["code"]) == (413, "picture_too_large")


def test_a_document_is_only_for_saving(site: Site):
    row = site.get("/api/laurel/v1/posts/" + site.world.posts["First day here"].hex()).json
    headers = site.get("/ipfs/" + row["cid"]).headers
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment")


def test_names_that_lead_nowhere(site: Site):
    unknown = cid_of(digest(b"nobody has this"))
    for path, code in (
        (f"/ipfs/{unknown}", "block_missing"),
        ("/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKvvqA", "bad_cid"),
    ):
        answer = site.ask(path, Accept="application/json")
        assert (answer.status, answer.json["code"]) == (404, code)
    assert site.get(f"/ipfs/{unknown}/../../login").status == 404


def test_an_address_that_stores_too_much_has_to_wait(site: Site):
    mine = RelayUse.bucket == "upload:127.0.0.1"
    with writing(site.engine) as connection:
        uses = [{"bucket": "upload:127.0.0.1", "at": time.time()}] * LIMITS["upload"].times
        connection.execute(insert(RelayUse), uses)
    answer = site.post("/api/laurel/v1/media", picture(), Content_Type="image/png")
    with writing(site.engine) as connection:
        connection.execute(delete(RelayUse).where(mine))
    assert (answer.status, answer.json["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= LIMITS["upload"].seconds
    assert answer.json["until"] > time.time()
