"""A page of HTML that stands alone: styles and scripts in it, and a rule that nothing else may be loaded or run.

The rule (Content-Security-Policy) names the styles and scripts by their SHA-256. Whatever else looked like a script
would not run, and whatever looked like an address would not be asked.
"""

from __future__ import annotations

import base64
import hashlib
import pkgutil
from collections.abc import Iterable, Sequence
from functools import cache

from livereview_html.markup import Html, element, lines
from livereview_html.palette import pale_grounds, palette
from livereview_html.tables import column_styles

STYLES = ("page.css", "tables.css", "figures.css", "versions.css", "print.css")
SCRIPTS = ("view.js", "sorting.js", "sources.js", "versions.js")


@cache
def static(name: str) -> str:
    """The text of a file of this package."""
    content = pkgutil.get_data("livereview_html", f"static/{name}")
    if content is None:
        raise FileNotFoundError(f"livereview_html/static/{name}")
    return content.decode("utf-8")


def page(
    title: str,
    description: str,
    body: Iterable[Html],
    *,
    styles: Sequence[str] = STYLES,
    scripts: Sequence[str] = SCRIPTS,
) -> bytes:
    """The whole page. ``styles`` and ``scripts`` are files of ``static/``, in the order in which they count."""
    content = element("body", None, "\n", lines(body))
    colours = palette(pale_grounds(content.markup))
    style = "\n" + colours + column_styles() + "".join(static(name) for name in styles)
    script = "\n" + "".join(static(name) for name in scripts) if scripts else ""
    head = element(
        "head",
        None,
        lines([
            element("meta", {"charset": "utf-8"}),
            element("meta", {"http-equiv": "Content-Security-Policy", "content": _policy(style, script)}),
            element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
            element("meta", {"name": "referrer", "content": "no-referrer"}),
            element("meta", {"name": "description", "content": description}),
            element("title", None, title),
            Html('<link rel="icon" href="data:,">'),
            _raw("style", style),
            _raw("script", script) if script else None,
        ]),
    )  # fmt: skip
    whole = lines(
        [
            Html("<!doctype html>"),
            Html('<html lang="en">'),
            head,
            content,
            Html("</html>"),
        ]
    )
    return (whole.markup + "\n").encode("utf-8")


def _policy(style: str, script: str) -> str:
    """What the page may load and run: itself, and pictures that are in it."""
    rules = ["default-src 'none'", f"style-src '{_digest(style)}'"]
    rules += [f"script-src '{_digest(script)}'"] if script else []
    rules += ["img-src data:", "base-uri 'none'", "form-action 'none'"]
    return "; ".join(rules)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _raw(tag: str, text: str) -> Html:
    """A style or script of ours, whose text HTML takes as it is up to its end tag. ValueError where that is in it."""
    if f"</{tag}" in text.lower() or "<!--" in text:
        raise ValueError(f"the text of <{tag}> would end before its end")
    return Html(f"<{tag}>{text}</{tag}>")
