"""Pages as a reader's browser has them: they load nothing, say what is wrong with nothing, and answer to the keyboard.

axe-core looks through every part of the made-up pages, and through the first outcome of real ones, whose further
outcomes are made of the same parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import NARROW, Visit, visiting
from made_pages import real_pages
from playwright.sync_api import Browser

MADE = ("whole", "hostile", "one-study", "nothing", "index")
REAL = tuple(real_pages())
#: Of the real ones those of which axe-core sees the dark side too: all take their colours from the same names.
SMALL = ("blina_frontline", "reviews")
#: WCAG 2.1 A and AA, and what axe-core calls best practice.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "resultTypes": ["violations"],
}
CONTRAST = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
#: Parts of a real page that axe-core need not see again.
REPEATED = "#outcomes > section:nth-of-type(n+2), .replay-outcomes > li:nth-of-type(n+4), details.steps ~ details.steps"
#: Texts of a drawing that lie on each other by more than half a pixel, of drawings that are shown.
CLASHES = """() => {
  const found = [];
  for (const drawing of document.querySelectorAll("svg")) {
    const boxes = [...drawing.querySelectorAll("text")].filter((text) => text.textContent.trim())
      .map((text) => [text.textContent, text.getBoundingClientRect()]).filter(([, box]) => box.width);
    boxes.sort((a, b) => a[1].left - b[1].left);
    boxes.forEach(([words, box], at) => {
      for (const [others, other] of boxes.slice(at + 1)) {
        if (other.left > box.right - 0.5) break;
        if (other.top < box.bottom - 2.5 && other.bottom > box.top + 2.5) found.push(`${words} / ${others}`);
      }
    });
  }
  return found;
}"""


@pytest.fixture(params=[*MADE, *REAL])
def path(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Path:
    return pages[request.param]


@pytest.fixture
def whole(browser: Browser, pages: dict[str, Path]) -> Visit:  # type: ignore[misc]
    """The page with everything."""
    with visiting(browser, pages["whole"]) as visit:
        yield visit
        assert visit.complaints == []


def test_the_pages_of_the_reviews_are_among_them() -> None:
    listed = [path.stem for path in Path("reviews").glob("*.toml") if '"html"' in path.read_text(encoding="utf-8")]
    assert set(listed) <= set(REAL)


def test_a_page_renders_without_a_complaint_a_request_or_text_on_text(browser: Browser, path: Path) -> None:
    with visiting(browser, path) as visit:
        assert visit.page.locator("h1").inner_text().strip()
        assert visit.page.evaluate("window.ran") is None
        assert visit.page.evaluate(CLASHES) == []
        visit.keep(f"{path.parent.name}-{path.stem}")
        assert visit.complaints == []


def test_nothing_is_wider_than_a_narrow_window(browser: Browser, path: Path) -> None:
    with visiting(browser, path, viewport=NARROW) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
        visit.keep(f"{path.parent.name}-{path.stem}-narrow")
        assert visit.complaints == []


@pytest.mark.parametrize("name", [*MADE, *REAL])
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], name: str) -> None:
    looked_through(browser, pages[name], "light", RULES, name in REAL)


@pytest.mark.parametrize("name", ["whole", "index", *(name for name in REAL if name in SMALL)])
def test_axe_finds_contrast_in_the_dark(browser: Browser, pages: dict[str, Path], name: str) -> None:
    """The rest of what axe-core looks at is the same in both."""
    looked_through(browser, pages[name], "dark", CONTRAST, name in REAL)


def looked_through(browser: Browser, path: Path, colours: str, rules: dict[str, Any], real: bool) -> None:
    """No complaint of axe-core on a page in these colours."""
    with visiting(browser, path, color_scheme=colours) as visit:
        if real:
            visit.page.evaluate("(some) => document.querySelectorAll(some).forEach((one) => one.remove())", REPEATED)
        else:
            visit.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert visit.axe(rules) == []
        visit.keep(f"{path.parent.name}-{path.stem}-{colours}")


def test_a_page_is_read_without_a_script(browser: Browser, path: Path) -> None:
    with visiting(browser, path, scripts=False) as visit:
        assert visit.page.locator("main h2").count() >= 1
        assert not visit.page.locator("#versions-replay").is_visible()
        assert visit.page.locator("details.steps").count() in (0, visit.page.locator("[data-outcome]").count())
        assert visit.complaints == []


def test_a_page_prints(browser: Browser, pages: dict[str, Path]) -> None:
    with visiting(browser, pages["whole"]) as visit:
        printed = visit.page.pdf()
        assert printed.startswith(b"%PDF-")
        assert len(printed) > 20_000
        visit.page.emulate_media(media="print")
        assert not visit.page.locator("#versions-replay").is_visible()
        assert visit.complaints == []


# --- the slider ------------------------------------------------------------------------------------------------


def told(visit: Visit) -> list[str]:
    """What the cards of the slider say."""
    return visit.page.locator(".replay-now strong").all_inner_texts()


def test_the_slider_starts_today_with_the_numbers_of_the_last_steps(whole: Visit) -> None:
    data = whole.page.evaluate("JSON.parse(document.getElementById('versions-data').textContent)")
    assert told(whole) == [states[-1]["result"] for states in data["outcomes"]]
    assert whole.page.locator("#versions-later").is_disabled()
    assert whole.page.locator("#versions-said").inner_text().startswith("today")


def test_the_slider_answers_to_the_keyboard(whole: Visit) -> None:
    data = whole.page.evaluate("JSON.parse(document.getElementById('versions-data').textContent)")
    whole.page.focus("#versions-day")
    whole.page.keyboard.press("Home")
    assert told(whole) == [data["outcomes"][0][0]["result"], "No result yet"]
    assert whole.page.locator("#versions-earlier").is_disabled()
    for day in range(1, len(data["days"])):
        whole.page.keyboard.press("ArrowRight")
        states = [[one for one in states if one["from"] <= day] for states in data["outcomes"]]
        assert told(whole) == [one[-1]["result"] if one else "No result yet" for one in states]
        assert whole.page.locator("#versions-said").inner_text().startswith(data["days"][day])
        assert whole.page.get_attribute("#versions-day", "aria-valuetext") == whole.page.inner_text("#versions-said")


def test_the_slider_answers_to_the_mouse(whole: Visit) -> None:
    slider = whole.page.locator("#versions-day")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    whole.page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    assert slider.input_value() == "0"
    whole.page.click("#versions-later")
    assert slider.input_value() == "1"
    whole.page.click("#versions-earlier")
    assert slider.input_value() == "0"
    assert whole.page.evaluate("document.activeElement.id") == "versions-later"


def test_the_drawing_moves_with_the_slider(whole: Visit) -> None:
    card = whole.page.locator("[data-outcome='0']")
    assert card.locator("g.in").count() == 5
    whole.page.focus("#versions-day")
    whole.page.keyboard.press("Home")
    assert card.locator("g.in").count() == 2
    assert card.locator("g.out .mark").first.get_attribute("d") == ""
    whole.keep("whole-first-day")


def test_only_what_moved_can_be_shown(whole: Visit) -> None:
    whole.page.focus("#versions-day")
    whole.page.keyboard.press("Home")
    whole.page.check("#versions-only")
    assert whole.page.locator("[data-outcome]:visible").count() == 1
    whole.page.uncheck("#versions-only")
    assert whole.page.locator("[data-outcome]:visible").count() == 2


# --- tables, colours -------------------------------------------------------------------------------------------


def test_a_table_is_sorted_by_mouse_and_keyboard_and_comes_back(browser: Browser, pages: dict[str, Path]) -> None:
    with visiting(browser, pages["index"]) as visit:
        names = visit.page.locator("#reviews tbody th")
        assert names.all_inner_texts() == ["Zebra", "Antelope", "c"]
        header = visit.page.locator("#reviews thead th").first
        header.locator("button").click()
        assert header.get_attribute("aria-sort") == "ascending"
        assert names.all_inner_texts() == ["Antelope", "c", "Zebra"]
        visit.page.keyboard.press("Enter")
        assert header.get_attribute("aria-sort") == "descending"
        assert names.all_inner_texts() == ["Zebra", "c", "Antelope"]
        visit.page.keyboard.press("Space")
        assert header.get_attribute("aria-sort") is None
        assert names.all_inner_texts() == ["Zebra", "Antelope", "c"]
        assert visit.complaints == []


def test_a_review_that_is_due_is_marked_by_the_clock_of_the_reader(browser: Browser, pages: dict[str, Path]) -> None:
    with visiting(browser, pages["index"]) as visit:
        assert visit.page.locator(".overdue").all_inner_texts() == [" (overdue by your clock)"]


def test_the_reader_may_choose_the_colours(whole: Visit) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    choice = whole.page.locator("#page-tools select")
    choice.select_option("dark")
    dark = whole.page.evaluate(background)
    choice.select_option("light")
    assert (dark, whole.page.evaluate(background)) == ("rgb(20, 23, 26)", "rgb(255, 255, 255)")


def test_a_click_in_the_middle_of_a_study_tells_where_its_number_comes_from(
    browser: Browser, pages: dict[str, Path]
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages["whole"].as_uri())
    page.locator("figure svg a[href^='#from-']").first.click(timeout=5000)
    assert page.locator("dialog[open]").count() == 1
    page.close()
