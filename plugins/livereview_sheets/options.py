"""What a manifest may say about its sheets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from livereview import Options

Name = Annotated[str, Field(min_length=1)]


class SheetOptions(Options):
    """Where the sheets are and how to read them."""

    path: Name | Annotated[tuple[Name, ...], Field(min_length=1)] = Field(
        description="File or folder of sheets, or a list of them, relative to the manifest; folders are read with all "
        "folders in them."
    )
    rename: dict[Name, Name] = Field(
        default_factory=dict,
        description='Column in the sheets = column of the evidence table, e.g. "n_arm_drug" = "n_arm_experimental".',
    )
    encoding: str = Field(
        default="auto",
        description="Of text files. auto: UTF-8, UTF-16 with a byte order mark, else Windows-1252 where that is the "
        "only sensible reading. A byte order mark overrides any name given here.",
    )
    max_megabytes: float = Field(
        default=50, gt=0, description="A file larger than this, packed or unpacked, is refused before it is loaded."
    )
    ignore: tuple[Name, ...] = Field(
        default=(),
        description="Names or patterns (* and ?) of files and folders to leave out of the folders read; with a / the "
        "pattern is compared with the whole path. README files, hidden files and lock files are always left out.",
    )

    @property
    def paths(self) -> tuple[str, ...]:
        """The path or paths as a tuple."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @field_validator("encoding")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            if name != "auto":
                "a".encode(name)
        except (LookupError, ValueError):  # ValueError: a null character in the name
            raise ValueError(
                f'there is no text encoding "{name}"; use auto, utf-8, utf-16, cp1252 or another that Python knows'
            ) from None
        return name
