"""Published results beside ours: how many agree, and which number does not."""

from __future__ import annotations

from sections_reading import seen

import builders
from livereview import ComparedNumber, PublishedComparison


def comparison(ours: float | None, agrees: bool, group: str = "") -> PublishedComparison:
    outcome = builders.report().outcomes[0].id
    numbers = (
        ComparedNumber(name="k", published=4, ours=4, agrees=True),
        ComparedNumber(name="estimate", published=0.57, ours=ours, agrees=agrees),
    )
    return PublishedComparison(
        outcome_id=outcome, group=group, report_id="pmid:1", locator="Figure 2", model="random", numbers=numbers
    )


def test_what_differs_stands_first_with_both_numbers() -> None:
    published = (comparison(0.5712, True), comparison(0.61, False, "<b>children</b>"))
    found = seen(builders.report(published=published))
    rows = found.table("Published", "Here")
    assert [row[1] for row in rows] == ["<b>children</b>", "–"]
    assert rows[0][2:] == ["k 4, 0.57", "k 4, 0.61", "estimate 0.57, here 0.61", "random", "pmid:1, Figure 2"]
    assert any(line.startswith("1 of 2 published results agree with ours") for line in found.text)


def test_a_result_that_is_not_there_is_a_dash() -> None:
    (row,) = seen(builders.report(published=(comparison(None, False),))).table("Published", "Here")
    assert (row[3], row[4]) == ("k 4", "estimate 0.57, here –")


def test_without_published_results_there_is_no_section() -> None:
    assert "As published" not in seen(builders.report()).headings
