"""An SVG file as part of the page: only what draws, names and links is taken over.

The file is data, whoever wrote it: elements and attributes that are not listed here are left out, and a link leads to a
place of the page or nowhere. Ids are set apart by the name of the figure, since one page holds many. A file with
``data-colours="page"`` is given the colours of the page, except where a part of it says ``data-colours="own"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from livereview import PluginError, xml_root
from livereview_html.markup import Html, Value, element, escaped, together
from livereview_html.palette import named

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SHAPES = frozenset({"path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "text", "tspan"})
_GROUPS = frozenset({"svg", "g", "a", "title", "desc", "defs", "clipPath", "pattern", "marker", "symbol", "use"})
_ELEMENTS = _SHAPES | _GROUPS | {"linearGradient", "radialGradient", "stop"}
_ATTRIBUTES = frozenset(re.findall(r"\S+", """
    x y x1 y1 x2 y2 cx cy r rx ry dx dy d points width height viewBox transform fill stroke opacity offset
    text-anchor textLength lengthAdjust dominant-baseline baseline-shift unicode-bidi direction writing-mode rotate
    gradientUnits gradientTransform patternUnits patternTransform patternContentUnits clipPathUnits
    markerWidth markerHeight markerUnits refX refY orient marker-start marker-mid marker-end clip-path
    fill-opacity fill-rule stroke-width stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-opacity stop-color stop-opacity vector-effect paint-order shape-rendering
    font-size font-weight font-style font-family letter-spacing word-spacing visibility preserveAspectRatio
    aria-hidden aria-label role id
"""))  # fmt: skip
_DATA = re.compile(r"data-[a-z][a-z-]*")
_PLACE = re.compile(r"#([A-Za-z0-9_-]+)")
_REFERENCE = re.compile(r"url\(\s*[\"']?#([A-Za-z0-9_-]+)[\"']?\s*\)")
_COLOURED = frozenset({"fill", "stroke", "stop-color"})
#: "page": the colours follow those of the page; "own": those of this element do not.
_COLOURS = "data-colours"


def drawing(content: bytes, name: str, alt: str, places: Collection[str]) -> Html | None:
    """The drawing as an element of the page, with ``alt`` as its name; None where the file is no SVG that can be read.

    ``name`` sets its ids apart, ``places`` are those of the page that its links may lead to.
    """
    try:
        root = xml_root(content, name)
    except PluginError:
        return None
    if _plain(root.tag) != "svg":
        return None
    return _Drawing(name, alt, places, root).html()


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2].removeprefix("svg:")


class _Drawing:
    """One drawing on its way into the page."""

    def __init__(self, name: str, alt: str, places: Collection[str], root: Element) -> None:
        self.name, self.alt, self.places, self.root = name, alt, places, root
        self.ids = {found for node in root.iter() if (found := node.get("id"))}
        self.linked: set[str] = set()
        self.follows = root.get(_COLOURS) == "page"

    def html(self) -> Html:
        links = any(self._target(node) for node in self.root.iter() if _plain(node.tag) == "a")
        kept = {key: value for key, value in self._attributes(self.root).items() if key not in ("id", "role")}
        # What has links in it is a group: the parts of an image cannot be reached.
        kept |= {"role": "group" if links or self._tips() else "img", "aria-label": self.alt}
        # What does not follow the page stays on white paper.
        kept |= {} if self.follows else {"class": "paper"}
        inside = [self._node(child, False) for child in self.root if _plain(child.tag) not in ("title", "desc")]
        return element("svg", kept, together(inside, "\n"))

    def _tips(self) -> bool:
        return any(_plain(node.tag) in _SHAPES and _tip(node) for node in self.root.iter())

    def _node(self, node: Element, in_link: bool) -> Html:
        tag = _plain(node.tag)
        if tag not in _ELEMENTS or tag == "svg":
            return Html("")
        attributes = self._attributes(node)
        if tag == "a":
            target = self._target(node)
            tag = "a" if target else "g"
            attributes |= self._link(node, target) if target else {}
        elif tag in _SHAPES and not in_link and _tip(node):
            attributes |= {"tabindex": 0, "role": "img", "aria-label": _tip(node)}
        parts = [escaped(node.text.strip("\n") if node.text else "")]
        for child in node:
            parts.append(self._node(child, in_link or tag == "a"))
            parts.append(escaped(child.tail.strip("\n") if child.tail else ""))
        return element(tag, attributes, *parts)

    def _link(self, node: Element, target: str) -> dict[str, Value]:
        """One stop for the keyboard per place: the first mark that leads there."""
        tip = next((found for child in node.iter() if (found := _tip(child))), "")
        said = tip or " ".join("".join(node.itertext()).split())
        again = target in self.linked
        self.linked.add(target)
        return {"href": f"#{target}", "aria-label": said or None, "tabindex": -1 if again else None}

    def _target(self, node: Element) -> str:
        """The place of the page that a link leads to; empty where it leads elsewhere."""
        href = next((value for key, value in node.items() if _local(key) == "href"), "")
        match = _PLACE.fullmatch(href)
        return match[1] if match and match[1] in self.places else ""

    def _attributes(self, node: Element) -> dict[str, Value]:
        kept: dict[str, Value] = {}
        follows = self.follows and node.get(_COLOURS) != "own"
        for key, value in node.items():
            if key == _COLOURS:
                continue
            if key == "id":
                kept["id"] = self._own(value)
            elif key in _ATTRIBUTES or _DATA.fullmatch(key):
                if (own := self._value(value)) is not None:
                    kept[key] = named(own) if follows and key in _COLOURED else own
            elif _plain(node.tag) == "use" and _local(key) == "href" and value.removeprefix("#") in self.ids:
                kept["href"] = f"#{self._own(value.removeprefix('#'))}"
        return kept

    def _value(self, value: str) -> str | None:
        """The value with references to ids of its own; None where it refers to anything else."""
        if "url(" not in value.lower():
            return value
        own: Callable[[re.Match[str]], str] = lambda match: f"url(#{self._own(match[1])})"  # noqa: E731
        changed = _REFERENCE.sub(own, value)
        return changed if len(_REFERENCE.findall(value)) == value.lower().count("url(") else None

    def _own(self, identifier: str) -> str:
        return f"{self.name}--{identifier}"


def _tip(node: Element) -> str:
    """What a reader is told who points at a mark."""
    told = next((child.text or "" for child in node if _plain(child.tag) == "title"), "")
    return " ".join(told.split())


def _local(key: str) -> str:
    return re.split("[}:]", key)[-1]
