"""The summary of findings of a report: absolute effects, footnotes, the level before, and what a record keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders import outcome
from evidence_rows import plugins_with
from livereview import CertaintyDomain, DomainJudgement, OutcomeResult, SummaryOfFindings
from livereview.grading.summary import kept_drafts, summary_of_findings
from livereview.history import Record
from livereview.json_values import as_json
from livereview.judgements import Certainty
from livereview.manifest.models import Manifest


def domain(name: str, levels: int | None, reason: str = "") -> CertaintyDomain:
    def judge(evidence: Any, options: Any) -> DomainJudgement:
        return DomainJudgement(levels=levels, reason=reason or f"{name} moves it")

    return CertaintyDomain(name=name, title=name.capitalize(), summary="Ours.", judge=judge, references=("A 2020",))


def summary(
    rows: list[dict[str, Any]], found: list[OutcomeResult], *domains: CertaintyDomain, previous: Record | None = None
) -> SummaryOfFindings:
    domains = domains or (domain("own", -1),)
    manifest = Manifest.model_validate({
        "review": {"id": "r", "title": "R", "question": {"population": "P", "intervention": "I"}},
        "outcomes": [{"id": one.id, "title": one.title, "result": "os", "measure": one.measure} for one in found],
        "summary_of_findings": {"outcomes": rows, "domains": [item.name for item in domains]},
    })  # fmt: skip
    designs = {study.study_id: "rct" for one in found for study in one.studies}
    by_id = {one.id: one for one in found}
    made, failures = summary_of_findings(manifest, plugins_with(*domains), by_id, designs, (), previous)
    assert made is not None
    assert not failures
    return made


def record(**content: Any) -> Record:
    kept = {"update": 3, "recorded_at": "2026-01-02T00:00:00+00:00", "outcomes": [], **content}
    return Record(name="0003-a", content=kept)


# --- absolute effects ---------------------------------------------------------------------------------------------


def test_a_stated_baseline_gives_the_risk_with_treatment_and_the_difference() -> None:
    found = outcome(5)
    row = {"outcome": found.id, "baseline": [{"risk": 0.2, "source": "registry"}, 0.4], "important": 30}
    (finding,) = summary([row], [found]).findings
    first, second = finding.absolute
    ratio = np.exp([found.pooled.estimate, found.pooled.ci_low, found.pooled.ci_high])
    assert first.risk == pytest.approx(0.2 * ratio, rel=1e-12)
    assert first.difference == pytest.approx(0.2 * (ratio - 1), rel=1e-12)
    assert (first.source, second.source, second.baseline) == ("registry", "stated", 0.4)
    assert finding.important == pytest.approx(0.03)


def test_without_a_baseline_it_is_the_median_of_the_control_arms() -> None:
    found = outcome(5)
    (finding,) = summary([{"outcome": found.id}], [found]).findings
    risks = [study.data["events_2"] / study.data["n_2"] for study in found.studies]
    assert finding.absolute[0].baseline == pytest.approx(float(np.median(risks)), rel=1e-12)
    assert finding.absolute[0].source == "median of 5 control arms"


def test_a_hazard_ratio_without_a_baseline_has_no_absolute_effect_and_says_why() -> None:
    found = outcome(5, "contrast")
    (finding,) = summary([{"outcome": found.id}], [found]).findings
    assert finding.absolute == ()
    assert finding.no_absolute == "no baseline risk is stated, without which a hazard ratio gives no risk"


def test_a_risk_beyond_everybody_is_cut_and_told() -> None:
    found = outcome(5)
    found = replace(found, pooled=replace(found.pooled, estimate=1.0, ci_low=0.5, ci_high=1.5))
    (finding,) = summary([{"outcome": found.id, "baseline": [0.9]}], [found]).findings
    assert finding.absolute[0].risk == (1.0, 1.0, 1.0)
    assert "cut" in finding.absolute[0].notes[0]


# --- certainty ----------------------------------------------------------------------------------------------------


def test_footnotes_are_numbered_across_the_table_and_equal_reasons_share_one() -> None:
    found = [outcome(5), outcome(5, "contrast"), outcome(3, "risk-difference")]
    rows = [{"outcome": one.id} for one in found]
    made = summary(rows, found, domain("own", -1, "high risk"), domain("second", -1), domain("third", 0))
    assert made.footnotes == ("Own: high risk", "Second: second moves it")
    assert [finding.footnotes for finding in made.findings] == [(1, 2)] * 3
    assert "A 2020" in made.references


def test_a_signed_level_stands_with_its_reasons_and_the_draft_beside_it() -> None:
    signed = Certainty(level="low", reasons=("open label",), signed_by="A. Reviewer", signed_on="2026-01-01")
    found = replace(outcome(5), certainty=signed)
    made = summary([{"outcome": found.id}], [found])
    (finding,) = made.findings
    assert (finding.level, finding.draft and finding.draft.level, finding.differs) == ("low", "moderate", True)
    assert made.footnotes == ("open label",)
    assert " may " in finding.sentence


def test_nothing_that_is_drafted_touches_the_outcome() -> None:
    found = outcome(5)
    summary([{"outcome": found.id}], [found])
    assert found.certainty is None


@pytest.mark.parametrize(
    ("signed", "drafts", "expected"),
    [
        ({"level": "high"}, {}, ("high", True)),
        ({"level": "high"}, {"os-rr": {"level": "low"}}, ("high", True)),
        (None, {"os-rr": {"level": "low"}}, ("low", False)),
        (None, {"os-rr": {"level": None}}, None),
        (None, {}, None),
    ],
)
def test_the_level_before_is_the_signed_one_else_the_draft(
    signed: Any, drafts: dict[str, Any], expected: tuple[str, bool] | None
) -> None:
    before = record(outcomes=[{"id": "os-rr", "certainty": signed}], drafts=drafts)
    (finding,) = summary([{"outcome": "os-rr"}], [outcome(5)], previous=before).findings
    told = finding.previous and (finding.previous.level, finding.previous.signed)
    assert told == expected
    assert finding.previous is None or finding.previous.update == "update 3 of 2026-01-02"


def test_a_record_from_before_there_were_drafts_has_no_level_before() -> None:
    (finding,) = summary([{"outcome": "os-rr"}], [outcome(5)], previous=record()).findings
    assert finding.previous is None


def test_what_a_record_keeps_is_the_level_before_of_the_next_update() -> None:
    made = summary([{"outcome": "os-rr"}], [outcome(5)])
    kept = json.loads(json.dumps(as_json({"drafts": kept_drafts(made)}), allow_nan=False))
    assert kept["drafts"]["os-rr"]["domains"][0]["judgement"]["levels"] == -1
    (finding,) = summary([{"outcome": "os-rr"}], [outcome(5)], previous=record(**kept)).findings
    assert finding.previous is not None
    assert (finding.previous.level, finding.previous.signed) == ("moderate", False)
    assert kept_drafts(None) == {}


def test_a_manifest_without_the_table_has_no_summary() -> None:
    manifest = Manifest.model_validate({
        "review": {"id": "r", "title": "R", "question": {"population": "P", "intervention": "I"}},
        "outcomes": [{"id": "os", "title": "OS", "result": "os", "measure": "RR"}],
    })  # fmt: skip
    assert summary_of_findings(manifest, plugins_with(), {}, {}, (), None) == (None, ())
