"""Pages for the browser: a review with everything, hostile text, one study, nothing; and an index of reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders
from livereview import IndexedReview, IndexRequest, RenderedFile, RenderRequest, Report, StudyResult
from livereview_figures import Figures, render_svg
from livereview_html import PageOptions, render, render_index

REVIEWS = Path(__file__).parents[2] / "reviews"
#: Markup that would run, what ends elements, signs that turn text around, letters of other scripts, a long word.
HOSTILE = (
    '<img src="http://example.invalid/x.png" onerror="window.ran = 1">',
    "</script><script>window.ran = 1</script>",
    "</style><style>body{display:none}</style>",
    "javascript:window.ran=1",
    "\u202etxet \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u4e2d\u6587\u7684\u7814\u7a76",
    "\x00\x07]]>&amp;" + "W" * 400,
)


def _hostile(study: StudyResult, at: int) -> StudyResult:
    words = HOSTILE[at % len(HOSTILE)]
    rows = tuple(replace(row, citation=words, locator=words, note=words) for row in study.rows)
    return replace(study, label=f"{study.label} {words}", rows=rows, notes=(words,))


def reports() -> Iterator[tuple[str, Report]]:
    """By name: reports that a page is made of."""
    dated = builders.timeline()
    proportions = builders.timeline(("2018-05-01", "2024-05-31"), "proportion", id="cr", title="Complete remission")
    survival = builders.outcome(5, divisions=1)
    response = builders.outcome(4, "proportion", id="cr", title="Complete remission")
    yield "whole", builders.report([survival, response], timelines=(dated, proportions))
    studies = [_hostile(builders.study(at), at) for at in range(6)]
    bad = builders.outcome(studies=studies, title=f"Survival {HOSTILE[1]}", cautions=HOSTILE, favours=HOSTILE[:2])
    steps = tuple(replace(step, added=HOSTILE, removed=((HOSTILE[0], HOSTILE[1]),)) for step in dated.steps)
    moved = replace(dated, outcome=replace(dated.outcome, title=HOSTILE[0]), steps=steps)
    yield "hostile", builders.report([bad], timelines=(moved,), warnings=HOSTILE)
    yield "one-study", builders.report([builders.outcome(1)], timelines=(builders.timeline(("2020-01-01",)),))
    yield "nothing", builders.report([builders.outcome(0, leave_one_out=(), bias=())])


def page(report: Report) -> bytes:
    """The page of a report with its figures."""
    figures = tuple(file for file in render_svg(RenderRequest(report=report), Figures()) if file.kind != "data")
    [made] = render(RenderRequest(report=report, assets=figures), PageOptions())
    return made.content


def index() -> bytes:
    """The index of reviews of which one is due, one is not kept up, one is damaged."""
    made: dict[str, Any] = {"record": "0002-abc", "update": 2, "published_on": "2026-11-01", "outcomes": 3}
    studies = (("adams-2001", "Adams 2001"), ("brown-2004", f"Brown 2004 {HOSTILE[0]}"))
    reviews = (
        IndexedReview(review="z", title="Zebra", page="z/report.html", due_on="1999-12-31", studies=studies, **made),
        IndexedReview(review="b", title="Antelope", status="retired", reason=HOSTILE[1], studies=studies, **made),
        IndexedReview(review="c", title="c", trouble=f"history/c: damaged {HOSTILE[2]}"),
    )
    files: list[RenderedFile] = list(render_index(IndexRequest(reviews=reviews)))
    return files[0].content


def real_pages() -> dict[str, Path]:
    """The pages of the reviews and their index, as they are committed."""
    found = {path.parent.name: path for path in sorted(REVIEWS.glob("reports/*/report.html"))}
    whole = REVIEWS / "reports/index.html"
    return found | ({"reviews": whole} if whole.exists() else {})
