"""Every pair of colours that meets has the contrast of WCAG 2.2 AA, in light and in dark, as the styles set them."""

from __future__ import annotations

import re

import pytest

from livereview_html.markup import element
from livereview_html.page import STYLES, page, static
from livereview_html.palette import PALETTE, SEEN_ON, TEXT_ON, pale_grounds, palette

#: By mode, the custom properties as the styles of the page set them.
BLOCKS = re.findall(r"color-scheme: (light|dark); ([^}]+)\}", palette())


def colours(properties: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{6});", properties))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_guideline() -> None:
    # Black on white is 21; #767676 on white is the lightest grey that passes 4.5 (WebAIM).
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.005)


def test_every_mode_sets_every_colour() -> None:
    assert [mode for mode, _ in BLOCKS] == ["light", "dark", "dark"]
    assert all(colours(properties).keys() == PALETTE.keys() for _, properties in BLOCKS)
    assert BLOCKS[1][1] == BLOCKS[2][1]


@pytest.mark.parametrize("mode", range(2))
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read_on_what_it_stands_on(mode: int, ink: str, ground: str) -> None:
    found = colours(BLOCKS[mode][1])
    assert contrast(found[ink], found[ground]) >= 4.5


@pytest.mark.parametrize("mode", range(2))
@pytest.mark.parametrize(("mark", "ground"), SEEN_ON)
def test_what_is_no_text_can_be_seen(mode: int, mark: str, ground: str) -> None:
    found = colours(BLOCKS[mode][1])
    assert contrast(found[mark], found[ground]) >= 3


def test_pale_grounds_of_drawings_are_dark_in_the_dark_and_their_text_can_be_read() -> None:
    grounds = ["efefef", "dedede", "cccccc", "cedeef", "ccffff", "ffcccc"]
    styles = re.findall(r"color-scheme: (?:light|dark); ([^}]+)\}", palette(grounds))
    for mode, properties in enumerate(map(colours, styles)):
        for name in grounds:
            ground = properties[f"lr-pale-{name}"]
            assert contrast(properties["lr-ink"], ground) >= 4.5
            assert mode or ground == f"#{name.upper()}"
    assert pale_grounds('<path fill="var(--lr-pale-efefef, #EFEFEF)"/><text>lr-pale-000000') == ["efefef"]


def test_the_page_gives_the_grounds_of_its_drawings_their_colours() -> None:
    drawn = element("path", {"fill": "var(--lr-pale-cedeef, #CEDEEF)"})
    assert page("A", "B", [drawn]).decode().count("--lr-pale-cedeef: ") == 3
    assert "lr-pale" not in page("A", "B", []).decode()


def test_styles_use_no_colour_that_the_palette_lacks() -> None:
    for name in STYLES:
        used = set(re.findall(r"var\(--([a-z-]+)\)", static(name)))
        assert used <= PALETTE.keys()
    raw = re.findall(r"#[0-9A-Fa-f]{3,8}\b|\brgba?\(", "".join(map(static, STYLES)))
    # A picture without a drawing is on white, behind a dialog it is darker, and badges are printed with one edge.
    assert sorted(set(raw)) == ["#525252", "#FFFFFF", "rgb("]


def test_each_ink_that_styles_set_with_a_ground_is_a_pair_that_is_tested() -> None:
    pairs = set()
    for rule in re.findall(r"\{([^{}]*)\}", "".join(map(static, STYLES))):
        ground = re.search(r"background: var\(--([a-z-]+)\)", rule)
        ink = re.search(r"(?<![-a-z])color: var\(--([a-z-]+)\)", rule)
        if ground and ink:
            pairs.add((ink[1], ground[1]))
    assert pairs
    assert {tuple(sorted(pair)) for pair in pairs} <= {tuple(sorted(pair)) for pair in TEXT_ON}
