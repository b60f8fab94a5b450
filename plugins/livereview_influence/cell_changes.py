"""Changed data of an outcome, many sets at once: one event more or less, standard errors by a tenth, arms exchanged.

Each set differs from the outcome's own data in one study. What cannot be is not made: no event below 0 or above the
number of people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livereview import Array, AuditedOutcome, Mask

Positions = npt.NDArray[np.intp]

#: What standard errors and standard deviations are multiplied by.
FACTORS = {"10% larger": 1.1, "10% smaller": 0.9}
#: Columns that a standard error can be read off, in place of one that is given.
_SOURCES = ("ci_low", "ci_high", "ci_level", "p_value", "o_minus_e", "o_minus_e_variance", "direction")
_SIDES = {"": "", "_1": "experimental arm", "_2": "control arm"}
Z95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One way to change the numbers of a study."""

    words: str
    """"one event more"."""
    cell: str
    """What is changed: "events, experimental arm"."""
    columns: tuple[str, ...]
    """Columns of the evidence that it is read in."""
    side: str = ""
    """"_1" experimental, "_2" control, "" the only row, "both"."""
    role: str = "small"
    """"small": as easily mistyped as not; "swap": arms exchanged; "same": nothing but the way the error is given."""


@dataclass(frozen=True, kw_only=True)
class Sets:
    """M sets of changed data, kept as what differs: whole they are (M, K) for each column."""

    own: Mapping[str, Array]
    """The outcome's data, shape (K,)."""
    new: Mapping[str, Array]
    """By column the value in the study that is changed, shape (M,)."""
    study: Positions
    """Position of the study that is changed, shape (M,)."""
    kind: Positions
    """Position in ``kinds``, shape (M,)."""
    kinds: tuple[Kind, ...]

    def columns(self, start: int, stop: int) -> dict[str, Array]:
        """The sets from ``start`` to before ``stop`` as whole columns, shape (m, K)."""
        study = self.study[start:stop]
        found = {}
        for name, values in self.own.items():
            found[name] = np.repeat(values[None, :], len(study), axis=0)
            found[name][np.arange(len(study)), study] = self.new[name][start:stop]
        return found


@dataclass(frozen=True, kw_only=True)
class _Change:
    """A kind with the studies that it is possible for, and their new values; all of shape (K,)."""

    kind: Kind
    possible: Mask
    values: Mapping[str, Array]


def changed_sets(outcome: AuditedOutcome) -> Sets | None:
    """Every change that is possible at an outcome; None where none is."""
    changes = [*_counts(outcome), *_deviations(outcome), *_errors(outcome), *_swaps(outcome)]
    changes = [change for change in changes if change.possible.any()]
    if not changes:
        return None
    names = dict.fromkeys(name for change in changes for name in change.values)
    own = {name: _column(outcome, name) for name in names}
    where = [np.flatnonzero(change.possible) for change in changes]
    return Sets(
        own=own,
        new={
            name: np.concatenate(
                [change.values.get(name, own[name])[at] for change, at in zip(changes, where, strict=True)]
            )
            for name in names
        },
        study=np.concatenate(where),
        kind=np.repeat(np.arange(len(changes)), [at.size for at in where]),
        kinds=tuple(change.kind for change in changes),
    )


def _column(outcome: AuditedOutcome, name: str) -> Array:
    return outcome.data.get(name, np.full(len(outcome.result.studies), np.nan))


def _at(what: str, side: str) -> str:
    return f"{what}, {_SIDES[side]}" if _SIDES[side] else what


def _counts(outcome: AuditedOutcome) -> list[_Change]:
    """One event more and one less, in each arm."""
    found = []
    for side in _SIDES:
        events, n = _column(outcome, f"events{side}"), _column(outcome, f"n{side}")
        for words, step in (("one event more", 1.0), ("one event less", -1.0)):
            moved = events + step
            possible = np.isfinite(moved) & (moved >= 0) & ~(moved > n)
            kind = Kind(words=words, cell=_at("events", side), columns=("events",), side=side)
            found.append(_Change(kind=kind, possible=possible, values={f"events{side}": moved}))
    return found


