"""Numbers that a trial printed of itself, held against the rows of the evidence that were read in it."""

from __future__ import annotations

from collections.abc import Sequence

from livereview.evidence.tables import RESULT_MEASURES
from livereview.pairing import Row
from livereview.replicated import PooledInput, Replicability, ReplicatedLine
from livereview.replicating.basis import Basis
from livereview.replicating.counted_lines import compared, line_of
from livereview.replicating.digits import INTERVAL, printed_numbers
from livereview.replicating.members import members


def trial_line(basis: Basis, row: Row) -> ReplicatedLine:
    """A number of one trial beside the first evidence row that has all of it, else the nearest, else none."""
    printed = printed_numbers(row, basis.digits, (*INTERVAL, "p_value", "n"))
    found = [result for study in members(basis.publication, {**row, "subgroup": None}) or ()
             for result in basis.results.get(study, ()) if _alike(row, result)]  # fmt: skip
    best = max(found, key=lambda result: _agreeing(list(printed), row, result), default=None)
    if best is None:
        reasons = ("no row of the evidence has it",)
        return line_of(row, "trial", "cannot-be-checked", [compared(number, None) for number in printed.values()],
                       reasons=reasons)  # fmt: skip
    numbers = [compared(number, _number(best[name])) for name, number in printed.items()]
    verdict: Replicability = "contradicts" if any(number.agrees is False for number in numbers) else "matches"
    own = PooledInput(study=str(best["study_id"]), label=basis.labels.get(best["study_id"], ""), numbers="",
                      origin=str(best["report_id"]), remarks=(str(best["locator"]),))  # fmt: skip
    return line_of(row, "trial", verdict, numbers, recipe="as the evidence has it", inputs=(own,), tried=len(found),
                   matched=int(verdict == "matches"))  # fmt: skip


def _alike(row: Row, result: Row) -> bool:
    """Whether a result is of the outcome, time, arm, group and kind that the row names: survival-ARM, RMST-..."""
    kind, _, arm = str(row["measure"]).partition("-")
    if kind not in RESULT_MEASURES or result["measure"] != kind or result["outcome"] != row["outcome"]:
        return False
    if result["comparator"] is None and result["arm"] != arm:
        return False
    population = str(result["population"] or "")
    group = str(row["subgroup"]) in population if row["subgroup"] else "subgroup" not in population
    # A contrast over the whole follow-up has no time of its own.
    timed = result["timepoint_months"] == row["timepoint_months"]
    return group and (timed or (result["comparator"] is not None and result["timepoint_months"] is None))


def _agreeing(names: Sequence[str], row: Row, result: Row) -> int:
    return sum(_number(result[name]) == _number(row[name]) for name in names)


def _number(cell: object) -> float | None:
    """A number; of a P that is a bound the bound, which is what a table keeps of it."""
    return None if cell is None else float(str(cell).lstrip("<>="))
