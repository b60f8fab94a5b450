"""What a meta-analysis must have entered, by the counts that were solved from its printed results, against reports of
its studies.

Such counts are reconstructed: they say what the arithmetic of the paper needs, and are never evidence. A finding is
about the paper, and each message says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from livereview import AuditCode, AuditFinding, AuditPlace, EvidenceRow, telling
from livereview_printed.lines import graded, grouped, joined, place

SIZES = AuditCode(code="pool-denominators", severity="note", title="Studies enter a review with different denominators")
OTHER = AuditCode(code="pool-other-outcome", severity="warning", title="A count entered for one outcome is of another")
WITHOUT = AuditCode(code="pool-study-left-out", severity="warning", title="A pool leaves out a study that has a number")
DIFFERS = AuditCode(code="pool-entered-differs", severity="warning", title="A count entered is not that of the report")

#: How sure a count must be before it is held against a report.
_SURE = ("certain", "inferred")
#: Events; smaller counts of two outcomes are equal too often.
_BY_CHANCE = 10
_SOLVED = "by the counts that its printed results need"


def entered(
    lines: Sequence[EvidenceRow], inputs: Sequence[EvidenceRow], included: Sequence[EvidenceRow],
    results: Sequence[EvidenceRow], reports: Sequence[EvidenceRow],
) -> Iterator[AuditFinding]:  # fmt: skip
    """Findings about each report whose inputs were solved."""
    reviews = {row["report_id"] for row in reports if row.get("kind") == "review"}
    own = [
        row for row in results
        if row["measure"] == "count" and row.get("n") and row.get("events") is not None
        and row["report_id"] not in reviews and row["status"] in ("verified", "derived")
    ]  # fmt: skip
    by_study = {str(name): rows for (name,), rows in grouped(own, "study_id").items()}
    for (report,), rows in grouped(inputs, "report_id").items():
        sure = [row for row in rows if row["attribution"] in _SURE]
        yield from _sizes(str(report), sure)
        told: set[tuple[object, ...]] = set()
        for row in sure:
            key = (row["study"], graded(row["outcome"])[0], row["events"], row["n"])
            if key not in told:
                yield from _against(row, by_study.get(row["study"], ()))
            told.add(key)
        pooled = {line["outcome"]: line for line in reversed(lines)
                  if line["report_id"] == report and not line.get("subgroup_by")}  # fmt: skip
        members = {row["study_id"] for row in included if row["report_id"] == report}
        yield from _left_out(rows, pooled, {name: by_study[name] for name in sorted(members & set(by_study))})


def _sizes(report: str, rows: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Studies that enter with several numbers of people, one finding per report."""
    told, also = [], []
    for (study,), own in grouped(rows, "study").items():
        by_n = grouped(sorted(own, key=lambda row: int(row["n"])), "n")
        if len(by_n) > 1:
            told.append(f"{study} {_each((str(n), [row['outcome'] for row in those]) for (n,), those in by_n.items())}")
            also += [_place(those[0]) for those in by_n.values()]
    if told:
        yield AuditFinding(
            code=SIZES.code,
            message=f"{report}, {_SOLVED}: {'; '.join(told)}",
            remedy="Look up whether each is everybody who was at risk; pools of parts and wholes are not comparable.",
            place=also[0],
            also=tuple(also[1:]),
        )


def _each(sizes: Iterable[tuple[str, list[str]]]) -> str:
    return ", ".join(f"with {n} ({joined(outcomes, 2)})" for n, outcomes in sizes)


def _against(row: EvidenceRow, own: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """One count against those of the study's reports: of the same outcome and people, else of any other outcome."""
    said = f"{row['report_id']}, {_SOLVED}, has {row['events']}/{row['n']} of {row['study']} for {row['outcome']}"
    same = [other for other in own if other["outcome"] == row["outcome"]]
    people = [other for other in same if other["n"] == row["n"] and other["arm"] == row["arm"]]
    if people and row["events"] not in [other["events"] for other in people]:
        yield _finding(DIFFERS, row, f"{said}; its reports have {_printed(people)}", people)
    elif not same and row["events"] >= _BY_CHANCE:
        base = graded(row["outcome"])[0]
        equal = [
            other for other in own
            if (other["events"], other["n"]) == (row["events"], row["n"]) and graded(other["outcome"])[0] != base
        ]  # fmt: skip
        if equal:
            which = f"{equal[0]['outcome']} {_printed(equal[:1])}, and none for {row['outcome']}"
            yield _finding(OTHER, row, f"{said}; its report has that count for {which}", equal)


def _printed(rows: Sequence[EvidenceRow]) -> str:
    return joined([f"{row['events']}/{row['n']} [{row['report_id']}, {row['locator']}]" for row in rows])


def _left_out(
    rows: Sequence[EvidenceRow], pooled: Mapping[str, EvidenceRow], own: Mapping[str, Sequence[EvidenceRow]]
) -> Iterator[AuditFinding]:
    """Studies of a review whose report has a number for an outcome, where the counts that its printed pool needs are
    all of others: together they are the printed total."""
    for (outcome,), those in grouped(rows, "outcome").items():
        line = pooled.get(str(outcome))
        if line is None or line.get("n") != sum(row["n"] for row in those):
            continue
        names = {name.strip(" ?") for row in those for name in str(row["study"]).split("|")}
        others = [row for name, counts in own.items() if name not in names for row in counts]
        whole = [row for row in others if not str(row.get("population") or "").startswith("subgroup:")]
        missing = [row for row in whole if row["outcome"] == outcome and telling(row)]
        if missing:
            told = joined([f"{row['study_id']} {row['events']}/{row['n']} [{row['report_id']}]" for row in missing])
            needs = joined([f"{row['study']} {row['events']}/{row['n']}" for row in those])
            yield AuditFinding(
                code=WITHOUT.code,
                message=f"{line['report_id']}, {line['outcome']} [{line['locator']}]: {_SOLVED} it pools {needs}; "
                f"reports of its studies have {told} too",
                remedy="Look up why the study is not in the pool.",
                place=place(line, "events", "n"),
                also=tuple(_result(row) for row in missing),
            )


def _finding(code: AuditCode, row: EvidenceRow, message: str, against: Sequence[EvidenceRow]) -> AuditFinding:
    return AuditFinding(
        code=code.code,
        message=message,
        remedy="Hold the paper against the report of the study; nothing of the evidence here is in question.",
        place=_place(row),
        also=tuple(map(_result, against)),
    )


def _place(row: EvidenceRow) -> AuditPlace:
    return AuditPlace(table="inputs", row_id=row["row_id"], columns=("events", "n"))


def _result(row: EvidenceRow) -> AuditPlace:
    return AuditPlace(table="results", row_id=row["row_id"], columns=("events", "n"), study_id=row["study_id"])
