"""The report of a review from its parts: who is in, who is not and why, what changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence_rows import Tables, count, ledger, report, row, study
from livereview.analysis import analysed
from livereview.assembly import Parts, fingerprint_of, other_changes, record_of, report_of
from livereview.changes import seen
from livereview.evidence.view import Evidence
from livereview.history import Edition, Record
from livereview.manifest.models import Manifest
from livereview.manifest.reading import ManifestFile
from livereview.plugins import installed
from livereview.report import Report
from livereview.selection import scope_of

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
MANIFEST: dict[str, Any] = {
    "review": {"id": "r", "title": "R", "question": {"population": "P", "intervention": "I"}},
    "eligibility": {"filters": [{"field": "setting", "not_in": ["late"], "missing": "include", "reason": "late"}]},
    "outcomes": [
        {
            "id": "cr", "title": "Remission", "result": "cr", "measure": "PLO", "experimental": ["drug"],
            "sensitivity": [{"title": "With what was recalled", "statuses": ["verified", "unverified"]}],
        },
    ],
}  # fmt: skip


def made(tables: Tables, previous: Record | None = None) -> tuple[Report, dict[str, Any]]:
    """A report and its record."""
    manifest = Manifest.model_validate(MANIFEST)
    file = ManifestFile(path=Path("r.toml"), manifest=manifest, sha256="0" * 64, places={})
    admitted = scope_of(tables, manifest.eligibility)
    visible = seen(tables, admitted, manifest.review)
    rows = {name: [{**row, "recorded_at": MOMENT} for row in found] for name, found in visible.items()}
    parts = Parts(
        file=file,
        plugins=installed(),
        evidence=Evidence(),
        rows=rows,
        scope=admitted,
        fingerprint=fingerprint_of(file, rows, installed()),
        edition=Edition(number=1 if previous is None else previous.number + 1, recorded_at=MOMENT.isoformat()),
        previous=previous,
    )
    outcomes = [analysed(admitted, manifest.outcome(one.id), installed()) for one in manifest.outcomes]
    report = report_of(parts, outcomes, (), ())
    return report, record_of(report, parts, {})


def why_unused(*rows: Any) -> dict[str, str]:
    return {item.study_id: item.reason for item in made(ledger(*rows))[0].unused}


def test_each_study_is_included_unused_or_excluded_with_the_reason() -> None:
    tables = ledger(
        study("a"), study("b", setting="late"), study("c"), study("d"), count("a", 3, 10), count("b", 3, 10),
        count("d", 3, 10, arm="other"),
    )  # fmt: skip
    found, _ = made(tables)
    assert [card.study_id for card in found.studies] == ["a"]
    assert [(item.study_id, item.reason) for item in found.excluded] == [("b", "late")]
    assert {item.study_id: item.reason for item in found.unused} == {
        "c": "no result has been extracted",
        "d": "another arm (other)",
    }


def test_a_study_without_a_fitting_outcome_says_so() -> None:
    assert why_unused(count("a", 3, 10, outcome="os")) == {
        "a": "none of its results belongs to an outcome of the review"
    }


def test_a_study_that_is_only_in_a_sensitivity_analysis_says_in_which() -> None:
    assert why_unused(count("a", 3, 10, status="unverified"), count("b", 3, 10)) == {
        "a": "only in Remission: With what was recalled; status unverified: pooled only where the manifest asks for it",
    }


def test_many_reasons_are_cut_and_counted() -> None:
    rows = [count("a", 3, 10, arm=f"arm {i}") for i in range(5)]
    assert why_unused(rows) == {
        "a": "another arm (arm 0); another arm (arm 1); another arm (arm 2); and 2 more reasons"
    }
    assert why_unused(rows[:4])["a"].endswith("; and 1 more reason")


def test_the_second_update_says_what_came_and_went() -> None:
    first, record = made(ledger(count("a", 3, 10), count("b", 5, 10)))
    assert first.changes.first
    previous = Record(name="0001-x", content=json.loads(json.dumps(record, allow_nan=False)))
    second, _ = made(ledger(count("b", 5, 10), count("c", 9, 10), report("x", "c")), previous)
    changes = second.changes
    assert (changes.first, changes.previous) == (False, "update 1 of 2026-01-01")
    assert (changes.studies_added, changes.studies_removed) == ((("c", "C"),), (("a", "A"),))
    (outcome,) = changes.outcomes
    assert (outcome.studies_added, outcome.studies_removed) == (("C",), ("A",))
    assert {one.study_id: one.change for one in second.outcomes[0].studies} == {"b": "", "c": "new"}


def test_a_record_keeps_no_mark_that_depends_on_what_went_before() -> None:
    _, record = made(ledger(count("a", 3, 10)))
    assert [one["change"] for one in record["outcomes"][0]["studies"]] == [""]


def test_every_plugin_that_a_manifest_names_is_part_of_the_fingerprint() -> None:
    outcome = {
        **MANIFEST["outcomes"][0], "model": "common-effect", "triggers": "crosses-null",
        "bias": {"tests": [{"name": "egger", "measure": "PLN"}]},
        "sensitivity": [{"title": "S", "measure": "PFT", "model": "random-effects"}],
    }  # fmt: skip
    manifest = Manifest.model_validate(
        {**MANIFEST, "outcomes": [outcome], "renderers": ["markdown"], "audit": {"checks": ["trust"]}}
    )
    file = ManifestFile(path=Path("r.toml"), manifest=manifest, sha256="0" * 64, places={})
    tables = ledger(row("appraisals", study_id="a", instrument="NOS", item="Q1", score="1"))
    assert set(fingerprint_of(file, tables, installed())["plugins"]) == {
        "effect-measure/PLO", "effect-measure/PLN", "effect-measure/PFT", "effect-model/common-effect",
        "effect-model/random-effects", "bias-test/egger", "renderer/markdown", "trigger/crosses-null",
        "instrument/nos-cohort", "audit-check/trust",
    }  # fmt: skip


def test_changes_of_manifest_versions_and_suppliers_are_said_once() -> None:
    def state(manifest: str, version: str, supplier: str) -> dict[str, Any]:
        plugins = {"effect-model/x": f"livereview {version}", "bias-test/y": supplier}
        return {"fingerprint": {"manifest": manifest, "plugins": plugins}, "versions": {"livereview": version}}

    assert other_changes(state("a", "0.1", "one 1"), state("b", "0.2", "other 1")) == (
        "The manifest changed.", "livereview: 0.1 became 0.2.", "Of other 1 in place of one 1: bias-test/y.",
    )  # fmt: skip


def test_plugins_that_came_and_went_are_named_together_by_who_supplies_them() -> None:
    def state(*names: str) -> dict[str, Any]:
        plugins = dict.fromkeys(names, "livereview 0.1")
        return {"fingerprint": {"manifest": "a", "plugins": plugins}, "versions": {}}

    assert other_changes(state("renderer/a"), state("renderer/c", "renderer/b")) == (
        "No longer used, of livereview 0.1: renderer/a.", "Now used, of livereview 0.1: renderer/b, renderer/c.",
    )  # fmt: skip
