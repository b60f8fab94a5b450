"""The audit check ``same-patients``: two studies that may hold the same people under two names.

What links them is what the evidence says: one registry number, one report, a note that names the other, or the same
first author, place, period and treatment. Pairs that the manifest names under overlaps or distinct are settled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from livereview import (
    AuditCheck,
    AuditCode,
    AuditFinding,
    AuditPlace,
    AuditRequest,
    EvidenceRow,
    Options,
    named_together,
    registry_ids_in,
)
from livereview_comparability.rows import grouped, ordered, several

SAME = AuditCode(code="same-patients", severity="note", title="Two studies may have the same patients")

#: Columns in which two studies of one programme are the same.
_TREATED = ("setting", "regimen", "ph_status")
#: Publication years between reports of one cohort.
_YEARS = 3
_READ = "numbers of both were read in"
_AUTHOR = re.compile(r"([^\W\d_][\w'’\-]+)(?: [A-Z][A-Z-]*)? (?:19|20)\d\d")


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Every pair with a link that is not settled: a warning where one outcome pools both, else a note; a note too where
    all they share is one report, as of two trials of a programme."""
    by_id = {row["study_id"]: row for row in ordered(request.rows("studies"), "study_id")}
    lists = [item["studies"] for name in ("overlaps", "distinct") for item in request.eligibility.get(name, ())]
    shared = _reports(request)
    together = _pooled_together(request)
    for ids in _candidates(by_id, shared):
        links = _links(by_id[ids[0]], by_id[ids[1]], shared)
        if links and not named_together(ids, lists):
            yield _finding(by_id[ids[0]], by_id[ids[1]], links, together.get(frozenset(ids), ()))


