"""Data packages of RevMan Web and the Cochrane Library, whole or in part, and the CSV export of RevMan 5.

A file is known by its columns, a review by the beginning of the file's name. What a package lacks is named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from livereview import PluginError, doi_in
from livereview_revman import analysis_files, cells, exported, study_files
from livereview_revman.delimited import Sheet, sheet
from livereview_revman.members import Member
from livereview_revman.review import Place, Review

_ID = re.compile(
    r"[-_ ]?(?:data-rows|overall-estimates-and-settings|subgroup-estimates|(?:(?:included|excluded|awaiting|ongoing)-)?"
    r"study-information|study-arms|study-results|risk-of-bias|included|excluded|awaiting|ongoing|additional-references|"
    r"other-references|references|parameters|study-test-data)$",
    re.IGNORECASE,
)
_KINDS = ("excluded", "awaiting", "ongoing")
_DIAGNOSTIC = ({"tp", "fp", "fn", "tn"}, {"true positives", "false positives", "false negatives", "true negatives"})


def reviews_of(members: Iterable[Member]) -> dict[str, Review]:
    """The reviews that the files belong to, by id; files of no known kind are named in the notes.

    PluginError for a review of diagnostic accuracy, whose numbers no measure here can take.
    """
    found: dict[str, Review] = {}
    read: dict[str, set[str]] = {}
    names: set[str] = set()
    for member in members:
        identity = _identity(member)
        review = found.setdefault(identity, Review(id=identity))
        if member.name.lower() in names:
            message = "a second file of this name: its rows would count twice, so it is not read"
            remedy = "Leave one of the two under path; a package and its unpacked folder are the same."
            review.leave_out(Place(file=member.place, row=1), message, remedy)
            continue
        names.add(member.name.lower())
        kind = _read(member, review)
        if kind:
            read.setdefault(identity, set()).add(kind)
    for identity, review in found.items():
        analysis_files.settle(review)
        if review.holds_something:
            _say_what_is_missing(review, read.get(identity, set()))
    return found


def _identity(member: Member) -> str:
    stem = member.name.rsplit(".", 1)[0]
    return cells.words(_ID.sub("", stem)) or "review"


def _read(member: Member, review: Review) -> str:
    """Add one file; what kind it was, empty where it is none of a data package."""
    stem = member.name.lower().rsplit(".", 1)[0]
    kind = next((kind for kind in _KINDS if re.search(rf"(^|[-_]){kind}($|[-_])", stem)), "included")
    if member.kind == ".ris":
        if any(word in stem for word in ("included", *_KINDS)):
            study_files.read_references(member.content, member.place, review, kind)
        return "references"
    if member.kind == ".json":
        _read_about(member, review)
        return "about"
    if member.kind == ".csv":
        found = sheet(member.content, member.place)
        review.left_out += found.lost
        return _read_sheet(found, stem, kind, review)
    review.notes.append(f"{member.place}: no file of a data package; it was not read.")
    return ""


def _read_sheet(found: Sheet, stem: str, kind: str, review: Review) -> str:
    if any(names <= set(found.columns) for names in _DIAGNOSTIC) or stem.endswith(("-parameters", "study-test-data")):
        raise PluginError(
            f"{found.place}: this is the package of a review of diagnostic test accuracy. livereview pools effects of "
            "interventions, and would make something else of such numbers. Nothing of it is read."
        )
    if found.has("comparison number", "outcome number", "data type"):
        exported.read(found, review)
        return "data-rows"
    if found.has("analysis group", "analysis number", "statistical method"):
        analysis_files.read_overall(found, review)
        return "overall"
    if found.has("analysis group", "analysis number", "study"):
        analysis_files.read_rows(found, review)
        study_files.read_row_judgements(found, review)
        return "data-rows"
    if found.has("analysis group", "analysis number", "subgroup"):
        analysis_files.read_subgroups(found, review)
        return "subgroups"
    if any(name.startswith("domain (judgement)") for name in found.columns):
        study_files.read_judgements(found, review)
        return "risk-of-bias"
    if found.has("study", "year") or (found.has("study") and "information" in stem):
        study_files.read_information(found, review, kind)
        return "information"
    if found.has("study", "arm") or found.has("study", "outcome"):
        what = "study results, of which the analyses use what they say" if found.has("outcome") else "study arms"
        rows = "1 row" if len(found.rows) == 1 else f"{len(found.rows)} rows"
        review.notes.append(f"{found.place}: {rows} of {what}; not read, since the rows of data hold what was pooled.")
        return "study-results"
    columns = ", ".join(found.titles[name] for name in found.columns[:6] if name)
    review.leave_out(
        Place(file=found.place, row=1), "this is no file of a data package that is known here", "Take it out of path, "
        "or read it with another source (sheets, wide-table).", columns[:120] or "no columns",
    )  # fmt: skip
    return ""


def _read_about(member: Member, review: Review) -> None:
    """Title and DOI from the JSON file of a package, where it has them by name."""
    try:
        about: Any = json.loads(member.content)
    except ValueError:
        review.leave_out(Place(file=member.place, row=1), "the file is no JSON", "Download the package again.")
        return
    if isinstance(about, dict):
        review.title = review.title or cells.prose(str(about.get("title") or "")).split("\n")[0]
        review.doi = review.doi or doi_in(str(about.get("doi") or ""))


def _say_what_is_missing(review: Review, read: set[str]) -> None:
    missing = {
        "data-rows": "the rows of data (-data-rows.csv), so there is nothing to pool",
        "overall": "the settings (-overall-estimates-and-settings.csv), so effect measures, models and printed results "
        "are not known",
    }
    settled = all(analysis.settings for analysis in review.analyses.values())
    for kind, what in missing.items():
        if kind not in read and not (kind == "overall" and settled and review.analyses):
            review.notes.append(f"{review.id}: the files do not hold {what}.")