def _deviations(outcome: AuditedOutcome) -> list[_Change]:
    """Standard deviations of arms, by a tenth."""
    found = []
    for side in _SIDES:
        sd = _column(outcome, f"sd{side}")
        for words, factor in FACTORS.items():
            kind = Kind(words=f"SD {words}", cell=_at("SD", side), columns=("sd",), side=side)
            found.append(_Change(kind=kind, possible=sd > 0, values={f"sd{side}": sd * factor}))
    return found


def _errors(outcome: AuditedOutcome) -> list[_Change]:
    """Standard errors of estimates as they were reported, by a tenth, and once as they are: where that gives another
    result, the error is not what the measure takes from the study, and it is not moved."""
    effect, error, possible = _reported(outcome)
    shown = np.array([study.shown.estimate for study in outcome.result.studies])
    found = []
    for words, factor in {"as it is": 1.0, **FACTORS}.items():
        role = "same" if factor == 1.0 else "small"
        kind = Kind(words=f"standard error {words}", cell="standard error", columns=(), role=role)
        values = _given(outcome.result.scale, shown, effect, error * factor)
        if values:
            found.append(_Change(kind=kind, possible=possible, values=values))
    return found


def _reported(outcome: AuditedOutcome) -> tuple[Array, Array, Mask]:
    """Effects and standard errors on the analysis scale, and whether a study's were reported rather than counted."""
    effect = np.array([study.effect for study in outcome.result.studies])
    error = np.sqrt([study.variance for study in outcome.result.studies])
    given = [np.isfinite(_column(outcome, name)) for name in ("estimate", "o_minus_e", "direction")]
    possible = np.logical_or.reduce(given) & np.isfinite(effect) & np.isfinite(error)
    return effect, error, np.asarray(possible)


def _given(scale: str, shown: Array, effect: Array, error: Array) -> dict[str, Array]:
    """Columns that say an effect with a standard error, as reports do; nothing for a scale on which none do."""
    none = np.full(effect.shape, np.nan)
    empty = dict.fromkeys(_SOURCES, none)
    if scale in ("log", "identity"):
        return {**empty, "estimate": shown, "se": error}
    if scale == "log-log":
        low, high = np.exp(-np.exp(effect + Z95 * error)), np.exp(-np.exp(effect - Z95 * error))
        return {**empty, "estimate": shown, "se": none, "ci_low": low, "ci_high": high}
    return {}


def _swaps(outcome: AuditedOutcome) -> list[_Change]:
    """The arms of a study exchanged: of two arms all their numbers, of a contrast its direction."""
    kind = Kind(words="arms exchanged", cell="both arms", columns=(), side="both", role="swap")
    if outcome.layout == "two-arms":
        names = [name[:-2] for name in outcome.data if name.endswith("_1") and f"{name[:-2]}_2" in outcome.data]
        pairs = {name: (_column(outcome, f"{name}_1"), _column(outcome, f"{name}_2")) for name in names}
        differ = np.zeros(len(outcome.result.studies), dtype=bool)
        for first, second in pairs.values():
            differ |= np.isfinite(first) & np.isfinite(second) & (first != second)
        values = {f"{name}_1": second for name, (_, second) in pairs.items()}
        values |= {f"{name}_2": first for name, (first, _) in pairs.items()}
        return [_Change(kind=kind, possible=differ, values=values)] if values else []
    if outcome.layout != "contrast" or outcome.result.null_shown is None:
        return []
    effect, error, possible = _reported(outcome)
    shown = np.array([study.shown.estimate for study in outcome.result.studies])
    with np.errstate(divide="ignore"):
        turned = 1 / shown if outcome.result.scale == "log" else -shown
    values = _given(outcome.result.scale, turned, -effect, error)
    return [_Change(kind=kind, possible=possible & (effect != 0), values=values)] if values else []