def _candidates(by_id: Mapping[str, EvidenceRow], shared: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Pairs with anything in common, in the order of their ids; the others are not looked at."""
    holders: dict[tuple[str, ...], list[str]] = {}
    by_author: dict[str, list[str]] = {}
    for name, row in by_id.items():
        by_author.setdefault(_author(row).casefold(), []).append(name)
        keys: list[tuple[str, ...]] = [("registry", number) for number in _registered(row)]
        keys += [("report", report) for report in shared.get(name, ())]
        keys += [("alike", str(what), *place) for what in (_author(row), row.get("n_total")) if what
                 for place in _place(row)]  # fmt: skip
        for key in keys:
            holders.setdefault(key, []).append(name)
    pairs = {pair for names in holders.values() for pair in combinations(names, 2)}
    order = {name: index for index, name in enumerate(by_id)}
    for name, row in by_id.items():
        words = re.findall(r"[\w'’\-]+", str(row.get("note") or "").casefold())
        named = [other for word in words for other in ([word] if word in by_id else by_author.get(word, ()))]
        pairs |= {(name, other) if order[name] < order[other] else (other, name) for other in named if other != name}
    return sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]]))


def _finding(one: EvidenceRow, other: EvidenceRow, links: Sequence[str], outcomes: Sequence[str]) -> AuditFinding:
    ids = (one["study_id"], other["study_id"])
    loud = outcomes and not (len(links) == 1 and links[0].startswith(_READ))
    where = f"; {several(outcomes)} {'pools' if len(outcomes) == 1 else 'pool'} both" if outcomes else ""
    return AuditFinding(
        code=SAME.code,
        severity="warning" if loud else "note",
        message=f"{ids[0]} and {ids[1]}: {'; '.join(links)}{where}",
        remedy="Look up centres and dates of enrolment. Name the two under [[eligibility.overlaps]], the preferred one "
        "first, if they share patients, and under [[eligibility.distinct]] if they do not; both with the reason.",
        place=AuditPlace(table="studies", row_id=one["row_id"], columns=("registry_id",), study_id=ids[0]),
        also=(AuditPlace(table="studies", row_id=other["row_id"], columns=("registry_id",), study_id=ids[1]),),
    )


def _links(one: EvidenceRow, other: EvidenceRow, shared: Mapping[str, set[str]]) -> list[str]:
    """What two studies have in common that two trials hardly have by chance, in words."""
    same = sorted(_registered(one) & _registered(other))
    found = [f"both are registered as {several(same)}"] if same else []
    reports = sorted(shared.get(one["study_id"], set()) & shared.get(other["study_id"], set()))
    found += [f"{_READ} {several(reports)}"] if reports else []
    for row, named in ((one, other), (other, one)):
        said = _naming(str(row.get("note") or ""), named)
        found += [f'the note of {row["study_id"]} says "{said}"'] if said else []
    return found or _programme(one, other)


def _naming(note: str, named: EvidenceRow) -> str:
    """The part of a note that names a study by its id, or by first author and year; empty = none does."""
    author = _author(named)
    for part in re.split(r"[;.]\s+|[;]", note):
        by_id = re.search(rf"\b{re.escape(named['study_id'])}\b", part, re.IGNORECASE)
        by_label = author and re.search(rf"\b{re.escape(author)}\b.*\b{named.get('year')}\b", part, re.IGNORECASE)
        if by_id or by_label:
            return part.strip().rstrip(".")
    return ""


def _author(study: EvidenceRow) -> str:
    """The first author, where the label is one with a year: "Schlegel 2014"."""
    found = _AUTHOR.match(str(study["label"]))
    return found[1] if found else ""


def _registered(study: EvidenceRow) -> set[str]:
    return set(registry_ids_in(str(study.get("registry_id") or "")))


def _programme(one: EvidenceRow, other: EvidenceRow) -> list[str]:
    """Two cohorts of one first author, or of one size, in one country, about one time, with one treatment."""
    if not _place(one) or _place(one) != _place(other) or not _one_time(one, other):
        return []
    country = one["country"]
    if _author(one) and _author(one) == _author(other):
        return [f"both are by {_author(one)}, in {country}, with {one.get('regimen')}"]
    size = one.get("n_total")
    if size and size > 1 and size == other.get("n_total") and one.get("population") == other.get("population"):
        return [f"both have {size} patients, in {country}, with {one.get('regimen')}, published within {_YEARS} years"]
    return []


def _place(study: EvidenceRow) -> list[tuple[str, ...]]:
    """The one country of a study and its treatment; nothing where it has several or none."""
    country = str(study.get("country") or "")
    if not country or ";" in country or country == "international":
        return []
    return [(country, *(str(study.get(name)) for name in _TREATED))]


def _one_time(one: EvidenceRow, other: EvidenceRow) -> bool:
    first, second = one.get("year"), other.get("year")
    return first is not None and second is not None and abs(first - second) <= _YEARS


def _reports(request: AuditRequest) -> dict[str, set[str]]:
    """By study: the reports that it shares with one other study; those of many studies are collections."""
    kinds = {row["report_id"]: row.get("kind") for row in request.rows("reports")}
    by_report = grouped(request.rows("results"), "report_id")
    found: dict[str, set[str]] = {}
    for (report,), rows in by_report.items():
        studies = {row["study_id"] for row in rows}
        if len(studies) == 2 and kinds.get(str(report)) not in ("review", "regulatory", "other"):
            for study in studies:
                found.setdefault(study, set()).add(str(report))
    return found


def _pooled_together(request: AuditRequest) -> dict[frozenset[str], tuple[str, ...]]:
    """The outcomes that pool both studies of a pair."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for outcome in request.outcomes:
        for one, other in combinations(outcome.result.studies, 2):
            pair = frozenset((one.study_id, other.study_id))
            found[pair] = (*found.get(pair, ()), outcome.result.id)
    return found


SAME_PATIENTS = AuditCheck(
    name="same-patients",
    title="The same patients",
    summary="Studies that may hold the same people under two names.",
    codes=(SAME,),
    find=findings,
    family="comparability",
)
