"""What the command ``agreement`` shows: counts, shares and kappa, every cell that differs. Computes nothing."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from livereview import printing
from livereview.console import say, table, tell
from livereview.people import AgreementLine, Disagreement, DoubleWork
from livereview.writing import write_whole

_COLUMNS = (
    "table", "study_id", "study", "report_id", "outcome", "what", "column", "person", "value", "state", "settled_by",
    "settled_value",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def shown(found: DoubleWork | None) -> None:
    """The whole of it on the terminal."""
    if found is None:
        say("Nothing to compare: no result has an extractor, no item of an appraisal two raters.")
        return
    say(found.summary)
    say(found.rule)
    if found.lines:
        say()
        headings = ["what", "people", "compared", "agree", "share", "kappa (95% CI)", "method", ""]
        table("Agreement", headings, [_line(line) for line in found.lines], right=(2, 3, 4))
    if found.disagreements:
        say()
        headings = ["study", "what", "cell", "values", "state"]
        table("Cells that differ", headings, [_cell(item) for item in found.disagreements])
    for doubt in found.doubts:
        tell(doubt)


def write(found: DoubleWork | None, path: Path) -> None:
    """A row for each value of each cell that differs. ExpectedError where the file cannot be written."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for item in found.disagreements if found else ():
        person, value = item.settled or ("", "")
        first = (item.table, item.study_id, item.study_label, item.report_id, item.outcome, item.what, item.column)
        for who, said in item.values:
            writer.writerow([_harmless(cell) for cell in (*first, who, said, item.state, person, value)])
    write_whole(path, lines.getvalue().encode())


def _harmless(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula; numbers stay numbers."""
    try:
        float(cell)
    except ValueError:
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    return cell


def _line(line: AgreementLine) -> list[str]:
    share = printing.estimate(line.share, "proportion")
    kappa = "" if line.kind == "number" else printing.kappa(line.kappa, line.kappa_low, line.kappa_high)
    return [line.about, line.people, str(line.compared), str(line.agreed), share, kappa, line.method, line.note]


def _cell(item: Disagreement) -> list[str]:
    values = ", ".join(f"{value} ({person})" for person, value in item.values)
    return [item.study_label, item.subject, item.column, values, item.fate]
