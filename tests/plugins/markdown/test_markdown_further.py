"""Further analyses in the report: tables with each number as its kind is printed, figures, refusals."""

from __future__ import annotations

from dataclasses import replace

import builders
from livereview import (
    Column,
    FitTest,
    FurtherResult,
    OutcomeResult,
    RenderedFile,
    RenderRequest,
    Table,
)
from livereview_document.index import index
from livereview_document.sections.further import further_parts, of_the_method
from livereview_markdown.writer import block, inline

COLUMNS = (
    Column(name="Study", kind="text"), Column(name="RR", kind="effect"), Column(name="Ratio", kind="contrast"),
    Column(name="P", kind="p-value"), Column(name="Share", kind="percent"), Column(name="n", kind="count"),
    Column(name="x"),
)  # fmt: skip
ROW = ("A | B", (0.5, 0.25, 1.0), 2.0, 0.0004, 12.34, 1200, 0.123456)


def told(outcome: OutcomeResult, *assets: RenderedFile) -> str:
    at = index(RenderRequest(report=builders.report([outcome]), assets=assets), (), 12)
    return "\n".join(map(block, further_parts(outcome, at)))


def outcome(**change: object) -> OutcomeResult:
    table = Table(title="What was found", columns=COLUMNS, rows=(ROW, ("C", *[None] * 6)), notes=("Below the table.",))
    result = FurtherResult(name="look", title="A look", options="by = year", shown=(table,), notes=("Read this.",))
    return replace(builders.outcome(4), further=(replace(result, **change),))  # type: ignore[arg-type]


def test_every_cell_is_printed_as_its_kind() -> None:
    text = told(outcome())
    assert "#### A look" in text
    assert "Options: by = year." in text
    assert "**What was found**" in text
    assert r"| A &#124; B | 0.50 (0.25 to 1.00) | 2.00 | \<0.001 | 12.3% | 1,200 | 0.123 |" in text
    assert "| C | – | – | – | – | – | – |" in text
    assert "Below the table." in text
    assert "- Read this." in text


def test_a_contrast_of_differences_is_a_difference() -> None:
    plain = outcome()
    text = told(replace(plain, scale="identity", display="difference"))
    assert "| 0.500 (0.250 to 1.000) | 2.00 |" in text


def test_a_refusal_says_why() -> None:
    text = told(outcome(refused="median_age is the same in all studies.", shown=()))
    assert "Not done: median\\_age is the same in all studies." in text


def test_its_figures_stand_with_it() -> None:
    figure = RenderedFile(path="figures/o-look-p.png", content=b"", kind="look", outcome=outcome().id, title="A plot")
    assert "figures/o-look-p.png" in told(outcome(), figure)


def test_long_tables_are_folded_and_short_ones_not() -> None:
    table = Table(title="T", columns=(Column(name="a"),), rows=((1.0,),) * 26)
    assert "<summary>All 26 rows</summary>" in told(outcome(shown=(table,)))
    assert "<summary>" not in told(outcome(shown=(replace(table, rows=table.rows[:25]),)))


def test_tests_and_numbers_of_a_models_method_are_listed() -> None:
    test = FitTest(name="Breslow-Day", statistic=4.126, statistic_name="chi²", df=2.0, p_value=0.127)
    pooled = replace(builders.pooled(), tests=(test,), parameters={"studies filled in": 3.0})
    lines = [inline(line) for line in of_the_method(pooled)]
    assert lines == ["**Breslow-Day:** chi² = 4.13, df = 2, P = 0.127", "**studies filled in:** 3.000"]
