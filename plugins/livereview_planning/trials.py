"""The registered trials as the outcome can use them: how many participants count, and what must be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livereview import AnalysisRequest, PlannedTrial

#: So many trials are named in a note; of more the number is told.
MOST_NAMES = 5


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A registered trial with the participants that count for the outcome."""

    trial: PlannedTrial
    participants: float | None
    """None where nothing can be said: no planned size, or no comparison."""


def counted(request: AnalysisRequest) -> tuple[Counted, ...]:
    """The ongoing trials by expected date (unknown dates last), then number, each with the participants that count.

    For an outcome of one arm a trial known to compare two counts with half of its participants; for a comparison a
    trial known to have one arm does not count.
    """
    ordered = sorted(request.ongoing, key=lambda one: (not one.expected_on, one.expected_on, one.registry_id))
    return tuple(Counted(trial=trial, participants=_participants(trial, request.null is None)) for trial in ordered)


def _participants(trial: PlannedTrial, one_arm: bool) -> float | None:
    if not trial.participants or (not one_arm and _is_single_arm(trial)):
        return None
    return trial.participants / 2 if one_arm and _compares(trial) else float(trial.participants)


def _compares(trial: PlannedTrial) -> bool:
    design = trial.design.casefold()
    return bool(trial.comparator) or design == "rct" or "random" in design


def _is_single_arm(trial: PlannedTrial) -> bool:
    return not _compares(trial) and trial.design.casefold().replace("-", " ").startswith(("single arm", "one arm"))


def remarks(found: Sequence[Counted], one_arm: bool) -> Iterator[str]:
    """What is assumed of the trials, and what of them is not known."""
    if not found:
        yield "The review lists no registered trial that has still to report this outcome."
        return
    yield (
        "Each trial is assumed to report this outcome, for all of its planned participants; where only a part of them "
        "can be evaluated, or a trial measures something else, it tells less than stated here."
    )
    yield from _undated(found)
    without = _named(found, [one for one in found if not one.trial.participants])
    if without:
        yield f"No planned size is known of {without}: no numbers there."
    halved = _named(found, [one for one in found if one.participants and one_arm and _compares(one.trial)])
    if halved:
        yield f"Half of the participants count of {halved}, where two arms are compared (taken to be of one size)."
    alone = _named(found, [one for one in found if not one_arm and _is_single_arm(one.trial)])
    if alone:
        yield f"No comparison comes from {alone}: one arm only."
    unsaid = [one for one in found if one.participants and not _compares(one.trial) and not _is_single_arm(one.trial)]
    if unsaid:
        taken = (
            "all of their participants are taken to receive the treatment"
            if one_arm
            else "they are taken to compare the two arms, 1:1"
        )
        yield f"Neither design nor comparator is stated for {_named(found, unsaid)}: {taken}."
    fields = sorted({item.partition(":")[0] for one in found for item in one.trial.untested})
    if fields:
        number = sum(bool(one.trial.untested) for one in found)
        yield (
            f"The registry entries of {number} of {len(found)} trials state {' and '.join(fields)} in words of their "
            "own, which the filters of the review cannot test: these trials are kept. Check that they belong."
        )


def _named(found: Sequence[Counted], some: Sequence[Counted]) -> str:
    """Some of the trials by name, or their number where they are many; empty for none."""
    if len(some) > MOST_NAMES:
        return f"all {len(found)} trials" if len(some) == len(found) else f"{len(some)} of {len(found)} trials"
    return ", ".join(one.trial.registry_id for one in some)


def _undated(found: Sequence[Counted]) -> Iterator[str]:
    without = sum(not one.trial.expected_on for one in found)
    if without == len(found):
        yield "When results are expected is known of none of the trials: they stand in the order of registry numbers."
    elif without:
        yield f"When results are expected is not known of {without} of {len(found)} trials, which stand last."
