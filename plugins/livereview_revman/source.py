"""The source ``revman``: from paths to tables, with the hash of every file and everything that could not be used."""

from __future__ import annotations

from dataclasses import dataclass, field

from livereview import Fetched, FetchRequest, PluginError, Problem, RawTable, doi_in, partial_date
from livereview_revman import evidence, package, printed, rm5
from livereview_revman.members import Member, is_revman_4, is_xml, members
from livereview_revman.options import RevmanOptions
from livereview_revman.review import Review

_LONGEST_NOTE = 1_000
_REVMAN_4 = (
    "this is a file of RevMan 4 (MetaView). Open it in RevMan 5 and save it as .rm5, or type its numbers into a sheet."
)


@dataclass
class Reading:
    """The reviews under the paths, and what was found on the way."""

    reviews: list[Review]
    inputs: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    """Files that are not read, where others are."""


def reading(request: FetchRequest, options: RevmanOptions) -> Reading:
    """Every review that the options name, parsed; PluginError where none can be read."""
    found = members(request.folder, options.paths, options.max_megabytes)
    reviews: list[Review] = []
    rest: list[Member] = []
    refused: list[Problem] = []
    whys: list[str] = []
    for member in found.members:
        try:
            if is_xml(member):
                reviews.append(rm5.review_of(member))
            elif is_revman_4(member):
                raise PluginError(f"{member.place}: {_REVMAN_4}")
            else:
                rest.append(member)
        except PluginError as error:
            whys.append(str(error))
            refused.append(_refused(member, whys[-1]))
    reviews += package.reviews_of(rest).values()
    if refused and not any(review.holds_something for review in reviews):
        raise PluginError(" ".join(whys))
    for review in reviews:
        _settle(review, options)
    problems = [*found.problems, *_options_of_one(options, reviews)]
    return Reading(reviews, found.inputs, problems, refused)


def _refused(member: Member, why: str) -> Problem:
    message = why.removeprefix(member.place).lstrip(":, ")
    return Problem(place=member.place, message=message, remedy="The other files are read.")


def _settle(review: Review, options: RevmanOptions) -> None:
    review.doi = doi_in(options.doi) or doi_in(review.doi)
    if review.published_on and not partial_date(review.published_on):
        review.published_on = ""
    for analysis in review.analyses.values():
        if not analysis.measure:
            asked = (analysis.key, analysis.group, "*")
            analysis.measure = next((options.measures[name] for name in asked if name in options.measures), "")


def _options_of_one(options: RevmanOptions, reviews: list[Review]) -> list[Problem]:
    if options.doi and not doi_in(options.doi):
        remedy = 'Write it as in doi = "10.1002/14651858.CD000023.pub4".'
        return [Problem(place="manifest, doi", found=options.doi, message="this is no DOI", remedy=remedy)]
    reviews = [review for review in reviews if review.holds_something]
    if len(reviews) < 2:
        return []
    given = [name for name in ("doi", "published_on", "measures") if getattr(options, name)]
    if not given:
        return []
    names = ", ".join(review.id for review in reviews[:5])
    message = f"{' and '.join(given)} can hold for one review only, and there are {len(reviews)}"
    remedy = "Give each review a source of its own ([[sources]])."
    return [Problem(place="manifest, path", found=names, message=message, remedy=remedy)]


def fetch(request: FetchRequest, options: RevmanOptions) -> Fetched:
    """Everything the files hold as evidence; nothing is pooled, nothing decided."""
    found = reading(request, options)
    tables: list[RawTable] = []
    left_out: list[Problem] = [*found.refused]
    notes: list[str] = []
    taken: dict[str, str] = {}
    reports: set[str] = set()
    for done, review in enumerate(found.reviews):
        request.progress(f"Reading {review.id}", done, len(found.reviews))
        report = evidence.report_id(review)
        if review.holds_something and report in reports:
            left_out.append(_same_review(review, report))
            continue
        reports |= {report} if review.holds_something else set()
        tables += evidence.tables(review, options.published_on, taken)
        tables += printed.published(review).tables()
        left_out += review.left_out
        notes += [*review.notes, *_told(review)]
    request.progress("Reviews read", len(found.reviews), len(found.reviews))
    return Fetched(
        tables=_joined(tables), problems=tuple(found.problems), inputs=found.inputs, notes=tuple(notes),
        left_out=tuple(left_out),
    )  # fmt: skip


def _same_review(review: Review, report: str) -> Problem:
    place = next(iter(review.study_places.values())).file if review.study_places else review.id
    message = f"a second file of the review {report}: its rows would stand for the same numbers, so it is not read"
    return Problem(place=place, message=message, remedy="Leave one of the two under path, the newer one.")


def _told(review: Review) -> list[str]:
    """What the store has no place for: studies that were excluded, with reasons, and those awaiting classification."""
    notes: list[str] = []
    excluded = [f"{label} ({reason})" if reason else label for label, reason in review.excluded.items()]
    for what, names in (("excluded", excluded), ("awaiting classification", review.awaiting)):
        counted = "1 study" if len(names) == 1 else f"{len(names)} studies"
        if names:
            listed = f"{evidence.report_id(review)}: {counted} {what}: {'; '.join(names)}"
            if len(listed) > _LONGEST_NOTE:
                listed = listed[: _LONGEST_NOTE - 1].rstrip() + "…"
            notes.append(listed)
    return notes


def _joined(tables: list[RawTable]) -> tuple[RawTable, ...]:
    """The tables in an order in which references point backwards."""
    order = ("studies", "reports", "results", "appraisals", "characteristics", "ongoing", "published")
    return tuple(sorted(tables, key=lambda table: order.index(table.table)))
