"""A package written from a review, read back as others would: the same studies, numbers and pooled results."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from review_folder import ReviewFolder, hazard_ratio

import builders
from livereview import DataSource, FetchRequest, Reference, ReferenceCard, RenderRequest
from livereview.evidence.schema import TABLES
from livereview.plugins import installed
from livereview_handover import ListOptions, in_lists

#: No difference was seen; the last digit of a logarithm may be another on another machine.
CLOSE = 1e-12
OUTCOMES = """
[[outcomes]]
id = "death-rr"
group = "Counts"
title = "Death"
result = "death"
measure = "RR"
subgroups = [{ by = "population", title = "Age", groups = { "Adults" = "adult", "Children" = "child" } }]

[[outcomes]]
id = "death-or-mh"
group = "Counts"
title = "Death, Mantel-Haenszel"
result = "death"
measure = "OR"
model = { name = "mantel-haenszel", zero_cells = "only0-ratios" }
prediction = "none"
i2 = "Q"

[[outcomes]]
id = "death-rd"
group = "Counts"
title = "Death, risk difference"
result = "death"
measure = "RD"
model = { name = "random-effects", tau2 = "DL", interval = "wald" }
prediction = "normal"

[[outcomes]]
id = "death-mh-random"
group = "Counts"
title = "Death, as RevMan 5"
result = "death"
measure = "RR"
preset = "revman5"

[[outcomes]]
id = "os"
group = "Times"
title = "Overall survival"
result = "os"
measure = "HR"
"""
RATIOS = {
    "adams-2001": (0.71, 0.55, 0.93),
    "brown-2004": (0.62, 0.39, 0.98),
    "costa-2008": (0.95, 0.7, 1.29),
    "dubois-2012": (0.5, 0.31, 0.8),
}
COMPARED = (
    "estimate", "standard_error", "ci_low", "ci_high", "statistic", "p_value", "tau2", "q", "q_df", "q_p", "i2",
    "prediction_low", "prediction_high",
)  # fmt: skip


def outcomes(folder: ReviewFolder, review: str) -> dict[str, dict[str, Any]]:
    """The outcomes of the last update of a review, by title."""
    return {outcome["title"]: outcome for outcome in folder.records(review)[-1]["outcomes"]}


@pytest.fixture
def back(empty: ReviewFolder) -> ReviewFolder:
    """A review that was updated and handed over, and one that was made from its package and updated."""
    empty.sheets["results"] += [hazard_ratio(study_id, *numbers) for study_id, numbers in RATIOS.items()]
    empty.write_sheets()
    empty.manifest("all", population=None, outcomes=OUTCOMES, head='renderers = ["revman-package"]')
    path = empty.root / "all.toml"
    text = path.read_text(encoding="utf-8").replace("[defaults]\n", '[defaults]\npreset = "cochrane-2025"\n')
    path.write_text(text, encoding="utf-8")
    (empty.root / "theirs").mkdir()
    theirs = empty.root / "theirs" / "theirs.toml"
    for arguments in (
        ("update", "all.toml"),
        ("new", "theirs/theirs.toml", "--from", "reports/all/all-data-package.zip"),
        ("update", "theirs/theirs.toml"),
    ):
        if theirs.exists():  # figures take most of the time, and nobody looks at them here
            text = f"renderers = []\n{theirs.read_text(encoding='utf-8')}"
            theirs.write_text(text, encoding="utf-8")
        ran = empty.run(*arguments)
        assert ran.code == 0, ran.err
    return empty


def test_a_package_reads_back_to_the_same_studies_numbers_and_results(back: ReviewFolder) -> None:
    ours = outcomes(back, "all")
    theirs = outcomes(ReviewFolder(back.root / "theirs"), "theirs")
    pairs = {
        "Death": "1.1 Death", "Death, Mantel-Haenszel": "1.3 Death, Mantel-Haenszel",
        "Death, risk difference": "1.4 Death, risk difference", "Death, as RevMan 5": "1.5 Death, as RevMan 5",
        "Overall survival": "2.1 Overall survival",
    }  # fmt: skip
    assert set(theirs) == {*pairs.values(), "1.2 Death: Age"}
    for title, name in pairs.items():
        first, second = ours[title], theirs[name]
        assert [study["label"] for study in first["studies"]] == [study["label"] for study in second["studies"]]
        for mine, yours in zip(first["studies"], second["studies"], strict=True):
            assert math.isclose(mine["effect"], yours["effect"], rel_tol=CLOSE, abs_tol=CLOSE), title
            assert math.isclose(mine["variance"], yours["variance"], rel_tol=CLOSE, abs_tol=CLOSE), title
        for what in COMPARED:
            mine, yours = first["pooled"][what], second["pooled"][what]
            assert (mine is None) == (yours is None), (title, what)
            assert mine is None or math.isclose(mine, yours, rel_tol=CLOSE, abs_tol=CLOSE), (title, what, mine, yours)


def test_subgroups_read_back_to_the_same_results(back: ReviewFolder) -> None:
    (mine,) = outcomes(back, "all")["Death"]["subgroups"]
    (yours,) = outcomes(ReviewFolder(back.root / "theirs"), "theirs")["1.2 Death: Age"]["subgroups"]
    assert [group[0] for group in mine["groups"]] == [group[0] for group in yours["groups"]] == ["Adults", "Children"]
    for (_, first, _), (_, second, _) in zip(mine["groups"], yours["groups"], strict=True):
        assert first["k"] == second["k"]
        assert math.isclose(first["estimate"], second["estimate"], rel_tol=CLOSE)
        assert math.isclose(first["ci_low"], second["ci_low"], rel_tol=CLOSE)
    assert math.isclose(mine["q_between"], yours["q_between"], rel_tol=CLOSE)


def test_a_list_reads_back_to_the_same_references(tmp_path: Path) -> None:
    reference = Reference(
        record_id="pmid:11", title="A trial of a drug: ER  - and more", authors=("Doe, J", "Roe, R"), year=2021,
        journal="Lancet", volume="9", issue="3", pages="12-21", doi="10.1234/x.y", pmid="11", url="https://a.org/x",
        abstract="One. Two.", published_on="2021-03-04",
    )  # fmt: skip
    bare = Reference(record_id="r2", title="=1+1")
    cards = tuple(
        ReferenceCard(reference=one, stands="awaiting", stage="awaiting screening") for one in (reference, bare)
    )
    report = builders.report([], studies=(), references=cards)
    for file in in_lists(RenderRequest(report=report), ListOptions()):
        (tmp_path / file.path.rpartition("/")[2]).write_bytes(file.content)
    source = installed().find(DataSource, "references")
    assert source is not None
    search = {"source": "Embase", "kind": "database", "searched_on": "2026-11-01"}
    request = FetchRequest(folder=tmp_path, tables=tuple(TABLES), today=date(2026, 11, 29))
    fetched = source.descriptor.fetch(request, source.options({"path": "awaiting.ris", "search": search}))
    assert (fetched.problems, fetched.left_out) == ((), ())
    (records,) = (table for table in fetched.tables if table.table == "records")
    first, second = (dict(zip(records.columns, row, strict=True)) for row in records.rows)
    assert first["title"] == "A trial of a drug: ER - and more"
    assert first["authors"] == "Doe, J; Roe, R"
    for column in ("year", "journal", "volume", "issue", "pages", "doi", "pmid", "url", "abstract", "published_on"):
        assert first[column] == getattr(reference, column), column
    assert (second["title"], second["authors"]) == ("=1+1", "")
