"""Every error of the core has a code and a sentence, and the gas table is the contracts'."""

import re

from backend.chain.errors import BY_SELECTOR, REASONS, reason_of
from backend.deployment.compile import compile_contracts
from backend.relay.sender import GAS, GAS_OTHERWISE
from indexer.actions import KINDS
from indexer.artifacts import artifact
from indexer.settings import ROOT

BUILT_IN = {"Panic(uint256)", "Error(string)"}


def test_the_table_has_every_error_of_the_abi_and_no_other() -> None:
    compile_contracts()
    declared = {
        f"{entry['name']}({','.join(i['type'] for i in entry['inputs'])})"
        for entry in artifact("LaurelCore")["abi"]
        if entry["type"] == "error"
    }
    assert set(REASONS) - BUILT_IN == declared
    assert len(BY_SELECTOR) == len(REASONS)


def test_codes_are_stable_words_and_sentences_are_sentences() -> None:
    for reason in REASONS.values():
        assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", reason.code)
        assert reason.sentence[0].isupper() and reason.sentence.endswith(".")
        assert reason.status in (400, 409)


def test_what_is_not_known_is_refused_all_the_same() -> None:
    assert reason_of(b"").code == reason_of(bytes.fromhex("deadbeef")).code == "refused"


def test_gas_is_what_the_core_asks_for() -> None:
    source = (ROOT / "contracts" / "libraries" / "Kinds.sol").read_text()
    asked = dict(re.findall(r"if \(kind == (\w+)\) return ([\d_]+);", source))
    otherwise = re.search(r"\n        return ([\d_]+);", source)
    assert otherwise is not None
    for name in KINDS:
        constant = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()
        wanted = int(asked.get(constant, otherwise[1]))
        assert GAS.get(name, GAS_OTHERWISE) == wanted, name
