"""The verdict on a printed pool, and what a reader must know of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from livereview.printing import counted, plain
from livereview.replicated import PooledInput, PrintedNumber, RecipeTally, Replicability, ReplicatedLine
from livereview.replicating.basis import Basis
from livereview.replicating.candidates import Candidate
from livereview.replicating.members import CANDIDATE_ONLY
from livereview.replicating.misprints import another_count, heterogeneity_contradiction, misprints, off_centre
from livereview.replicating.pooled_lines import PooledDraft, intervals_of
from livereview.replicating.search import Found, Trial
from livereview.replicating.titles import title_of

#: Studies named in one reason.
_SHOWN = 4


def tallies(report_id: str, drafts: Iterable[PooledDraft]) -> tuple[RecipeTally, ...]:
    """How many lines each recipe gives, the one that gives most first; recipes that give none are left out."""
    given: dict[str, int] = {}
    drafts = [draft for draft in drafts if draft.found.tried]
    for draft in drafts:
        for words in {trial.recipe.words for trial in draft.found.matches}:
            given[words] = given.get(words, 0) + 1
    ordered = sorted(given.items(), key=lambda item: (-item[1], item[0]))
    return tuple(RecipeTally(report_id=report_id, recipe=name, lines=count, of=len(drafts)) for name, count in ordered)


def pooled_line(basis: Basis, draft: PooledDraft, given: Mapping[str, int]) -> ReplicatedLine:
    """The verdict on one printed pool; ``given`` are the lines that each recipe gives in this publication.

    Of the matches with fewest departures the one by the recipe that gives most lines is shown.
    """
    found = draft.found
    verdict, trial = _verdict(draft, given)
    shown = trial or _shown(draft)
    numbers = tuple(_numbers(draft, shown))
    chosen = [] if shown is None else draft.made.chosen(shown.combination)
    reasons = [] if trial is not None else [*_known(basis, draft, verdict), *_contradictions(draft, shown, verdict)]
    reasons += _in_solutions(draft)
    return ReplicatedLine(
        report_id=draft.row["report_id"],
        locator=draft.row["locator"],
        outcome=draft.row["outcome"],
        part="pooled",
        title=title_of(draft.row),
        verdict=verdict,
        numbers=numbers,
        recipe="" if shown is None else shown.recipe.words,
        departures=() if shown is None else shown.departures,
        inputs=tuple(_input(item) for item in chosen),
        reasons=tuple(reasons),
        tried=found.tried,
        matched=found.matched,
    )


def _verdict(draft: PooledDraft, given: Mapping[str, int]) -> tuple[Replicability, Trial | None]:
    """The verdict, with the match that it rests on. One number alone is matched by the stated choices only, since among
    many others one gives it by chance."""
    found = draft.found
    if found.matches:
        best = min(found.matches, key=lambda trial: (trial.distance, -given.get(trial.recipe.words, 0)))
        if not best.departures:
            return "matches", best
        return ("matches-otherwise", best) if len(draft.printed) > 1 else ("cannot-be-checked", None)
    if _own_contradiction(draft):
        return "contradicts", None
    return ("cannot-be-checked" if _incomplete(draft) or found.nearest is None else "contradicts"), None


def _incomplete(draft: PooledDraft) -> bool:
    """Whether a study, or a number of one, is not known."""
    return not draft.members or bool(draft.missing or draft.unseen or draft.unknown)


def _shown(draft: PooledDraft) -> Trial | None:
    """What is shown beside a line that was not matched: what comes nearest, or the stated method on the known part."""
    return draft.found.obvious if _incomplete(draft) else draft.found.nearest


def _own_contradiction(draft: PooledDraft) -> str:
    """What is wrong with the printed numbers whatever was pooled. Of a proportion whose number of studies is not known
    nothing is said: of one study the interval may be an exact one, which is centred on no scale."""
    proportion = draft.display == "proportion"
    k = float(draft.row["k"] or (len(draft.members) if draft.members and not draft.missing else math.nan))
    exact = k == 1 or (proportion and math.isnan(k))
    centre = "" if exact else off_centre(draft.printed, proportion=proportion)
    return centre or heterogeneity_contradiction(draft.printed, k)


def _numbers(draft: PooledDraft, trial: Trial | None) -> Iterable[PrintedNumber]:
    for name, number in draft.printed.items():
        value = math.nan if trial is None else trial.values.get(name, math.nan)
        note = ""
        if draft.display == "proportion" and name in ("ci_low", "ci_high") and not 0 <= value <= 1:
            note = f"{plain(value)} before it is cut" if math.isfinite(value) else ""
            value = min(max(value, 0.0), 1.0)
        known = not math.isnan(value)
        yield PrintedNumber(
            name=name, printed=number.text, recomputed=value if known else None,
            agrees=bool(number.holds(np.asarray(value))) if known else None, note=note,
        )  # fmt: skip


def _input(item: Candidate) -> PooledInput:
    return PooledInput(
        study=item.study, label=item.label, numbers=item.numbers, origin=item.origin, remarks=item.remarks,
        solved=item.solved,
    )  # fmt: skip


# --- reasons ---------------------------------------------------------------------------------------------------


def _known(basis: Basis, draft: PooledDraft, verdict: Replicability) -> Iterable[str]:
    """Which studies or counts are not known."""
    if draft.members is None:
        yield "which studies are in this group is not known"
        return
    if not draft.members:
        yield "which studies were pooled is not known"
        return
    labels = basis.labels
    if draft.unknown:
        known = counted(len(draft.members), "study is", "studies are")
        yield f"{draft.row['k']} studies were pooled, of which {known} known"
    if draft.missing:
        number = counted(len(draft.members), "study", "studies")
        yield f"no number of {_listed(labels, draft.missing)}: {len(draft.missing)} of {number}"
    if draft.unseen:
        yield f"derived, of another outcome or time, or unverified: {_listed(labels, draft.unseen)}"
    if CANDIDATE_ONLY in basis.publication.solutions(draft.row["outcome"]):
        yield "counts that would give it need a study that was not included"
    if draft.found.matches:
        yield "one number alone, which other choices than the stated give: that may be chance"
    elif verdict == "cannot-be-checked" and draft.found.tried:
        tries = counted(draft.found.tried, "try", "tries")
        yield f"no combination of what is known gives every printed digit ({tries})"


def _contradictions(draft: PooledDraft, trial: Trial | None, verdict: Replicability) -> Iterable[str]:
    own = _own_contradiction(draft)
    if own:
        yield own
    if verdict != "contradicts" or trial is None:
        return
    if not own or not draft.missing:
        yield from misprints(draft.printed, trial.values)
    if len(draft.members or ()) == 1 and "n" in draft.printed:
        for recipe in draft.recipes:
            n = int(trial.values["n"])
            counts = another_count(draft.printed, intervals_of(recipe, n))
            if counts:
                giving = ", ".join(f"{events}/{n}" for events in counts)
                given = f"printed {draft.printed['events'].text}/{n}"
                yield f"percentage of another count: {giving} gives it ({recipe.words}), {given}"
                return


def _listed(labels: Mapping[str, str], names: Sequence[str]) -> str:
    """The first studies by name, and how many more."""
    shown = ", ".join(labels.get(name, name) for name in names[:_SHOWN])
    return shown + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _in_solutions(draft: PooledDraft) -> Iterable[str]:
    """What counts give that were solved from this line: no verdict rests on them."""
    giving = {name: _first(found) for name, found in draft.solutions.items() if found.matches}
    if giving and not draft.found.matches:
        how = "; ".join(f"{name}: {trial.recipe.words}" for name, trial in giving.items() if trial is not None)
        several = "not unique" if len(giving) > 1 else "solved from this line"
        yield f"counts solved from this line give every digit ({how}); {several}, reconstructed, never pooled"


def _first(found: Found) -> Trial | None:
    return found.matches[0] if found.matches else None
