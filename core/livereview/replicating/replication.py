"""All published meta-analyses of a review recomputed: one line for each printed result, in the order of the sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from livereview.cards import citation
from livereview.fetching import Progress, silent
from livereview.manifest.models import Manifest
from livereview.pairing import Row
from livereview.plugins import Plugins
from livereview.printing import plain
from livereview.published_results import decimals
from livereview.replicated import RecipeTally, ReplicatedLine, Replication
from livereview.replicating.basis import Basis
from livereview.replicating.bias_lines import bias_line
from livereview.replicating.counted_lines import comparison_line, patient_lines, share_line, unstated_line
from livereview.replicating.digits import INTERVAL, digits_of
from livereview.replicating.group_lines import between_line
from livereview.replicating.members import COMPARISON, TRIAL, publication
from livereview.replicating.pooled_lines import PooledDraft, is_pool, pooled_drafts
from livereview.replicating.repeated_lines import repeated_line
from livereview.replicating.trial_lines import trial_line
from livereview.replicating.verdicts import pooled_line, tallies

Tables = Mapping[str, Sequence[Row]]
_BETWEEN = "p-value"
_CRUDE = "crude"


def replication(
    manifest: Manifest, plugins: Plugins, tables: Tables, progress: Progress = silent
) -> Replication | None:
    """Every printed value of the publications that the manifest names, recomputed; None where it names none.

    ``tables`` are rows as the review sees them, with the studies and results of the whole store: a publication pools
    studies that this review may not admit.
    """
    if manifest.replication is None:
        return None
    lines: list[ReplicatedLine] = []
    counts: list[RecipeTally] = []
    for number, basis in enumerate(bases(manifest, plugins, tables)):
        progress("replicating", number, len(manifest.replicated))
        own, given = _lines(basis)
        lines += own
        counts += given
    cards = {str(row["report_id"]): citation(row) for row in tables["reports"]}
    cited = {name: cards.get(name, name) for name in manifest.replicated}
    return Replication(lines=tuple(lines), tallies=tuple(counts), citations=cited)


def bases(manifest: Manifest, plugins: Plugins, tables: Tables) -> Iterator[Basis]:
    """What each publication that the manifest names is recomputed from."""
    part = manifest.replication
    assert part is not None
    reports = {str(row["report_id"]): row for row in tables["reports"]}
    studies = {str(row["study_id"]): row for row in tables["studies"]}
    results: dict[str, list[Row]] = {}
    for row in sorted(tables["results"], key=lambda row: str(row["row_id"])):
        results.setdefault(str(row["study_id"]), []).append(row)
    for name in part.reports:
        found = publication(name, {table: tables[table] for table in ("published", "included", "inputs")})
        yield Basis(
            publication=found,
            part=part,
            plugins=plugins,
            studies=studies,
            results=results,
            experimental=manifest.defaults.experimental or (),
            control=manifest.defaults.control or (),
            digits=digits_of(found.rows),
            own_reports=frozenset(_same(name, reports)),
        )


def _same(name: str, reports: Mapping[str, Row]) -> Iterator[str]:
    """The reports that are this publication: the same DOI or PubMed number, but no report of a study."""
    own = reports.get(name)
    for other, row in reports.items():
        shared = own is not None and any(own[key] and own[key] == row[key] for key in ("doi", "pmid"))
        if other == name or (shared and own is not None and own["kind"] == "review"):
            yield other


def _lines(basis: Basis) -> tuple[list[ReplicatedLine], tuple[RecipeTally, ...]]:
    """The lines of one publication, and which ways of computing give how many of its pools."""
    pooled = [row for row in basis.publication.rows if is_pool(basis, row)]
    drafts = {id(row): draft for row, draft in zip(pooled, pooled_drafts(basis, pooled), strict=True)}
    given = tallies(basis.publication.report_id, drafts.values())
    by_recipe = {tally.recipe: tally.lines for tally in given}
    found = list(patient_lines(basis))
    tests: list[tuple[int, PooledDraft, ReplicatedLine]] = []
    for row in basis.publication.rows:
        draft = drafts.get(id(row))
        line = _of_row(basis, row, draft, by_recipe, list(drafts.values()))
        found.append(replace(line, reasons=(*line.reasons, *_elsewhere(basis, row))))
        if draft is not None:
            tests.append((len(found), draft, line))
    return _with_tests(basis, found, tests), given


def _with_tests(
    basis: Basis, found: Sequence[ReplicatedLine], tests: Sequence[tuple[int, PooledDraft, ReplicatedLine]]
) -> list[ReplicatedLine]:
    """The lines with those of tests of asymmetry after their pools.

    A pair of tests that is not given is shown on the scale on which most pairs of the publication are.
    """
    first = {place: bias_line(basis, draft, line) for place, draft, line in tests}
    ways = [one.recipe for one in first.values() if one is not None and one.matched]
    usual = max(ways, key=ways.count, default="")
    lines: list[ReplicatedLine] = []
    pools = {place: (draft, line) for place, draft, line in tests}
    for place, line in enumerate(found, start=1):
        lines.append(line)
        tested = first.get(place)
        if tested is not None:
            again = bias_line(basis, *pools[place], usual) if tested.verdict == "contradicts" else tested
            lines.append(again or tested)
    return lines


def _of_row(
    basis: Basis, row: Row, draft: PooledDraft | None, given: Mapping[str, int], drafts: Sequence[PooledDraft]
) -> ReplicatedLine:
    if draft is not None:
        return repeated_line(basis, draft, pooled_line(basis, draft, given))
    if row["subgroup_by"] == COMPARISON:
        return comparison_line(basis, row)
    if row["model"] == TRIAL:
        return trial_line(basis, row)
    if row["measure"] == _BETWEEN:
        return between_line(basis, row, drafts)
    if str(row["measure"]).startswith(_CRUDE):
        return share_line(basis, row)
    return unstated_line(basis, row)


def _elsewhere(basis: Basis, row: Row) -> Iterator[str]:
    """Where the publication prints another value of the same thing."""
    for other in basis.publication.rows:
        if other is row or _thing(other) != _thing(row) or row["estimate"] is None:
            continue
        if any(_differ(row[name], other[name]) for name in INTERVAL):
            limits = f" ({plain(other['ci_low'])} to {plain(other['ci_high'])})" if other["ci_low"] is not None else ""
            yield f"printed elsewhere as {plain(other['estimate'])}{limits}: {other['locator']}"


def _thing(row: Row) -> tuple[object, ...]:
    """What a row is about: no more than one true value."""
    group = None if row["subgroup_by"] == "discussion" else row["subgroup"]
    ratio = row["measure"] in ("OR", "RR", "HR")
    trials = row["design_group"] == "rct"
    crude = str(row["measure"]).startswith(_CRUDE)
    return row["outcome"], row["timepoint_months"], group, ratio, trials, row["model"] == TRIAL, row["measure"] if (
        trials and not ratio) or crude else None  # fmt: skip


def _differ(one: float | None, other: float | None) -> bool:
    """Whether two printed numbers cannot be the same value rounded."""
    if one is None or other is None:
        return False
    half = 0.5 * 10.0 ** -min(decimals(one), decimals(other)) if one != other else 0.0
    return abs(one - other) > half * (1 + 1e-9)
