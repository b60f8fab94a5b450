"""A figure of the report in the page: its drawing or its picture, its title, its data."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from livereview import RenderedFile
from livereview_document.blocks import Picture
from livereview_document.words import local_path
from livereview_html.drawings import drawing
from livereview_html.markup import Html, element, together
from livereview_html.phrasing import phrasing, slug

_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


def figure(picture: Picture, assets: Mapping[str, RenderedFile], places: Collection[str]) -> Html:
    """The figure with its caption; a sentence in its place where there is no file that the page can show."""
    title = picture.title.plain or picture.kind or "Figure"
    shown = _drawn(picture, assets, places) or _pictured(picture, assets)
    if shown is None:
        shown = element("p", {"class": "missing"}, f"This figure cannot be shown here. {picture.alt}")
    frame = element("div", {"class": "scroll", "role": "group", "tabindex": 0, "aria-label": f"Figure: {title}"}, shown)
    links = [
        element("a", {"href": path, "class": "file"}, "data (CSV)") for path in map(local_path, picture.data) if path
    ]
    caption = together([phrasing(picture.title), *links], " · ")
    return element(
        "figure",
        {"data-kind": slug(picture.kind) or None},
        frame,
        element("figcaption", None, caption) if caption else None,
    )


def _drawn(picture: Picture, assets: Mapping[str, RenderedFile], places: Collection[str]) -> Html | None:
    asset = assets.get(f"{picture.stem}.svg")
    if asset is None:
        return None
    return drawing(asset.content, slug(PurePosixPath(picture.stem).name), picture.alt, places)


def _pictured(picture: Picture, assets: Mapping[str, RenderedFile]) -> Html | None:
    """The picture as part of the page itself, so that the page needs no other file."""
    for ending in picture.endings:
        asset = assets.get(picture.stem + ending)
        if asset is not None and ending.lower() in _TYPES:
            coded = base64.b64encode(asset.content).decode("ascii")
            source = f"data:{_TYPES[ending.lower()]};base64,{coded}"
            return element("img", {"src": source, "alt": picture.alt, "loading": "lazy"})
    return None
