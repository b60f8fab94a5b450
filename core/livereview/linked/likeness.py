"""Studies that look like one: renamed, entered twice, or holding the same patients under two names.

Only named, with the remedy: whether two trials share patients is for people to say. What is certain, the very same row
under two studies of one fit, is settled in the selection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from livereview.changes import Tables
from livereview.descriptions import described
from livereview.evidence.schema import RESULTS
from livereview.likeness import telling
from livereview.manifest.models import Manifest
from livereview.outlook import Outlook
from livereview.pairing import Row
from livereview.patients import settled
from livereview.selection import Scope

#: What a result says, whoever read it and wherever.
_NUMBERS = ("outcome", "timepoint_months", "measure", "events", "n", "estimate", "ci_low", "ci_high", "se", "sd")
_WITHDRAW = "withdraw the rows of one (withdrawn = yes, with a reason)"


def likenesses(manifest: Manifest, view: Outlook, lost: Iterable[tuple[str, str, Row]]) -> tuple[str, ...]:
    """Warnings about studies that look like one. ``lost`` are the rows that the review sees and the sheets no longer
    hold: sheet, table, row."""
    gone = {str(row["study_id"]): sheet for sheet, table, row in lost if table == "studies"}
    return (*_renamed(view, gone), *_namesakes(view.scope, gone), *_same_numbers(manifest, view.scope))


def _renamed(view: Outlook, gone: Mapping[str, str]) -> Iterator[str]:
    """Studies that left their sheet, where a later one has their label, a registry number or a report."""
    by_id = {str(row["study_id"]): row for row in view.tables["studies"]}
    reports = _reports(view.tables)
    for old, sheet in gone.items():
        for new, row in by_id.items():
            if old not in by_id or new in gone or row["recorded_at"] <= by_id[old]["recorded_at"]:
                continue
            alike = _alike(by_id[old], row, reports)
            if alike:
                yield (
                    f"{old} no longer stands in {sheet}, and {new} has {alike}: was it renamed? Both are used. "
                    f"If so, keep the rows of {old} with withdrawn = yes and a reason."
                )


def _alike(one: Row, other: Row, reports: Mapping[str, set[str]]) -> str:
    """What two studies have in common; empty = nothing that tells."""
    if _plain(one["label"]) == _plain(other["label"]):
        return "the same label"
    numbers = _registered(one) & _registered(other)
    if numbers:
        return f"the registry number {', '.join(sorted(numbers))} too"
    read = reports.get(one["study_id"], set()) & reports.get(other["study_id"], set())
    return f"the report {', '.join(sorted(read))} too" if read else ""


def _namesakes(scope: Scope, gone: Mapping[str, str]) -> Iterator[str]:
    """Studies of a review with one label that stand beside each other."""
    by_label: dict[str, list[str]] = {}
    for study_id, row in scope.studies.items():
        if study_id not in gone:
            by_label.setdefault(_plain(row["label"]), []).append(study_id)
    for studies in by_label.values():
        pairs = [pair for pair in combinations(studies, 2) if not settled(pair, scope.eligibility)]
        if pairs:
            label = scope.studies[pairs[0][0]]["label"]
            names = " and ".join(sorted({name for pair in pairs for name in pair}))
            yield f'{names} have the same label, "{label}". If they are one study, {_WITHDRAW}; else tell them apart.'


def _same_numbers(manifest: Manifest, scope: Scope) -> Iterator[str]:
    """Studies with the same number at an outcome of the review that have a registry number in common, or for which one
    review is cited at one place."""
    codes = {code for outcome in manifest.outcomes for code in outcome.result}
    holders: dict[tuple[object, ...], list[Row]] = {}
    for rows in scope.results.values():
        for row in rows:
            if row["outcome"] in codes and telling(row):
                holders.setdefault(_numbers(row), []).append(row)
    found: dict[tuple[str, str], list[tuple[Row, Row, str]]] = {}
    for same in holders.values():
        for one, other in combinations(same, 2):
            pair = (str(one["study_id"]), str(other["study_id"]))
            link = "" if pair[0] == pair[1] else _link(one, other, scope)
            if link and not settled(pair, scope.eligibility):
                found.setdefault(pair, []).append((one, other, link))
    for (first, second), alike in found.items():
        one, other, link = alike[0]
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        yield (
            f"{first} and {second} ({link}) have the same numbers: {described(one)}; {described(other)}{more}. If they "
            f"share patients, name them under [[eligibility.overlaps]], or {_WITHDRAW}; if not, name them under "
            "[[eligibility.distinct]]."
        )


def _link(one: Row, other: Row, scope: Scope) -> str:
    """What two rows with the same numbers have in common besides; empty = nothing that tells."""
    shared = _registered(scope.studies[one["study_id"]]) & _registered(scope.studies[other["study_id"]])
    if shared:
        return ", ".join(sorted(shared))
    report = scope.reports.get(one["report_id"], {})
    places = [(row["report_id"], row["locator"], row["arm"]) for row in (one, other)]
    return str(one["report_id"]) if report.get("kind") == "review" and places[0] == places[1] else ""


def _numbers(row: Row) -> tuple[object, ...]:
    return tuple(row.get(name) for name in _NUMBERS)


def _registered(study: Row) -> set[str]:
    return {piece.strip().upper() for piece in str(study.get("registry_id") or "").split(";")} - {""}


def _plain(label: object) -> str:
    return " ".join(str(label).casefold().split())


def _reports(tables: Tables) -> dict[str, set[str]]:
    """The reports of each study, and those it has a result of; without reviews, which many studies share."""
    reviews = {row["report_id"] for row in tables["reports"] if row["kind"] == "review"}
    found: dict[str, set[str]] = {}
    for name in ("reports", RESULTS.name):
        for row in tables[name]:
            if row["study_id"] and row["report_id"] not in reviews:
                found.setdefault(row["study_id"], set()).add(row["report_id"])
    return found
