"""What the world could know by a day, and dates that cannot be yet; held to a count in plain Python."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from evidence_ledgers import HOUR, START, new_store, record
from evidence_sheets import raw, report, result, study
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.evidence.checks import checked
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.evidence.store import Store
from livereview.evidence.view import Evidence

# --- random dates ----------------------------------------------------------------------------------------------

#: Few days, so that months, years and days meet; an empty cell among them.
partial = st.sampled_from([None, "2020", "2021", "2021-02", "2021-03", "2021-02-27", "2021-02-28", "2021-03-01"])
days = st.sampled_from(["2020-12-31", "2021-02-26", "2021-02-28", "2021-03-01", "2021-03-30", "2021-12-31"])


def end(when: str) -> str:
    """The last day of a year or a month, as text that sorts like the day."""
    parts = [int(part) for part in when.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else monthrange(year, month)[1]
    return f"{year:04}-{month:02}-{day:02}"


def stated(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def dated(name: str, **values: Any) -> Row:
    return Row(name, stated(**values))


@st.composite
def dated_ledgers(draw: st.DrawFn) -> list[Row]:
    """Reports of two studies with results, trials, searches with records, decisions; each with a date or without."""
    rows = [study("x"), study("y"), dated("searches", search_id="s", source="PubMed", kind="database",
                                          searched_on=draw(partial.filter(bool)))]  # fmt: skip
    for name, owner in (("r1", "x"), ("r2", "y"), ("r3", None)):
        status = draw(st.sampled_from([None, "active", "corrected", "retracted"]))
        since = draw(partial) if status in ("corrected", "retracted") else None
        rows.append(dated("reports", report_id=name, study_id=owner, published_on=draw(partial), status=status,
                          status_on=since))  # fmt: skip
        rows.append(result(study_id=owner or "y", report_id=name, outcome=name))
    rows.append(Row("appraisals", {"study_id": "x", "instrument": "NOS", "item": "1", "score": "1"}))
    for number in "12":
        rows.append(dated("ongoing", registry_id=f"t{number}", source="registry", registered_on=draw(partial),
                          expected_on="2090"))  # fmt: skip
        rows.append(dated("records", record_id=f"c{number}", search_id="s", title="T", found_on=draw(partial)))
        rows.append(dated("decisions", record_id=f"c{number}", review="a", stage="full-text", person="p",
                          decision="include", decided_on=draw(partial)))  # fmt: skip
    return rows


def expected(rows: list[Row], day: str) -> tuple[dict[str, set[Any]], dict[str, int]]:
    """The keys that were public by the day, and by table how many rows have no date, counted one row at a time."""
    by = {name: [row.values for row in rows if row.table == name] for name in TABLES}
    when: dict[str, dict[Any, str | None]] = {name: {} for name in TABLES}
    report_dates = {row["report_id"]: row.get("published_on") for row in by["reports"]}
    searched = {row["search_id"]: row.get("searched_on") for row in by["searches"]}
    of_study: dict[Any, list[str]] = {row["study_id"]: [] for row in by["studies"]}
    for row in (*by["reports"], *by["results"]):
        if row.get("study_id") and report_dates[row["report_id"]]:
            of_study[row["study_id"]].append(end(str(report_dates[row["report_id"]])))
    found = {row["record_id"]: row.get("found_on") or searched[row["search_id"]] for row in by["records"]}
    for name, table in TABLES.items():
        for row in by[name]:
            key = tuple(row.get(part) for part in table.key)
            if name in ("reports", "results"):
                date_of = report_dates[row["report_id"]]
            elif name == "ongoing":
                date_of = row.get("registered_on")
            elif name == "searches":
                date_of = row.get("searched_on")
            elif name == "records":
                date_of = found[row["record_id"]]
            elif name == "decisions":
                date_of = row.get("decided_on")
                if date_of and end(str(found[row["record_id"]])) > end(str(date_of)):
                    date_of = found[row["record_id"]]
            else:
                date_of = min(of_study[row["study_id"]], default=None)
            when[name][key] = None if date_of is None else end(str(date_of))
    public = {name: {key for key, at in keys.items() if at and at <= day} for name, keys in when.items()}
    undated = {name: sum(at is None for at in keys.values()) for name, keys in when.items()}
    return public, {name: count for name, count in undated.items() if count}


@settings(max_examples=80, deadline=None)
@given(dated_ledgers(), days)
def test_a_view_by_publication_is_what_a_count_of_the_dates_gives(rows: list[Row], day: str) -> None:
    with new_store() as store:
        store.add(rows, source="test")
        evidence = store.evidence(published_by=day)
        public, undated = expected(rows, day)
        for name, table in TABLES.items():
            assert {tuple(row[part] for part in table.key) for row in evidence.rows(name)} == public[name], name
        assert evidence.undated == undated
        recorded = {row.values["report_id"]: row.values for row in rows if row.table == "reports"}
        for seen in evidence.rows("reports"):
            values = recorded[seen["report_id"]]
            since = values.get("status_on")
            later = since is not None and end(str(since)) > day
            assert (seen["status"], seen["status_on"]) == ((None, None) if later else (values.get("status"), since))
            alike = {name: seen[name] for name in TABLES["reports"].names if seen[name] is not None}
            assert seen["row_id"] == Row("reports", alike).row_id


@settings(max_examples=40, deadline=None)
@given(dated_ledgers(), dated_ledgers(), days)
def test_what_was_recorded_by_then_and_published_by_then_are_two_questions(
    first: list[Row], second: list[Row], day: str
) -> None:
    """The second ledger corrects the first an hour later."""
    with new_store() as store:
        record(store, [first, second])
        for hour, rows in enumerate((first, second)):
            evidence = store.evidence(as_of=START + hour * HOUR, published_by=day)
            public, undated = expected(rows, day)
            assert {name: {tuple(row[part] for part in table.key) for row in evidence.rows(name)}
                    for name, table in TABLES.items()} == public  # fmt: skip
            assert evidence.undated == undated


# --- a report that was retracted later -------------------------------------------------------------------------


@pytest.fixture
def retracted(tmp_path: Path) -> Store:
    store = Store(tmp_path / "evidence")
    whole = {"report_id": "p", "study_id": "x", "published_on": "2020-05", "status": "retracted"}
    rows = [
        study("x"),
        Row("reports", {**whole, "status_on": "2022-03"}),
        Row("reports", {**whole, "report_id": "q"}),
        result(study_id="x", report_id="p"),
    ]
    store.add(rows, source="test")
    return store


@pytest.mark.parametrize(
    ("day", "status"), [("2020-05-31", None), ("2022-03-30", None), ("2022-03-31", "retracted"), ("2023", "retracted")]
)
def test_a_report_retracted_later_was_active_until_the_end_of_that_month(
    retracted: Store, day: str, status: str | None
) -> None:
    evidence = retracted.evidence(published_by=day)
    seen = {row["report_id"]: row["status"] for row in evidence.rows("reports")}
    assert seen == {"p": status, "q": "retracted"}, "without a date it counts as such from its own date"
    assert len(evidence.rows("results")) == 1
    assert {row["status"] for row in retracted.evidence().rows("reports")} == {"retracted"}


def test_a_retraction_between_two_days_changes_the_identity_of_the_report(retracted: Store) -> None:
    def identity(day: str | None) -> str:
        (row,) = retracted.evidence(published_by=day).rows("reports", report_id="p")
        return str(row["row_id"])

    assert identity("2022-02") == identity("2021") != identity("2022-03") == identity(None)


# --- dates ahead -------------------------------------------------------------------------------------------------

TODAY = date(2026, 11, 29)
ROWS = {
    "reports": {"report_id": "pmid:1", "status": "retracted", "published_on": "2020"},
    "appraisals": {"study_id": "x", "instrument": "NOS", "item": "1", "score": "1"},
    "ongoing": {"registry_id": "NCT1", "source": "registry"},
    "searches": {"search_id": "s", "source": "PubMed", "kind": "database", "searched_on": "2020"},
    "records": {"record_id": "c", "search_id": "s", "title": "T"},
    "pairs": {"record_id": "c", "other_id": "d", "verdict": "same", "person": "p"},
    "acceptances": {"proposal_id": "0f", "decision": "accept", "person": "p"},
    "decisions": {"record_id": "c", "review": "a", "stage": "full-text", "person": "p", "decision": "include"},
}
HAPPENED = [
    ("reports", "published_on"), ("reports", "status_on"), ("appraisals", "rated_on"), ("ongoing", "registered_on"),
    ("searches", "searched_on"), ("searches", "through"), ("records", "found_on"), ("decisions", "decided_on"),
    ("records", "published_on"), ("pairs", "decided_on"), ("acceptances", "decided_on"),
]  # fmt: skip
KNOWN = Evidence.of(
    [
        study("x"),
        report("pmid:1", "x"),
        Row("searches", ROWS["searches"]),
        Row("records", ROWS["records"]),
        Row("records", {**ROWS["records"], "record_id": "d"}),
        Row("proposals", {"proposal_id": "0f", "review": "a", "for_table": "studies", "content": "{}", "locator": "p"}),
    ]
)


def complaints(table: str, today: date | None = TODAY, **cells: Any) -> list[str]:
    return [str(problem) for problem in checked([raw(table, [{**ROWS[table], **cells}])], KNOWN, today=today).problems]


def test_every_date_but_the_expected_one_is_of_what_has_happened() -> None:
    columns = {(t.name, c.name) for t in TABLES.values() for c in t.columns if c.kind == "partial-date"}
    assert columns == {*HAPPENED, ("ongoing", "expected_on")}


@pytest.mark.parametrize(("table", "column"), HAPPENED)
@pytest.mark.parametrize("ahead", ["2026-11-30", "2026-12", "2027", "2062-01-01"])
def test_a_date_in_the_future_is_refused_with_place_value_and_remedy(table: str, column: str, ahead: str) -> None:
    (said,) = complaints(table, **{column: ahead})
    assert f"{table}.csv, row 2, column {column}" in said
    assert f"{ahead!r}" in said or f'"{ahead}"' in said or ahead in said
    assert "lies in the future: it is 2026-11-29 at the latest" in said
    assert "Correct it, or leave it empty until the day has come" in said


@pytest.mark.parametrize(("table", "column"), HAPPENED)
@pytest.mark.parametrize("begun", ["2026", "2026-11", "2026-11-29"])
def test_a_month_or_year_that_has_begun_is_not_in_the_future(table: str, column: str, begun: str) -> None:
    assert complaints(table, **{column: begun}) == []


def test_what_is_expected_may_lie_ahead() -> None:
    assert complaints("ongoing", expected_on="2031-06") == []


def test_where_the_day_is_not_known_no_date_is_ahead() -> None:
    assert complaints("reports", today=None, published_on="2062") == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"status": "active", "status_on": "2021"}, "this one is neither"),
        ({"status": None, "status_on": "2021"}, "this one is neither"),
        ({"status_on": "2019-12-31"}, "a report published on 2020 was not retracted before"),
    ],
)
def test_a_status_has_a_date_only_where_it_can_have_one(cells: dict[str, Any], message: str) -> None:
    (said,) = complaints("reports", **cells)
    assert "column status_on" in said
    assert message in said
