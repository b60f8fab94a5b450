"""A new package of every kind: installed, its own tests pass, and a review uses all of them at once."""

from __future__ import annotations

import csv
import json
import math
import re
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from installation import ROOT, environment_with, livereview, ran
from livereview.plugins import installed
from livereview.scaffolding.kinds import KINDS
from livereview.scaffolding.package import new_package

SHEETS = ROOT / "examples" / "uwls-review" / "extractions"

MANIFEST = """
requires = [{requires}]
renderers = ["markdown", "my-renderer"]

[review]
id = "all"
title = "BCG vaccine against tuberculosis"
question = {{ population = "People at risk", intervention = "BCG vaccine" }}

[[sources]]
plugin = "my-data-source"
path = "export.json"

[audit]
checks = ["my-audit-check"]

[defaults]
experimental = ["vaccinated"]
control = ["unvaccinated"]
statuses = ["from-review"]
model = "my-effect-model"
bias = {{ tests = ["my-bias-test"] }}
analyses = ["my-further-analysis"]
triggers = [{{ name = "my-trigger", studies = 13 }}]

[[outcomes]]
id = "rr"
title = "Tuberculosis"
result = "tuberculosis"
measure = "RR"
sensitivity = [{{ title = "House style", preset = "my-preset", model = {{ name = "random-effects", tau2 = "PM" }} }}]

[[outcomes]]
id = "hr"
title = "Tuberculosis, hazard ratio"
result = "tuberculosis"
measure = "MY-EFFECT-MEASURE"

[summary_of_findings]
domains = ["my-certainty-domain"]
outcomes = [{{ outcome = "rr" }}]
"""


def rows_of(sheet: Path) -> list[dict[str, str]]:
    """The rows of a sheet by column."""
    return list(csv.DictReader(sheet.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A new package of every kind, called my-KIND."""
    folder = tmp_path_factory.mktemp("packages")
    plugins = installed()
    return [new_package(f"my-{kind}", kind, folder, None, plugins).folder for kind in KINDS]


@pytest.fixture(scope="module")
def environment(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has all of them."""
    return environment_with(tmp_path_factory.mktemp("environment"), *packages)


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifest of a review that uses them all; its evidence is a JSON file, with appraisals and two equal arms."""
    folder = tmp_path_factory.mktemp("review")
    tables = {path.stem: rows_of(path) for path in sorted(SHEETS.glob("*.csv"))}
    export: dict[str, list[dict[str, Any]]] = {
        name: [{column: cell for column, cell in row.items() if cell} for row in rows] for name, rows in tables.items()
    }
    study = {"study_id": "aronson-1948", "instrument": "My instrument"}
    answers = {"Q1": "Yes", "Q2": "Probably", "Q3": "Yes", "Overall": "Probably"}
    export["appraisals"] = [{**study, "item": item, "score": score} for item, score in answers.items()]
    twice = {**export["results"][0], "outcome": "fever", "arm": "unvaccinated"}
    export["results"] += [twice, {**twice, "arm": "vaccinated"}]
    (folder / "export.json").write_text(json.dumps(export), encoding="utf-8")
    requires = ", ".join(f'"livereview-my-{kind}>=0.1"' for kind in KINDS)
    (folder / "all.toml").write_text(MANIFEST.format(requires=requires), encoding="utf-8")
    return folder / "all.toml"


@pytest.fixture(scope="module")
def updated(environment: Path, review: Path) -> str:
    """The report of that review, updated."""
    livereview(environment, "update", review.name, folder=review.parent)
    return (review.parent / "reports" / "all" / "report.md").read_text(encoding="utf-8")


def test_their_own_tests_pass_where_they_are_installed(environment: Path, packages: list[Path], tmp_path: Path) -> None:
    arguments = (
        "-q",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        "-W",
        "error",
        "-rA",
        f"--basetemp={tmp_path}",
    )
    done = ran(
        environment, "-m", "pytest", *arguments, *(path / "tests" for path in packages), folder=packages[0].parent
    )
    assert len(re.findall(r"(?m)^PASSED .*test_it_keeps_what_holds_for_every", done.stdout)) == len(KINDS)
    assert "skipped" not in done.stdout.splitlines()[-1]


def test_each_is_active_under_its_own_distribution(environment: Path, tmp_path: Path) -> None:
    listed = json.loads(livereview(environment, "plugins", "--json", folder=tmp_path).stdout)
    mine = {line["provider"]["distribution"]: line for line in listed if line["name"].lower().startswith("my-")}
    assert set(mine) == {f"livereview-my-{kind}" for kind in KINDS}
    assert {line["state"] for line in mine.values()} == {"active"}


def outcome(environment: Path, review: Path, name: str) -> dict[str, Any]:
    arguments = ("show", review.name, "--outcome", name, "--json")
    return dict(json.loads(livereview(environment, *arguments, folder=review.parent).stdout))


def counts() -> list[tuple[int, int, int, int]]:
    """Events and people, vaccinated then not, of each trial."""
    rows = rows_of(SHEETS / "results.csv")
    by_arm = {(row["study_id"], row["arm"]): (int(row["events"]), int(row["n"])) for row in rows}
    studies = dict.fromkeys(row["study_id"] for row in rows)
    return [(*by_arm[study, "vaccinated"], *by_arm[study, "unvaccinated"]) for study in studies]


def test_the_review_has_the_numbers_of_the_new_source_measure_and_model(
    environment: Path, review: Path, updated: str
) -> None:
    logs = [math.log(a / n) - math.log(c / m) for a, n, c, m in counts()]
    hazards = [math.log(math.log(1 - a / n) / math.log(1 - c / m)) for a, n, c, m in counts()]
    for name, effects in (("rr", logs), ("hr", hazards)):
        shown = outcome(environment, review, name)
        assert shown["failures"] == []
        assert shown["pooled"]["k"] == 13
        # Largest relative difference seen: 4e-15.
        assert shown["pooled"]["estimate"] == pytest.approx(fmean(effects), rel=1e-13)


def test_the_report_has_what_every_kind_adds(environment: Path, review: Path, updated: str) -> None:
    shown = outcome(environment, review, "rr")
    [test] = shown["bias"]
    assert (test["name"], test["statistic_name"]) == ("my-bias-test", "rho")
    assert [item["title"] for item in shown["sensitivity"]] == ["House style"]
    assert "Earlier and later studies" in updated
    assert "Replication" in updated
    assert "My instrument" in updated
    lines = (review.parent / "reports" / "all" / "my-renderer.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["outcome", "rr", "hr"]
    for kind in KINDS:
        assert f"livereview-my-{kind} 0.1.0" in updated, kind
