"""Verdicts from record to record: what an update is measured from, over several updates and old records."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evidence_rows import count, ledger, report, result, trial
from livereview.history import History, Record
from livereview.json_values import as_json
from livereview.judgements import Verdict
from livereview.manifest.models import Manifest
from livereview.plugins import installed
from livereview.report import OutcomeResult
from livereview.verdicts.rulings import Past, compared_verdicts, past_of, rulings

MOVES = {"name": "estimate-moves", "by": 0.25}


def manifest(*rules: Any, **keys: Any) -> Manifest:
    outcome = {"id": "cr", "title": "Remission", "result": "cr", "measure": "RR", "triggers": list(rules), **keys}
    question = {"population": "x", "intervention": "y"}
    return Manifest.model_validate(
        {
            "review": {"id": "r", "title": "R", "question": question},
            "defaults": {"experimental": ["drug"], "control": ["placebo"]},
            "outcomes": [outcome],
        }
    )


def pooled(events: int, **keys: Any) -> OutcomeResult:
    """A risk ratio of events / 20."""
    return result(ledger(trial("a", (events, 1000), (200, 1000))), measure="RR", **keys)


def recorded(
    history: History, number: int, one: OutcomeResult, verdicts: Sequence[Verdict] | None, previous: Record | None
) -> Record:
    content: dict[str, Any] = {
        "format": 1, "update": number, "recorded_at": f"2026-01-0{number}", "outcomes": [as_json(one)],
        "previous": previous.name if previous else None,
    }  # fmt: skip
    if verdicts is not None:
        content["verdicts"] = as_json(list(verdicts))
    return history.add(content)


def ruled(past: Past, one: OutcomeResult, review: Manifest) -> Verdict:
    outcomes: Mapping[str, Any] = {"cr": json.loads(json.dumps(as_json(one)))}
    (verdict,), failures = rulings(review, installed(), past, outcomes)
    assert failures == ()
    return verdict


def history_of(folder: Path, events: Sequence[int], review: Manifest) -> tuple[History, list[Record]]:
    """Updates with these numbers of events, each judged from the one before."""
    history, records = History(folder), list[Record]()
    for number, one in enumerate(map(pooled, events), 1):
        previous = records[-1] if records else None
        verdict = ruled(past_of(history, previous), one, review)
        records.append(recorded(history, number, one, [verdict], previous))
    return history, records


def kinds(records: Sequence[Record]) -> list[str]:
    return [record.content["verdicts"][0]["kind"] for record in records]


def test_small_steps_are_measured_from_the_last_consequential_update(tmp_path: Path) -> None:
    _, records = history_of(tmp_path, [100, 110, 120, 130, 140, 150], manifest(MOVES))
    assert kinds(records) == [
        "first", "not-consequential", "not-consequential", "consequential", "not-consequential", "not-consequential",
    ]  # fmt: skip
    verdict = records[3].content["verdicts"][0]
    assert (verdict["since"], verdict["since_title"]) == (records[0].name, "update 1 of 2026-01-01")
    assert records[5].content["verdicts"][0]["since"] == records[3].name


def test_an_update_without_news_keeps_what_is_measured_from(tmp_path: Path) -> None:
    _, records = history_of(tmp_path, [100, 115, 115, 130], manifest(MOVES))
    assert kinds(records) == ["first", "not-consequential", "no-new-evidence", "consequential"]
    assert records[3].content["verdicts"][0]["since"] == records[0].name


def test_another_question_is_measured_from_anew(tmp_path: Path) -> None:
    history, records = history_of(tmp_path, [100, 115], manifest(MOVES))
    changed = ruled(past_of(history, records[-1]), pooled(130, title="Complete remission"), manifest(MOVES))
    assert (changed.kind, changed.redefined) == ("redefined", ("title: Remission became Complete remission",))
    last = recorded(history, 3, pooled(130, title="Complete remission"), [changed], records[-1])
    later = ruled(past_of(history, last), pooled(140, title="Complete remission"), manifest(MOVES))
    assert (later.kind, later.since) == ("not-consequential", None)


def test_a_record_without_verdicts_is_what_the_next_is_measured_from(tmp_path: Path) -> None:
    history = History(tmp_path)
    old = recorded(history, 1, pooled(100), None, None)
    verdict = ruled(past_of(history, old), pooled(110), manifest(MOVES))
    assert (verdict.kind, verdict.before, verdict.since) == ("not-consequential", old.name, None)
    next_one = recorded(history, 2, pooled(110), [verdict], old)
    assert ruled(past_of(history, next_one), pooled(130), manifest(MOVES)).since == old.name


def test_a_record_without_certainty_and_retractions_can_be_compared(tmp_path: Path) -> None:
    outcome = {key: value for key, value in as_json(pooled(100)).items() if key not in ("certainty", "retracted")}
    old = History(tmp_path).add({"format": 1, "update": 1, "recorded_at": "2026", "outcomes": [outcome]})
    assert ruled(Past(previous=old), pooled(100), manifest(MOVES)).kind == "no-new-evidence"


def test_what_is_still_undecided_is_judged_with_the_next_update(tmp_path: Path) -> None:
    """The undecided update brought the evidence, and the next one, with the same, must not say that nothing is new."""
    history, records = history_of(tmp_path, [100], manifest(MOVES))
    undecided = Verdict(
        id="cr", title="Remission", kind="undecided", before=records[0].name, before_title="", since=None,
        since_title="", triggers=(),
    )  # fmt: skip
    last = recorded(history, 2, pooled(130), [undecided], records[0])
    assert ruled(past_of(history, last), pooled(130), manifest(MOVES)).kind == "consequential"


def test_a_record_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    history, records = history_of(tmp_path, [100, 110], manifest(MOVES))
    (tmp_path / f"{records[0].name}.json").unlink()
    verdict = ruled(past_of(history, records[-1]), pooled(130), manifest(MOVES))
    assert verdict.notes == (f"The record {records[0].name}, from which this outcome was measured, is gone.",)


def test_an_outcome_that_was_not_there_before_is_a_first_version(tmp_path: Path) -> None:
    history = History(tmp_path)
    other = recorded(history, 1, pooled(100, id="other"), [], None)
    assert ruled(past_of(history, other), pooled(100), manifest(MOVES)).kind == "first"


def test_two_updates_in_a_row_are_compared_as_they_were_judged(tmp_path: Path) -> None:
    _, records = history_of(tmp_path, [100, 110, 120, 130], manifest(MOVES))
    strict = manifest({"name": "estimate-moves", "by": 0.01})
    (verdict,), _ = compared_verdicts(strict, installed(), records[1], records[2])
    assert verdict.kind == "not-consequential"
    (verdict,), _ = compared_verdicts(strict, installed(), records[0], records[2])
    assert verdict.kind == "consequential"


def test_an_outcome_that_left_the_manifest_is_compared_by_the_rules_of_today(tmp_path: Path) -> None:
    _, records = history_of(tmp_path, [100, 110, 190], manifest(MOVES))
    (verdict,), _ = compared_verdicts(manifest(MOVES, id="other"), installed(), records[0], records[2])
    assert verdict.kind == "consequential"


def test_a_correction_that_leaves_the_numbers_is_new(tmp_path: Path) -> None:
    history = History(tmp_path)
    rows = [count("a", 3, 10), count("b", 5, 10)]
    first = recorded(history, 1, result(ledger(rows)), [], None)
    elsewhere = result(ledger(count("a", 3, 10, locator="Table 7"), rows[1]))
    assert ruled(past_of(history, first), elsewhere, manifest(MOVES)).kind == "not-consequential"
    other_report = result(ledger(rows, report("b-other", "b", status="retracted")))
    assert ruled(past_of(history, first), other_report, manifest(MOVES)).kind == "no-new-evidence"
