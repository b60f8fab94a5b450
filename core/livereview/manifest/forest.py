"""What a manifest says of forest plots: layout, columns, models side by side. Choices of display, never of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from livereview.display import ForestDisplay, ForestLayout, StudyOrder
from livereview.evidence.schema import STUDIES
from livereview.manifest.mistakes import Mistake, nearest
from livereview.manifest.places import Path
from livereview.manifest.values import Names, Part, Words
from livereview.manifest.words import among

#: Columns of a forest plot that are no field of the study.
OWN_COLUMNS = ("data", "published", "participants", "statuses")
_OF_STUDIES = tuple(name for name in STUDIES.names if name not in ("study_id", "label"))


class Forest(Part):
    """How the forest plot looks. Key by key, what an outcome does not say is taken from [defaults]."""

    layout: ForestLayout | None = Field(
        None,
        description="`livereview` (built in), or the conventions of Review Manager, of two journals, or of the R "
        "package meta",
        examples=["revman"],
    )
    columns: Names | None = Field(
        None,
        description="columns between study and plot, in order: `data` (numbers of the arms; built in), `published`, "
        "`participants`, `statuses`, a column of the studies table, `characteristics.NAME`, "
        "`appraisals.INSTRUMENT.ITEM`",
        examples=[["phase", "data"]],
    )
    models: Names | None = Field(
        None,
        description="titles of sensitivity analyses whose results stand under the pooled one",
        examples=[["Common effect"]],
    )
    risk_of_bias: Words | None = Field(
        None, description="instrument whose judgements stand beside each study", examples=["RoB 2"]
    )
    order: StudyOrder | None = Field(
        None, description="order of the studies; `published` (built in) is by date of publication", examples=["weight"]
    )
    ghost: bool | None = Field(
        None,
        description="the result of the previous update as a hollow diamond, where it differs; built in: yes",
        examples=[False],
    )

    def over(self, other: Forest | None) -> Forest:
        """These keys, and for those not given the other's."""
        return self if other is None else self.model_copy(update=_given(other) | _given(self))

    def display(self) -> ForestDisplay:
        """With what is built in for every key that is not given."""
        return ForestDisplay(**_given(self))


def _given(part: Forest) -> dict[str, Any]:
    return {key: value for key, value in dict(part).items() if value is not None}


def forest_mistakes(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Columns that cannot exist, models that are the title of no sensitivity analysis; works on unvalidated data."""
    defaults = data.get("defaults")
    shared = _titles(defaults)
    outcomes = data.get("outcomes") if isinstance(data.get("outcomes"), list) else []
    own = [(i, outcome, _titles(outcome)) for i, outcome in enumerate(outcomes or ()) if isinstance(outcome, Mapping)]
    every = dict.fromkeys([*(shared or ()), *(title for _, _, titles in own for title in titles or ())])
    yield from _of_part(("defaults", "forest"), defaults, list(every))
    for index, outcome, titles in own:
        known = titles if titles is not None else shared or []
        yield from _of_part(("outcomes", index, "forest"), outcome, known)


def _titles(part: Any) -> list[str] | None:
    """Titles of the sensitivity analyses of a part; None where it says nothing of them."""
    listed = part.get("sensitivity") if isinstance(part, Mapping) else None
    if not isinstance(listed, list):
        return None
    titles = [item.get("title") for item in listed if isinstance(item, Mapping)]
    return [title for title in titles if isinstance(title, str)]


def _of_part(path: Path, part: Any, titles: list[str]) -> Iterator[Mistake]:
    forest = part.get("forest") if isinstance(part, Mapping) else None
    if not isinstance(forest, Mapping):
        return
    for index, name in _texts(forest.get("columns")):
        known = (*OWN_COLUMNS, *_OF_STUDIES)
        if name not in known and not _of_evidence(name):
            message = f'a forest plot has no column "{name}".{nearest(name, known)} Columns: {among(known)}, '
            message += "characteristics.NAME, appraisals.INSTRUMENT.ITEM."
            yield Mistake(path=(*path, "columns", index), message=message)
    for index, name in _texts(forest.get("models")):
        if name not in titles:
            message = f'no sensitivity analysis has the title "{name}".{nearest(name, titles)}'
            message += f" Titles: {among(titles)}." if titles else " There is none."
            yield Mistake(path=(*path, "models", index), message=message)


def _of_evidence(name: str) -> bool:
    """Whether a name is one of a field that only the evidence knows."""
    kind, _, rest = name.partition(".")
    return bool(rest) and (kind == "characteristics" or (kind == "appraisals" and all(rest.rpartition(".")[::2])))


def _texts(value: Any) -> list[tuple[int, str]]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(listed) if isinstance(item, str)]
