"""Colours of the page in light and in dark, as custom properties; drawings in the page are given the same names.

Every pair that meets has the contrast of WCAG AA: 4.5 for text, 3 for what has to be seen. A test computes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: By name: on light, on dark. Those of drawings start with ``lr-``.
PALETTE: Mapping[str, tuple[str, str]] = {
    "lr-paper": ("#FFFFFF", "#14171A"),
    "lr-ink": ("#191919", "#E8E8E8"),
    "lr-soft": ("#525252", "#B4B8BD"),
    "lr-rule": ("#B5B5B5", "#535A61"),
    "lr-accent": ("#195A9C", "#8CBDF0"),
    "lr-prediction": ("#8C8C8C", "#868D95"),
    "band": ("#F1F4F7", "#1F2429"),
    "edge": ("#767C83", "#868D95"),
    "note": ("#FFF5DC", "#33290F"),
    "note-edge": ("#8A5C00", "#E0B040"),
    "target": ("#FFF0B3", "#4A3D0A"),
    "new": ("#E5F2E8", "#1A3323"),
    "new-ink": ("#1B5E2B", "#8FD9A3"),
    "consequential": ("#195A9C", "#8CBDF0"),
    "consequential-ink": ("#FFFFFF", "#14171A"),
    "redefined": ("#6B3FA0", "#CDB2F2"),
    "redefined-ink": ("#FFFFFF", "#14171A"),
    "undecided": ("#F2C94C", "#F2C94C"),
    "undecided-ink": ("#191919", "#191919"),
}

#: Text on what it stands on.
TEXT_ON: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("lr-ink", "lr-soft", "lr-accent")
      for ground in ("lr-paper", "band", "note", "target", "new")),
    ("new-ink", "lr-paper"), ("new-ink", "new"), ("new-ink", "band"), ("note-edge", "note"), ("note-edge", "lr-paper"),
    *((f"{name}-ink", name) for name in ("consequential", "redefined", "undecided")),
)  # fmt: skip
#: What has to be seen, though it is no text, on what it stands on.
SEEN_ON: tuple[tuple[str, str], ...] = (
    ("edge", "lr-paper"), ("edge", "band"), ("lr-prediction", "lr-paper"),
    ("lr-accent", "lr-paper"), ("lr-accent", "band"), ("lr-accent", "note"),
    ("note-edge", "note"), ("note-edge", "lr-paper"),
)  # fmt: skip


#: Names of the colours of drawings, by what they are in print.
_NAMES = {light: name for name, (light, _) in PALETTE.items() if name.startswith("lr-")}
_COLOUR = re.compile(r"#[0-9A-F]{6}")
#: From this level of red, green and blue on a colour is a pale ground: named after itself.
_PALE = 0xCC


def named(colour: str) -> str:
    """A colour of a drawing as the page may change it: ``#191919`` is ``var(--lr-ink, #191919)``.

    One that the palette lacks and that is no pale ground has a meaning of its own: as it is.
    """
    wanted = colour.upper()
    if not _COLOUR.fullmatch(wanted):
        return colour
    name = _NAMES.get(wanted)
    if name is None and all(int(wanted[i : i + 2], 16) >= _PALE for i in (1, 3, 5)):
        name = f"lr-pale-{wanted[1:].lower()}"
    return colour if name is None else f"var(--{name}, {colour})"


def palette(pale: Iterable[str] = ()) -> str:
    """The custom properties: those of the system, unless the reader chose; paper is white.

    ``pale`` are the pale grounds of drawings, as ``efefef``.
    """
    grounds = {f"lr-pale-{colour}": (f"#{colour.upper()}", darkened(colour)) for colour in pale}
    light, dark = (_properties({**PALETTE, **grounds}, side) for side in (0, 1))
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media screen {\n"
        f"@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{ color-scheme: dark; {dark} }} }}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
        "}\n"
    )


def pale_grounds(markup: str) -> list[str]:
    """The pale grounds that drawings in this markup name."""
    return sorted(set(re.findall(r"var\(--lr-pale-([0-9a-f]{6})\b", markup)))


def darkened(pale: str) -> str:
    """A pale ground as it is on dark paper: as far from the paper as it is from white, in its own hue."""
    parts = [int(pale[i : i + 2], 16) for i in (0, 2, 4)]
    mean = sum(parts) / 3
    paper = [int(PALETTE["lr-paper"][1][i : i + 2], 16) for i in (1, 3, 5)]
    found = [base + 0.7 * (255 - mean) + 0.7 * (part - mean) for base, part in zip(paper, parts, strict=True)]
    return "#" + "".join(f"{round(min(max(value, 0), 255)):02X}" for value in found)


def _properties(colours: Mapping[str, tuple[str, str]], side: int) -> str:
    return " ".join(f"--{name}: {pair[side]};" for name, pair in colours.items())
