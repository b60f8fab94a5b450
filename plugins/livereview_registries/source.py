"""The source ``clinicaltrials-gov``: searches the registry, and follows the trials that a review knows."""

from __future__ import annotations

import hashlib

from livereview import Fetched, FetchRequest, PluginError, Problem, Session, plain_text
from livereview_registries.documents import read_json
from livereview_registries.evidence import Gathered, add_trial, followed_numbers
from livereview_registries.options import RegistryOptions
from livereview_registries.proposals import Wording
from livereview_registries.records import SOURCE, search_id, search_tables
from livereview_registries.search import Search, data_version, parameters_of, query_text, searched
from livereview_registries.trial import Trial


def fetch(request: FetchRequest, options: RegistryOptions) -> Fetched:
    """Records of the search, corrected rows of ongoing trials, and proposed rows of posted results."""
    if request.network is None:
        raise PluginError(
            f"{SOURCE}: this source asks a server, and was given no network. Run the update with network."
        )
    session = request.network.session(options.base_url.rstrip("/"), per_second=options.per_second)
    version = data_version(session)
    session.note_version(version)
    gathered, wording = Gathered(), Wording.of(options)
    if options.query is not None:
        _add_search(gathered, session, request, options, version)
    numbers = tuple(dict.fromkeys((*options.ids, *(followed_numbers(request) if options.follow else ()))))
    seen: set[str] = set()
    for done, number in enumerate(numbers):
        request.progress(f"Asking for {number}", done, len(numbers))
        trial = _followed(gathered, session, number)
        if trial is not None and trial.nct not in seen:
            seen.add(trial.nct)
            add_trial(gathered, trial, trial.place, request, options, wording)
    request.progress("Trials read", len(numbers), len(numbers))
    return Fetched(
        tables=tuple(gathered.tables),
        inputs=gathered.inputs,
        notes=(*gathered.notes, *(wording.unused() if options.results and numbers else ())),
        left_out=tuple(gathered.left_out),
    )


# --- the search ----------------------------------------------------------------------------------------------------


def _add_search(
    into: Gathered, session: Session, request: FetchRequest, options: RegistryOptions, version: str
) -> None:
    query = query_text(options)
    today = request.today.isoformat()
    before = request.searched_through(SOURCE, query)
    name = f"{SOURCE}, search {search_id(query, today)}"
    found = searched(session, options, before, name)
    through = min(version[:10], today) if found.complete else before
    if found.total is None:
        into.notes.append(f"{name}: the registry did not say how many trials it finds")
    elif found.total != len(found.trials):
        into.left_out.append(_difference(found, name))
    into.tables += search_tables(
        sorted(found.trials.values(), key=lambda trial: trial.nct),
        review=request.review,
        query=query,
        searched_on=today,
        through=through or _NOTHING_COVERED,
        hits=found.total if found.total is not None else len(found.trials),
        today=request.today,
        locator=options.base_url.rstrip("/") + "/studies",
        note=_search_note(options, before, version, found),
    )
    into.inputs |= found.inputs
    into.left_out += found.left_out
    into.notes += found.notes


#: The registry opened on 29 February 2000: a first search that did not bring all covers nothing of it.
_NOTHING_COVERED = "2000"


def _search_note(options: RegistryOptions, before: str | None, version: str, found: Search) -> str:
    parts = [f"data of {version}"]
    if before is not None:
        condition = parameters_of(options, before)["filter.advanced"]
        parts.append(f"searched before through {before}, now for what changed since: filter.advanced={condition}")
    if not found.complete:
        parts.append(f"{len(found.trials)} of {found.total} trials came; the next search asks for all of this again")
    return "; ".join(parts)


def _difference(found: Search, name: str) -> Problem:
    return Problem(
        place=name,
        found=f"{found.total} counted, {len(found.trials)} came",
        message="the registry counts another number of trials than its pages brought",
        remedy="Those that came are recorded; the next search asks again where some are missing.",
    )


# --- single trials -------------------------------------------------------------------------------------------------


def _followed(into: Gathered, session: Session, number: str) -> Trial | None:
    """The trial of this number; None, and named, where the registry has none or sends another."""
    place = f"{SOURCE} {number}"
    answer = session.get(f"/studies/{number}", {"format": "json"}, accept=(200, 400, 404))
    if answer.status != 200:
        message = f"the registry does not have this trial ({answer.status}: {plain_text(answer.text)[:120]})"
        remedy = "Check the number in studies, ongoing or ids; a trial can also have been withdrawn from the registry."
        into.left_out.append(Problem(place=place, found=number, message=message, remedy=remedy))
        return None
    into.inputs[place] = hashlib.sha256(answer.content).hexdigest()
    document = read_json(answer.json(), place)
    into.left_out += document.left_out
    if not document.trials and not document.left_out:
        message = "the registry's answer holds no trial"
        into.left_out.append(Problem(place=place, found=number, message=message, remedy="Run the update again later."))
    for trial in document.trials:
        if number in trial.numbers:
            return trial
        message = "the registry sent another trial than the one asked for, and nothing of it is taken"
        remedy = "Run the update again; if it stays so, look at the registry which number the trial has."
        into.left_out.append(Problem(place=place, found=trial.nct, message=message, remedy=remedy))
    return None
