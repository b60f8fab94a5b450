"""A document as Markdown (GitHub flavour), block by block.

A block is one string and blocks are joined by an empty line. Every text of a block stands on one line, so no text can
begin a block of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from livereview_document.blocks import (
    Block,
    Bullets,
    Document,
    Folded,
    Heading,
    Numbered,
    Paragraph,
    Picture,
    Quote,
    Table,
)
from livereview_document.words import Break, Code, Emphasis, Link, Place, Plain, Span, Strong, Words, local_path
from livereview_markdown.escape import alternative, escaped, lead_escaped

#: The picture that is shown where a figure was made in several formats: every host of Markdown shows the first.
_FIRST = (".png", ".svg")


def markdown(document: Document) -> str:
    """The whole page, ending in a newline."""
    return _joined(document.blocks) + "\n"


def _joined(blocks: Iterable[Block]) -> str:
    return "\n\n".join(block(each) for each in blocks)


def block(each: Block) -> str:
    """One block, without an empty line before or after it."""
    if isinstance(each, Heading):
        return _heading(each)
    if isinstance(each, Paragraph):
        return line(each.words)
    if isinstance(each, Table):
        return _table(each)
    if isinstance(each, Bullets):
        return "\n".join(f"- {line(item)}" for item in each.items)
    if isinstance(each, Numbered):
        return "\n".join(f"{number}. {line(item)}" for number, item in each.items)
    if isinstance(each, Quote):
        return "\n>\n".join(f"> {line(item)}" for item in each.items)
    if isinstance(each, Folded):
        return f"<details>\n<summary>{each.summary}</summary>\n\n{_joined(each.blocks)}\n\n</details>"
    return _picture(each)


def _heading(each: Heading) -> str:
    # An anchor of our own: those of the host depend on the title.
    mark = f'<a id="{each.place}"></a>' if each.place else ""
    return f"{'#' * each.level} {mark}{inline(each.words)}"


def _table(each: Table) -> str:
    rules = ["---:" if i in each.right else "---" for i in range(len(each.headers))]
    return "\n".join([_row(each.headers), f"| {' | '.join(rules)} |", *map(_row, each.rows)])


def _row(cells: Sequence[Words]) -> str:
    return "| " + " | ".join(map(inline, cells)) + " |"


def _picture(each: Picture) -> str:
    """The picture, then a line with its title and the numbers behind it."""
    ending = min(each.endings, key=lambda name: _FIRST.index(name.lower()) if name.lower() in _FIRST else len(_FIRST))
    data = [f"[data (CSV)]({local_path(path)})" for path in each.data]
    title = " · ".join([f"*{inline(each.title)}*", *data])
    return f"![{alternative(each.alt)}]({local_path(each.stem + ending)})\n\n{title}"


def line(words: Words) -> str:
    """Words that begin a block or an item of a list."""
    return lead_escaped(inline(words))


def inline(words: Words) -> str:
    """Words within a line, a heading or a cell."""
    # Text that stands together is escaped together, since two harmless halves may make one sign.
    parts = []
    for plain, spans in groupby(words.spans, key=lambda span: isinstance(span, Plain)):
        if plain:
            parts.append(escaped("".join(span.text for span in spans if isinstance(span, Plain))))
        else:
            parts += [_span(span) for span in spans]
    return "".join(parts)


def _span(span: Span) -> str:
    if isinstance(span, Strong):
        return f"**{inline(span.inside)}**"
    if isinstance(span, Emphasis):
        return f"*{inline(span.inside)}*"
    if isinstance(span, Link):
        target = f"#{span.target}" if span.kind == "place" else span.target.replace("&", "&amp;")
        return f"[{inline(span.inside)}]({target})"
    if isinstance(span, Code):
        return f"`{span.text}`"
    if isinstance(span, Place):
        return f'<a id="{span.name}"></a>'
    return "<br>" if isinstance(span, Break) else escaped(span.text)
