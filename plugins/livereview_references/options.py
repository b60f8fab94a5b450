"""What a manifest may say about one search whose records were exported to files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from livereview import Options

Text = Annotated[str, Field(min_length=1)]
Kind = Literal["database", "register", "website", "organisation", "citation", "other"]
FormatName = Literal[
    "auto", "ris", "pubmed", "bibtex", "endnote-xml", "csl-json", "web-of-science", "csv"
]  # fmt: skip
Stage = Literal["title-abstract", "full-text"]


class SearchOptions(Options):
    """The search that found the records."""

    source: Text = Field(description='What was searched, e.g. "Embase".')
    kind: Kind = Field(default="database", description="What sort of source.")
    query: str | None = Field(default=None, description="The search as it was sent.")
    searched_on: date = Field(description="The day of the search.")
    id: Annotated[str, Field(pattern=r"^\S+$")] | None = Field(
        default=None,
        description="Id of the search; source and day if empty. Needed where one source was searched twice on a day.",
    )
    hits: int | None = Field(
        default=None, ge=0, description="Records that the source said it has; those of the files if empty."
    )
    locator: str | None = Field(default=None, description="Where the search is documented.")


class ReferenceOptions(Options):
    """The files of one search, or of the screening of records that are in the store."""

    path: Text | Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="File, folder or zip archive, or a list of them, relative to the manifest; folders are read with "
        "all folders in them."
    )
    search: SearchOptions | None = Field(
        default=None,
        description="The search that found these records. Only files of records that livereview itself wrote, and "
        "that come back from screening, need none.",
    )
    format: FormatName = Field(
        default="auto", description="auto: told by what is in the file; its name does not matter."
    )
    encoding: str = Field(
        default="auto",
        description="auto: by byte order mark, else UTF-8 if all of it is, else Windows-1252. A byte order mark "
        "overrides any name given here.",
    )
    person: Text | None = Field(
        default=None, description="Who decided, for exports that do not say: Covidence, labels of ASReview."
    )
    stage: Stage | None = Field(
        default=None,
        description="When in the selection it was decided. Empty: title-abstract; full-text for exclusions with a "
        "reason in Covidence.",
    )
    decision: Literal["include", "exclude", "unsure"] | None = Field(
        default=None,
        description="What was decided about every record of an export that does not say, such as Covidence's list of "
        "included studies; stage must be given with it.",
    )
    max_megabytes: float = Field(default=500, gt=0, description="A file larger than this is refused before it is read.")

    @property
    def paths(self) -> tuple[str, ...]:
        """The path or paths as a tuple."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            if name != "auto":
                b"".decode(name)
                "".encode(name)
        except (LookupError, ValueError):
            raise ValueError(
                f'there is no text encoding "{name}"; use auto, utf-8, utf-16, cp1252 or another that Python knows'
            ) from None
        return name

    @model_validator(mode="after")
    def _whole(self) -> ReferenceOptions:
        if self.decision is not None and self.stage is None:
            raise ValueError('decision needs a stage: "title-abstract" or "full-text"')
        return self
