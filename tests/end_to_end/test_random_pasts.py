"""Over random histories: every past update can be rebuilt, and a replay says at each step what was known then."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_folder import DEATH, ReviewFolder, tree_of, trial

from livereview.analysis import analysed
from livereview.evidence.store import Store
from livereview.history import History, Record
from livereview.json_values import as_json
from livereview.outlook import outlook
from livereview.past.moments import asked
from livereview.past.rebuilding import rebuilt, recomputed
from livereview.past.replay import replayed
from livereview.past.states import past_of
from livereview.places import opened, places_of
from livereview.update import update

START = datetime(2026, 1, 5, 9, 0, 0, 300_000, tzinfo=UTC)
NOW = datetime(2030, 1, 1, tzinfo=UTC)
DATES = ["", "2001", "2004-03", "2004-03-15", "2008-12-31"]

#: What happens before an update: a new trial in adults or children, a corrected count, a row taken back, another model.
events = st.one_of(
    st.tuples(st.just("trial"), st.sampled_from(["adult", "child"]), st.integers(1, 20), st.sampled_from(DATES)),
    st.tuples(st.just("correct"), st.integers(0, 5), st.integers(1, 20), st.just("")),
    st.tuples(st.just("withdraw"), st.integers(0, 5), st.integers(0, 1), st.just("")),
    st.tuples(st.just("model"), st.sampled_from(["random-effects", "common-effect"]), st.just(0), st.just("")),
    st.tuples(st.just("date"), st.integers(0, 5), st.just(0), st.sampled_from(DATES)),
)
histories = st.lists(st.lists(events, min_size=1, max_size=3), min_size=1, max_size=4)


@contextmanager
def folder() -> Iterator[ReviewFolder]:
    with tempfile.TemporaryDirectory() as place:
        found = ReviewFolder(Path(place))
        found.write_sheets()
        found.manifest("adults")
        found.manifest("children", population="child")
        yield found


def happen(found: ReviewFolder, event: tuple[str, object, int, str], number: int) -> None:
    kind, which, value, day = event
    results = found.sheets["results"]
    if kind == "trial":
        for table, rows in trial(f"new-{number}", f"New {number}", str(which), value, 40, value + 3, 41).items():
            found.sheets[table] += rows
        found.row("reports", f"new-{number}")["published_on"] = day
    elif kind == "date":
        found.sheets["reports"][int(str(which)) % len(found.sheets["reports"])]["published_on"] = day
    elif kind == "correct":
        results[int(str(which)) % len(results)]["events"] = value
    elif kind == "withdraw":
        back = (
            {"withdrawn": "yes", "withdrawn_reason": "typed twice"}
            if value
            else {"withdrawn": "", "withdrawn_reason": ""}
        )
        results[int(str(which)) % len(results)].update(back)
    else:
        found.manifest("adults", outcomes=f'{DEATH}model = "{which}"\n')
    found.write_sheets()


def lived(found: ReviewFolder, history: list[list[tuple[str, object, int, str]]]) -> Path:
    """Update both reviews after each group of events, a day apart."""
    path = found.root / "adults.toml"
    for day, group in enumerate(history):
        for at, event in enumerate(group):
            happen(found, event, 10 * day + at)
        for review in ("children.toml", "adults.toml"):
            update(found.root / review, now=clock(day))
    return path


def clock(day: int) -> Callable[[], datetime]:
    return lambda: START + timedelta(days=day)


@settings(max_examples=6)
@given(history=histories)
def test_every_past_update_can_be_rebuilt_as_it_was(history: list[list[tuple[str, object, int, str]]]) -> None:
    with folder() as found:
        path = lived(found, history)
        before = tree_of(found.root)
        for record in History(found.root / "history/adults").records():
            for moment in (f"update {record.number}", record.edition.recorded_at):
                past = past_of(path, asked(moment, None, NOW))
                assert past.update is not None
                assert past.update.name == record.name
                assert without_files(recomputed(past)) == without_files(record)
            assert tree_of(found.root) == before
        for record in History(found.root / "history/adults").records():
            done = rebuilt(
                past_of(path, asked(f"update {record.number}", None, NOW)), found.root / f"at-{record.number}"
            )
            assert done.identical
            page = (found.root / f"at-{record.number}/report.md").read_bytes()
            assert page == done.made.files[0].content


def without_files(record: Record) -> dict[str, object]:
    return {key: value for key, value in record.content.items() if key != "files"}


@settings(max_examples=15)
@given(history=histories)
def test_a_replay_says_at_each_step_what_was_known_then_and_ends_today(
    history: list[list[tuple[str, object, int, str]]],
) -> None:
    with folder() as found:
        path = lived(found, history)
        [timeline] = replayed(path).timelines
        file, plugins = opened(path)
        store = Store(places_of(file).store)

        def said(published_by: str | None) -> dict[str, object]:
            view = outlook(file.manifest, store.evidence(published_by=published_by))
            return dict(as_json(analysed(view.scope, file.manifest.outcome("death"), plugins).pooled))

        for step in timeline.steps:
            same(as_json(step.pooled), said(step.published_by or None))
        last = as_json(timeline.outcome.pooled)
        same(last, said(None))
        same(last, History(found.root / "history/adults").find("latest").outcomes["death"]["pooled"])
        came = [label for step in timeline.steps for label in step.added]
        went = [label for step in timeline.steps for label, _ in step.removed]
        assert len(came) - len(went) == timeline.outcome.pooled.k
        assert all(came.count(label) <= went.count(label) + 1 for label in came)


def same(found: object, expected: object, where: str = "pooled") -> None:
    """Equal, but for the order in which sums are taken: fits of one batch have other studies beside their own.

    Worst relative error seen: 2e-16.
    """
    if isinstance(found, dict) and isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name in expected:
            same(found[name], expected[name], name)
    elif isinstance(found, list) and isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other, where)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-13, abs=1e-14), where
    else:
        assert found == expected, where
