"""Numbers of people: those of one arm and population, those of the study, those of a contrast of two arms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from livereview import AuditCode, AuditFinding, EvidenceRow, Severity
from livereview_arithmetic.rows import Row, counts_people, finding, grouped, says

ABOVE = AuditCode(code="n-above-study", severity="warning", title="More people than the study has")
DIFFERS = AuditCode(code="n-differs-in-arm", severity="warning", title="One arm with different numbers of people")
SUM = AuditCode(code="arms-differ-from-total", severity="warning", title="Arms do not add up")
CODES = (ABOVE, DIFFERS, SUM)

#: Populations that have one number of people whatever is counted in them; subgroups with a name are such as well.
_FIXED = ("itt", "safety")
#: So many rows must agree before another one is in question, and so large a share of all; where few do it is a note.
_AGREE, _MANY, _MOST = 2, 4, 0.6
#: Words of a note that say that fewer people were counted than the population has.
_FEWER = ("evaluable", "assess", "available", "measured", "missing", "with data")


def findings(rows: Sequence[Row], studies: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Numbers of people that cannot all be right."""
    known = {row["study_id"]: row for row in studies}
    with_n = [
        row for row in rows if row.get("n") and row["measure"] not in ("rate", "events", "IRR") and counts_people(row)
    ]
    yield from _above(with_n, known)
    yield from _in_arm(with_n)
    yield from _over_arms(with_n, known)
    yield from _of_contrasts(with_n)


def _above(rows: Sequence[Row], studies: Mapping[str, EvidenceRow]) -> Iterator[AuditFinding]:
    for row in rows:
        study = studies.get(row["study_id"], {})
        total = study.get("n_total")
        sizes = [study.get(name) for name in ("n_arm_experimental", "n_arm_control")]
        if total and row["n"] > total:
            message = f"{row['n']} people, and {total} in the study"
            yield finding(ABOVE.code, message, _look(total), (row, ("n",)))
        elif all(sizes) and study.get("design") == "rct" and not row.get("comparator") and _of_an_arm(row):
            largest = max(size for size in sizes if size)
            if row["n"] > largest:
                message = f"{row['n']} people, and {sizes[0]} and {sizes[1]} in the arms of the study"
                yield finding(ABOVE.code, message, _look(largest), (row, ("n",)))


def _of_an_arm(row: Row) -> bool:
    """Whether a row is about one arm, by the name of it."""
    return not any(word in str(row["arm"]).casefold() for word in ("whole", "both", "all", "total", "overall"))


def _look(number: int) -> str:
    return f"Look up the denominator, and whether {number} in the table of studies is right."


def _fixed(row: Row) -> bool:
    population = str(row.get("population") or "").casefold()
    return population in _FIXED or population.startswith("subgroup:")


def _in_arm(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """An n unlike that of most rows of the same report, population and arm."""
    of_arms = [row for row in rows if not row.get("comparator") and _fixed(row)]
    for group in grouped(of_arms, "study_id", "report_id", "population", "arm").values():
        tally = Counter(row["n"] for row in group)
        (usual, times), *_ = tally.most_common()
        if len(tally) == 1 or times < _AGREE or times / len(group) < _MOST:
            continue
        witness = next(row for row in group if row["n"] == usual)
        for row in group:
            if row["n"] != usual and not says(row, *_FEWER):
                most = f"{times} of {len(group)} rows of this arm and population have {usual}"
                message = f"n is {row['n']}; {most}"
                remedy = "Look up the denominator; if it is of another population, write that population."
                severity: Severity = "warning" if times >= _MANY else "note"
                at, also = (row, ("n",)), [(witness, ("n",))]
                yield finding(DIFFERS.code, message, remedy, at, also, suggestion={"n": usual}, severity=severity)


def _over_arms(rows: Sequence[Row], studies: Mapping[str, EvidenceRow]) -> Iterator[AuditFinding]:
    """Arms of one outcome, population and time of one report that are more than the study."""
    of_arms = [row for row in rows if not row.get("comparator") and _of_an_arm(row)]
    key = ("study_id", "report_id", "outcome", "timepoint_months", "population", "measure", "variant", "extractor")
    for (study, *_), group in grouped(of_arms, *key).items():
        total = studies.get(study, {}).get("n_total")
        n = sum(row["n"] for row in group)
        if total and len(group) > 1 and n > total and all(row["n"] <= total for row in group):
            parts = " + ".join(str(row["n"]) for row in group)
            message = f"arms of {parts} are {n} people, and {total} in the study"
            others = [(row, ("n",)) for row in group[1:]]
            yield finding(SUM.code, message, _look(total), (group[0], ("n",)), others)


def _of_contrasts(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """Events and n of a contrast, which are of both arms, against those of the arms."""
    key = ("study_id", "report_id", "outcome", "timepoint_months", "population", "variant", "extractor")
    for group in grouped(rows, *key).values():
        arms = {row["arm"]: row for row in group if row["measure"] in ("count", "mean") and not row.get("comparator")}
        for row in group:
            pair = [arms.get(row["arm"]), arms.get(row.get("comparator"))]
            if row["measure"] in ("count", "mean") or None in pair:
                continue
            for name in ("events", "n"):
                parts = [arm[name] for arm in pair if arm is not None and arm.get(name) is not None]
                if row.get(name) is None or len(parts) < 2 or row[name] == sum(parts):
                    continue
                message = f"{name} {row[name]}, and {parts[0]} + {parts[1]} in the arms"
                others = [(arm, (name,)) for arm in pair if arm is not None]
                yield finding(SUM.code, message, "Look up the three numbers.", (row, (name,)), others)
