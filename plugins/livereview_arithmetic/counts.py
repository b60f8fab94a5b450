"""The audit check ``counts``: counts, percentages and numbers of people against each other."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from livereview import AuditCheck, AuditFinding, AuditRequest, Options
from livereview_arithmetic import denominators, shares, wholes
from livereview_arithmetic.rows import results

#: Outcomes that are part of another by what they are: whole by part.
WITHIN = {
    "cr": "orr",
    "cr-crh-cri": "orr",
    "cmr": "molecular-response",
    "hsct-direct": "hsct",
    "early-death": "death",
    "death-induction": "death",
    "death-as-first-event": "death",
    "ae-fatal": "death",
    "ae-related-fatal": "ae-fatal",
}
GROWING = ("death", "relapse", "hsct", "progression")


class CountOptions(Options):
    """What is known of the outcomes beside their names."""

    within: dict[str, str] = Field(
        default_factory=dict, description="outcome codes that count part of the people of another: whole by part",
        examples=[{"hsct-direct": "hsct"}],
    )  # fmt: skip
    growing: tuple[str, ...] = Field(GROWING, description="outcome codes whose count can only grow in time")


def findings(request: AuditRequest, options: CountOptions) -> Iterator[AuditFinding]:
    """Counts that do not fit percentages, other counts, or the size of the study."""
    rows = results(request)
    yield from shares.findings(rows)
    yield from denominators.findings(rows, request.rows("studies"))
    yield from wholes.findings(rows, WITHIN | options.within, options.growing)


COUNTS = AuditCheck(
    name="counts",
    title="Counts and percentages",
    summary="Counts against percentages, numbers of people against each other and the study, parts against wholes.",
    codes=(*shares.CODES, *denominators.CODES, *wholes.CODES),
    find=findings,
    options=CountOptions,
)
