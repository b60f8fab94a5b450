"""What a saved or fetched document is, told by what it holds and never by its name; and the trials in it.

A document that is none of the registry's formats, or of a format that is no longer read, is refused with advice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from livereview import PluginError, Problem, decoded_text, plain_text, xml_root
from livereview_registries import legacy, version2
from livereview_registries.nodes import Node, Oddity
from livereview_registries.options import nct_number
from livereview_registries.trial import Trial

_AGAIN = "Fetch or save it again from the registry."


@dataclass(frozen=True, kw_only=True)
class Document:
    """The trials of one document. ``left_out`` names what could not be used in it."""

    trials: tuple[Trial, ...] = ()
    left_out: tuple[Problem, ...] = ()
    next_page: str = ""
    """The token of the page that follows, where it is a page of a search."""
    total: int | None = None
    """How many trials the search finds, where the page says so."""
    is_page: bool = False


@dataclass
class _Found:
    place: str
    trials: list[Trial] = field(default_factory=list)
    left_out: list[Problem] = field(default_factory=list)

    def leave_out(self, message: str, remedy: str, *, path: str | None = None, found: str | None = None) -> None:
        self.left_out.append(Problem(place=self.place, column=path, found=found, message=message, remedy=remedy))

    def take(self, trial: Trial, odd: list[Oddity], path: str) -> None:
        """A trial with a number that can be, and what is odd in it under that number."""
        if nct_number(trial.nct) is None:
            message = "the study has no number of the registry (NCT and eight digits)"
            self.leave_out(message, _AGAIN, path=path, found=trial.nct or None)
            return
        self.trials.append(trial)
        place = self.place if trial.nct in self.place else f"{self.place}, {trial.nct}"
        self.left_out += [
            Problem(place=place, column=each.path, found=each.found, message=each.message, remedy=_AGAIN)
            for each in odd
        ]

    def document(self, **more: Any) -> Document:
        return Document(trials=tuple(self.trials), left_out=tuple(self.left_out), **more)


def read_document(content: bytes, place: str) -> Document:
    """The trials of a document: JSON of version 2 (a study or a page of studies), or XML as it was until 2024."""
    found = _Found(place)
    text, _ = decoded_text(content)
    if text.lstrip()[:1] == "<":
        _read_xml(content, found)
        return found.document()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        found.leave_out(f"it is neither JSON nor XML, or it is cut off ({plain_text(str(error))[:80]})", _AGAIN)
        return found.document()
    return read_json(value, found.place)


def read_json(value: Any, place: str) -> Document:
    """The trials of decoded JSON."""
    found = _Found(place)
    keys = value.keys() if isinstance(value, dict) else ()
    if "FullStudiesResponse" in keys or "StudyFieldsResponse" in keys:
        found.leave_out(
            "it is of version 1 of the registry's API, which ended in 2024 and is not read",
            "Fetch the same trials from https://clinicaltrials.gov/api/v2/studies/ and their NCT numbers.",
        )
    elif "protocolSection" in keys:
        study = Node(value, "", [])
        found.take(version2.trial(study), study.odd, "/protocolSection/identificationModule/nctId")
    elif "studies" in keys:
        return _page(value, found)
    else:
        message = "it is no document of ClinicalTrials.gov: it has neither protocolSection nor studies"
        found.leave_out(message, _AGAIN, found=", ".join(map(str, keys))[:60] or type(value).__name__)
    return found.document()


def _page(value: dict[str, Any], found: _Found) -> Document:
    page = Node(value, "", [])
    for entry in page.items("studies"):
        study = Node(entry.value, entry.path, [])
        found.take(version2.trial(study), study.odd, f"{entry.path}/protocolSection/identificationModule/nctId")
    total = page.whole("totalCount")
    token = page.text("nextPageToken")
    for odd in page.odd:
        found.leave_out(odd.message, _AGAIN, path=odd.path, found=odd.found)
    return found.document(next_page=token, total=total, is_page=True)


def _read_xml(content: bytes, found: _Found) -> None:
    try:
        root = xml_root(content, found.place)
    except PluginError as error:
        found.leave_out(str(error).removeprefix(f"{found.place}, ").rstrip("."), _AGAIN)
        return
    odd: list[Oddity] = []
    if root.tag != "clinical_study":
        message = "it is no XML of ClinicalTrials.gov, which begins with clinical_study"
        found.leave_out(message, _AGAIN, found=plain_text(root.tag)[:60])
        return
    found.take(legacy.trial(root, odd), odd, "/clinical_study/id_info/nct_id")
