"""From a review to tables of the store: studies, the review as a report, results, judgements, printed pooled results.

Every number has the status ``from-review``. A number that the store could not take, or that is none (nobody at risk, no
standard error), is left out by name, and everything else goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from livereview import Cell, RawTable, plain_text
from livereview_revman import cells, one_arm
from livereview_revman.numbers import Refused, arm_numbers, contrast_numbers, measured
from livereview_revman.review import Analysis, Entry, Place, Review

STATUS = "from-review"
_RESULT_COLUMNS = (
    "study_id", "report_id", "outcome", "population", "arm", "comparator", "measure", "events", "n", "estimate", "se",
    "sd", "ci_low", "ci_high", "ci_level", "o_minus_e", "o_minus_e_variance", "locator", "status", "variant", "note",
)  # fmt: skip


@dataclass
class Rows:
    """Rows of one table, with the place of each."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[tuple[Cell, ...], Place]] = field(default_factory=list)

    def add(self, place: Place, **values: Cell) -> None:
        """Add a row; a column that is not given is empty."""
        assert values.keys() <= set(self.columns), values.keys() - set(self.columns)
        self.rows.append((tuple(values.get(column) for column in self.columns), place))

    def tables(self) -> Iterable[RawTable]:
        """A table for each file that rows came from."""
        files: dict[str, list[tuple[tuple[Cell, ...], Place]]] = {}
        for row, place in self.rows:
            files.setdefault(place.file, []).append((row, place))
        for file, rows in files.items():
            yield RawTable(
                table=self.table, place=f"{file}, {self.table}", columns=self.columns,
                rows=tuple(row for row, _ in rows), row_numbers=tuple(place.row for _, place in rows),
            )  # fmt: skip


def study_ids(review: Review, taken: Mapping[str, str]) -> dict[str, str]:
    """Id of each label: label and year in plain letters; where two labels give one, a mark of the label is added.

    ``taken`` has the labels of ids that other reviews of the source use: one label is one study in all of them.
    """
    plain: dict[str, str] = {}
    for label, study in review.studies.items():
        name = cells.slug(label)
        plain[label] = name if study.year is None or str(study.year) in label else f"{name}-{study.year}"
    times = Counter(plain.values())

    def marked(label: str, name: str) -> bool:
        return times[name] > 1 or taken.get(name, label) != label

    return {label: f"{name}-{cells.mark(label)}" if marked(label, name) else name for label, name in plain.items()}


def report_id(review: Review) -> str:
    """Id of the review as a report: its DOI, else its number in RevMan."""
    return f"doi:{review.doi.lower()}" if review.doi else f"revman:{cells.slug(review.id)}"


def arms(analysis: Analysis) -> tuple[str, str]:
    """Names of the two arms: the group labels where they tell the arms apart; of a single arm the second is empty."""
    first, second = cells.named(analysis.label_1), cells.named(analysis.label_2)
    if one_arm.scale_of(analysis):
        return ("experimental" if not first or first.startswith("[") else first), ""
    if any(not name or name.startswith("[") for name in (first, second)) or first.lower() == second.lower():
        return "experimental", "control"
    return first, second


def population(entry: Entry) -> str | None:
    """The population of a row: the subgroup of the analysis that it stands in."""
    return f"subgroup:{entry.subgroup}" if entry.subgroup else None


def tables(review: Review, published_on: str | None, taken: dict[str, str]) -> tuple[RawTable, ...]:
    """Everything of a review as tables of the store. What cannot enter is added to ``review.left_out``.

    ``taken`` has the labels of the study ids that reviews before it brought; those of this one are added.
    """
    ids = study_ids(review, taken)
    made = [
        _studies(review, ids, taken), _report(review, published_on), _results(review, ids), _appraisals(review, ids),
        _characteristics(review, ids), _ongoing(review),
    ]  # fmt: skip
    return tuple(table for rows in made for table in rows.tables())


def _studies(review: Review, ids: Mapping[str, str], taken: dict[str, str]) -> Rows:
    rows = Rows("studies", ("study_id", "label", "year", "note"))
    for label, study in review.studies.items():
        if ids[label] in taken:
            continue
        taken[ids[label]] = label
        rows.add(review.study_places[label], study_id=ids[label], label=label, year=study.year, note=study.note or None)
    return rows


def _report(review: Review, published_on: str | None) -> Rows:
    rows = Rows("reports", ("report_id", "doi", "year", "published_on", "kind", "note"))
    places = [entry.place for analysis in review.analyses.values() for entry in analysis.entries]
    places += [printed.place for analysis in review.analyses.values() for printed in analysis.printed]
    place = next(iter([*places, *review.study_places.values()]), None)
    if place is not None:
        on = published_on or review.published_on or None
        rows.add(
            Place(file=place.file, row=1), report_id=report_id(review), doi=review.doi.lower() or None,
            year=int(on[:4]) if on else None, published_on=on, kind="review", note=review.title or None,
        )  # fmt: skip
    return rows


def _results(review: Review, ids: Mapping[str, str]) -> Rows:
    rows = Rows("results", _RESULT_COLUMNS)
    for analysis in review.analyses.values():
        if not measured(analysis) and not one_arm.scale_of(analysis):
            _leave_out_all(analysis, review)
            continue
        repeated = Counter((entry.study, entry.subgroup) for entry in analysis.entries)
        numbered: Counter[tuple[str, str]] = Counter()
        for entry in analysis.entries:
            who = (entry.study, entry.subgroup)
            numbered[who] += 1
            variant = f"entry-{numbered[who]}" if repeated[who] > 1 else None
            try:
                _add_numbers(rows, analysis, entry, variant, ids[entry.study], review)
            except Refused as refused:
                where = f"analysis {analysis.key}{f', {entry.subgroup}' if entry.subgroup else ''}, {entry.study}"
                review.leave_out(entry.place, f"{where}: {refused.message}", refused.remedy, refused.found)
    return rows


