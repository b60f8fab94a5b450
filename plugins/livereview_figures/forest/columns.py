"""The columns of a forest plot that tell of a study: the numbers of its arms, and what the manifest names beside them.

Texts come from the store and may be long: a column ends them in an ellipsis; the CSV beside the figure has them whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from livereview import StudyResult
from livereview_figures.drawing.layout import Column, Span
from livereview_figures.drawing.text import clean, count
from livereview_figures.drawing.typeface import drawable, wrapped
from livereview_figures.forest.groups import participants_of
from livereview_figures.forest.subject import Subject

WIDEST = 13.0
"""Of a text, in ems."""
DATA = "data"
_TITLES = {
    "published": "Published", "participants": "Patients", "statuses": "Status", "n_total": "Total", "ph_status": "Ph",
    "n_arm_experimental": "N, experimental", "n_arm_control": "N, control", "median_age": "Median age",
    "median_followup_months": "Follow-up, months", "age_range": "Ages", "registry_id": "Registry",
}  # fmt: skip
_NUMBERS = (
    "participants",
    "n_total",
    "n_arm_experimental",
    "n_arm_control",
    "median_age",
    "median_followup_months",
    "year",
)


def named(subject: Subject) -> tuple[str, ...]:
    """The columns beside the numbers of the arms, in order."""
    return tuple(name for name in subject.outcome.forest.columns if name != DATA)


def title_of(name: str) -> str:
    """The heading of a column."""
    kind, _, rest = name.partition(".")
    if kind == "appraisals" and rest:
        instrument, _, item = rest.rpartition(".")
        return clean(f"{instrument}: {item}")
    words = rest if kind == "characteristics" and rest else name
    return _TITLES.get(name) or clean(words.replace("_", " "))[:1].upper() + clean(words.replace("_", " "))[1:]


def value_of(subject: Subject, study: StudyResult, name: str) -> str:
    """What a study has there, whole, as text; empty where it has nothing."""
    if name == "published":
        return clean(study.published_on or "")
    if name == "participants":
        return count(people) if (people := participants_of(study)) is not None else ""
    if name == "statuses":
        return ", ".join(sorted({row.status for row in study.rows}))
    card = subject.card(study.study_id)
    if name == "year" and card is None:
        return "" if study.year is None else str(study.year)
    if card is None:
        return ""
    kind, _, rest = name.partition(".")
    if kind == "appraisals" and rest:
        instrument, _, item = rest.rpartition(".")
        return clean(dict(card.appraisals.get(instrument, ())).get(item, ""))
    value = card.characteristics.get(rest if kind == "characteristics" and rest else name)
    if isinstance(value, float):
        return count(value)
    return "" if value is None else clean(str(value))


class StudyColumns:
    """The columns between the study and the plot."""

    def __init__(self, subject: Subject, *, data: bool = True) -> None:
        self.subject = subject
        self._arms = _ArmColumns(subject) if data else None

    def columns(self) -> list[Column]:
        """In the order that the manifest gives."""
        out: list[Column] = []
        for name in self.subject.outcome.forest.columns:
            if name == DATA:
                out += self._arms.columns() if self._arms else []
            else:
                align = "right" if name in _NUMBERS else "left"
                out.append(Column(name=f"own:{name}", title=self._short(title_of(name)), align=align, gap=1.4))  # type: ignore[arg-type]
        return out

    def spans(self) -> list[Span]:
        """Names of the arms over their columns."""
        return self._arms.spans() if self._arms and DATA in self.subject.outcome.forest.columns else []

    def cells(self, study: StudyResult) -> dict[str, str]:
        """What a study has in each column."""
        own = {f"own:{name}": self._short(value_of(self.subject, study, name)) for name in named(self.subject)}
        return own | (self._arms.cells(study) if self._arms else {})

    def totals(self, studies: Sequence[StudyResult]) -> dict[str, str]:
        """Sums over the estimable studies."""
        return self._arms.totals(studies) if self._arms else {}

    def _short(self, words: str) -> str:
        size = self.subject.size
        return next(iter(wrapped(words, size, WIDEST * size, lines=1)), "") if drawable(words) else words[:24]


class _ArmColumns:
    """The raw numbers, arm by arm; events and people in one column where the layout has them so."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.arms, self.style = subject, subject.arms, subject.style
        self.joined = [
            arm for arm in ("", "_1", "_2")
            if self.style.joined and {f"events{arm}", f"n{arm}"} <= set(self.arms.names)
        ]  # fmt: skip

    def names(self) -> Iterator[str]:
        """Column names in order; a joined one stands where its events stood."""
        for name in self.arms.names:
            kind, _, arm = name.partition("_")
            arm = f"_{arm}" if arm else ""
            if arm not in self.joined or kind not in ("events", "n"):
                yield name
            elif kind == "events":
                yield f"joined{arm}"

    def columns(self) -> list[Column]:
        names = list(self.names())
        starts = [names[:1], [name for name in names if name.endswith("_2")][:1]]
        joined = "No./total" if self.style.name == "jama" else "No/total"
        return [
            Column(name=name, title=joined if name.startswith("joined") else self.arms.title(name),
                   gap=1.8 if [name] in starts else 1.1)
            for name in names
        ]  # fmt: skip

    def spans(self) -> list[Span]:
        names, outcome = list(self.names()), self.subject.outcome
        found = []
        for arm, title in (("_1", outcome.experimental), ("_2", outcome.control)):
            inside = [name for name in names if name.endswith(arm)]
            if inside and clean(title):
                found.append(Span(first=inside[0], last=inside[-1], title=clean(title)))
        return found

    def cells(self, study: StudyResult) -> dict[str, str]:
        return self._joined(self.arms.cells(study))

    def totals(self, studies: Sequence[StudyResult]) -> dict[str, str]:
        return self._joined(self.arms.totals(studies))

    def _joined(self, cells: dict[str, str]) -> dict[str, str]:
        out = dict(cells)
        for arm in self.joined:
            events, people = out.pop(f"events{arm}", ""), out.pop(f"n{arm}", "")
            if events or people:
                out[f"joined{arm}"] = f"{events or '–'}/{people or '–'}"
        return out
