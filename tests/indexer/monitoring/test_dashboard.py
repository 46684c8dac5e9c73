"""The files that operators load into Prometheus and Grafana name metrics that there are."""

import json
import re
from collections import Counter

import pytest
from prometheus_client.parser import text_string_to_metric_families

from indexer.follow import State, Status
from indexer.monitoring.metrics import Metrics
from indexer.settings import ROOT
from tests.tables import migrated_mirror

OPERATIONS = ROOT / "docs" / "operations"
MANUAL = (ROOT / "docs" / "operating.md").read_text()
METRIC = re.compile(r"\b(?:laurel|process)_\w+|\bup\b")
MATCHER = re.compile(r"(\w+)=~?\"|by \((\w+)\)|ignoring\((\w+)\)")
SHOWN = re.compile(r"\{\{ *(?:\$labels\.)?(\w+) *\}\}")
PROMETHEUS = {"job", "instance"}  # labels that it puts on everything itself


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The labels of every sample, by name."""
    engine = migrated_mirror(f"sqlite:///{tmp_path_factory.mktemp('metrics') / 'laurel.db'}")
    metrics = Metrics(lambda: 0)
    metrics.add_database(engine)
    metrics.add_rpc_errors(lambda: Counter({"timeout": 1}))
    metrics.report(Status(State.LIVE, 1, 1, 1, kinds={"Voted": 1}))
    samples: dict[str, set[str]] = {"up": set()}  # Prometheus' own
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            samples.setdefault(sample.name, set()).update(sample.labels)
    return samples


def check(expression: str, words: str, exported: dict[str, set[str]]) -> None:
    """Fails unless the metrics of an expression are there, with the labels that it and `words` name."""
    used = set(METRIC.findall(expression))
    assert used and used <= exported.keys(), expression
    labels = {name for names in MATCHER.findall(expression) for name in names if name}
    known = PROMETHEUS.union(*(exported[name] for name in used))
    assert labels | set(SHOWN.findall(words)) <= known, (expression, words)


def test_the_dashboard(exported: dict[str, set[str]]) -> None:
    dashboard = json.loads((OPERATIONS / "dashboard.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 10
    for panel in panels:
        assert panel["title"] and panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        for target in panel["targets"]:
            check(target["expr"], target["legendFormat"], exported)
    (variable,) = [v for v in dashboard["templating"]["list"] if v["type"] == "query"]
    assert METRIC.findall(variable["query"]["query"])[0] in exported


def test_the_alerts(exported: dict[str, set[str]]) -> None:
    """Read line by line: the file uses no more of YAML than that."""
    rules = (OPERATIONS / "alerts.yml").read_text().split("- alert: ")[1:]
    assert len(rules) >= 8
    for rule in rules:
        name, *lines = (line.strip() for line in rule.splitlines())
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        check(fields["expr"], fields["summary"].replace("$value", ""), exported)
        assert fields["expr"].count("(") == fields["expr"].count(")")
        assert fields["labels"] in ("{severity: page}", "{severity: ticket}")
        assert f"### {name}\n" in MANUAL


def test_the_manual_lists_each_metric(exported: dict[str, set[str]]) -> None:
    listed = set(re.findall(r"^\| `(laurel_\w+)`", MANUAL, re.MULTILINE))
    names = {name for name in exported if name.startswith("laurel_") and "_created" not in name}
    assert listed == {re.sub("_(bucket|count|sum)$", "", name) for name in names}
