"""What a manifest says about the people of a review: readings that differ, appraisals, instruments of its own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from livereview.instruments import Instrument, InstrumentItem
from livereview.manifest.values import Array, Names, Part, Words


class Extraction(Part):
    """What becomes of a result that several people have read."""

    disagreements: Literal["block", "prefer"] = Field(
        "block",
        description="where readings differ and nobody has adjudicated: the result is not pooled (`block`), or the "
        "reading of the first person in `prefer` is used and the report says so (`prefer`)",
        examples=["prefer"],
    )
    prefer: Names = Field((), description="people (`extractor`), the one to believe first", examples=[["anna", "ben"]])
    required: int = Field(1, ge=1, le=9, description="readings that a result needs", examples=[2])
    missing: Literal["warn", "set-aside"] = Field(
        "warn",
        description="what becomes of a result with fewer readings: it is used with a warning, or not pooled; a row "
        "without extractor is the team's agreed number and needs no other",
        examples=["set-aside"],
    )

    @model_validator(mode="after")
    def _says_whom(self) -> Extraction:
        if self.disagreements == "prefer" and not self.prefer:
            raise ValueError('disagreements = "prefer" needs prefer, the people in the order to believe them')
        if self.prefer and self.disagreements != "prefer":
            raise ValueError('prefer is not used: write disagreements = "prefer" too')
        if self.missing == "set-aside" and self.required == 1:
            raise ValueError('missing = "set-aside" does nothing: write required = 2 too')
        return self


class Appraisal(Part):
    """How strictly appraisals are held to their instruments."""

    unsigned: Literal["report", "refuse"] = Field(
        "report",
        description="rows without a rater whose score, item or total cannot be: kept as they were printed and told, or "
        "refused like those of a rater",
        examples=["refuse"],
    )


class ItemPart(Part):
    """One item of an own instrument."""

    name: Words = Field(description="how sheets write it", examples=["Q1"])
    title: str = Field("", description="the question in words", examples=["Were patients consecutive?"])
    scores: Names = Field(
        (), description="what may be scored, where it differs from `scores` of the instrument", examples=[["0", "1"]]
    )
    part: str = Field(
        "", description="items of one optional part are answered all or none", examples=["comparative studies"]
    )


class InstrumentPart(Part):
    """An appraisal instrument of the review's own; it goes before a plugin's of the same name."""

    name: Words = Field(description="how sheets and reports write it", examples=["Centre checklist"])
    scores: Names = Field(
        (),
        description="what an item may be scored, in order: of points the least first, of judgements the best first",
        examples=[["0", "1", "2"]],
    )
    items: Annotated[tuple[ItemPart, ...], Array, Field(min_length=1)] = Field(description="its items, in order")
    total: Names = Field((), description="items of the sheet that hold the sum of the others", examples=["total"])
    overall: ItemPart | None = Field(None, description="the item that judges the whole", examples=[{"name": "Overall"}])
    rule: Literal["worst"] | None = Field(
        None, description="`worst`: overall is at least as severe as the worst item", examples=["worst"]
    )
    outside: Names = Field(
        (), description="scores outside the order of severity, which every item may have", examples=[["No information"]]
    )
    per_outcome: bool = Field(False, description="whether a study is judged once for each outcome", examples=[True])
    judges: Literal["quality", "trust"] = Field(
        "quality",
        description="`trust`: whether the data can be believed at all; such judgements are no risk of bias",
        examples=["trust"],
    )

    @model_validator(mode="after")
    def _can_be_used(self) -> InstrumentPart:
        parts = (*self.items, *((self.overall,) if self.overall else ()))
        names = [name.casefold() for name in (*(part.name for part in parts), *self.total)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        bare = [part.name for part in parts if not (part.scores or self.scores)]
        if bare:
            raise ValueError(f"no scores for {', '.join(bare)}: give scores of the instrument or of the item")
        if self.rule and self.overall is None:
            raise ValueError("rule needs overall, the item that judges the whole")
        if self.total:
            words = sorted({score for part in self.items for score in part.scores or self.scores if not _number(score)})
            if words:
                raise ValueError(f"total needs scores that are numbers, not {', '.join(words)}")
        return self

    def instrument(self) -> Instrument:
        """The instrument as a plugin would register it."""
        return Instrument(
            name=self.name,
            title=self.name,
            summary="Defined in the manifest.",
            items=tuple(self._item(part) for part in self.items),
            total=self.total,
            overall=None if self.overall is None else self._item(self.overall),
            rule=self.rule or "",
            outside=self.outside,
            per_outcome=self.per_outcome,
            judges=self.judges,
        )

    def _item(self, part: ItemPart) -> InstrumentItem:
        return InstrumentItem(name=part.name, title=part.title, scores=part.scores or self.scores, part=part.part)


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
