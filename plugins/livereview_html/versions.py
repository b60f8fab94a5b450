"""How the answers moved: each outcome as it stood on each day of publication, with a slider over the days.

Without a script it is a table of steps by outcome. The script shows one state at a time; it formats and computes
nothing: every text and every path is made here and lies beside it as data.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from livereview import Report, Timeline, TimelineStep
from livereview.anchors import anchor
from livereview.printing import counted, i2, interval, known
from livereview_document.blocks import Document, Heading, heading
from livereview_document.words import clean, shortened
from livereview_html.markup import Html, Value, element, lines, together
from livereview_html.phrasing import place_link
from livereview_html.plot import axis_of, drawn, legend, plot, rows_of

PLACE = "versions"
TITLE = "How the answers moved"
UNDATED = "no date"
_LABEL = 80
_HEADS = (
    ("Published by", None), ("Result", None), ("Studies", "n"), ("People", "n"), ("I²", "n"), ("Verdict", None),
    ("What came (+), went (−) or has another number (~)", None),
)  # fmt: skip


def with_versions(document: Document, report: Report) -> Document:
    """The document with a heading for this section before its outcomes; as it is where nothing moved."""
    if not moved(report):
        return document
    blocks = document.blocks
    found = (number for number, block in enumerate(blocks) if isinstance(block, Heading) and block.place == "outcomes")
    at = next(found, len(blocks))
    return replace(document, blocks=(*blocks[:at], heading(2, TITLE, PLACE), *blocks[at:]))


def moved(report: Report) -> list[Timeline]:
    """The timelines with more than one step."""
    return [timeline for timeline in report.timelines if len(timeline.steps) > 1]


def versions(report: Report) -> Html | None:
    """What stands under the heading; None where no outcome has more than one step."""
    found = moved(report)
    if not found:
        return None
    days = days_of(found)
    one = len(report.timelines) - len(found)
    rest = f" Of {counted(one, 'further outcome')} there is one state only." if one else ""
    told = (
        "What this review would have said as evidence was published, with the extraction and the choices of today. "
        f"Reports without a date of publication come last, with today.{rest}"
    )
    return lines([
        element("p", None, told),
        element("div", {"class": "replay", "id": "versions-replay", "hidden": True}, "\n", lines([
            _controls(days),
            legend(),
            element("ul", {"class": "replay-outcomes"}, "\n", lines(_card(n, one) for n, one in enumerate(found))),
        ])),
        *(_steps(timeline) for timeline in found),
        _data(found, days),
    ])  # fmt: skip


def days_of(found: Sequence[Timeline]) -> list[str]:
    """The days on which any of the outcomes moved, in order; last an empty one where something has no date."""
    days = {step.published_by for timeline in found for step in timeline.steps}
    return sorted(days - {""}) + ([""] if "" in days else [])


# --- with the script -------------------------------------------------------------------------------------------


def _controls(days: Sequence[str]) -> Html:
    last = len(days) - 1
    slide: dict[str, Value] = {"type": "range", "id": "versions-day", "min": 0, "max": last, "step": 1, "value": last}
    return element(
        "div",
        {"class": "replay-controls", "role": "group", "aria-label": "Day of publication"},
        element("button", {"type": "button", "id": "versions-earlier"}, "Earlier"),
        element("button", {"type": "button", "id": "versions-later", "disabled": True}, "Later"),
        element("label", {"for": "versions-day"}, "Evidence published by"),
        element("input", {**slide, "aria-valuetext": _day(days[-1]), "autocomplete": "off"}),
        element("output", {"for": "versions-day", "id": "versions-said"}, _day(days[-1])),
        element("label", {"class": "choice"}, element("input", {"type": "checkbox", "id": "versions-only",
                "autocomplete": "off"}), " only what moved on this day"),
    )  # fmt: skip


def _day(day: str) -> str:
    return day or "today, with reports without a date"


def _card(number: int, timeline: Timeline) -> Html:
    """An outcome as it stands today; the script changes what moves."""
    outcome, last = timeline.outcome, timeline.steps[-1]
    title = clean(outcome.title) or outcome.id
    axis = axis_of(timeline)
    said = _said(last, timeline)
    link = element("a", {"href": place_link(anchor("outcome", outcome.id))}, title)
    alt = f"Small forest plot of {title}; its numbers stand above it and in the table of steps."
    return element(
        "li",
        {"data-outcome": number},
        element("h3", None, link),
        element("p", {"class": "replay-now"}, element("strong", None, said["result"]),
                element("span", {"class": "replay-size"}, said["size"]),
                element("span", {"class": f"badge {said['kind']}"}, said["verdict"])),
        element("p", {"class": "replay-came"}, said["came"]),
        plot(timeline, axis, alt) if axis is not None else None,
    )  # fmt: skip


def _data(found: Sequence[Timeline], days: Sequence[str]) -> Html:
    """Every state as data for the script. What could end the element, or be markup, is written as escapes."""
    place = {day: number for number, day in enumerate(days)}
    content = {
        "days": [_day(day) for day in days],
        "outcomes": [[_state(timeline, step, place) for step in timeline.steps] for timeline in found],
    }
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Html(f'<script type="application/json" id="versions-data">{text}</script>')


def _state(timeline: Timeline, step: TimelineStep, place: dict[str, int]) -> dict[str, Any]:
    axis, rows = axis_of(timeline), list(rows_of(timeline))
    paths = drawn(step, rows, axis) if axis is not None else None
    studies: dict[Any, Any] = (
        {} if paths is None else {rows.index(study): path for study, path in paths.studies.items()}
    )
    return {
        "from": place[step.published_by],
        **_said(step, timeline),
        "rows": studies | ({} if paths is None else {"pooled": paths.pooled}),
    }


def _said(step: TimelineStep, timeline: Timeline) -> dict[str, str]:
    """What is said of one step."""
    pooled, verdict = step.pooled, step.verdict
    size = [counted(pooled.k, "study", "studies")]
    size += [f"{pooled.participants:,} people"] if pooled.participants is not None else []
    size += [f"I² {i2(pooled.i2)}"] if known(pooled.i2) and pooled.k > 1 else []
    return {
        "result": _result(step, timeline),
        "size": ", ".join(size),
        "verdict": verdict.words if verdict else "",
        "kind": verdict.kind if verdict else "",
        "came": "; ".join(came(step)),
    }


def _result(step: TimelineStep, timeline: Timeline) -> str:
    shown = step.pooled.shown
    return interval(shown, timeline.outcome.display) if known(shown.estimate) else "no result"


def came(step: TimelineStep) -> list[str]:
    """What came in, what went and why, what has another number now."""
    return [
        *(f"+ {_name(label)}" for label in step.added),
        *(f"− {_name(label)} ({clean(reason)})" for label, reason in step.removed),
        *(f"~ {_name(label)} (now {_name(report)})" for label, report in step.changed),
    ]


def _name(label: str) -> str:
    return shortened(clean(label), _LABEL)


# --- without it ------------------------------------------------------------------------------------------------


def _steps(timeline: Timeline) -> Html:
    """The steps of an outcome as a table, folded."""
    outcome = timeline.outcome
    title = clean(outcome.title) or outcome.id
    head = element("tr", None, *(element("th", {"scope": "col", "class": kind}, words) for words, kind in _HEADS))
    table = element(
        "table",
        None,
        element("caption", {"class": "unseen"}, f"Steps of {title}"),
        element("thead", None, head),
        element("tbody", None, lines(_line(step, timeline) for step in timeline.steps)),
    )
    region: dict[str, Value] = {"class": "scroll", "role": "region", "aria-label": f"Steps of {title}", "tabindex": 0}
    summary = element("summary", None, f"{title}: {counted(len(timeline.steps), 'step')}")
    return element("details", {"class": "steps"}, summary, element("div", region, table))


def _line(step: TimelineStep, timeline: Timeline) -> Html:
    pooled = step.pooled
    many = "" if pooled.participants is None else f"{pooled.participants:,}"
    share = i2(pooled.i2) if known(pooled.i2) and pooled.k > 1 else ""
    number: dict[str, Value] = {"class": "n"}
    return element(
        "tr",
        None,
        element("th", {"scope": "row"}, step.published_by or UNDATED),
        element("td", number, _result(step, timeline)),
        element("td", number, str(pooled.k)),
        element("td", number, many),
        element("td", number, share),
        element("td", None, step.verdict.words if step.verdict else ""),
        element("td", None, together(came(step), "; ")),
    )
