"""The numbers with which a study may have entered a published pool, each with what departs from the obvious.

A candidate is a row of counts, a pair of rows (two arms) or a reported contrast, from the evidence or from counts that
were solved from printed results. The obvious one is of the outcome that was printed, at the printed time, of everybody
randomised; every other choice is a departure in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from livereview.manifest.replication import ReplicatedOutcome
from livereview.pairing import Row
from livereview.printing import plain
from livereview.types import RowsNeeded

#: Populations, the one that a reader expects first; any other comes after them.
POPULATIONS = ("ITT", "safety", "evaluable")
#: Statuses of rows that were seen in print: only against these can a printed value be wrong.
SEEN = ("verified", "from-review")
#: Candidates of one study that are tried, the most obvious first.
MOST = 12


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One number with which a study may have entered."""

    study: str
    label: str
    data: Mapping[str, float]
    """Columns as a measure reads them: events, n; events_1, ...; estimate, ci_low, ..."""
    origin: str
    remarks: tuple[str, ...] = ()
    departures: tuple[str, ...] = ()
    solved: bool = False
    """Solved from printed results."""
    seen: bool = True
    """Read in print, or solved."""
    outcome: str = ""

    @property
    def has_empty_cell(self) -> bool:
        """Whether nobody or everybody in an arm had the event."""
        sides = [side for side in ("", "_1", "_2") if f"events{side}" in self.data and f"n{side}" in self.data]
        return any(self.data[f"events{side}"] in (0.0, self.data[f"n{side}"]) for side in sides)

    @property
    def numbers(self) -> str:
        """The numbers as a reader writes them."""
        get = self.data.get
        if "events_1" in self.data:
            first, second = (f"{plain(get(f'events_{i}'))}/{plain(get(f'n_{i}'))}" for i in (1, 2))
            return f"{first} v {second}"
        if "events" in self.data and "estimate" not in self.data:
            return f"{plain(get('events'))}/{plain(get('n'))}"
        limits = f" ({plain(get('ci_low'))} to {plain(get('ci_high'))})" if "ci_low" in self.data else ""
        return plain(get("estimate")) + limits


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a published row needs of a study."""

    outcome: ReplicatedOutcome
    timepoint: float | None
    rows: RowsNeeded
    experimental: tuple[str, ...]
    """Names of the arm; empty = any."""
    control: tuple[str, ...]
    not_from: Collection[str] = ()
    """Reports whose numbers are those of the publication itself."""


def from_evidence(wanted: Wanted, study: Row, rows: Sequence[Row]) -> list[Candidate]:
    """The candidates among the results of a study, the most obvious first; numbers that are alike are told once."""
    names = (*wanted.outcome.codes, *wanted.outcome.without, *wanted.outcome.related)
    own = [row for row in rows if row["outcome"] in names and row["measure"] in wanted.rows.measures]
    own = [row for row in own if row["report_id"] not in wanted.not_from]
    if wanted.rows.layout == "two-arms":
        found = list(_pairs(wanted, study, own))
    else:
        found = [_one(wanted, study, row) for row in own if _usable(wanted, row)]
    found += [other for item in found for other in _over_everybody(item, study)]
    return _distinct(_by_population(found), names)


def _usable(wanted: Wanted, row: Row) -> bool:
    if any(row[name] is None for name in wanted.rows.columns):
        return False
    return not wanted.experimental or row["arm"] in wanted.experimental


def _pairs(wanted: Wanted, study: Row, rows: Sequence[Row]) -> Iterator[Candidate]:
    """Two arms of one report, outcome, time and population."""
    counted = [row for row in rows if all(row[name] is not None for name in wanted.rows.columns)]
    for first in counted:
        if not _usable(wanted, first):
            continue
        for second in counted:
            alike = all(first[name] == second[name] for name in ("report_id", "outcome", "timepoint_months",
                                                                 "population", "variant"))  # fmt: skip
            if alike and second["arm"] != first["arm"] and (not wanted.control or second["arm"] in wanted.control):
                one, other = _one(wanted, study, first), _one(wanted, study, second)
                data = {f"{name}_{i}": item.data[name] for i, item in ((1, one), (2, other)) for name in item.data}
                yield replace(one, data=data, seen=one.seen and other.seen)


def _one(wanted: Wanted, study: Row, row: Row) -> Candidate:
    columns = ("events", "n") if "events" in wanted.rows.columns else ("estimate", "ci_low", "ci_high", "ci_level",
                                                                       "se", "p_value")  # fmt: skip
    data = {name: value for name in columns if (value := _number(row[name])) is not None}
    spec, status = wanted.outcome, str(row["status"])
    remarks = [str(row["population"])] if row["population"] else []
    remarks += [f"{row['timepoint_months']:g} months"] if row["timepoint_months"] is not None else []
    remarks += [str(row["outcome"])] if row["outcome"] != spec.outcome else []
    remarks += [status] if status != "verified" else []
    departures = []
    if row["outcome"] in spec.related:
        departures.append(f"{row['outcome']} in place of {spec.outcome} ({study['label']})")
    if wanted.timepoint is not None and row["timepoint_months"] != wanted.timepoint:
        departures.append(f"another time than {wanted.timepoint:g} months ({study['label']})")
    if status == "unverified":
        departures.append(f"an unverified number ({study['label']})")
    if row["outcome"] in spec.without and "events" in data and row["outcome"] not in (spec.result or ()):
        data["events"] = data["n"] - data["events"]
        remarks.append("people without it")
    return Candidate(
        study=str(row["study_id"]),
        label=str(study["label"]),
        data=data,
        origin=str(row["report_id"]),
        remarks=tuple(remarks),
        departures=tuple(departures),
        seen=status in SEEN,
        outcome=str(row["outcome"]),
    )


def _number(cell: object) -> float | None:
    try:
        return None if cell is None else float(str(cell))
    except ValueError:  # a P that is only a bound
        return None


def _over_everybody(item: Candidate, study: Row) -> Iterator[Candidate]:
    """The same events over everybody randomised or enrolled, where the numbers of people differ."""
    sides = {"n_1": "n_arm_experimental", "n_2": "n_arm_control"} if "n_1" in item.data else {"n": "n_arm_experimental"}
    sizes = {side: study.get(column) for side, column in sides.items() if side in item.data}
    if not sizes or any(size is None for size in sizes.values()) or any("subgroup" in text for text in item.remarks):
        return
    changed = {**item.data, **{side: float(size) for side, size in sizes.items() if size is not None}}
    possible = all(changed[side.replace("n", "events")] <= changed[side] for side in sizes)
    if possible and changed != dict(item.data):
        departure = f"events over everybody randomised ({item.label})"
        yield replace(item, data=changed, departures=(*item.departures, departure))


def _by_population(found: Sequence[Candidate]) -> list[Candidate]:
    """Candidates of another population than the first that there is for their outcome depart by it."""

    def rank(item: Candidate) -> int:
        first = item.remarks[0] if item.remarks else ""
        return POPULATIONS.index(first) if first in POPULATIONS else len(POPULATIONS) if "subgroup" in first else 0

    best: dict[str, int] = {}
    for item in found:
        best[item.outcome] = min(best.get(item.outcome, 99), rank(item))
    return [
        item if rank(item) == best[item.outcome] else replace(
            item, departures=(*item.departures, f"population {item.remarks[0]} ({item.label})")
        )
        for item in found
    ]  # fmt: skip


def _distinct(found: Sequence[Candidate], codes: Sequence[str]) -> list[Candidate]:
    """Each set of numbers once, those with fewest departures first, then in the order of the codes."""
    order = {code: place for place, code in enumerate(codes)}
    kept: dict[object, Candidate] = {}
    for item in sorted(
        found, key=lambda item: (len(item.departures), not item.seen, order.get(item.outcome, 99), -_people(item))
    ):
        kept.setdefault(tuple(sorted(item.data.items())), item)
    return list(kept.values())[:MOST]


def _people(item: Candidate) -> float:
    """People that the numbers are of: of two readings the one of more people comes first."""
    return sum(item.data.get(name, 0.0) for name in ("n", "n_1", "n_2"))


def from_solution(wanted: Wanted, labels: Mapping[str, str], rows: Sequence[Row]) -> dict[str, list[Candidate]]:
    """Candidates from counts that were solved from printed results, by study as attributed."""
    found: dict[str, list[Candidate]] = {}
    for row in rows:
        if wanted.experimental and row["arm"] not in wanted.experimental:
            continue
        data = {"events": float(row["events"]), "n": float(row["n"])}
        if wanted.rows.layout == "two-arms":
            alike = [other for other in rows if other["study"] == row["study"] and other["arm"] != row["arm"]
                     and other["attribution"] == row["attribution"]]  # fmt: skip
            if len(alike) != 1:
                continue
            data = {"events_1": data["events"], "n_1": data["n"],
                    "events_2": float(alike[0]["events"]), "n_2": float(alike[0]["n"])}  # fmt: skip
        study = str(row["study"])
        item = Candidate(
            study=study, label=labels.get(study, study), data=data, solved=True,
            origin=f"solved from printed results ({row['attribution']})", outcome=str(row["outcome"]),
        )  # fmt: skip
        found.setdefault(study, []).append(item)
    return found
