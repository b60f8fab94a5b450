"""The audit check ``printed-pools``: pooled results as meta-analyses printed them, each against itself and the others.

Nothing is pooled again here; that is what replication does. Every tolerance is the rounding of what was printed.
"""

from __future__ import annotations

from collections.abc import Iterator

from livereview import AuditCheck, AuditFinding, AuditRequest, Options
from livereview_printed import compared, entered, heterogeneity, intervals, repeats, sums
from livereview_printed.lines import WHAT, digits, ordered


def findings(request: AuditRequest, options: Options) -> Iterator[AuditFinding]:
    """Line by line, then lines together, each report on its own."""
    lines = ordered(request.rows("published"), *WHAT, "locator")
    results = ordered(request.rows("results"), "study_id", "report_id", "outcome")
    inputs = ordered(request.rows("inputs"), "report_id", "study", "outcome")
    included = ordered(request.rows("included"), "report_id", "study_id")
    printed = digits(line for line in lines if "table" in str(line["locator"]).casefold())
    for line in lines:
        yield from intervals.of_one_line(line, printed.get(line["row_id"]))
        yield from heterogeneity.of_one_line(line)
    for look in (repeats.printed_twice, repeats.unstated, repeats.same_patients, repeats.grades, sums.subgroups):
        yield from look(lines)
    yield from compared.two_by_two(lines)
    yield from compared.count_twice(lines)
    yield from sums.people(lines, included, request.rows("studies"))
    yield from compared.against_evidence(lines, results)
    yield from entered.entered(lines, inputs, included, results, request.rows("reports"))


PRINTED_POOLS = AuditCheck(
    name="printed-pools",
    title="Printed results of meta-analyses",
    summary="Pooled results as others printed them, held against themselves.",
    codes=(
        intervals.OUTSIDE, intervals.LIMITS, intervals.CENTRE, intervals.P_VALUE, intervals.SHARE, intervals.SINGLE,
        heterogeneity.I2, heterogeneity.COMMON, heterogeneity.TESTED, repeats.TWICE, repeats.SCALE, repeats.SAME,
        repeats.GRADES, sums.PARTS, sums.PEOPLE, compared.TWO, compared.COPIED, compared.LIKE, entered.SIZES,
        entered.OTHER, entered.WITHOUT, entered.DIFFERS,
    ),
    find=findings,
    family="arithmetic",
)  # fmt: skip
