"""The index of the reviews of a folder: where each stands, what its last update meant, what the reviews share.

It knows no clock: it prints the day on which a review is due, and the script compares it with the reader's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from livereview import IndexedReview, IndexRequest, RenderedFile, Verdict
from livereview.printing import counted
from livereview_document.words import clean, shortened
from livereview_html.changed import ORDER, QUIET, badge
from livereview_html.markup import Html, Inside, Value, element, lines, together
from livereview_html.page import page

TITLE = "Living systematic reviews"
STYLES = ("page.css", "tables.css", "figures.css", "index.css", "print.css")
SCRIPTS = ("view.js", "sorting.js", "index.js")
#: More than these are counted and left to the review's own page.
NAMES, REASONS = 12, 3
_LABEL = 120


def index_page(request: IndexRequest) -> list[RenderedFile]:
    """The page ``index.html``."""
    reviews = request.reviews
    told = f"{counted(len(reviews), 'living systematic review')}: where each stands and what its last update meant."
    tools = element(
        "div", {"class": "tools", "id": "page-tools", "role": "group", "aria-label": "View", "hidden": True}
    )
    main = [_table(reviews), *_changes(reviews), *_shared(reviews)]
    body = [
        element("a", {"class": "skip", "href": "#page-main"}, "Skip to the reviews"),
        element("header", {"class": "banner"}, element("h1", None, TITLE), element("p", None, told), tools),
        element("main", {"id": "page-main", "tabindex": -1, "class": "index"}, "\n", lines(main)),
        element("footer", None, "Made by livereview from the last recorded update of each review."),
    ]
    content = page(TITLE, told, body, styles=STYLES, scripts=SCRIPTS)
    return [RenderedFile(path="index.html", content=content, title=TITLE)]


# --- where each stands -----------------------------------------------------------------------------------------


def _table(reviews: Sequence[IndexedReview]) -> Html:
    heads = ("Review", "Last update", "Next update", "Studies", "Outcomes", "What the last update meant", "Failed")
    numeric = (3, 4)
    head = (element("th", {"scope": "col", "class": "n" if n in numeric else None}, one) for n, one in enumerate(heads))
    table = element(
        "table",
        {"class": "sortable"},
        element("caption", {"class": "unseen"}, "Reviews"),
        element("thead", None, element("tr", None, *head)),
        element("tbody", None, "\n", lines(map(_row, reviews))),
    )
    frame: dict[str, Value] = {"class": "scroll", "role": "region", "aria-label": "Reviews", "tabindex": 0}
    return element("section", {"id": "reviews"}, element("h2", None, "Reviews"), element("div", frame, table))


def _row(one: IndexedReview) -> Html:
    name = element("th", {"scope": "row", "id": _place(one)}, _title(one))
    if one.trouble:
        told = element("td", {"colspan": 6}, element("strong", None, "Damaged: "), clean(one.trouble))
        return element("tr", None, name, told)
    failed = [element("li", None, shortened(clean(item), 400)) for item in one.failed]
    return element(
        "tr",
        None,
        name,
        element("td", {"data-key": f"{one.published_on} {one.update}"}, f"update {one.update} of {one.published_on}"),
        _due(one),
        element("td", {"class": "n"}, f"{len(one.studies):,}"),
        element("td", {"class": "n"}, f"{one.outcomes:,}"),
        element("td", {"data-key": _first(one)}, _meaning(one.verdicts)),
        element("td", {"data-key": len(failed)}, element("ul", None, *failed) if failed else "none"),
    )


def _due(one: IndexedReview) -> Html:
    """When the next update is planned, or why none is."""
    if one.status != "active":
        return element(
            "td", {"data-key": f"9999 {one.status}"}, f"{one.status}: {clean(one.reason) or 'no reason given'}"
        )
    if one.due_on is None:
        return element("td", {"data-key": "9998"}, "kept up, without a schedule")
    return element(
        "td", {"data-key": one.due_on}, "due ", element("time", {"datetime": one.due_on, "data-due": True}, one.due_on)
    )


def _first(one: IndexedReview) -> int:
    """Where the verdict that matters most stands among all, for sorting."""
    return min((ORDER.index(verdict.kind) for verdict in one.verdicts), default=len(ORDER))


def _meaning(verdicts: Sequence[Verdict]) -> Inside:
    """How many outcomes had which verdict, what matters most first."""
    badges = []
    for kind in ORDER:
        found = [verdict for verdict in verdicts if verdict.kind == kind]
        if found:
            badges.append(element("li", None, badge(kind, f"{found[0].words}: {len(found)}")))
    return element("ul", {"class": "tally"}, *badges) if badges else "not recorded"


def _title(one: IndexedReview) -> Inside:
    title = clean(one.title) or one.review
    return element("a", {"href": quote(one.page, safe="/-_.~")}, title) if one.page else title


def _place(one: IndexedReview) -> str:
    return f"review-{quote(one.review, safe='').replace('%', '_')}"


# --- what changed ----------------------------------------------------------------------------------------------


def _changes(reviews: Iterable[IndexedReview]) -> Iterable[Html]:
    """What the last update of each review changed, newest first; reviews in which nothing did are left out."""
    ordered = sorted(reviews, key=lambda one: one.review)
    ordered.sort(key=lambda one: one.published_on, reverse=True)
    entries = [entry for one in ordered if (entry := _entry(one)) is not None]
    if entries:
        yield element(
            "section",
            {"id": "newest"},
            element("h2", None, "Newest changes"),
            element("ul", {"class": "changes"}, "\n", lines(entries)),
        )


def _entry(one: IndexedReview) -> Html | None:
    told = [verdict for verdict in one.verdicts if verdict.kind not in (QUIET, "first")]
    told.sort(key=lambda verdict: ORDER.index(verdict.kind))
    first = one.update == 1 and bool(one.verdicts)
    if not (told or one.came or one.gone or first):
        return None
    words = f"update {one.update} of {one.published_on}" + (": first version" if first else "")
    return element(
        "li",
        {"class": told[0].kind if told else None},
        element("h3", None, _title(one)),
        element("p", None, words),
        element("ul", {"class": "why"}, *map(_verdict, told)) if told else None,
        _names("new", one.came),
        _names("removed", one.gone),
    )


def _verdict(verdict: Verdict) -> Html:
    why = "; ".join(clean(reason) for reason in verdict.why[:REASONS])
    more = len(verdict.why) - REASONS
    why += f"; {counted(more, 'further reason')}" if more > 0 else ""
    told = f" {clean(verdict.title)}" + (f": {shortened(why, 400)}" if why else "")
    return element("li", None, badge(verdict.kind, verdict.words), told)


def _names(word: str, labels: Sequence[str]) -> Html | None:
    if not labels:
        return None
    listed = ", ".join(shortened(clean(label), _LABEL) for label in labels[:NAMES])
    listed += f" and {len(labels) - NAMES:,} more" if len(labels) > NAMES else ""
    return element("p", None, element("span", {"class": "badge study"}, word), f" {listed}")


# --- what they share -------------------------------------------------------------------------------------------


def _shared(reviews: Iterable[IndexedReview]) -> Iterable[Html]:
    """The studies that more than one review uses. Only in one store is the same id the same study."""
    users: dict[tuple[str, str], list[IndexedReview]] = {}
    labels: dict[tuple[str, str], str] = {}
    for one in reviews:
        for study, label in one.studies:
            users.setdefault((one.store, study), []).append(one)
            labels.setdefault((one.store, study), label)
    several = sorted((key for key, used in users.items() if len(used) > 1), key=lambda key: (labels[key], key))
    if not several:
        return
    rows = (
        element(
            "tr",
            None,
            element("th", {"scope": "row"}, shortened(clean(labels[key]), _LABEL) or key[1]),
            element("td", {"class": "n"}, str(len(users[key]))),
            element("td", None, together([_title(one) for one in users[key]], "; ")),
        )
        for key in several
    )
    heads = (("Study", None), ("Reviews", "n"), ("Which", None))
    table = element(
        "table",
        {"class": "sortable"},
        element("caption", {"class": "unseen"}, "Studies in several reviews"),
        element("thead", None, element("tr", None, *(element("th", {"scope": "col", "class": kind}, words)
                                                     for words, kind in heads))),
        element("tbody", None, "\n", lines(rows)),
    )  # fmt: skip
    frame: dict[str, Value] = {
        "class": "scroll",
        "role": "region",
        "aria-label": "Studies in several reviews",
        "tabindex": 0,
    }
    yield element(
        "section",
        {"id": "shared"},
        element("h2", None, "Studies in several reviews"),
        element(
            "p", None, f"{counted(len(several), 'study', 'studies')} of one evidence store in more than one review."
        ),
        element("div", frame, table),
    )