def _leave_out_all(analysis: Analysis, review: Review) -> None:
    """Name an analysis of estimates of which nothing says what they are, once and not at each row."""
    many = len(analysis.entries)
    if many:
        what = (
            f'their measure, "{analysis.measure}", is none that is known here'
            if analysis.measure
            else ("the files do not say their effect measure")
        )
        review.leave_out(
            analysis.entries[0].place,
            f"analysis {analysis.key}: {many} {'estimate is' if many == 1 else 'estimates are'} not read, since {what}",
            f'Say it in the manifest: measures = {{ "{analysis.key}" = "HR" }} (or OR, RR, MD, ...), or add the file '
            "of settings to path.",
            analysis.name[:80] or None,
        )  # fmt: skip


def _add_numbers(
    rows: Rows, analysis: Analysis, entry: Entry, variant: str | None, study_id: str, review: Review
) -> None:
    first, second = arms(analysis)
    where = f"{entry.place.words}, analysis {analysis.key}{f', subgroup {entry.subgroup}' if entry.subgroup else ''}"
    notes = [analysis.name, entry.note]
    if not entry.counts_overall:
        notes.append("in the result of its subgroup only, not in the overall one")
    if not entry.counts_in_subgroup:
        notes.append("in the overall result only, not in that of its subgroup")
    if analysis.swapped:
        notes.append("the review pools people without the event")
    shared: dict[str, Cell] = {
        "study_id": study_id, "report_id": report_id(review), "outcome": analysis.code, "population": population(entry),
        "locator": plain_text(where), "status": STATUS, "variant": variant,
    }  # fmt: skip
    scale = one_arm.scale_of(analysis)
    if scale:
        numbers, how = one_arm.arm_numbers(scale, entry)
        rows.add(entry.place, **shared, arm=first, measure=scale.kind, note=_note([*notes, how]), **numbers)
    elif analysis.data_type in ("counts", "means"):
        one, two = arm_numbers(analysis, entry, 1), arm_numbers(analysis, entry, 2)
        note = _note(notes)
        measure = "count" if analysis.data_type == "counts" else "mean"
        rows.add(entry.place, **shared, arm=first, measure=measure, note=note, **one)
        rows.add(entry.place, **shared, arm=second, measure=measure, note=note, **two)
    else:
        measure, numbers, how = contrast_numbers(analysis, entry)
        rows.add(
            entry.place, **shared, arm=first, comparator=second, measure=measure, note=_note([*notes, how]), **numbers
        )


def _note(parts: Iterable[str]) -> str | None:
    return plain_text("\n".join(part for part in parts if part), prose=True) or None


def _appraisals(review: Review, ids: Mapping[str, str]) -> Rows:
    """Judgements, each once. Of two that differ under one key neither is taken: which holds cannot be told."""
    rows = Rows("appraisals", ("study_id", "instrument", "item", "outcome", "score", "locator", "note"))
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for index, item in enumerate(review.judgements):
        found.setdefault((item.study, item.instrument, item.item, item.outcome), []).append(index)
    for same in found.values():
        items = [review.judgements[index] for index in same]
        scores = list(dict.fromkeys(item.score for item in items))
        first = items[0]
        if first.study not in ids:
            remedy = "Add the study to the files, or leave the judgement."
            review.leave_out(
                first.place, "a judgement of a study that is not among those included", remedy, first.study
            )
        elif not cells.named(first.item):
            review.leave_out(first.place, "a judgement of no item", "Name the domain.", first.item or None)
        elif len(scores) > 1:
            what = f"{first.study}, {first.instrument}, {first.item}{f', {first.outcome}' if first.outcome else ''}"
            remedy = "Type the one that holds into a sheet of appraisals."
            review.leave_out(first.place, f"{what}: judged differently in one analysis", remedy, " / ".join(scores))
        else:
            note = "\n".join(dict.fromkeys(item.note for item in items if item.note))
            rows.add(
                first.place, study_id=ids[first.study], instrument=first.instrument, item=first.item,
                outcome=first.outcome or None, score=first.score, locator=plain_text(first.place.words),
                note=_note([note]),
            )  # fmt: skip
    return rows


def _characteristics(review: Review, ids: Mapping[str, str]) -> Rows:
    rows = Rows("characteristics", ("study_id", "characteristic", "value", "locator"))
    seen: Counter[tuple[str, str]] = Counter()
    for item in review.characteristics:
        name, value = cells.slug(item.name), plain_text(item.value)
        if not value:
            continue
        if item.study not in ids:
            review.leave_out(item.place, "a characteristic of a study that is not included", "Check it.", item.study)
            continue
        seen[item.study, name] += 1
        name = name if seen[item.study, name] == 1 else f"{name}-{seen[item.study, name]}"
        rows.add(
            item.place, study_id=ids[item.study], characteristic=name, value=value, locator=plain_text(item.place.words)
        )
    return rows


def _ongoing(review: Review) -> Rows:
    rows = Rows("ongoing", ("registry_id", "source", "note"))
    for item in review.ongoing:
        for number in item.registry_ids[:1]:
            others = f"; also {', '.join(item.registry_ids[1:])}" if item.registry_ids[1:] else ""
            rows.add(item.place, registry_id=number, source=f"ongoing studies of {report_id(review)}",
                     note=f"{item.label}{others}")  # fmt: skip
        if not item.registry_ids:
            message, remedy = "an ongoing study without a registry number", "Find its number, and add it to a sheet."
            review.leave_out(item.place, message, remedy, item.label)
    return rows
