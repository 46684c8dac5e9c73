"""The states of keys, who may recover an account, and the warning while somebody asks for it."""

from tests.backend.conftest import Site
from tests.backend.posts.test_authoring import as_person, words


def test_keys_that_are_past_say_why(site: Site):
    page = as_person(site, "ada", "/keys")
    text = words(page)
    for state in ("Revoked 1 h ago", "Ended 1 day ago", "Void since the account was recovered"):
        assert state in text, state
    assert text.count("Ends in") == 1 and text.count("Does not end") == 1
    assert page.text.index("Does not end") < page.text.index("Ended")
    assert page.text.count(">Revoke</button>") == 1


def test_the_recovery_account_and_its_change(site: Site):
    text = words(as_person(site, "ada", "/keys"))
    assert "@cleo may ask for a new owner key when you have lost yours." in text
    assert "UTC on it is @ben.k ." in text
    assert "You have named none" in words(as_person(site, "ben.k", "/keys"))


def test_a_request_alarms_its_owner_on_every_page_and_nobody_else(site: Site):
    asked = "Somebody asked for a new owner key"
    page = as_person(site, "cleo", "/keys").text
    assert 'value="cancel"' in page and page.count(asked) == 1
    assert asked in as_person(site, "cleo", "/new").text
    for handle in ("ada", "ben.k"):
        for path in ("/keys", "/new"):
            assert asked not in as_person(site, handle, path).text
    assert asked not in site.get("/@cleo").text
