"""The outcomes of a review, each analysed on its own, mapped over an executor; what is made from the same, once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, MutableMapping
from concurrent.futures import Executor, Future
from dataclasses import fields, replace
from typing import Any, TypeVar

from livereview.analysis import analysed
from livereview.fetching import Progress, silent
from livereview.manifest.models import Manifest, Outcome
from livereview.plugins import Plugins
from livereview.report import OutcomeResult
from livereview.selection import Scope

T = TypeVar("T")


class InProcess(Executor):
    """Runs each task at once in this process; a process pool can take its place for thousands of reviews."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """A future that is already done."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def outcome_results(
    scope: Scope,
    manifest: Manifest,
    plugins: Plugins,
    executor: Executor,
    progress: Progress = silent,
    known: MutableMapping[str, Future[OutcomeResult]] | None = None,
) -> tuple[OutcomeResult, ...]:
    """Every outcome of a manifest analysed, in the order of the manifest.

    ``known`` are outcomes analysed before: one made from the same is taken from there, and new ones are added.
    """
    known = {} if known is None else known
    wanted = [manifest.outcome(outcome.id) for outcome in manifest.outcomes]
    tasks = (_task(narrowed(scope, outcome), outcome, plugins, executor, known) for outcome in wanted)
    results: list[OutcomeResult] = []
    # In this process a task runs when it is submitted; elsewhere all are submitted before the first is awaited.
    for task in tasks if isinstance(executor, InProcess) else list(tasks):
        progress("analysing", len(results), len(wanted))
        results.append(task.result())
    progress("analysing", len(wanted), len(wanted))
    return tuple(results)


def _task(
    scope: Scope,
    outcome: Outcome,
    plugins: Plugins,
    executor: Executor,
    known: MutableMapping[str, Future[OutcomeResult]],
) -> Future[OutcomeResult]:
    """The analysis of an outcome, begun unless one made from the same is known."""
    key = made_of(scope, outcome, plugins)
    if key not in known:
        known[key] = executor.submit(analysed, scope, outcome, plugins)
    return known[key]


def narrowed(scope: Scope, outcome: Outcome) -> Scope:
    """The part of a scope that the analysis of a resolved outcome can depend on: studies that have a result of it, all
    their results, their reports and those they are read in, and what the eligibility says by name; where registered
    trials are listed, what decides on them."""
    codes = {*outcome.result, *(code for item in outcome.sensitivity or () for code in item.result or ())}
    results = {name: rows for name, rows in scope.results.items() if any(row["outcome"] in codes for row in rows)}
    cited = {row["report_id"] for rows in results.values() for row in rows}
    eligibility = scope.eligibility
    became = {row.get("study_id") for row in scope.ongoing}
    return replace(
        scope,
        studies={name: study for name, study in scope.studies.items() if name in results or name in became},
        results=results,
        reports={name: row for name, row in scope.reports.items() if name in cited or row.get("study_id") in results},
        judgements={name: judged for name, judged in scope.judgements.items() if name in results},
        vocabulary=scope.vocabulary if scope.ongoing else {},
        flagged=tuple(name for name in scope.flagged if name in results),
        excluded=tuple(item for item in scope.excluded if item.study_id in became),
        eligibility=eligibility.model_copy(
            update={
                "criteria": (),
                "filters": eligibility.filters if scope.ongoing else (),
                "exclude": tuple(item for item in eligibility.exclude if outcome.id in item.outcomes),
            }
        ),
    )


def made_of(scope: Scope, outcome: Outcome, plugins: Plugins) -> str:
    """The hash of all that an outcome's analysis is made from: every field of its scope, its choices, the plugins.

    Plugins count as the same where they are one object, which ``installed`` gives for one set left out.
    """
    parts = [repr(getattr(scope, field.name)) for field in fields(scope)]
    text = "\n".join([*parts, repr(outcome), str(id(plugins))])
    return hashlib.sha256(text.encode()).hexdigest()
