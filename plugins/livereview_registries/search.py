"""A search of the registry, page by page, to its end: each trial once, and the number that came held against the
registry's own.

The end is where no token for a next page comes, never an empty page. A token belongs to one state of the data: where
the registry refuses one, the data have changed under the search, and it starts again, once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta

from livereview import Answer, PluginError, Problem, Session, partial_date, plain_text
from livereview_registries.documents import Document, read_json
from livereview_registries.options import RegistryOptions
from livereview_registries.trial import Trial

#: What a record and the state of a trial need; everything else would make pages large.
_FIELDS = "IdentificationModule|StatusModule|DescriptionModule|DesignModule"
#: Days before the last search that are asked for again: a posting may become visible later than its date.
_OVERLAP = timedelta(days=3)
_MOST_PAGES = 10_000


@dataclass
class Search:
    """What a search has found. Trials by number; of one that came twice the later reading counts."""

    trials: dict[str, Trial] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    left_out: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    total: int | None = None
    came: int = 0
    """Studies on the pages, those that came twice or could not be read among them."""

    @property
    def complete(self) -> bool:
        """Whether as many different trials came as the registry counted."""
        unread = sum(problem.column is not None and "/nctId" in problem.column for problem in self.left_out)
        return self.total is None or len(self.trials) + unread >= self.total


def parameters_of(options: RegistryOptions, since: str | None = None) -> dict[str, str]:
    """The parameters of a search, but those of paging; ``since`` is the day through which it was searched before."""
    parts = {} if options.query is None else options.query.parts
    conditions = [options.filter_advanced.strip()] if options.filter_advanced.strip() else []
    if since is not None:
        start = _first_day(since) - _OVERLAP
        conditions = [f"({each})" for each in conditions] + [f"AREA[LastUpdatePostDate]RANGE[{start.isoformat()},MAX]"]
    found = dict(parts)
    if options.overall_status:
        found["filter.overallStatus"] = "|".join(options.overall_status)
    if conditions:
        found["filter.advanced"] = " AND ".join(conditions)
    return found


def query_text(options: RegistryOptions) -> str:
    """The search as it is recorded: its parameters, without the day since when."""
    return "&".join(f"{name}={text}" for name, text in sorted(parameters_of(options).items()))


def _first_day(day: str) -> date:
    numbers = [int(part) for part in day.split("-")]
    return date(*[*numbers, 1, 1][:3])


def data_version(session: Session) -> str:
    """The time of the data that the registry answers from; PluginError where it does not say."""
    answer = session.get("/version", fault=_no_version)
    return plain_text(str(answer.json()["dataTimestamp"]))


def _no_version(answer: Answer) -> str | None:
    value = answer.json()
    found = value.get("dataTimestamp") if isinstance(value, dict) else None
    is_day = isinstance(found, str) and len(found) >= 10 and partial_date(found[:10])
    return None if is_day else "the answer has no dataTimestamp with a day"


def searched(session: Session, options: RegistryOptions, since: str | None, name: str) -> Search:
    """The whole search. It starts again once where the registry refuses a token of its own, or fewer came than it
    counts; PluginError where it refuses again, refuses the search, or sends one token twice."""
    parameters = {**parameters_of(options, since), "fields": _FIELDS, "format": "json", "markupFormat": "markdown"}
    first = _all_pages(session, parameters, options.page_size, name)
    if first is not None and first.complete:
        return first
    why = "the registry's data changed under the search" if first is None else "fewer trials came than were counted"
    second = _all_pages(session, parameters, options.page_size, name)
    if second is None:
        raise PluginError(
            f"{name}: the registry refused its own token of a next page twice, as its data changed under the search. "
            "Run the update again later."
        )
    second.notes.append(f"{name}: {why}; it was started again from its first page")
    return second


def _all_pages(session: Session, parameters: dict[str, str], page_size: int, name: str) -> Search | None:
    """Every page, or None where a token is refused."""
    search, token, seen = Search(), "", set[str]()
    for number in range(1, _MOST_PAGES + 1):
        asked = {**parameters, "pageSize": str(page_size)}
        asked |= {"pageToken": token} if token else {"countTotal": "true"}
        answer = session.get("/studies", asked, fault=_no_studies, accept=(200, 400))
        if answer.status == 400 and token:
            return None
        if answer.status == 400:
            raise PluginError(
                f"{name}: the registry refuses the search: {plain_text(answer.text)[:300]} "
                "Correct query, filter_advanced or overall_status."
            )
        search.inputs[f"{name}, page {number}"] = hashlib.sha256(answer.content).hexdigest()
        page = read_json(answer.json(), f"{name}, page {number}")
        _add(search, page, number)
        token = page.next_page
        if not token:
            return search
        if token in seen:
            raise PluginError(
                f"{name}, page {number}: the registry sent the token {token[:40]!r} of a next page a second time, so "
                "that the search would never end. Run the update again later; if it stays so, tell the registry."
            )
        seen.add(token)
    raise PluginError(f"{name}: the search has more than {_MOST_PAGES:,} pages. Narrow query.")


def _no_studies(answer: Answer) -> str | None:
    if answer.status != 200:
        return None
    value = answer.json()
    return None if isinstance(value, dict) and isinstance(value.get("studies"), list) else "the answer has no studies"


def _add(search: Search, page: Document, number: int) -> None:
    search.left_out += page.left_out
    if number == 1:
        search.total = page.total
    for trial in page.trials:
        before = search.trials.get(trial.nct)
        if before is not None and before != trial:
            search.notes.append(f"{trial.nct} changed between pages of the search; the later reading counts")
        search.trials[trial.nct] = trial
        search.came += 1
