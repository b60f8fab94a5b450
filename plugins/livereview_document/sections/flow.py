"""Where the studies came from: the boxes of PRISMA 2020 for the first, the previous and this version."""

from __future__ import annotations

from itertools import groupby

from livereview import Flow, FlowRow, FlowVersion
from livereview.printing import MINUS, MISSING, counted
from livereview_document.blocks import Block, bullets, folded, heading, long, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.words import CELL_LIMIT, Words, fill, strong, text

_NO_SEARCH = (
    "No search is recorded in the evidence store: how many records were found, screened and excluded is not known. "
    "What follows counts the studies and reports themselves."
)
_HOW = (
    "Each column is the whole ledger as it stood at that update, counted from the searches, records and decisions in "
    "the store. Every record stands in one place; the numbers of a column add up, those that await a decision included."
)


def flow_section(flow: Flow | None, at: Index) -> list[Block]:
    """The diagram, the table of boxes, the searches, and where people disagree or the ledger does not add up."""
    figures = at.pictures(None, "flow")
    blocks: list[Block] = [heading(2, "Where the studies came from", "flow")]
    if flow is None:
        return [*blocks, *figures] if figures else []
    blocks.append(paragraph(_NO_SEARCH if flow.this.databases is None else _HOW))
    blocks += figures
    for column, rows in groupby(flow.rows, key=lambda row: row.column):
        blocks += [heading(3, column), _boxes(list(rows), flow)]
    blocks += _searches(flow)
    blocks += _listed("Disagreements that nobody has settled; these records await", flow.conflicts, at)
    return blocks + _listed("Where the ledger does not add up", flow.doubts, at)


def _boxes(rows: list[FlowRow], flow: Flow) -> Block:
    """A column of the diagram, with a column of the table for each version."""
    versions = _versions(flow)
    headers = ["Box", *versions, *(["Change"] if flow.previous else [])]
    cells = []
    for row in rows:
        name = fill("– {}", text(row.name, CELL_LIMIT)) if row.part else strong(row.name)
        numbers = [_number(getattr(row, key)) for key in versions.values()]
        cells.append((name, *numbers, *([_difference(row)] if flow.previous else [])))
    return table(_titles(headers, flow), cells, right=range(1, len(headers)))


def _versions(flow: Flow) -> dict[str, str]:
    """The versions to show, and the field of a row that has their number: the first one is not repeated."""
    if flow.base is None or flow.previous is None:
        return {"This version": "this"}
    if flow.base == flow.previous:
        return {"First version": "previous", "This version": "this"}
    return {"First version": "base", "Previous version": "previous", "This version": "this"}


def _titles(headers: list[str], flow: Flow) -> list[str]:
    known: dict[str, FlowVersion | None] = {
        "First version": flow.base, "Previous version": flow.previous, "This version": flow.this,
    }  # fmt: skip
    titles = {name: f"{name}: {version.title}" for name, version in known.items() if version is not None}
    return [titles.get(header, header) for header in headers]


def _number(value: int | None) -> str:
    return MISSING if value is None else f"{value:,}"


def _difference(row: FlowRow) -> Words:
    """``+3``, ``+3, −1``; 0 where nothing changed."""
    if row.added is None or row.removed is None:
        return text(MISSING)
    parts = [f"+{row.added:,}"] if row.added else []
    parts += [f"{MINUS}{row.removed:,}"] if row.removed else []
    return text(", ".join(parts) or "0")


def _searches(flow: Flow) -> list[Block]:
    """Every search with its day and what it found; queries at full length."""
    if not flow.searches:
        return []
    headers = ("Search", "Source", "Kind", "Searched", "Through", "Returned", "Found first", "Documented in")
    rows = [
        (
            search.search_id,
            search.source,
            search.kind,
            search.searched_on,
            search.through,
            _number(search.hits),
            _number(search.records),
            text(search.locator or None, CELL_LIMIT),
        )
        for search in flow.searches
    ]
    blocks = [heading(3, "Searches"), table(headers, rows, right=(5, 6))]
    queries = [fill("{}: {}", search.search_id, search.query) for search in flow.searches if search.query]
    missing = [search.search_id for search in flow.searches if not search.query]
    if queries:
        blocks.append(folded(f"Queries as they were sent ({len(queries)})", [bullets(queries)]))
    if missing:
        blocks.append(stated("Without a recorded query: {}.", ", ".join(missing)))
    return blocks


def _listed(title: str, lines: tuple[str, ...], at: Index) -> list[Block]:
    if not lines:
        return []
    listed = long(f"All {counted(len(lines), 'line')}", bullets(lines), len(lines), at.fold_above)
    return [stated("**{}:** {}", title, len(lines)), listed]
