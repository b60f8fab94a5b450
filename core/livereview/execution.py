"""The outcomes of a review, each analysed on its own, mapped over an executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

from livereview.analysis import analysed
from livereview.ingest import Progress, silent
from livereview.manifest.models import Manifest
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
    scope: Scope, manifest: Manifest, plugins: Plugins, executor: Executor, progress: Progress = silent
) -> tuple[OutcomeResult, ...]:
    """Every outcome of a manifest analysed, in the order of the manifest."""
    wanted = [manifest.outcome(outcome.id) for outcome in manifest.outcomes]
    tasks: Iterable[Future[OutcomeResult]] = (executor.submit(analysed, scope, outcome, plugins) for outcome in wanted)
    results: list[OutcomeResult] = []
    # In this process a task runs when it is submitted; elsewhere all are submitted before the first is awaited.
    for task in tasks if isinstance(executor, InProcess) else list(tasks):
        progress("analysing", len(results), len(wanted))
        results.append(task.result())
    progress("analysing", len(wanted), len(wanted))
    return tuple(results)
