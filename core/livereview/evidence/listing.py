"""The tables of the evidence in Markdown, made from the schema: ``python -m livereview.evidence.listing PAGE``.

In a page, what stands between the two markers is the listing and is replaced; a test holds the page to the schema.
"""

from __future__ import annotations

import sys
from pathlib import Path

from livereview.evidence.schema import TABLES, Column, Table

BEGIN = "<!-- tables: made by python -m livereview.evidence.listing -->"
END = "<!-- end of tables -->"


def listing() -> str:
    """A section for each table: what a row is, its key, and each column with its kind, limits and meaning."""
    return "\n".join(_section(table) for table in TABLES.values())


def with_listing(page: str) -> str:
    """The page with the present listing between its markers. Raises ``ValueError`` if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{listing()}\n{END}{after}"


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [f"### {table.name}", "", f"A row is {table.about}. Key: {key}.", "", "| column | kind | what it holds |"]
    lines += ["| --- | --- | --- |", *(_line(column) for column in table.columns), ""]
    return "\n".join(lines)


def _line(column: Column) -> str:
    kind = f"{column.kind}, required" if column.required else column.kind
    notes = [column.about]
    if column.choices:
        notes.append("one of " + ", ".join(column.choices))
    if column.minimum is not None:
        notes.append(f"at least {column.minimum:g}")
    if column.maximum is not None:
        notes.append(f"at most {column.maximum:g}")
    if column.refers_to is not None:
        notes.append(f"found in {column.refers_to}")
    return f"| `{column.name}` | {kind} | {'; '.join(notes).replace('|', chr(92) + '|')} |"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = Path(name)
        path.write_text(with_listing(path.read_text(encoding="utf-8")), encoding="utf-8")
