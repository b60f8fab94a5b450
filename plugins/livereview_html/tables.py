"""A table of a document in the page: caption, headers that cells belong to, rows that can be linked to and sorted.

The script adds what sorts; without it a table reads as it stands.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from livereview_document.blocks import Table
from livereview_document.words import Words
from livereview_html.markup import Html, Value, element, lines, together
from livereview_html.phrasing import linked_place, phrasing, places, slug

#: What a table holds whose rows a reader may want in another order.
SORTED = frozenset({
    "studies", "sources", "summary", "characteristics", "references", "ongoing", "excluded", "included", "awaiting",
    "leave-one-out", "changes", "records", "set-aside",
})  # fmt: skip
#: Tables of fewer rows are seen at a glance.
SMALLEST = 3
#: Words of the column "Change" that mark a row.
MARKED = ("new", "changed")
#: A column of cells no longer than this is not broken into lines: an estimate stays with its interval.
UNBROKEN = 26
#: A column with a cell longer than this is given the width of a short line, so that no word stands alone in its line.
LONG = 60
#: Columns that can be told apart in the styles.
COLUMNS = 20


def table_of(table: Table, caption: str, number: int, changed: Mapping[str, bool], used: set[str]) -> Html:
    """The table in a frame of its own that scrolls.

    ``number`` sets its id apart; ``changed`` says of places whether what stands there changed, and marks the rows that
    lead to one; ``used`` are the ids of the page, to which its rows add theirs.
    """
    sortable = (table.role in SORTED or bool(table.keys)) and len(table.rows) >= SMALLEST
    names = ["sortable"] if sortable else []
    names += [slug(table.role)] if table.role else []
    names += [f"k{column + 1}" for column in _unbroken(table)]
    names += [f"w{column + 1}" for column in _long(table)]
    identifier = f"page-table-{number}"
    head = element(
        "thead", None, element("tr", None, *(_header(words, i, table) for i, words in enumerate(table.headers)))
    )
    rows = [_row(table, i, changed, used) for i in range(len(table.rows))]
    whole = element(
        "table",
        {"class": " ".join(names) or None},
        element("caption", {"class": "unseen", "id": identifier}, caption),
        head,
        element("tbody", None, lines(rows)),
    )
    return element("div", {"class": "scroll", "role": "group", "tabindex": 0, "aria-labelledby": identifier}, whole)


def _unbroken(table: Table) -> list[int]:
    """The columns whose cells are short, the first one never: it gives way."""
    columns = range(1, min(len(table.headers), COLUMNS))
    return [i for i in columns if all(len(row[i].plain) <= UNBROKEN for row in table.rows)]


def _long(table: Table) -> list[int]:
    """The columns that hold sentences."""
    columns = range(1, min(len(table.headers), COLUMNS))
    return [i for i in columns if any(len(row[i].plain) > LONG for row in table.rows)]


def column_styles() -> str:
    """The styles of columns not broken into lines and of those with sentences; the class of a table names them."""
    styles = {"k": "white-space: nowrap", "w": "min-width: 13rem"}
    return "".join(
        ", ".join(f".{letter}{n} > tbody > tr > :nth-child({n})" for n in range(2, COLUMNS + 1)) + f" {{ {style}; }}\n"
        for letter, style in styles.items()
    )


def _header(words: Words, column: int, table: Table) -> Html:
    right = "n" if column in table.right else None
    if not words:
        return element("td", {"class": right})
    return element("th", {"scope": "col", "class": right}, phrasing(words))


def _row(table: Table, index: int, changed: Mapping[str, bool], used: set[str]) -> Html:
    cells = table.rows[index]
    own, identifier = [name for words in cells for name in places(words) if name not in used], None
    for name in own[:1]:
        identifier = name
        used.add(name)
    attributes: dict[str, Value] = {"id": identifier}
    led = linked_place(cells[0]) if cells else ""
    if led in changed:
        attributes["data-changed"] = "yes" if changed[led] else "no"
    marks = [words.plain for header, words in zip(table.headers, cells, strict=True) if header.plain == "Change"]
    attributes["class"] = next((f"is-{mark}" for mark in marks if mark in MARKED), None)
    keys = table.keys[index] if table.keys else ()
    written = [_cell(words, i, table, keys[i] if i < len(keys) else words, used) for i, words in enumerate(cells)]
    return element("tr", attributes, *written)


def _cell(words: Words, column: int, table: Table, key: object, used: set[str]) -> Html:
    attributes: dict[str, Value] = {"class": "n" if column in table.right else None, "data-key": _key(words, key)}
    further = [name for name in dict.fromkeys(places(words)) if name not in used]
    used.update(further)
    inside = together([*(element("span", {"id": name}) for name in further), phrasing(words)])
    if column == 0 and words and 0 not in table.right:
        return element("th", {"scope": "row", **attributes}, inside)
    return element("td", attributes, inside)


def _key(words: Words, key: object) -> str | None:
    """What the cell is sorted by, where that is not its text; empty = nothing to sort by."""
    if isinstance(key, Words):
        return None
    if key is None or (isinstance(key, float) and math.isnan(key)):
        return ""
    told = f"{key:.12g}" if isinstance(key, float) else str(key)
    return None if told == words.plain else told
