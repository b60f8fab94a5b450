"""The blocks of a page: headings, tables, lists, quotes, folded parts. What is not ``Markdown`` is escaped here.

A block is one ``Markdown`` string; blocks are joined by an empty line. Every text of a block stands on one line, so no
text can begin a block of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from livereview_markdown.escape import Markdown, prose, text

Cells = Sequence[object]


def heading(level: int, title: object, place: str | None = None) -> Markdown:
    """A heading, with an anchor of its own where it is linked to (the host's own anchors depend on the title)."""
    mark = f'<a id="{place}"></a>' if place else ""
    return Markdown(f"{'#' * level} {mark}{text(title)}")


def paragraph(value: object) -> Markdown:
    """The text at full length."""
    return prose(value)


def table(headers: Sequence[str], rows: Iterable[Cells], right: Sequence[int] = ()) -> Markdown:
    """A table; ``right`` lists the columns set to the right, ``None`` prints as a dash. ValueError for a ragged row."""
    rules = ["---:" if i in right else "---" for i in range(len(headers))]
    lines = [_line([text(name) for name in headers]), _line(rules)]
    for row in rows:
        if len(row) != len(headers):
            raise ValueError(f"a row of {len(row)} cells in a table of {len(headers)} columns")
        lines.append(_line([text(cell) for cell in row]))
    return Markdown("\n".join(lines))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def bullets(items: Iterable[object]) -> Markdown:
    """A list, each item at full length."""
    return Markdown("\n".join(f"- {prose(item)}" for item in items))


def quote(items: Iterable[object]) -> Markdown:
    """A blockquote with a paragraph per item."""
    return Markdown("\n>\n".join(f"> {prose(item)}" for item in items))


def folded(summary: str, blocks: Iterable[Markdown]) -> Markdown:
    """Blocks behind a line to click on. The line is HTML: our own words and numbers only."""
    if set(summary) & set("<>&"):
        raise ValueError(f"a folded part is titled with our own words only: {summary!r}")
    inner = "\n\n".join(blocks)
    return Markdown(f"<details>\n<summary>{summary}</summary>\n\n{inner}\n\n</details>")


def long(summary: str, block: Markdown, rows: int, fold_above: int) -> Markdown:
    """The block, folded where it has more rows than ``fold_above``."""
    return folded(summary, [block]) if rows > fold_above else block


def strong(value: object) -> Markdown:
    """Bold text; nothing for an empty text, whose stars would show."""
    told = text(value)
    return Markdown(f"**{told}**") if told else told


def page(blocks: Iterable[Markdown]) -> str:
    """The whole page, ending in a newline; only ``Markdown`` may enter it."""
    parts = list(blocks)
    raw = [part for part in parts if not isinstance(part, Markdown)]
    if raw:
        raise TypeError(f"not Markdown: {raw[0]!r}")
    return "\n\n".join(parts) + "\n"
