"""The certainty that people signed for an outcome, and whether it was signed before the evidence came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from livereview.judgements import Certainty
from livereview.manifest.mistakes import Mistake
from livereview.manifest.models import Manifest, Outcome
from livereview.numbers import Numbers
from livereview.printing import counted


def certainty_of(outcome: Outcome) -> Certainty | None:
    """The rating of the manifest; None where nobody signed one."""
    rated = outcome.certainty
    if rated is None:
        return None
    return Certainty(level=rated.level, reasons=rated.reasons, signed_by=rated.signed_by, signed_on=rated.signed_on)


def rated_before(rated: Certainty | None, numbers: Numbers | None) -> tuple[str, ...]:
    """A caution where numbers of the outcome were recorded after the day of the rating."""
    if rated is None or numbers is None:
        return ()
    later = [
        max(days)
        for candidate in numbers.candidates
        if (days := [day for row in candidate.rows if (day := _recorded(row.get("recorded_at"))) > rated.signed_on])
    ]
    if not later:
        return ()
    many = counted(len(later), "study rests", "studies rest")
    return (
        f"The certainty ({rated.level}) was signed on {rated.signed_on}, and {many} on numbers recorded since then, up "
        f"to {max(later)}: rate it again.",
    )


def signed_in_the_future(manifest: Manifest, today: date) -> Iterator[Mistake]:
    """A mistake for each rating that is dated after today; a day is left for people east of here."""
    latest = (today + timedelta(days=1)).isoformat()
    for index, outcome in enumerate(manifest.outcomes):
        if outcome.certainty is not None and outcome.certainty.signed_on > latest:
            message = f"found {outcome.certainty.signed_on}, a day in the future; write the day on which it was judged."
            yield Mistake(path=("outcomes", index, "certainty", "signed_on"), message=message)


def _recorded(at: object) -> str:
    """Day on which a row entered the store; empty for rows that are in none."""
    return "" if at is None else str(at)[:10]
