"""Every error of the contracts has a code and a sentence, and the page that lists them is up to date."""

import re

from backend.chain.errors import BUILT_IN, BY_CODE, BY_SELECTOR, REASONS, reason_of
from backend.deployment.compile import compile_contracts
from backend.deployment.errors_command import PAGE, declared, table


def test_the_table_has_every_error_of_the_contracts_and_no_other() -> None:
    compile_contracts()
    assert set(REASONS) - BUILT_IN == set(declared())
    assert len(BY_SELECTOR) == len(REASONS)


def test_the_page_is_up_to_date() -> None:
    compile_contracts()
    assert PAGE.read_text() == table(), "Run `laurel errors`."


def test_codes_are_stable_words_and_sentences_are_sentences() -> None:
    for reason in REASONS.values():
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", reason.code)
        assert reason.sentence[0].isupper() and reason.sentence.endswith(
            (".", ").", "yours stands.")
        )
        assert "|" not in reason.sentence  # it stands in a table
        assert reason.status in (400, 409)
        assert BY_CODE[reason.code] is reason  # one sentence for a code


def test_what_is_not_known_is_refused_all_the_same() -> None:
    assert reason_of(b"").code == reason_of(bytes.fromhex("deadbeef")).code == "refused"
