"""What two reviews share is analysed once, and sharing changes no number."""

from __future__ import annotations

import shutil
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from installation import ROOT
from livereview import execution
from livereview.analysis import analysed
from livereview.evidence.store import Store
from livereview.execution import InProcess, made_of, narrowed, outcome_results
from livereview.linked import shared
from livereview.manifest.reading import ManifestFile
from livereview.outlook import outlook
from livereview.places import opened
from livereview.plugins import Plugins
from livereview.registered import planned
from livereview.report import OutcomeResult
from livereview.selection import Scope
from livereview.update import update
from real_manifests import with_renderers

REVIEWS = ROOT / "reviews"


def real(name: str) -> tuple[ManifestFile, Plugins, Scope]:
    """A review of the repository: manifest, plugins, what it sees."""
    file, plugins = opened(REVIEWS / f"{name}.toml")
    return file, plugins, outlook(file.manifest, Store(REVIEWS / "evidence").evidence()).scope


def test_what_an_outcome_cannot_depend_on_is_not_given_to_it() -> None:
    file, plugins, scope = real("blina_frontline")
    for item in file.manifest.outcomes:
        outcome = file.manifest.outcome(item.id)
        part = narrowed(scope, outcome)
        assert repr(analysed(part, outcome, plugins)) == repr(analysed(scope, outcome, plugins))
        assert len(part.studies) <= len(scope.studies)
        assert len(part.reports) < len(scope.reports)


def test_an_outcome_sees_the_registered_trials_of_its_review() -> None:
    file, _, scope = real("blina_combination")
    first, second, *others = scope.ongoing
    excluded = scope.excluded[0].study_id if scope.excluded else "elsewhere"
    became = ({**first, "study_id": excluded}, {**second, "study_id": next(iter(scope.studies))}, *others)
    scope = execution.replace(scope, ongoing=became)
    for item in file.manifest.outcomes:
        outcome = file.manifest.outcome(item.id)
        assert planned(narrowed(scope, outcome), outcome, ()) == planned(scope, outcome, ())


class Counted:
    """Counts the analyses that are begun."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        monkeypatch.setattr(execution, "analysed", self)

    def __call__(self, *made_from: Any) -> OutcomeResult:
        self.count += 1
        return analysed(*made_from)


def test_an_outcome_of_two_reviews_is_analysed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted(monkeypatch)
    file, plugins, scope = real("blina_frontline")
    known: dict[str, Future[OutcomeResult]] = {}
    first = outcome_results(scope, file.manifest, plugins, InProcess(), known=known)
    assert counted.count == len(file.manifest.outcomes) == len(known)
    again = outcome_results(scope, file.manifest, plugins, InProcess(), known=known)
    assert counted.count == len(file.manifest.outcomes)
    assert repr(again) == repr(first)


@pytest.mark.parametrize("cell", ["events", "n", "status", "locator", "population"])
def test_an_outcome_with_one_other_cell_is_another_outcome(cell: str) -> None:
    file, plugins, scope = real("blina_frontline")
    outcome = next(item for o in file.manifest.outcomes if (item := file.manifest.outcome(o.id)).measure is not None)
    part = narrowed(scope, outcome)
    study_id, rows = next(iter(part.results.items()))
    changed = ({**rows[0], cell: "another"}, *rows[1:])
    other = execution.replace(part, results={**part.results, study_id: changed})
    assert made_of(other, outcome, plugins) != made_of(part, outcome, plugins)
    assert made_of(part, outcome.model_copy(update={"level": 0.9}), plugins) != made_of(part, outcome, plugins)


def test_sources_are_fetched_once_for_all_reviews_that_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sheets in ("extractions", "published"):
        shutil.copytree(REVIEWS / sheets, tmp_path / sheets)
    for name in ("blina_frontline", "blina_combination"):
        text = (REVIEWS / f"{name}.toml").read_text(encoding="utf-8")
        head, _, _ = text.partition("\n[[outcomes]]")
        one = '\n[[outcomes]]\nid = "os"\ntitle = "OS"\nresult = "os"\nmeasure = "HR"\n'
        (tmp_path / f"{name}.toml").write_text(with_renderers(f"{head}{one}", '"markdown"'), encoding="utf-8")
    fetched: list[str] = []
    checked: list[int] = []
    brought, looked_through = shared.brought, shared.looked_through
    monkeypatch.setattr(shared, "brought", lambda *given: fetched.append(given[0].path.name) or brought(*given))
    monkeypatch.setattr(shared, "looked_through", lambda *given: checked.append(1) or looked_through(*given))
    common = shared.Shared()
    for name in ("blina_frontline", "blina_combination"):
        update(tmp_path / f"{name}.toml", shared=common)
    assert (fetched, checked) == (["blina_frontline.toml"], [1])
