"""Decisions that come back from other programs: matched to our records or named, never guessed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from deciding_folder import DecidingFolder, decision, record, search
from livereview.bibliography import Reference, records_table
from livereview.deciding.desk import Desk
from livereview.deciding.reference_files import Returned, decisions_of
from livereview.errors import EvidenceError, ExpectedError
from livereview.plugins import Plugins, Provider, Registered
from livereview.sources import DataSource, Fetched, FetchRequest, Problem, RawTable
from livereview.types import Options, PluginError

TITLE = "Drug against placebo in adults with a rare disease: a randomised trial"


class Searched(BaseModel):
    source: str
    searched_on: str


class Reading(Options):
    path: str
    search: Searched
    person: str | None = None
    stage: Literal["title-abstract", "full-text"] | None = None


Said = tuple[str, str, str]


def export(*records: Reference, said: list[Said], problems: tuple[Problem, ...] = ()) -> DataSource:
    """The source ``references`` as if a file held these records, and decisions: record, person, decision."""

    def fetch(request: FetchRequest, options: Any) -> Fetched:
        columns = ("record_id", "review", "stage", "person", "decision", "reason")
        rows = tuple(
            (name, request.review, options.stage or "title-abstract", person or options.person, decided, None)
            for name, person, decided in said
        )
        decisions = RawTable(
            table="decisions", place="x.ris, decisions", columns=columns, rows=rows,
            row_numbers=tuple(range(1, len(rows) + 1)), kind="ledger",
        )  # fmt: skip
        return Fetched(tables=(records_table(records, "s", "x.ris"), decisions), notes=("read",), problems=problems)

    return DataSource(name="references", summary="Reads.", fetch=fetch, options=Reading)


def returned(folder: DecidingFolder, source: DataSource, replace_earlier: bool = False, **more: Any) -> Returned:
    (folder.root / "x.ris").write_text("an export")
    provider = Provider(entry_point="references", distribution="elsewhere", version="1")
    plugins = Plugins([Registered(descriptor=source, provider=provider)])
    desk: Desk = replace(folder.desk(), plugins=plugins)
    return decisions_of(desk, folder.root / "x.ris", "Ada", more.get("stage"), replace_earlier)


def found(result: Returned) -> dict[str, tuple[str, str]]:
    return {
        str(row.values["record_id"]): (str(row.values["person"]), str(row.values["decision"])) for row in result.rows
    }


@pytest.fixture
def ours(folder: DecidingFolder) -> DecidingFolder:
    same = {"title": TITLE, "authors": "Adams, A", "year": 2024, "journal": "Lancet", "volume": "12", "pages": "1-9"}
    folder.add(
        search(), record("a", doi="10.1234/a"), record("b", pmid="123456"), record("c", **same),
        record("d", duplicate_of="a", doi="10.1234/d"), record("e"),
    )  # fmt: skip
    return folder


def reference(name: str, **cells: Any) -> Reference:
    return Reference(record_id=name, **{"title": f"Title of {name}", **cells})


def test_our_own_id_decides_where_it_came_through(ours: DecidingFolder) -> None:
    source = export(reference("e", title="Something else"), said=[("e", "Ana", "include")])
    assert found(returned(ours, source)) == {"e": ("Ana", "include")}


def test_doi_and_pmid_and_what_a_record_says_find_it(ours: DecidingFolder) -> None:
    source = export(
        reference("x1", title="Title of a", doi="https://doi.org/10.1234/A"),
        reference("x2", title="Title of b", pmid="123456"),
        reference(
            "x3", title=TITLE + ".", authors=("Adams, A.",), year=2024, journal="Lancet", volume="12", pages="1-9"
        ),
        said=[("x1", "", "include"), ("x2", "", "exclude"), ("x3", "Ben", "unsure")],
    )
    result = returned(ours, source)
    assert found(result) == {"a": ("Ada", "include"), "b": ("Ada", "exclude"), "c": ("Ben", "unsure")}
    assert result.strangers == ()


def test_a_repeat_is_decided_at_the_record_that_is_kept(ours: DecidingFolder) -> None:
    source = export(reference("x1", title="Title of d", doi="10.1234/d"), said=[("x1", "", "include")])
    assert found(returned(ours, source)) == {"a": ("Ada", "include")}


def test_what_is_no_record_of_ours_is_named_by_its_title(ours: DecidingFolder) -> None:
    source = export(
        reference("x1", title="Quite another matter"), reference("e"),
        said=[("x1", "", "include"), ("e", "", "include")],
    )  # fmt: skip
    result = returned(ours, source)
    assert result.strangers == ("x.ris, decisions, row 1: Quite another matter",)
    assert set(found(result)) == {"e"}


def test_records_without_a_decision_are_no_matter(ours: DecidingFolder) -> None:
    source = export(reference("x1", title="Quite another matter"), reference("e"), said=[("e", "", "include")])
    assert returned(ours, source).strangers == ()


def test_the_same_again_adds_nothing_and_a_contradiction_is_named(ours: DecidingFolder) -> None:
    ours.add(decision("e", "include", "Ana"), decision("a", "exclude", "Ana"))
    source = export(reference("e"), reference("a"), said=[("e", "Ana", "include"), ("a", "Ana", "include")])
    with pytest.raises(EvidenceError, match="Ana decided exclude on record a before"):
        returned(ours, source)
    result = returned(ours, source, replace_earlier=True)
    assert (result.repeated, found(result)) == (1, {"a": ("Ana", "include")})


def test_a_person_whom_the_review_writes_otherwise_is_named(ours: DecidingFolder) -> None:
    ours.add(decision("a", "include", "Ana"))
    with pytest.raises(EvidenceError, match="Ana has decided here"):
        returned(ours, export(reference("e"), said=[("e", "ANA", "include")]))


def test_what_the_source_finds_wrong_is_told_and_nothing_is_recorded(ours: DecidingFolder) -> None:
    wrong = Problem(place="x.ris", row=3, message="is broken", remedy="Mend it.")
    source = export(reference("e"), said=[("e", "", "include")], problems=(wrong,))
    with pytest.raises(EvidenceError, match=r"x\.ris, row 3: is broken"):
        returned(ours, source)


def test_a_file_without_decisions_says_what_would_be_right(ours: DecidingFolder) -> None:
    with pytest.raises(ExpectedError, match="no decisions in it"):
        returned(ours, export(reference("e"), said=[]))


def test_a_source_that_fails_is_an_expected_error(ours: DecidingFolder) -> None:
    def fetch(request: FetchRequest, options: Any) -> Fetched:
        raise PluginError("x.ris: this is no file of references")

    with pytest.raises(ExpectedError, match="no file of references"):
        returned(ours, DataSource(name="references", summary="Fails.", fetch=fetch, options=Reading))


def test_without_the_plugin_the_file_is_refused(ours: DecidingFolder, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("an export")
    with pytest.raises(ExpectedError, match="no plugin reads this file"):
        decisions_of(replace(ours.desk(), plugins=Plugins([])), tmp_path / "x.txt", "Ada", None, False)
