"""A meta-analysis that others made, as one object whichever file it came from: studies, analyses, judgements.

Readers fill it, ``evidence`` makes tables of it. Numbers are as the file has them; what does not apply to the data
type of an analysis is None, whatever the file writes there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from livereview import Problem

DataType = Literal["counts", "means", "contrast", "log-rank", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands."""

    file: str
    """As people see it: relative to the manifest's folder, with the name inside an archive behind a comma."""
    row: int
    """Line of the file at which the row begins, the header being row 1; in XML the number of the element."""
    at: str = ""
    """In XML the ids that lead to the element."""

    @property
    def words(self) -> str:
        """File and row, or file and ids."""
        return f"{self.file}, {self.at or f'row {self.row}'}"


@dataclass(kw_only=True)
class Study:
    """One study of the review."""

    label: str
    year: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of an analysis: what one study adds to it."""

    study: str
    """Label."""
    place: Place
    subgroup: str = ""
    events_1: float | None = None
    n_1: float | None = None
    events_2: float | None = None
    n_2: float | None = None
    mean_1: float | None = None
    sd_1: float | None = None
    mean_2: float | None = None
    sd_2: float | None = None
    contrast: float | None = None
    """On the scale of the analysis: the logarithm where ``Analysis.log_scale``."""
    contrast_se: float | None = None
    o_minus_e: float | None = None
    variance: float | None = None
    effect: float | None = None
    """As printed: a ratio itself."""
    ci_low: float | None = None
    ci_high: float | None = None
    weight: float | None = None
    counts_overall: bool = True
    """Whether it is part of the overall result, and not of its subgroup alone."""
    counts_in_subgroup: bool = True
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """One pooled result as the file prints it."""

    place: Place
    subgroup: str = ""
    events: float | None = None
    n: float | None = None
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    prediction_low: float | None = None
    prediction_high: float | None = None
    tau2: float | None = None
    q: float | None = None
    df: float | None = None
    q_p: float | None = None
    i2: float | None = None
    statistic: float | None = None
    p: float | None = None
    note: str = ""


@dataclass(kw_only=True)
class Analysis:
    """One analysis: its data, how the review pooled them, what it printed."""

    group: str
    number: str
    name: str
    group_name: str = ""
    data_type: DataType = "unknown"
    measure: str = ""
    """Code of the effect measure (RR, OR, PETO, RD, MD, SMD, HR, IRR, ROM), the file's own word, or empty."""
    method: str = ""
    """MH, IV, PETO or empty."""
    random: bool | None = None
    estimator: str = ""
    """Of tau²: DL, REML or empty."""
    interval: str = ""
    """How the interval of the pooled result was made, as the file says: Wald, HKSJ, ..."""
    log_scale: bool | None = None
    level: float = 0.95
    study_level: float = 0.95
    label_1: str = ""
    label_2: str = ""
    left: str = ""
    right: str = ""
    unit: str = ""
    swapped: bool = False
    """Whether the review pools people without the event."""
    totals: bool = True
    """Whether it has an overall result."""
    subtotals: bool = True
    """Whether its subgroups have results."""
    settings: bool = False
    """Whether the file said how it was pooled."""
    subgroup_numbers: dict[str, str] = field(default_factory=dict)
    """Number of the first subgroup of each name."""
    entries: list[Entry] = field(default_factory=list)
    printed: list[Printed] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Comparison and outcome, as people write it: ``1.2``."""
        return f"{self.group}.{self.number}"

    @property
    def code(self) -> str:
        """The outcome code in the store: ``analysis-1-2``."""
        return f"analysis-{self.group}-{self.number}"

    @property
    def subgroups(self) -> list[str]:
        """Names of its subgroups in the order of the file."""
        return list(dict.fromkeys(entry.subgroup for entry in self.entries if entry.subgroup))


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """One judgement of risk of bias."""

    study: str
    instrument: str
    item: str
    score: str
    place: Place
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Characteristic:
    """One cell of the characteristics of studies."""

    study: str
    name: str
    value: str
    place: Place


@dataclass(frozen=True, kw_only=True)
class Running:
    """A study that the review lists as ongoing."""

    label: str
    registry_ids: tuple[str, ...]
    place: Place


@dataclass(kw_only=True)
class Review:
    """Everything one file or package holds."""

    id: str = ""
    doi: str = ""
    title: str = ""
    published_on: str = ""
    studies: dict[str, Study] = field(default_factory=dict)
    """By label."""
    study_places: dict[str, Place] = field(default_factory=dict)
    analyses: dict[tuple[str, str], Analysis] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)
    characteristics: list[Characteristic] = field(default_factory=list)
    ongoing: list[Running] = field(default_factory=list)
    excluded: dict[str, str] = field(default_factory=dict)
    """Label and reason."""
    awaiting: list[str] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds_something(self) -> bool:
        """Whether it has a study or an analysis; a file of another kind makes a review of its name that has none."""
        return bool(self.studies or self.analyses)

    def study(self, label: str, place: Place, year: int | None = None) -> Study:
        """The study of a label, made where it is new; a year that was missing is filled in."""
        found = self.studies.setdefault(label, Study(label=label))
        self.study_places.setdefault(label, place)
        if found.year is None:
            found.year = year
        return found

    def leave_out(
        self, place: Place, message: str, remedy: str, found: str | None = None, column: str | None = None
    ) -> None:
        """Name something that cannot be used."""
        where, row = (place.words, None) if place.at else (place.file, place.row)
        self.left_out.append(Problem(place=where, row=row, column=column, found=found, message=message, remedy=remedy))
