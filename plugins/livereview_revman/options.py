"""What a manifest may say about the meta-analyses of others that it reads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from livereview import Options

Name = Annotated[str, Field(min_length=1)]
PartialDate = Annotated[str, Field(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
ContrastMeasure = Literal["HR", "OR", "RR", "IRR", "ROM", "RD", "MD", "SMD"]


class RevmanOptions(Options):
    """Where the files of RevMan are, and what they do not say themselves."""

    path: Name | Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="RevMan 5 file (.rm5), data package of RevMan Web or the Cochrane Library (.zip or its folder), or "
        "single CSV files of one; or a list of them, relative to the manifest.",
    )
    doi: str = Field(default="", description="DOI of the review, where the file has none; not for several reviews.")
    published_on: PartialDate | None = Field(
        default=None,
        description="When the review was published: year, month or day. A RevMan 5 file says it itself, a data package "
        "does not; without it the review and its numbers are kept out of what is asked as published by a day.",
    )
    measures: dict[Name, ContrastMeasure] = Field(
        default_factory=dict,
        description='Measure of estimates whose file does not say it: analysis = measure, e.g. "1.2" = "HR"; "1" '
        'is a whole comparison, "*" every analysis.',
    )
    max_megabytes: float = Field(default=100, gt=0, description="A file larger than this is refused.")

    @property
    def paths(self) -> tuple[str, ...]:
        """The path or paths as a tuple."""
        return (self.path,) if isinstance(self.path, str) else self.path


Layout = Literal["auto", "counts", "cells", "means", "effects", "proportions"]


class WideTableOptions(Options):
    """Where a table with one row per study is, and what its columns mean."""

    path: Name = Field(description="CSV file with one row per study, relative to the manifest.")
    outcome: Annotated[str, Field(pattern=r"^\S+$")] = Field(description="Outcome code of its numbers, e.g. `death`.")
    layout: Layout = Field(
        default="auto",
        description="counts: ai n1i ci n2i; cells: ai bi ci di; means: m1i sd1i n1i m2i sd2i n2i; effects: yi with vi "
        "or sei; proportions: xi ni; auto: the one whose columns the table has.",
    )
    measure: Literal["", "HR", "OR", "RR", "IRR", "ROM", "RD", "MD", "SMD"] = Field(
        default="",
        description="Of the layout effects: what yi is. Ratios are taken as logarithms, as metafor has them.",
    )
    columns: dict[Name, Name] = Field(
        default_factory=dict,
        description='Column of the layout = column of the file, e.g. "ai" = "tpos"; also "study" and "year".',
    )
    experimental: Name = Field(default="experimental", description="Name of the first arm, or of the only one.")
    control: Name = Field(default="control", description="Name of the second arm.")
    report: Annotated[str, Field(pattern=r"^\S+$")] = Field(
        description="Id of the report that the table is from, e.g. `doi:10.1000/example` or `pmid:33651090`."
    )
    citation: str = Field(default="", description="Citation of that report, as its note.")
    published_on: PartialDate | None = Field(default=None, description="When it was published: year, month or day.")
    max_megabytes: float = Field(default=50, gt=0, description="A file larger than this is refused.")

    @model_validator(mode="after")
    def _two_arms(self) -> WideTableOptions:
        if self.experimental == self.control:
            raise ValueError("experimental and control need different names")
        return self
