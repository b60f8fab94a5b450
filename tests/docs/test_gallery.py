"""The gallery shows every kind of figure that the review of its example has, and each is there."""

from __future__ import annotations

import re
from pathlib import Path

import gallery

from livereview import printing
from livereview.past.replay import replayed
from livereview.timeline import UNDATED


def test_every_figure_of_the_page_is_beside_it_and_none_is_there_for_nothing() -> None:
    assert sorted(gallery.named()) == sorted(path.name for path in (gallery.ROOT / "docs" / "gallery").iterdir())
    shown = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", gallery.PAGE.read_text(encoding="utf-8"))
    assert all(words and (gallery.PAGE.parent / path).is_file() for words, path in shown)


def test_the_example_makes_every_figure_that_the_page_shows(tmp_path: Path) -> None:
    made = {path.name for path in gallery.made(tmp_path).iterdir()}
    assert set(gallery.named()) <= made
    kinds = {re.sub(r"^[a-z]+-", "", name) for name in made if name.startswith("livereview-") and name.endswith(".png")}
    left_out = kinds - {re.sub(r"^[a-z]+-", "", name) for name in gallery.named()}
    assert left_out == {
        "anytime-valid-confidence-sequence.png",
        "cumulative.png",
        "trim-and-fill-funnel-trim-and-fill.png",
    }


def test_the_table_of_the_readme_is_what_a_replay_says_today() -> None:
    text = (gallery.ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+|no date) \| (.+?) \| (\d+) \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    (timeline,) = replayed(gallery.ROOT / "reviews" / "blina_rr.toml", "os-hr").timelines
    said = [
        (
            step.published_by or UNDATED,
            "; ".join(step.added),
            str(step.pooled.k),
            printing.interval(step.pooled.shown, timeline.outcome.display),
            step.verdict.words if step.verdict else "",
        )
        for step in timeline.steps
    ]
    assert rows == said
