"""A result as it is drafted from one posted number, before the review's words and keys are put to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livereview import Problem, plain_text
from livereview_registries.trial import Trial

#: How much of a posted text a note quotes.
_QUOTED = 300


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One row to be: which groups and which number, and what a person must settle."""

    section: str
    """``outcome``, ``adverse event``, ``serious adverse event`` or ``deaths``."""
    title: tuple[str, ...]
    """Title of the outcome measure or the term, then class and category where they have titles."""
    groups: tuple[str, ...]
    """Titles of the group, or of both groups of a comparison."""
    measure: str
    values: Mapping[str, str | int]
    status: str = "verified"
    unsettled: frozenset[str] = frozenset()
    path: str
    where: str
    """In words a person finds it by, e.g. ``outcome 3, "Overall survival"``."""
    note: str = ""
    tells_apart: tuple[str, ...] = ()
    """What tells it from another row of the same key, best first."""

    @property
    def full_title(self) -> str:
        """As patterns of outcomes see it."""
        return ": ".join((self.section, *self.title))


@dataclass
class Drafting:
    """What the documents of one trial have given so far. Every posted number ends in exactly one of the three."""

    trial: Trial
    place: str
    """The document, as shown to people."""
    drafts: list[Draft] = field(default_factory=list)
    aside: dict[str, list[str]] = field(default_factory=dict)
    """Numbers that are in order and that no measure of the store fits, by the reason: where they stand."""
    left_out: list[Problem] = field(default_factory=list)

    def leave_out(self, path: str, found: str, message: str, remedy: str = "") -> None:
        """Name a value that cannot be used; everything else goes on."""
        self.left_out.append(
            Problem(
                place=self.place,
                column=path,
                found=plain_text(found)[:60],
                message=message,
                remedy=remedy or "Look it up at the registry and type it, if the review needs it.",
            )
        )

    def keep(self, wanted: Callable[[Draft], bool], reason: str) -> None:
        """Keep the drafts that are wanted, and set the others aside."""
        for draft in self.drafts:
            if not wanted(draft) and draft.status != "derived":
                self.set_aside(reason, draft.path)
        self.drafts = [draft for draft in self.drafts if wanted(draft)]

    def set_aside(self, reason: str, path: str, times: int = 1) -> None:
        """Count numbers that are not proposed for a reason that is no mistake."""
        self.aside.setdefault(reason, []).extend([path] * times)

    def notes(self) -> tuple[str, ...]:
        """What was set aside, on one line: for each reason how many, and where the first of them stand."""
        said = [f"{len(paths)} {reason} ({_first(paths)})" for reason, paths in self.aside.items()]
        return (f"{self.place}: not proposed: {'; '.join(said)}",) if said else ()


def _first(paths: list[str]) -> str:
    shown = list(dict.fromkeys(paths))
    return shown[0] + (f" and {len(shown) - 1} more places" if len(shown) > 1 else "")


def quoted(text: str, longest: int = _QUOTED) -> str:
    """A posted text on one line, shortened with a sign that it is."""
    text = plain_text(text)
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def noted(**parts: str) -> str:
    """A note of labelled parts, without those that say nothing; underscores in labels are spaces."""
    return "; ".join(f"{name.replace('_', ' ')}: {quoted(text)}" for name, text in parts.items() if text)
