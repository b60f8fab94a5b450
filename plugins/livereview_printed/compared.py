"""Counts of another trial that a meta-analysis prints beside its own: P of the comparison, grades, copied rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from livereview import AuditCode, AuditFinding, AuditPlace, EvidenceRow
from livereview_printed.lines import graded, grouped, joined, place, told
from livereview_printed.spans import meet, p_span

TWO = AuditCode(code="pool-two-by-two", severity="warning", title="A printed P cannot come from the printed counts")
COPIED = AuditCode(code="pool-count-twice", severity="note", title="One count is printed for two outcomes")
LIKE = AuditCode(code="pool-compared-unlike", severity="warning", title="Unlike events are printed side by side")

#: By how much a P of pooled proportions may differ from that of the counts.
_TIMES = 5.0
_UNLIKE = "Compare like with like: look the trial's own table up."


def two_by_two(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """P of comparisons against the tables of their two counts, one finding per table of the paper.

    By chi-square, with and without a correction, and by the sum of Fisher's exact probabilities. One that is 5 times as
    large or as small as any of them is no rounding.
    """
    whole = {
        (line["report_id"], line["outcome"]): line for line in lines
        if line.get("events") is not None and line.get("n") and not line.get("subgroup_by")
    }  # fmt: skip
    compared = [line for line in lines if line.get("subgroup_by") == "comparison" and line.get("events") is not None]
    for same in grouped(compared, "report_id", "locator", "subgroup").values():
        held: list[tuple[EvidenceRow, EvidenceRow, str]] = []
        for line in same:
            said, other = p_span(line.get("p_value")), whole.get((line["report_id"], line["outcome"]))
            if said is not None and other is not None:
                possible = _p_values(other["events"], other["n"], line["events"], line["n"])
                fits = meet(said, (min(possible) / _TIMES, min(1.0, max(possible) * _TIMES)))
                held.append((line, other, "" if fits else f"{_shown(min(possible))} to {_shown(max(possible))}"))
        wrong = [item for item in held if item[2]]
        if wrong:
            each = "; ".join(
                f"{line['outcome']} P {line['p_value']} for {other['events']}/{other['n']} against {line['events']}/"
                f"{line['n']}, which give {given}"
                for line, other, given in wrong
            )
            first, *further = wrong
            yield told(
                TWO, first[0], ("p_value",), f"{len(wrong)} of {len(held)} P values are none of these counts: {each}",
                "They test something else, so a large P is no sign that the counts are alike.",
                also=(place(first[1], "events", "n"), *(place(line, "p_value") for line, _, _ in further)),
            )  # fmt: skip


def _shown(p: float) -> str:
    return f"{p:.2g}"


def _p_values(a: int, n: int, c: int, m: int) -> tuple[float, ...]:
    """Two-sided P values of a two by two table: chi-square, with Yates' correction, and exact."""
    total = a + c
    every, expected = n + m, total * n / (n + m)
    variance = n * m * total * (every - total) / (every**2 * (every - 1)) if every > 1 else 0.0
    if variance <= 0:
        return (1.0,)
    difference = abs(a - expected)
    plain, corrected = difference / math.sqrt(variance), max(difference - 0.5, 0.0) / math.sqrt(variance)
    low, high = max(0, total - m), min(n, total)
    logs = [_log_choose(n, x) + _log_choose(m, total - x) - _log_choose(every, total) for x in range(low, high + 1)]
    here = logs[a - low] + 1e-7
    exact = min(1.0, sum(math.exp(value) for value in logs if value <= here))
    return math.erfc(plain / math.sqrt(2)), math.erfc(corrected / math.sqrt(2)), exact


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def count_twice(lines: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """One count of one comparison under two outcomes: two events hardly have it both."""
    compared = [line for line in lines if line.get("subgroup_by") == "comparison" and line.get("events") is not None]
    for same in grouped(compared, "report_id", "subgroup", "events", "n").values():
        if len({graded(line["outcome"])[0] for line in same}) > 1:
            one, *others = same
            message = f"{one['events']}/{one['n']} stands for {joined([line['outcome'] for line in others])} too"
            remedy = "Look both up: a row may have been copied."
            yield told(COPIED, one, ("events",), message, remedy, also=[place(line, "events") for line in others])


def against_evidence(lines: Sequence[EvidenceRow], results: Sequence[EvidenceRow]) -> Iterator[AuditFinding]:
    """Counts of another trial, printed as events of any grade, that the trial's own report has as grade 3 or more."""
    counts = [row for row in results if row["measure"] == "count" and row.get("n") and row.get("events") is not None]
    severe = {(graded(row["outcome"]), row["events"], row["n"]): row for row in reversed(counts)}
    for line in lines:
        if line.get("subgroup_by") != "comparison" or line.get("events") is None:
            continue
        code, grade = graded(line["outcome"])
        row = severe.get(((code, "grade3plus"), line["events"], line["n"]))
        if grade == "any" and row is not None and row.get("report_id") != line["report_id"]:
            message = (
                f"{line['events']}/{line['n']} stands for any grade; {row['study_id']} has it for grade 3 or more "
                f"[{row['report_id']}, {row['locator']}]"
            )
            yield told(LIKE, line, ("events",), message, _UNLIKE, also=(_result(row),))
        above = [
            other for other in counts
            if graded(other["outcome"]) == (code, "grade3plus") and other["n"] == line["n"]
            and other["events"] > line["events"] and not str(other.get("population") or "").startswith("subgroup:")
        ]  # fmt: skip
        if grade == "any" and above:
            other = above[0]
            message = (
                f"{line['events']}/{line['n']} with any grade is below the {other['events']}/{other['n']} with grade 3 "
                f"or more of {other['study_id']} [{other['report_id']}, {other['locator']}]"
            )
            yield told(LIKE, line, ("events",), message, _UNLIKE, also=(_result(other),))


def _result(row: EvidenceRow) -> AuditPlace:
    return AuditPlace(table="results", row_id=row["row_id"], columns=("events", "n"), study_id=row["study_id"])
