"""Pools of printed pools: values at several times of the same patients entered as if they were independent studies.

What was printed is known to its last digit only, so that the pool is tried over the rounding of its inputs.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from livereview.manifest.models import MeasureChoice, ModelChoice
from livereview.pairing import Row
from livereview.replicated import PooledInput, PrintedNumber, ReplicatedLine
from livereview.replicating.basis import Basis
from livereview.replicating.candidates import Candidate
from livereview.replicating.digits import INTERVAL, Printed, printed_numbers
from livereview.replicating.pooled_lines import PooledDraft
from livereview.replicating.pooling import Pools, pools
from livereview.replicating.recipes import Recipe, bound_to
from livereview.types import Array, EffectMeasure, EffectModel, Mask

#: Steps over the rounding of a printed number, in halves of its last digit.
_STEPS = (-0.9, -0.45, 0.0, 0.45, 0.9)
_RATIOS = ("OR", "RR", "HR")
_MODELS = {"fixed": ("common-effect", {}), "random": ("random-effects", {"tau2": "DL", "interval": "wald"})}


def repeated_line(basis: Basis, draft: PooledDraft, line: ReplicatedLine) -> ReplicatedLine:
    """The line, or, where the pool of the publication's values at single times gives it, the line that says so."""
    parts = _parts(basis, draft.row)
    recipe = _recipe(basis, draft.row)
    if line.verdict.startswith("matches") or len(parts) != 2 or recipe is None:
        return line
    ranges = [printed_numbers(part, basis.digits, (*INTERVAL, "q_p")) for part in parts]
    candidates, masks = _over_rounding(ranges)
    found = pools(candidates, masks, recipe)
    if found is None:
        return line
    printed = {name: number for name, number in draft.printed.items() if name in (*INTERVAL, "q_p")}
    values = {**found, "q_p": _whole_q_p(found, ranges)}
    held = np.logical_and.reduce([printed[name].holds(values[name]) for name in INTERVAL if name in printed])
    if not held.any():
        return line
    middle = len(masks) // 2
    times = " and ".join(f"{part['timepoint_months']:g}" for part in parts)
    departure = f"printed values at {times} months, of the same patients, pooled as independent"
    return replace(
        line,
        verdict="matches-otherwise",
        recipe=recipe.words,
        departures=(departure,),
        numbers=tuple(
            PrintedNumber(name=name, printed=number.text, recomputed=float(values[name][middle]),
                          agrees=bool((held & number.holds(values[name])).any()),
                          note="within the rounding of the printed values")
            for name, number in printed.items()
        ),
        inputs=tuple(
            PooledInput(study="", label=f"{part['timepoint_months']:g} months", origin=f"{part['report_id']}, "
                        f"{part['locator']}", numbers="{} ({} to {})".format(*(own[name].text for name in INTERVAL)))
            for part, own in zip(parts, ranges, strict=True)
        ),
        reasons=("the patients count twice, so that the interval is too narrow", *_of_q(printed, values, held)),
        tried=line.tried + len(masks),
        matched=int(held.sum()),
    )  # fmt: skip


def _of_q(printed: Mapping[str, Printed], values: Mapping[str, Array], held: Mask) -> tuple[str, ...]:
    """Says so where P of Q is not given: Q about Mantel-Haenszel estimates does not add up exactly."""
    if "q_p" not in printed or (held & printed["q_p"].holds(values["q_p"])).any():
        return ()
    return ("P of Q is not given: Q of the estimates behind the two values need not add up",)


def _parts(basis: Basis, row: Row) -> list[Row]:
    """The rows of single times that a row without a time may be the pool of."""
    if row["timepoint_months"] is not None or row["measure"] not in _RATIOS:
        return []
    same = ("outcome", "design_group", "subgroup_by", "subgroup", "measure", "model")
    return [
        other for other in basis.publication.rows
        if other["timepoint_months"] is not None and all(other[name] == row[name] for name in same)
        and all(other[name] is not None for name in INTERVAL)
    ]  # fmt: skip


def _recipe(basis: Basis, row: Row) -> Recipe | None:
    name, options = _MODELS.get(str(row["model"]).partition("-")[0], _MODELS["random"])
    choice = MeasureChoice.model_validate({"name": "RATIO", "of": row["measure"]})
    measure = bound_to(basis.plugins, EffectMeasure, choice) if row["measure"] in _RATIOS else None
    model = bound_to(basis.plugins, EffectModel, ModelChoice.model_validate({"name": name, **options}))
    if measure is None or model is None:
        return None
    return Recipe(measure=measure, model=model, words=f"printed {row['measure']}s, {model.words()}")


def _over_rounding(ranges: Sequence[Mapping[str, Printed]]) -> tuple[list[Candidate], Mask]:
    """Every step over the rounding of each estimate and of the distance of its limits, and every pair of them."""
    candidates: list[Candidate] = []
    sets: list[range] = []
    for number, own in enumerate(ranges):
        start = len(candidates)
        middle, low, high = (own[name] for name in INTERVAL)
        for step, wider in itertools.product(_STEPS, repeat=2):
            # Of the limits only the distance counts.
            moved = (middle.value + step * middle.half, low.value - wider * low.half, high.value + wider * high.half)
            data = dict(zip(INTERVAL, moved, strict=True))
            candidates.append(Candidate(study=str(number), label=str(number), data=data, origin=""))
        sets.append(range(start, len(candidates)))
    pairs = np.array(list(itertools.product(*sets)))
    masks = np.zeros((len(pairs), len(candidates)), dtype=bool)
    np.put_along_axis(masks, pairs, True, axis=1)
    return candidates, masks


def _whole_q_p(found: Pools, ranges: Sequence[Mapping[str, Printed]]) -> Array:
    """P of Q of all estimates behind the two values: Q within each, from its printed P, and Q between the two.

    Each value pools two estimates (one degree of freedom); Q adds up: 10.2307/3001666.
    """
    from scipy import special

    within = sum(float(special.chdtri(1, own["q_p"].value)) for own in ranges if "q_p" in own)
    between = np.asarray(special.chdtri(1, found["q_p"]))
    return np.asarray(special.chdtrc(len(ranges) + 1, within + between))
