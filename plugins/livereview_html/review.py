"""A review as one page: its header, its contents, what changed at a glance, and the whole report."""

from __future__ import annotations

from collections.abc import Sequence

from livereview import RenderRequest, Report
from livereview.anchors import anchor
from livereview.printing import counted
from livereview_document.document import document
from livereview_document.words import clean
from livereview_html.changed import changed_places, overview
from livereview_html.markup import NOTHING, Html, element, lines
from livereview_html.page import page
from livereview_html.versions import PLACE, versions, with_versions
from livereview_html.writer import Written, written


def review_page(request: RenderRequest, characteristics: Sequence[str] = (), fold_above: int = 12) -> bytes:
    """The page of a report, with the figures among its assets in it."""
    report = request.report
    view = overview(report)
    changed = changed_places(report)
    pieces = written(
        with_versions(document(request, tuple(characteristics), fold_above), report),
        request.assets,
        changed=changed,
        openings={"changes": view or NOTHING, PLACE: versions(report) or NOTHING},
        folded={"changes": "Everything that changed, in full"} if any(changed.values()) else {},
        shown=[anchor("outcome", outcome.id) for outcome in report.outcomes],
    )
    return page(clean(report.review.title) or report.review.id, _description(report), body(pieces, report))


def body(pieces: Written, report: Report) -> list[Html]:
    """What a reader sees, from top to bottom."""
    title = element("h1", None, clean(report.review.title) or report.review.id)
    contents = element("details", {"open": True}, element("summary", None, "Contents"), pieces.contents)
    return [
        element("a", {"class": "skip", "href": "#page-main"}, "Skip to the report"),
        element("header", {"class": "banner"}, "\n", lines([title, pieces.top, _tools()])),
        element(
            "div",
            {"class": "frame"},
            "\n",
            lines([
                element("nav", {"class": "contents", "aria-label": "Contents"}, contents),
                element("main", {"id": "page-main", "tabindex": -1}, "\n", lines(part for _, part in pieces.parts)),
            ]),
        ),
        element("footer", None, _made(report)),
    ]  # fmt: skip


def _tools() -> Html:
    """Where the script puts what needs it; hidden without it."""
    return element("div", {"class": "tools", "id": "page-tools", "role": "group", "aria-label": "View", "hidden": True})


def _description(report: Report) -> str:
    many = f"{counted(len(report.studies), 'study', 'studies')}, {counted(len(report.outcomes), 'outcome')}"
    return f"Living systematic review, {_update(report)}: {many}."


def _update(report: Report) -> str:
    made = report.provenance
    if not made.update:
        return "rebuilt from a past state"
    return f"update {made.update}" + (f" of {made.published_on}" if made.published_on else "")


def _made(report: Report) -> str:
    version = clean(report.provenance.versions.get("livereview", ""))
    told = f"Made by livereview {version}".strip()
    return f"{told} from the evidence named under Provenance. The page needs no connection and no script to be read."
