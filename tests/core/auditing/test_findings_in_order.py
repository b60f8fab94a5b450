"""Findings: where they stand, in which order, what records keep of them, how those of linked reviews come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audited_outcomes import audited, trials
from evidence_rows import report
from livereview import AuditedFinding, AuditFinding, AuditPlace, AuditRequest
from livereview.auditing.acknowledging import fits
from livereview.auditing.kept import audit_changes
from livereview.auditing.places import Places
from livereview.auditing.ranking import ranked
from livereview.auditing.several import together
from livereview.manifest.models import Acknowledged


def request() -> AuditRequest:
    return AuditRequest(tables=trials(), outcomes=(audited(trials(), measure="RR"),))


def row(number: int = 0) -> dict[str, Any]:
    return dict(request().rows("results")[number])


def at_row(number: int = 0, **kw: Any) -> AuditPlace:
    return AuditPlace(table="results", row_id=row(number)["row_id"], **kw)


def finding(place: AuditPlace, **kw: Any) -> AuditFinding:
    return AuditFinding(**{"code": "odd", "message": "m", "remedy": "r", "place": place} | kw)


def item(place: AuditPlace, **kw: Any) -> AuditedFinding:
    told = {name: kw.pop(name) for name in ("code", "message") if name in kw}
    return AuditedFinding(**{"rank": 0, "check": "c", "title": "Odd", "severity": "note"} | kw,
                          finding=finding(place, **told))  # fmt: skip


# --- places -------------------------------------------------------------------------------------------------------


def test_a_row_gets_its_study_its_sheet_and_its_words() -> None:
    found = Places(request()).filled(at_row())
    assert (found.study_id, found.origin) == ("adams", "sheets/results.csv, row 2")
    assert found.words == "Adams; cr, ITT, drug"


@pytest.mark.parametrize(
    ("place", "rests"),
    [
        (at_row(0), ("cr",)),
        (AuditPlace(study_id="adams"), ("cr",)),
        (AuditPlace(study_id="zoe"), ()),
        (AuditPlace(outcome_id="cr"), ("cr",)),
        (AuditPlace(key="eligibility", study_id="adams"), ()),
    ],
)
def test_estimates_rest_on_rows_studies_and_outcomes_and_not_on_keys(place: AuditPlace, rests: tuple[str, ...]) -> None:
    places = Places(request())
    assert places.wrong(place) == ""
    assert places.resting(finding(places.filled(place))) == rests


def test_estimates_rest_on_the_report_that_numbers_were_read_in() -> None:
    tables = trials()
    other = report("elsewhere", "adams")
    tables["reports"].append(other)
    places = Places(replace(request(), tables=tables))
    (used,) = [one["row_id"] for one in tables["reports"] if one["report_id"] == "adams-paper"]
    assert places.resting(finding(AuditPlace(table="reports", row_id=used))) == ("cr",)
    assert places.resting(finding(AuditPlace(table="reports", row_id=other["row_id"]))) == ()


def test_a_place_keeps_its_name_when_its_row_is_corrected() -> None:
    was = Places(request()).name(at_row(0, columns=("events",)))
    tables = trials((((13, 100), (20, 98)),))
    now = AuditPlace(table="results", row_id=tables["results"][0]["row_id"], columns=("events",))
    assert now.row_id != row()["row_id"]
    assert Places(AuditRequest(tables=tables)).name(now) == was


# --- order --------------------------------------------------------------------------------------------------------

ITEMS = st.builds(
    item,
    st.builds(AuditPlace, words=st.sampled_from(["a", "b"]), study_id=st.just("adams")),
    severity=st.sampled_from(["error", "warning", "note"]),
    outcomes=st.sampled_from([(), ("cr",)]),
    influence=st.sampled_from([0.0, 0.1, 0.5]),
    acknowledged=st.sampled_from(["", "so"]),
    code=st.sampled_from(["odd", "even"]),
)


@settings(max_examples=40)
@given(st.lists(ITEMS, max_size=8, unique_by=repr), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_depend_on_how_they_came(items: list[AuditedFinding], random: Any) -> None:
    found = ranked(items)
    shuffled = list(items)
    random.shuffle(shuffled)
    assert ranked(shuffled) == found
    assert [one.rank for one in found] == list(range(1, len(items) + 1))
    weights = [(bool(one.acknowledged), ("error", "warning", "note").index(one.severity), not one.outcomes,
                -one.influence) for one in found]  # fmt: skip
    assert weights == sorted(weights)


# --- acknowledgements ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_keys", "fit"),
    [
        ({"study": "adams"}, True),
        ({"study": "brown"}, True),
        ({"study": "costa"}, False),
        ({"row": row()["row_id"][:6]}, True),
        ({"row": row()["row_id"][:6], "study": "brown"}, False),
        ({"table": "studies"}, False),
        ({"outcome": "cr"}, True),
        ({"outcome": "os"}, False),
        ({"study": "adams", "code": "even"}, False),
    ],
)
def test_all_that_an_acknowledgement_gives_must_fit_one_place(given_keys: dict[str, str], fit: bool) -> None:
    said = Acknowledged.model_validate({"code": "odd", "reason": "so"} | given_keys)
    places = Places(request())
    found = finding(places.filled(at_row(0)), also=(places.filled(at_row(2)),))
    assert fits(said, found, ("cr",)) == fit


def test_an_acknowledgement_must_say_where() -> None:
    with pytest.raises(ValueError, match="say where"):
        Acknowledged.model_validate({"code": "odd", "reason": "so"})


# --- records ------------------------------------------------------------------------------------------------------


def kept(*names: str) -> list[dict[str, str]]:
    return [{"code": "odd", "at": name, "severity": "note", "title": "Odd", "where": name} for name in names]


@pytest.mark.parametrize("pair", [(None, kept("a")), (kept("a"), None), (kept("a"), kept("a"))])
def test_nothing_came_or_went_where_nothing_is_known_or_all_is_the_same(pair: tuple[Any, Any]) -> None:
    assert audit_changes(*pair) == ()


def test_new_findings_come_before_those_that_are_settled() -> None:
    found = audit_changes(kept("a", "b"), kept("b", "c"))
    assert [(one.change, one.where) for one in found] == [("new", "c"), ("settled", "a")]


# --- linked reviews -----------------------------------------------------------------------------------------------


def names(found: Sequence[Any]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(one.reviews, one.outcomes) for one in found]


def test_what_two_reviews_share_is_one_finding_with_both() -> None:
    shared = item(at_row(), outcomes=("cr",))
    assert names(together([("one", (shared,)), ("two", (shared,))])) == [(("one", "two"), ("one/cr", "two/cr"))]
    assert names(together([("one", (shared,))])) == [(("one",), ("cr",))]


@pytest.mark.parametrize("place", [at_row(outcome_id="cr"), AuditPlace(outcome_id="cr"), AuditPlace(key="audit")])
def test_what_is_about_an_outcome_or_a_key_belongs_to_its_review(place: AuditPlace) -> None:
    assert len(together([("one", (item(place),)), ("two", (item(place),))])) == 2


def test_what_one_of_two_reviews_acknowledged_is_open() -> None:
    (found,) = together([("one", (item(at_row(), acknowledged="so"),)), ("two", (item(at_row()),))])
    assert found.item.acknowledged == ""
