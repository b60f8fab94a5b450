"""Where the figures of the review as a whole stand in the page: each once, in the section that it belongs to."""

from __future__ import annotations

import pytest
from markdown_reading import reading

import builders
from livereview import Box, Flow, FlowVersion
from livereview_markdown import MarkdownOptions, render
from living_review import asset, request

VERSION = FlowVersion(
    title="update 1 of 2026-01-02", databases=None, others=None, studies=(), pooled=(), reports=(),
    reports_without_record=0, not_eligible=Box(number=0),
)  # fmt: skip
FLOW = Flow(base=None, previous=None, this=VERSION)
ASSETS = tuple(
    asset(f"figures/{name}.png", kind, None, alt=f"{name} of the review", title=name)
    for name, kind in (
        ("flow", "flow"),
        ("traffic", "risk-of-bias"),
        ("bars", "risk-of-bias-summary"),
        ("other", "own"),
    )
)


@pytest.mark.parametrize("flow", [FLOW, None])
def test_each_figure_of_the_review_stands_once_in_its_section(flow: Flow | None) -> None:
    (file,) = render(request(builders.report(flow=flow), ASSETS), MarkdownOptions())
    page = file.content.decode()
    assert sorted(path for _, path in reading(page).images) == sorted(figure.path for figure in ASSETS)
    at = {name: page.index(f"figures/{name}.png") for name in ("flow", "traffic", "bars", "other")}
    studies, flows = page.index('## <a id="studies"'), page.index('## <a id="flow"')
    assert flows < at["flow"] < studies
    assert page.index("### Appraisal at a glance") < at["traffic"] < at["bars"] < page.index("### Appraisal: RoB 2")
    assert page.index("### Appraisal: RoB 2") < at["other"]
