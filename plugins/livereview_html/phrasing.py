"""Words of a document as HTML: spans become elements, text stays text.

A link leads to a place of the page, to a plain web address or to a file below the report's folder; any other target is
shown as text and not linked.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from livereview_document.words import (
    Break,
    Code,
    Emphasis,
    Link,
    Place,
    Plain,
    Span,
    Strong,
    Words,
    address,
    local_path,
)
from livereview_html.markup import NOTHING, Html, element, escaped, together


def phrasing(words: Words) -> Html:
    """The words as they stand in a line; places in them are left to whoever sets ids."""
    return together(_span(span) for span in words.spans)


def _span(span: Span) -> Html:
    if isinstance(span, Plain):
        return escaped(span.text)
    if isinstance(span, Code):
        return element("code", None, span.text)
    if isinstance(span, Strong):
        return element("strong", None, phrasing(span.inside))
    if isinstance(span, Emphasis):
        return element("em", None, phrasing(span.inside))
    if isinstance(span, Link):
        return _link(span)
    if isinstance(span, Break):
        return element("br")
    assert isinstance(span, Place)
    return NOTHING


def _link(link: Link) -> Html:
    inside = phrasing(link.inside)
    if link.kind == "place":
        return element("a", {"href": place_link(link.target)}, inside)
    if link.kind == "file" and local_path(link.target) is not None:
        return element("a", {"href": link.target, "class": "file"}, inside)
    if link.kind == "web" and address(link.target) is not None:
        told = link.inside.plain.startswith(("doi:", "http://", "https://"))  # the words say where it leads
        return element("a", {"href": link.target, "rel": "noopener", "class": None if told else "web"}, inside)
    return together([inside, f" ({link.target})"])


def place_link(name: str) -> str:
    """The link to a place of the page."""
    return "#" + quote(name, safe="-_.")


def places(words: Words) -> list[str]:
    """Names of the places in these words, in order."""
    found: list[str] = []
    for span in words.spans:
        if isinstance(span, Place):
            found.append(span.name)
        elif isinstance(span, Strong | Emphasis | Link):
            found += places(span.inside)
    return found


def linked_place(words: Words) -> str:
    """The place that the first link in these words leads to; empty where it leads to none."""
    for span in words.spans:
        if isinstance(span, Link):
            return span.target if span.kind == "place" else ""
        if isinstance(span, Strong | Emphasis) and (found := linked_place(span.inside)):
            return found
    return ""


def slug(value: str) -> str:
    """A name of ours as the name of a class."""
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
