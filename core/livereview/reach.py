"""Whether a manifest can reach anything in the evidence: fields, studies, values and codes that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livereview.changes import Tables
from livereview.evidence.schema import STUDIES
from livereview.manifest.forest import OWN_COLUMNS, Forest
from livereview.manifest.mistakes import Mistake, among, nearest
from livereview.manifest.models import Choices, Defaults, Filter, Manifest, Outcome, Sensitivity, Subgroups
from livereview.manifest.places import Path
from livereview.manifest.words import printable
from livereview.selection import Scope, passes, with_characteristics

_RESULT_POPULATION = "result.population"
#: Similarity from which a name that nothing has is taken for a misspelling.
_LIKELY = 0.8
#: A place of the manifest, what is not there, its name, the names that are there.
_Unknown = tuple[str, str, str, set[str]]
_RESULT_COLUMNS = {"outcome code": "outcome", "population": "population", "arm": "arm"}


def out_of_reach(manifest: Manifest, tables: Tables, scope: Scope) -> tuple[list[Mistake], tuple[str, ...]]:
    """Mistakes that make a part of the manifest meaningless, and hints at names that nothing in the evidence has.

    Hints are no mistakes, since the evidence may come later; they are given where a name is near to one that exists.
    An empty store gives neither: a review may be written before its first study.
    """
    if not tables["studies"]:
        return [], ()
    known = _Known(tables)
    mistakes = [*known.in_eligibility(manifest, scope), *known.in_replication(manifest), *known.in_audit(manifest)]
    for path, _, part in _parts(manifest):
        mistakes += known.in_part(path, part)
    return mistakes, tuple(dict.fromkeys(printable(hint) for hint in known.hints(manifest)))


def strange(manifest: Manifest, tables: Tables) -> bool:
    """Whether a manifest uses a name that nothing in the evidence has, which new evidence may turn out to be near."""
    return any(True for _ in _Known(tables).unknown(manifest))


def _parts(manifest: Manifest) -> Iterator[tuple[Path, str, Defaults | Outcome | Sensitivity]]:
    """Everything with filters or named studies, with place and name: [defaults], outcomes, sensitivity analyses."""
    whole: list[tuple[Path, str, Defaults | Outcome]] = [(("defaults",), "defaults", manifest.defaults)]
    whole += [(("outcomes", index), f"outcome {item.id}", item) for index, item in enumerate(manifest.outcomes)]
    for path, name, part in whole:
        yield path, name, part
        for index, item in enumerate(part.sensitivity or ()):
            yield (*path, "sensitivity", index), f"{name}, {item.title}", item


class _Known:
    """What the evidence has, to compare a manifest with."""

    def __init__(self, tables: Tables) -> None:
        self.studies = with_characteristics(tables)
        self.ids = [str(study["study_id"]) for study in self.studies]
        self.reports = [str(row["report_id"]) for row in tables["reports"]]
        own = sorted({f"characteristics.{row['characteristic']}" for row in tables["characteristics"]})
        own += sorted({f"appraisals.{row['instrument']}.{row['item']}" for row in tables["appraisals"]})
        self.printed = sorted({str(row["report_id"]) for row in tables["published"]})
        self.fields = [*STUDIES.names, *own]
        self.instruments = sorted({str(row["instrument"]) for row in tables["appraisals"]})
        self.results = {
            what: {str(row[column]) for row in tables["results"] if row.get(column)}
            for what, column in _RESULT_COLUMNS.items()
        }

    # --- mistakes ----------------------------------------------------------------------------------------------

    def in_eligibility(self, manifest: Manifest, scope: Scope) -> Iterator[Mistake]:
        eligibility = manifest.eligibility
        filters = list(self._filters(("eligibility",), eligibility.filters))
        yield from filters
        if not filters and not scope.studies:
            count = f"the store has {len(self.ids)} {'study' if len(self.ids) == 1 else 'studies'}"
            message = f"no study passes: {count}, and the eligibility admits none."
            yield Mistake(path=("eligibility",), message=message)
        for index, item in enumerate(eligibility.exclude):
            yield from self._studies(("eligibility", "exclude", index, "study"), [item.study])
        for index, overlap in enumerate(eligibility.overlaps):
            yield from self._studies(("eligibility", "overlaps", index, "studies"), overlap.studies)
        for index, distinct in enumerate(eligibility.distinct):
            yield from self._studies(("eligibility", "distinct", index, "studies"), distinct.studies)

    def in_audit(self, manifest: Manifest) -> Iterator[Mistake]:
        """Studies that are flagged, or at which a finding was acknowledged, and that there are none of."""
        yield from self._studies(("audit", "flagged"), manifest.audit.flagged)
        for index, item in enumerate(manifest.audit.acknowledged):
            yield from self._studies(("audit", "acknowledged", index, "study"), [item.study] if item.study else [])

    def in_replication(self, manifest: Manifest) -> Iterator[Mistake]:
        """Reports of which no published result is recorded."""
        for index, name in enumerate(manifest.replicated):
            if name not in self.printed:
                message = f'no published result is of a report "{name}".{nearest(name, self.printed)}'
                message += f" Reports in the table published: {among(self.printed) or 'none'}."
                yield Mistake(path=("replication", "reports", index), message=message)

    def in_part(self, path: Path, part: Defaults | Outcome | Sensitivity) -> Iterator[Mistake]:
        yield from self._filters(path, part.filters or ())
        if isinstance(part, Sensitivity):
            yield from self._studies((*path, "exclude"), part.exclude)
        else:
            for index, division in enumerate(part.subgroups or ()):
                yield from self._subgroups((*path, "subgroups", index, "by"), division)
            yield from self._forest((*path, "forest"), part.forest)
            for index, part_of in enumerate(part.stability.studies if part.stability else ()):
                yield from self._filters((*path, "stability", "studies", index), part_of.filters)
        for index, choice in enumerate(part.choose if isinstance(part, Outcome) else ()):
            at = (*path, "choose", index)
            yield from self._studies((*at, "study"), [choice.study])
            if choice.report not in self.reports:
                message = f'no report is called "{choice.report}".{nearest(choice.report, self.reports)}'
                yield Mistake(path=(*at, "report"), message=message)

    def _studies(self, path: Path, names: Iterable[str]) -> Iterator[Mistake]:
        for index, name in enumerate(names):
            if name not in self.ids:
                message = f'no study is called "{name}".{nearest(name, self.ids)}'
                yield Mistake(path=(*path, index), message=message)

    def _subgroups(self, path: Path, division: Subgroups) -> Iterator[Mistake]:
        fields = [*self.fields, _RESULT_POPULATION]
        if division.by not in fields:
            yield Mistake(path=path, message=f'no study has the field "{division.by}".{nearest(division.by, fields)}')

    def _forest(self, path: Path, forest: Forest | None) -> Iterator[Mistake]:
        """Columns and an instrument that no study has."""
        for index, name in enumerate(forest.columns or () if forest else ()):
            if name not in (*OWN_COLUMNS, *self.fields):
                message = f'no study has the field "{name}".{nearest(name, self.fields)}'
                yield Mistake(path=(*path, "columns", index), message=message)
        if forest and forest.risk_of_bias is not None and forest.risk_of_bias not in self.instruments:
            message = f'no study is appraised with "{forest.risk_of_bias}".'
            message += nearest(forest.risk_of_bias, self.instruments)
            message += f" Instruments of the appraisals: {among(self.instruments) or 'none'}."
            yield Mistake(path=(*path, "risk_of_bias"), message=message)

    def _filters(self, path: Path, filters: Iterable[Filter]) -> Iterator[Mistake]:
        """Filters on a field that does not exist, or that no study of the whole store can pass."""
        for index, item in enumerate(filters):
            at = (*path, "filters", index)
            if item.field not in self.fields:
                message = f'no study has the field "{item.field}".{nearest(item.field, self.fields)}'
                yield Mistake(path=(*at, "field"), message=f"{message} Fields: {among(self.fields)}.")
            elif not any(passes(study, item) for study in self.studies):
                values = self._values(item.field)
                near = next((near for name in item.one_of or () if (near := nearest(name, values))), "")
                has = f"Values of {item.field} in the store: {among(values)}." if values else "No study has a value."
                asked = f", which asks for {among(item.one_of)}" if item.one_of else ""
                yield Mistake(path=at, message=f"no study can pass this filter{asked}.{near} {has}")

    def _values(self, field: str) -> list[str]:
        """Every value of a field; each piece of those with several."""
        found = [str(study[field]) for study in self.studies if study.get(field) is not None]
        return sorted({piece.strip() for value in found for piece in value.split(";")} - {""})

    # --- hints -------------------------------------------------------------------------------------------------

    def hints(self, manifest: Manifest) -> Iterator[str]:
        for where, what, name, known in self.unknown(manifest):
            near = nearest(name, sorted(known), _LIKELY)
            if near:
                yield f'{where}: {what} "{name}".{near}'

    def unknown(self, manifest: Manifest) -> Iterator[_Unknown]:
        """Every name that nothing in the evidence has."""
        for item in manifest.eligibility.filters:
            yield from self._of_filter("eligibility", item)
        for _, where, part in _parts(manifest):
            for what, names in _codes(part).items():
                yield from _missing(where, f"no result has the {what}", names, self.results[what])
            for item in part.filters or ():
                yield from self._of_filter(where, item)
            for division in () if isinstance(part, Sensitivity) else part.subgroups or ():
                values = [value for group in division.groups.values() for value in group]
                yield from self._of_values(where, division.by, values)

    def _of_filter(self, where: str, item: Filter) -> Iterator[_Unknown]:
        yield from self._of_values(where, item.field, (*(item.one_of or ()), *(item.not_in or ())))

    def _of_values(self, where: str, field: str, names: Iterable[str]) -> Iterator[_Unknown]:
        if field == _RESULT_POPULATION:
            yield from _missing(where, "no result has the population", names, self.results["population"])
        elif field in self.fields:
            yield from _missing(where, f"no study has the {field}", names, self._values(field))


def _missing(where: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[_Unknown]:
    there = set(known)
    yield from ((where, what, name, there) for name in names if name not in there)


def _codes(part: Choices) -> dict[str, tuple[str, ...]]:
    """The names in a part that result rows must have."""
    result: tuple[str, ...] = part.result or () if isinstance(part, Outcome | Sensitivity) else ()
    arms = (*(part.experimental or ()), *(part.control or ()))
    return {"outcome code": result, "population": part.population or (), "arm": arms}
