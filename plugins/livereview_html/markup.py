"""HTML as a value: built from elements, so that text cannot become markup.

A ``str`` is text and is escaped where it enters an element; only ``Html`` is markup, and it is made here alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Elements without an end tag.
VOID = frozenset({"br", "hr", "img", "input", "meta"})
#: Elements of drawings, which may close themselves.
MARKS = frozenset({"path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "stop", "use"})
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
#: What HTML may not hold: control characters but tab and line feed, halves of pairs, the two that are no characters.
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MARKED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_QUOTED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


@dataclass(frozen=True, slots=True)
class Html:
    """Finished markup."""

    markup: str

    def __bool__(self) -> bool:
        return bool(self.markup)


Inside = Html | str | None
Value = str | int | float | bool | None

NOTHING = Html("")


def escaped(text: str) -> Html:
    """The text as text; a character that HTML cannot hold is the mark of a lost one."""
    return Html(_REFUSED.sub("\ufffd", text).translate(_MARKED))


def element(tag: str, attributes: Mapping[str, Value] | None = None, *inside: Inside) -> Html:
    """One element. An attribute that is None or False is left out, True stands alone; ``str`` inside is text.

    ValueError for a name that is none: names are ours, never from outside.
    """
    written = "".join(_attribute(name, value) for name, value in (attributes or {}).items())
    if not _NAME.fullmatch(tag):
        raise ValueError(f"no name of an element: {tag!r}")
    if tag in VOID:
        if any(inside):
            raise ValueError(f"{tag} holds nothing")
        return Html(f"<{tag}{written}>")
    content = together(inside).markup
    if not content and tag in MARKS:
        return Html(f"<{tag}{written}/>")
    return Html(f"<{tag}{written}>{content}</{tag}>")


def together(parts: Iterable[Inside], separator: str = "") -> Html:
    """The parts one after the other; ``str`` is text, None nothing."""
    return Html(separator.join(_markup(part) for part in parts if part is not None))


def lines(parts: Iterable[Inside]) -> Html:
    """The parts that are something, each on its own line."""
    return together((part for part in parts if part), "\n")


def _markup(part: Inside) -> str:
    if part is None:
        return ""
    return part.markup if isinstance(part, Html) else escaped(part).markup


def _attribute(name: str, value: Value) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"no name of an attribute: {name!r}")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    text = _REFUSED.sub("\ufffd", str(value)).replace("\n", " ")
    return f' {name}="{text.translate(_QUOTED)}"'
