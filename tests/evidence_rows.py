"""Evidence for tests of the core: made-up rows, each stating only what a test is about, and the real reviews.

``ledger`` puts rows into tables as the store gives them (current rows as dicts, an empty cell None, with row_id and
origin), and adds the studies and reports that the results name. ``result`` analyses an outcome of it.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from livereview.analysis import analysed
from livereview.changes import tables_of
from livereview.evidence.checks import checked
from livereview.evidence.rows import Row
from livereview.evidence.schema import TABLES
from livereview.evidence.view import Evidence
from livereview.manifest.models import Defaults, Eligibility, Manifest, Outcome, resolved
from livereview.plugins import Plugins, Provider, Registered, installed
from livereview.registration import HOOKS
from livereview.report import OutcomeResult
from livereview.selection import Scope, scope_of
from livereview.sources import RawTable

REVIEWS = Path(__file__).parents[1] / "reviews"

Cells = dict[str, Any]
Tables = dict[str, list[Cells]]


# --- made-up rows ----------------------------------------------------------------------------------------------


def row(table: str, number: int = 2, **cells: Any) -> Cells:
    """A current row of a table, as the store gives it."""
    built = Row(table, {name: value for name, value in cells.items() if value is not None})
    empty: Cells = dict.fromkeys(TABLES[table].names)
    return {**empty, **built.values, "row_id": built.row_id, "origin": f"sheets/{table}.csv, row {number}"}


def study(study_id: str, **cells: Any) -> Cells:
    return row("studies", **{"study_id": study_id, "label": study_id.title(), **cells})


def report(report_id: str, study_id: str | None = None, **cells: Any) -> Cells:
    return row("reports", **{"report_id": report_id, "study_id": study_id, "kind": "primary", **cells})


def number(study_id: str, measure: str, **cells: Any) -> Cells:
    """A result row: of outcome ``cr`` in the ITT population of the arm ``drug``, verified, from report STUDY-paper."""
    given = {
        "study_id": study_id, "report_id": f"{study_id}-paper", "outcome": "cr", "population": "ITT", "arm": "drug",
        "measure": measure, "locator": "Table 1", "status": "verified",
    }  # fmt: skip
    return row("results", **{**given, **cells})


def count(study_id: str, events: int | None, n: int | None, **cells: Any) -> Cells:
    """Events and people of one arm."""
    return number(study_id, "count", events=events, n=n, **cells)


def trial(study_id: str, first: tuple[int, int], second: tuple[int, int], **cells: Any) -> list[Cells]:
    """Counts of the arms ``drug`` and ``placebo``."""
    return [count(study_id, *first, **cells), count(study_id, *second, **{**cells, "arm": "placebo"})]


def ratio(
    study_id: str, estimate: float | None, low: float | None = None, high: float | None = None, **cells: Any
) -> Cells:
    """A hazard ratio of drug against placebo."""
    given = {"estimate": estimate, "ci_low": low, "ci_high": high, "comparator": "placebo", **cells}
    return number(study_id, "HR", **given)


def ledger(*rows: Cells | Iterable[Cells]) -> Tables:
    """Rows (or lists of rows) as tables; studies and reports that a result names and nobody gave are added."""
    flat = [one for item in rows for one in ([item] if isinstance(item, dict) else item)]
    tables: Tables = {name: [] for name in TABLES}
    for one in flat:
        tables[_table_of(one)].append(one)
    results = tables["results"]
    studies = {one["study_id"] for one in tables["studies"]}
    tables["studies"] += [study(name) for name in sorted({one["study_id"] for one in results} - studies)]
    reports = {one["report_id"] for one in tables["reports"]}
    missing = {one["report_id"]: one["study_id"] for one in results if one["report_id"] not in reports}
    tables["reports"] += [report(name, of) for name, of in sorted(missing.items())]
    return tables


def _table_of(one: Cells) -> str:
    return next(
        name
        for name, table in TABLES.items()
        if set(table.names) <= set(one) and set(one) <= {*table.names, "row_id", "origin"}
    )


# --- outcomes and their results --------------------------------------------------------------------------------


def outcome(**keys: Any) -> Outcome:
    """A resolved outcome as a manifest would write it: proportions of ``cr`` in the arm ``drug``, DerSimonian-Laird."""
    given = {
        "id": "cr", "title": "Remission", "result": "cr", "measure": "PLO", "experimental": ["drug"],
        "control": ["placebo"], "model": {"name": "random-effects", "tau2": "DL", "interval": "wald"},
    }  # fmt: skip
    return resolved(Outcome.model_validate({**given, **keys}), Defaults())


def scope(tables: Mapping[str, Sequence[Cells]], **eligibility: Any) -> Scope:
    return scope_of(tables, Eligibility.model_validate(eligibility))


def result(tables: Mapping[str, Sequence[Cells]], plugins: Plugins | None = None, **keys: Any) -> OutcomeResult:
    """The analysis of an outcome; ``eligibility`` is taken out of the keys."""
    admitted = scope(tables, **keys.pop("eligibility", {}))
    return analysed(admitted, outcome(**keys), plugins or installed())


def plugins_with(*descriptors: Any, version: str = "2.0") -> Plugins:
    """The installed plugins and further ones from the distribution ``elsewhere``."""
    own = installed()
    supplied = [registered for kind in HOOKS.values() for registered in own.of(kind).values()]
    provider = Provider(entry_point="elsewhere", distribution="elsewhere", version=version)
    return Plugins([*supplied, *(Registered(descriptor=item, provider=provider) for item in descriptors)])


# --- the real reviews ------------------------------------------------------------------------------------------


@lru_cache
def real_tables() -> Tables:
    """The extraction sheets of the repository, checked and typed as an update does it."""
    raw = []
    sheets = [path for folder in ("extractions", "published") for path in sorted((REVIEWS / folder).glob("*.csv"))]
    for path in sheets:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        cells = tuple(tuple(cell or None for cell in one) for one in rows)
        numbers = tuple(range(2, len(rows) + 2))
        place = path.name if path.parent.name == "extractions" else f"{path.parent.name}/{path.name}"
        raw.append(RawTable(table=path.stem, place=place, columns=tuple(header), rows=cells, row_numbers=numbers))
    return {name: list(rows) for name, rows in tables_of(Evidence.of(checked(raw).accepted())).items()}


@lru_cache
def real_manifest(name: str) -> Manifest:
    return Manifest.model_validate(tomllib.loads((REVIEWS / f"{name}.toml").read_text(encoding="utf-8")))


@lru_cache
def real_result(review: str, outcome_id: str) -> OutcomeResult:
    """An outcome of a review in the repository, from its sheets."""
    manifest = real_manifest(review)
    return analysed(scope_of(real_tables(), manifest.eligibility), manifest.outcome(outcome_id), installed())
