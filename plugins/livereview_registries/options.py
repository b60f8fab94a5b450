"""What a manifest may say about ClinicalTrials.gov."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from livereview import Options

Name = Annotated[str, Field(min_length=1, pattern=r"\S")]
#: Names that go into a column of ids, which holds no spaces.
Code = Annotated[str, Field(min_length=1, pattern=r"^\S+$")]


def nct_number(text: str) -> str | None:
    """The text as a number of ClinicalTrials.gov (``NCT`` and eight digits); None where it is none."""
    number = text.strip().upper()
    return number if re.fullmatch(r"NCT[0-9]{8}", number) else None


class Mappings(Options):
    """The registry's words and the review's. Patterns know ``*`` and no capitals; the first that fits wins."""

    results: bool = Field(
        default=True, description="Propose rows from posted results; false follows the state of trials only."
    )
    adverse_events: Literal["mapped", "all"] = Field(
        default="mapped",
        description="Single adverse events: those that outcomes names, or all of them (often hundreds). Totals and "
        "deaths are always proposed.",
    )
    outcome_measures: Literal["all", "mapped"] = Field(
        default="all", description="Outcome measures and analyses: all of them, or those that outcomes names."
    )
    outcomes: dict[Name, Code] = Field(
        default_factory=dict,
        description='Pattern on "section: title" or "section: title: class: category" = outcome code. Sections: '
        'outcome, adverse event, serious adverse event, deaths. E.g. "outcome: overall survival*" = "os".',
    )
    arms: dict[Name, Name] = Field(
        default_factory=dict, description="Pattern on the title of a group = name of the arm in the review."
    )
    studies: dict[Name, Code] = Field(
        default_factory=dict,
        description='Pattern on "NCT number title of the group" = study, where studies share a number. '
        'E.g. "NCT02101853 Arm A*" = "brown-2021".',
    )


class Query(Options):
    """The parts of a search, each in the registry's own language."""

    cond: str = Field(default="", description="Conditions or disease.")
    term: str = Field(default="", description="Other terms.")
    intr: str = Field(default="", description="Interventions.")
    titles: str = Field(default="", description="Titles and acronyms.")
    outc: str = Field(default="", description="Outcome measures.")
    spons: str = Field(default="", description="Sponsors and collaborators.")
    lead: str = Field(default="", description="Lead sponsor.")
    id: str = Field(default="", description="Study ids.")
    locn: str = Field(default="", description="Locations.")
    patient: str = Field(default="", description="What a patient would search.")

    @property
    def parts(self) -> dict[str, str]:
        """The parts that say something, by parameter."""
        return {f"query.{name}": text.strip() for name, text in self.model_dump().items() if text.strip()}


class RegistryOptions(Mappings):
    """Searching and following trials at ClinicalTrials.gov."""

    base_url: Name = Field(
        default="https://clinicaltrials.gov/api/v2", description="Address of the API, version 2, without a last slash."
    )
    query: Query | None = Field(
        default=None, description="What to search; without it only known trials and ids are followed."
    )
    filter_advanced: str = Field(
        default="", description="Further condition in the registry's language, e.g. AREA[Phase]PHASE3."
    )
    overall_status: tuple[Name, ...] = Field(default=(), description="Only trials in these states, e.g. RECRUITING.")
    ids: tuple[str, ...] = Field(
        default=(), description="NCT numbers to follow in any case; their posted results are proposed."
    )
    follow: bool = Field(
        default=True, description="Whether trials whose NCT number is in studies or ongoing are asked for in full."
    )
    page_size: int = Field(default=200, ge=1, le=1000, description="Trials per page of a search.")
    per_second: float = Field(default=1, gt=0, le=10, description="Most requests per second.")

    @field_validator("ids")
    @classmethod
    def _numbers(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [each for each in ids if nct_number(each) is None]
        if wrong:
            raise ValueError(f"no NCT number: {', '.join(wrong)}; write NCT and eight digits, e.g. NCT01207388")
        return tuple(dict.fromkeys(each.strip().upper() for each in ids))

    @model_validator(mode="after")
    def _searches(self) -> RegistryOptions:
        if self.query is not None and not self.query.parts:
            raise ValueError(
                "query is empty, which would find every trial there is; say what to search, or leave it out"
            )
        if self.query is None and (self.filter_advanced or self.overall_status):
            raise ValueError("filter_advanced and overall_status narrow a search; add query")
        return self


class RegistryFileOptions(Mappings):
    """Saved documents of ClinicalTrials.gov."""

    path: Name | Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="File or folder, or a list of them, relative to the manifest: JSON of version 2 (a study, or a "
        "page of a search) and XML as it was until 2024; .gz too. Folders are read with all folders in them."
    )
    searched_on: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        description="Day of the search that found the documents, e.g. 2026-03-01: they enter as its records. "
        "Without it only known trials and posted results are looked at.",
    )
    query: str = Field(default="", description="The search that found the documents, as it was asked.")
    max_megabytes: float = Field(default=50, gt=0, description="A larger file, packed or unpacked, is refused.")

    @property
    def paths(self) -> tuple[str, ...]:
        """The path or paths as a tuple."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @model_validator(mode="after")
    def _dated(self) -> RegistryFileOptions:
        if self.query and not self.searched_on:
            raise ValueError("query says what was searched; add searched_on, the day on which it was")
        return self
