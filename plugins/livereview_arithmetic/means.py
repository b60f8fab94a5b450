"""The audit check ``means``: means and SDs that scores cannot have, SDs that look like SEs.

GRIM (Brown and Heathers 2017, 10.1177/1948550616673876) and GRIMMER (Anaya 2016, 10.7287/peerj.preprints.2400v1;
Allard 2018) hold a mean and an SD against the whole numbers that they are of. They apply where scores are known to be
whole: by option, or by the characteristic ``items-OUTCOME`` of the study, the number of items of which a score is the
mean (1 for a score that is itself whole); ``range-OUTCOME`` has the lowest and highest score, "0-100".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from pydantic import Field

from livereview import AuditCheck, AuditCode, AuditFinding, AuditRequest, EvidenceRow, Options
from livereview_arithmetic import printed
from livereview_arithmetic.rows import Row, finding, grouped, results

CODES = (
    AuditCode(code="mean-impossible", severity="error", title="No whole scores have the mean (GRIM)"),
    AuditCode(code="sd-impossible", severity="error", title="No whole scores have the SD (GRIMMER)"),
    AuditCode(code="outside-range", severity="error", title="Mean or SD outside what the scale allows"),
    AuditCode(code="sd-may-be-se", severity="note", title="SD looks like an SE"),
)
GRIM, GRIMMER, RANGE, DEVIATION = (code.code for code in CODES)

#: An SD so many times that of another arm is in question where the square root of n explains it.
_UNLIKE = 3.0
#: How near the explained SD is to the other.
_LIKE = 1.5
#: Among so many possible sums there is one for any SD.
_MANY = 1000
#: So many other studies of the outcome there must be, and so near to each other their SDs: the scale is the same then.
_OTHERS, _SPREAD = 4, 3.0
_RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*(?:-|to|–)\s*(-?\d+(?:\.\d+)?)\s*")


class MeanOptions(Options):
    """What is known of scores, by outcome code."""

    items: dict[str, int] = Field(
        default_factory=dict, description="whole scores, by outcome: of how many items each is the mean",
        examples=[{"pain": 1}],
    )  # fmt: skip
    ranges: dict[str, tuple[float, float]] = Field(
        default_factory=dict, description="lowest and highest score, by outcome", examples=[{"pain": [0, 10]}]
    )


def findings(request: AuditRequest, options: MeanOptions) -> Iterator[AuditFinding]:
    """Means and SDs that cannot be, or are probably something else."""
    rows = [row for row in results(request) if row["measure"] == "mean" and row.get("estimate") is not None]
    known = _characteristics(request.rows("characteristics"))
    for row in rows:
        items = known.get((row["study_id"], f"items-{row['outcome']}"), options.items.get(row["outcome"]))
        if items and row.get("n"):
            yield from _whole(row, int(float(items)))
        limits = _limits(known.get((row["study_id"], f"range-{row['outcome']}")), options.ranges.get(row["outcome"]))
        if limits is not None:
            yield from _in_range(row, *limits)
        if row.get("n") == 1 and row.get("sd"):
            message = f"an SD of {printed.shown(row['sd'])} of one person"
            yield finding(GRIMMER, message, "Look up n.", (row, ("n", "sd")))
    yield from _errors_as_deviations(rows)
    yield from _beside_other_studies(rows)


def _characteristics(rows: Sequence[EvidenceRow]) -> Mapping[tuple[str, str], Any]:
    return {(row["study_id"], row["characteristic"]): row["value"] for row in rows}


def _limits(written: str | None, given: tuple[float, float] | None) -> tuple[float, float] | None:
    found = _RANGE.fullmatch(written or "")
    return (float(found[1]), float(found[2])) if found else given


def sums(mean: float, n: int, items: int) -> range:
    """The whole sums of n × items answers that give a mean as printed.

    >>> list(sums(5.19, 28, 1)), list(sums(5.18, 28, 1))
    ([], [145])
    """
    low, high = (edge * n * items for edge in printed.span(mean))
    return range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)


def has_squares(total: int, deviation: float, n: int, items: int) -> bool:
    """Whether whole numbers with a sum have an SD as printed.

    Of n whole numbers x with Σx = T, Σx² is whole, odd as T is, and at least what numbers as equal as can be have.
    """
    low, high = (max(edge, 0.0) for edge in printed.span(deviation))
    least, most = ((n - 1) * (edge * items) ** 2 + total**2 / n for edge in (low, high))
    quotient, rest = divmod(total, n)
    smallest = (n - rest) * quotient**2 + rest * (quotient + 1) ** 2
    start = max(math.ceil(least - 1e-6), smallest)
    return any(squares % 2 == total % 2 for squares in range(start, min(math.floor(most + 1e-6), start + 1) + 1))


def _whole(row: Row, items: int) -> Iterator[AuditFinding]:
    mean, deviation, n = row["estimate"], row.get("sd"), row["n"]
    possible = sums(mean, n, items)
    of = f"{n} whole scores" if items == 1 else f"{n} scores of {items} items"
    remedy = "Look up mean, SD and n: is n that of this outcome, were answers missing?"
    if not possible:
        near = [printed.shown(total / (n * items)) for total in (int(mean * n * items), int(mean * n * items) + 1)]
        message = f"no {of} have the mean {printed.shown(mean)}; {' or '.join(near)} would be possible"
        yield finding(GRIM, message, remedy, (row, ("estimate", "n")))
    elif (
        deviation is not None
        and n > 1
        and len(possible) < _MANY
        and not any(has_squares(total, deviation, n, items) for total in possible)
    ):
        message = f"no {of} with the mean {printed.shown(mean)} have the SD {printed.shown(deviation)}"
        yield finding(GRIMMER, message, remedy, (row, ("sd", "n")))


def _in_range(row: Row, lowest: float, highest: float) -> Iterator[AuditFinding]:
    """A mean outside the scale, or an SD that is more than half at each end would have."""
    low, high = printed.span(row["estimate"])
    if high < lowest or low > highest:
        message = f"mean {printed.shown(row['estimate'])} on a scale of {lowest:g} to {highest:g}"
        yield finding(RANGE, message, "Look up the mean, its sign and its scale.", (row, ("estimate",)))
        return
    n, deviation = row.get("n"), row.get("sd")
    if deviation is None or not n or n < 2:
        return
    middle = min(max((lowest + highest) / 2, low), high)
    most = math.sqrt(max((middle - lowest) * (highest - middle), 0.0) * n / (n - 1))
    if printed.span(deviation)[0] > most:
        message = (
            f"SD {printed.shown(deviation)} about a mean of {printed.shown(row['estimate'])} on a scale "
            f"of {lowest:g} to {highest:g}, where it is at most {printed.shown(most)}"
        )
        yield finding(RANGE, message, "Look up SD and scale.", (row, ("sd", "estimate")))


def _errors_as_deviations(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """An SD that is far from those of the other arms, and like them where it is taken for an SE, or they are."""
    key = ("study_id", "report_id", "outcome", "timepoint_months", "population")
    for group in grouped((row for row in rows if row.get("sd") and row.get("n")), *key).values():
        for row in group:
            others = [other for other in group if other["arm"] != row["arm"]]
            if others and all(_is_error_beside(row, other) for other in others):
                root = math.sqrt(row["n"])
                message = (
                    f"SD {printed.shown(row['sd'])}, and {printed.shown(others[0]['sd'])} in "
                    f"{others[0]['arm']}; as an SE of {row['n']} people it is an SD of "
                    f"{printed.shown(row['sd'] * root)}"
                )
                also = [(other, ("sd",)) for other in others]
                yield finding(DEVIATION, message, "Look up whether it is an SD or an SE.", (row, ("sd",)), also)


def _is_error_beside(row: Row, other: Row) -> bool:
    """Whether the square root of n explains the ratio of two SDs, and that of the means does not."""
    ratio = other["sd"] / row["sd"]
    if ratio <= _UNLIKE or not 1 / _LIKE < ratio / math.sqrt(row["n"]) < _LIKE:
        return False
    means = abs(other["estimate"] / row["estimate"]) if row["estimate"] else math.inf
    return not ratio / 2 < means < ratio * 2


def _beside_other_studies(rows: Sequence[Row]) -> Iterator[AuditFinding]:
    """SDs of a study that are all far below those of every other study of the outcome, and like them as SEs."""
    with_deviation = [row for row in rows if row.get("sd") and (row.get("n") or 0) > 1]
    for group in grouped(with_deviation, "outcome").values():
        studies = grouped(group, "study_id")
        if len(studies) <= _OTHERS:
            continue
        for (study,), own in studies.items():
            rest = [row["sd"] for row in group if row["study_id"] != study]
            usual = median(rest)
            if max(rest) > usual * _SPREAD or min(rest) < usual / _SPREAD:
                continue
            times = [usual / row["sd"] for row in own]
            explained = all(
                1 / _LIKE < time / math.sqrt(row["n"]) < _LIKE for time, row in zip(times, own, strict=True)
            )
            if min(times) > _UNLIKE and explained:
                first = own[0]
                message = (
                    f"SD {printed.shown(first['sd'])}, and {printed.shown(min(rest))} to "
                    f"{printed.shown(max(rest))} in {len(studies) - 1} other studies; as an SE of {first['n']} people "
                    f"it is an SD of {printed.shown(first['sd'] * math.sqrt(first['n']))}"
                )
                also = [(row, ("sd",)) for row in own[1:]]
                yield finding(DEVIATION, message, "Look up whether it is an SD or an SE.", (first, ("sd",)), also)


MEANS = AuditCheck(
    name="means",
    title="Means and standard deviations",
    summary="GRIM and GRIMMER for whole scores, SD against the range of the scale, SDs that look like SEs.",
    codes=CODES,
    find=findings,
    options=MeanOptions,
    references=(
        "Brown and Heathers 2017, Soc Psychol Personal Sci 8:363-369, doi:10.1177/1948550616673876",
        "Anaya 2016, PeerJ Preprints 4:e2400v1, doi:10.7287/peerj.preprints.2400v1",
        "Allard 2018, Analytic-GRIMMER",
    ),
)
