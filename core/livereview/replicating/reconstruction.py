"""For lines that cannot be checked: the integer counts that would give what was printed, and whether they are unique.

A study whose number was read in print keeps it; of the others the counts are searched, of as many people as the study
has. Where a study may have entered with other people, the space that was searched does not hold that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from livereview.fetching import Progress, silent
from livereview.manifest.models import Manifest
from livereview.plugins import Plugins
from livereview.replicated import Reconstruction, ReplicatedLine, Replication
from livereview.replicating.basis import Basis
from livereview.replicating.candidates import Candidate
from livereview.replicating.count_search import MOST, Counts, Solutions, arm_solutions, space, table_solutions
from livereview.replicating.digits import Printed, printed_numbers
from livereview.replicating.pooled_lines import PooledDraft, is_pool, needs, pooled_drafts
from livereview.replicating.recipes import Recipe
from livereview.replicating.replication import Tables, bases
from livereview.replicating.titles import title_of

#: Departures that a recipe may have to be searched with.
_DEPARTURES = 1
#: Solutions told of one line.
_TOLD = 3
_UNVERIFIED = "an unverified number"


def reconstructed(
    found: Replication, manifest: Manifest, plugins: Plugins, tables: Tables, progress: Progress = silent
) -> Replication:
    """The replication with what a search for counts found, at each pooled line that cannot be checked."""
    drafts: dict[tuple[str, str, str], tuple[Basis, PooledDraft]] = {}
    for basis in bases(manifest, plugins, tables):
        pooled = [row for row in basis.publication.rows if is_pool(basis, row)]
        for draft in pooled_drafts(basis, pooled):
            drafts[basis.publication.report_id, title_of(draft.row), draft.row["locator"]] = (basis, draft)
    lines = []
    for line in found.lines:
        key = (line.report_id, line.title, line.locator)
        searched = line.part == "pooled" and line.verdict == "cannot-be-checked" and key in drafts
        lines.append(_searched(line, *drafts[key], progress) if searched else line)
    return replace(found, lines=tuple(lines))


def _searched(line: ReplicatedLine, basis: Basis, draft: PooledDraft, progress: Progress) -> ReplicatedLine:
    rows = needs(basis, draft.row["measure"])
    layout = "" if rows is None else rows.layout
    search = {"one-arm": _arms, "two-arms": _trials}.get(layout)
    reason = "no counts are pooled" if search is None else _unsearchable(draft)
    if search is None or reason:
        return replace(line, reasons=(*line.reasons, f"not reconstructed: {reason}"))
    result = search(basis, replace(draft, printed={**draft.printed, **_sums(basis, draft)}), progress)
    if isinstance(result, str):
        return replace(line, reasons=(*line.reasons, f"not reconstructed: {result}"))
    return replace(line, reconstruction=result)


def _sums(basis: Basis, draft: PooledDraft) -> dict[str, Printed]:
    """The events and people of the pool, where another place prints them of the same pool."""
    row = draft.row
    same = ("outcome", "design_group", "timepoint_months", "subgroup", "measure", "model", "estimate", "k")
    for other in basis.publication.rows if row["events"] is None and row["n"] is not None else ():
        if other["events"] is not None and other["n"] == row["n"] and all(other[name] == row[name] for name in same):
            return printed_numbers(other, basis.digits, ("events", "n"))
    return {}


def _unsearchable(draft: PooledDraft) -> str:
    if not draft.members:
        return "which studies were pooled is not known"
    k = draft.row["k"]
    if k is not None and k != len(draft.members):
        return f"which {k} of {len(draft.members)} studies were pooled is not known"
    return ""


# --- one arm ---------------------------------------------------------------------------------------------------


def _arms(basis: Basis, draft: PooledDraft, progress: Progress) -> Reconstruction | str:
    """Counts of the arms whose number was not read in print, by each recipe until one gives the line."""
    options: list[list[Counts]] = []
    texts: list[str] = []
    for study in draft.members or ():
        known = _read(basis, draft, study)
        size = basis.studies[study]["n_arm_experimental"] if study in basis.studies else None
        if known is not None:
            options.append([(int(known.data["events"]), int(known.data["n"]))])
        elif size is None:
            return f"nobody knows how many people {basis.labels.get(study, study)} has"
        else:
            options.append([(x, int(size)) for x in range(int(size) + 1)])
            texts.append(f"0 to {size} of {basis.labels[study]}")
    if not texts:
        return "the number of every study is known"
    if space(options) > MOST:
        return f"{space(options):,} sets of counts are more than {MOST:,}"
    described = "; ".join(texts)
    named = [basis.labels.get(study, study) for study in draft.members or ()]
    tried = 0
    for recipe in _recipes(draft):
        found = arm_solutions(recipe, options, draft.printed, progress)
        tried += found.tried
        if found.found:
            told = [_in_words(named, [f"{x}/{n}" for x, n in one]) for one in found.first]
            return _reconstruction(recipe.words, described, tried, found, told)
    words = "any of " + "; ".join(recipe.words for recipe in _recipes(draft))
    nothing = Solutions(tried=0, found=0, complete=True, first=())
    return _reconstruction(words, described, tried, nothing, [])


def _read(basis: Basis, draft: PooledDraft, study: str) -> Candidate | None:
    """The number of a study that was read in print or derived from it, without any departure."""
    rows = needs(basis, draft.row["measure"])
    found = [] if rows is None else basis.evidence(draft.row, rows, study)
    return next((item for item in found if not item.departures and "subgroup" not in "".join(item.remarks)), None)


def _recipes(draft: PooledDraft) -> list[Recipe]:
    """Recipes on effects of one arm, the stated first, each way of pooling once."""
    return [
        recipe for recipe in draft.recipes
        if not recipe.own_interval and len(recipe.departures) <= _DEPARTURES and not recipe.model.plugin.needs
        and not any("model" in text or "tau" in text or text == "interval" for text in recipe.departures)
    ]  # fmt: skip


# --- two arms --------------------------------------------------------------------------------------------------


def _trials(basis: Basis, draft: PooledDraft, progress: Progress) -> Reconstruction | str:
    """The table of one trial beside the obvious numbers of the others, each trial in turn where there are two."""
    rows = needs(basis, draft.row["measure"])
    assert rows is not None
    members = draft.members or ()
    first = {study: _fixed(basis.evidence(draft.row, rows, study)) for study in members}
    open_ones = [study for study in members if first[study] is None or not first[study].seen]  # type: ignore[union-attr]
    turns = list(members) if len(members) == 2 else open_ones if len(open_ones) == 1 else []
    told: dict[str, None] = {}
    tried = untold = 0
    words: dict[str, None] = {}
    spaces: list[str] = []
    for study in turns:
        others = [first[other] for other in members if other != study]
        known = [item for item in others if item is not None]
        sizes = _sizes(basis, study, first[study])
        if len(known) < len(others) or sizes is None:
            continue
        spaces.append(f"every table of {basis.labels[study]} with {sizes[0]} and {sizes[1]} people")
        for recipe in [recipe for recipe in draft.recipes if not recipe.departures]:
            result = table_solutions(recipe, known, sizes, draft.printed, progress)
            tried, untold = tried + result.tried, untold + result.found - len(result.first)
            if result.found:
                words[recipe.words] = None
                beside = ", ".join(f"{item.label} {item.numbers}" for item in known)
                own = basis.labels[study]
                told |= dict.fromkeys(f"{own} {a}/{n} v {c}/{m} beside {beside}" for (a, n), (c, m) in result.first)
    if not spaces:
        return "the numbers of more than one trial are not known"
    ways = "; ".join(words) or "; ".join(recipe.words for recipe in draft.recipes if not recipe.departures)
    whole = Solutions(tried=tried, found=len(told) + untold, complete=True, first=())
    return _reconstruction(ways, "; ".join(spaces), tried, whole, list(told))


def _fixed(found: Sequence[Candidate]) -> Candidate | None:
    """The obvious number of a trial, which may be unverified but of no other time, outcome or people."""
    item = found[0] if found else None
    if item is None or any(not text.startswith((_UNVERIFIED, "population")) for text in item.departures):
        return None
    return item


def _sizes(basis: Basis, study: str, item: Candidate | None) -> tuple[int, int] | None:
    """People in the arms of a trial: of its obvious number, else as randomised."""
    if item is not None:
        return int(item.data["n_1"]), int(item.data["n_2"])
    known = basis.studies.get(study)
    sizes = [] if known is None else [known["n_arm_experimental"], known["n_arm_control"]]
    return (int(sizes[0]), int(sizes[1])) if sizes and None not in sizes else None


def _reconstruction(recipe: str, described: str, tried: int, found: Solutions, told: Sequence[str]) -> Reconstruction:
    more = found.found - min(len(told), _TOLD)
    return Reconstruction(
        recipe=recipe,
        space=described,
        tried=tried,
        found=found.found,
        complete=found.complete,
        solutions=(*told[:_TOLD], *([f"and {more:,} more"] if more > 0 and told else [])),
    )


def _in_words(names: Sequence[str], numbers: Sequence[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in zip(names, numbers, strict=True))
