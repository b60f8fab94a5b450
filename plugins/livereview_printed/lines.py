"""Printed results as lines: which family a measure is of, what the line is about, where it stands."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal

from livereview import AuditCode, AuditFinding, AuditPlace, EvidenceRow, Severity, decimals
from livereview_printed.spans import DIFFERENCE, PROPORTION, RATIO, Scale

Family = Literal["ratio", "proportion", "difference", "unstated", "other"]

_RATIOS = ("HR", "OR", "RR", "IRR", "ROM", "PETO")
_PROPORTIONS = ("PR", "PLO", "PLN", "PAS", "PFT", "SURV", "SURVLL")
_DIFFERENCES = ("RD", "MD", "SMD")
_GRADED = re.compile(r"^(.*)-(any|grade3plus|grade4|grade5)$")
#: What a line is about apart from the place where it stands and what it says.
WHAT = ("report_id", "outcome", "timepoint_months", "title", "design_group", "subgroup_by", "subgroup")


def family(line: EvidenceRow) -> Family:
    """What sort of number a line prints."""
    measure = str(line["measure"])
    if "not stated" in measure or "as printed" in measure:
        return "unstated"
    if measure.upper() in _RATIOS:
        return "ratio"
    if measure.upper() in _PROPORTIONS or "proportion" in measure or measure.startswith("survival"):
        return "proportion"
    if measure.upper() in _DIFFERENCES or "difference" in measure:
        return "difference"
    return "other"


def scales(line: EvidenceRow) -> Mapping[str, Scale]:
    """Scales on which the interval of a line may have been made."""
    return {"ratio": RATIO, "proportion": PROPORTION}.get(family(line), DIFFERENCE)


def crude(line: EvidenceRow) -> bool:
    """Whether a line is a count over a total, not pooled: said so, of one arm of a comparison, or of one study."""
    said = "crude" in str(line["measure"]) or str(line.get("subgroup_by") or "") == "comparison"
    alone = line.get("k") == 1 or (line.get("k") is None and line.get("i2") is None and line.get("q_p") is None)
    return said or (alone and family(line) == "proportion" and not line.get("model"))


def ordered(rows: Iterable[EvidenceRow], *columns: str) -> list[EvidenceRow]:
    """Rows in an order that depends on what they say alone, so that findings do not depend on that of the store."""
    return sorted(rows, key=lambda row: (*(str(row.get(name) or "") for name in columns), str(row["row_id"])))


def digits(lines: Iterable[EvidenceRow]) -> Mapping[str, int]:
    """By ``row_id``: decimals of the estimates that are printed in one place with that of the line, its own included.

    One table, and one abstract, prints them alike, and a number does not keep its zeros: beside 0.176, 0.85 is 0.850.
    """
    found: dict[str, int] = {}
    for same in grouped((line for line in lines if line.get("estimate") is not None), "report_id", "locator").values():
        most = max(decimals(line["estimate"]) for line in same)
        found |= {line["row_id"]: most for line in same}
    return found


def graded(code: str) -> tuple[str, str]:
    """Outcome and grade: ("crs", "grade3plus"); the grade is empty where the code names none."""
    found = _GRADED.match(code)
    return (found[1], found[2]) if found else (code, "")


def named(line: EvidenceRow) -> str:
    """What a line is about, in words, with its place."""
    parts = [line["outcome"], line.get("title"), line.get("design_group")]
    if line.get("timepoint_months") is not None:
        parts.append(f"{line['timepoint_months']:g} months")
    if line.get("subgroup"):
        parts.append(f"{line.get('subgroup_by')} {line['subgroup']}")
    return f"{', '.join(str(part) for part in parts if part)} [{line['report_id']}, {line['locator']}]"


def number(line: EvidenceRow) -> str:
    """What a line prints: estimate and limits, or count and total."""
    text = f"{line['measure']} {line['estimate']:g}" if line.get("estimate") is not None else str(line["measure"])
    if line.get("ci_low") is not None and line.get("ci_high") is not None:
        text += f" ({line['ci_low']:g} to {line['ci_high']:g})"
    if line.get("events") is not None and line.get("n") is not None:
        text += f", {line['events']}/{line['n']}"
    return text


def place(line: EvidenceRow, *columns: str) -> AuditPlace:
    """Where a line stands."""
    return AuditPlace(table="published", row_id=line["row_id"], columns=columns)


def told(
    code: AuditCode, line: EvidenceRow, columns: Sequence[str], message: str, remedy: str,
    also: Iterable[AuditPlace] = (), severity: Severity | None = None,
) -> AuditFinding:  # fmt: skip
    """A finding at a line, which its message names first."""
    return AuditFinding(
        code=code.code, message=f"{named(line)}: {message}", remedy=remedy, place=place(line, *columns),
        also=tuple(also), severity=severity,
    )  # fmt: skip


def grouped(lines: Iterable[EvidenceRow], *columns: str) -> dict[tuple[Hashable, ...], list[EvidenceRow]]:
    """Lines with the same values in some columns."""
    found: dict[tuple[Hashable, ...], list[EvidenceRow]] = {}
    for line in lines:
        found.setdefault(tuple(line.get(name) or None for name in columns), []).append(line)
    return found


def joined(names: Iterable[str], most: int = 6) -> str:
    """Names in words, the first of them."""
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
