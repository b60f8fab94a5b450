"""Databases that change while they are read: whatever moves, no record is there twice, and none is lost unsaid."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from literature_servers import TODAY, Biorxiv, EuropePmc, Pubmed, article, posting, result

from fake_sources import Request
from livereview import Answer, FetchRequest, Session
from livereview_literature.biorxiv import _Server
from livereview_literature.entrez import Entrez
from livereview_literature.europepmc import _Pages
from livereview_literature.options import EuropePmcOptions
from livereview_literature.preprints import posting_of

#: What happens after each page: a record moves from one place to another, or a new one enters at the front.
Moves = list[tuple[int, int, bool]]
moves = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24), st.booleans()), max_size=8)


class _Direct:
    """A session that asks a database without a network between."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def get(self, path: str, parameters: Any = (), *, fault: Any = lambda answer: None, **more: Any) -> Answer:
        found = self._answer(path, dict(parameters))
        answer = Answer(content=found, status=200, headers={}, url="")
        assert fault(answer) is None
        return answer

    post = get

    def note_version(self, version: str) -> None:
        """Nothing to keep."""


def session(answer: Any) -> Session:
    direct: Any = _Direct(answer)
    return direct  # type: ignore[no-any-return]


def moving(listed: list[Any], planned: Moves, new: Any) -> None:
    """Do the next of the moves that are planned."""
    if planned:
        start, end, enters = planned.pop(0)
        if enters:
            listed.insert(0, new(len(listed) + 100))
        elif listed:
            listed.insert(end % len(listed), listed.pop(start % len(listed)))


def asking() -> FetchRequest:
    return FetchRequest(folder=None, tables=(), today=TODAY)  # type: ignore[arg-type]


@settings(deadline=None, max_examples=40)
@given(moves)
def test_europe_pmc_may_move_as_it_likes(planned: Moves) -> None:
    left = list(planned)
    service = EuropePmc(
        records=[result(str(number)) for number in range(25)],
        between=lambda self: moving(self.records, left, lambda number: result(str(number))),
    )

    def answer(path: str, asked: dict[str, str]) -> bytes:
        return json.dumps(service.page(asked)).encode()

    pages = _Pages(session(answer), "x", EuropePmcOptions(query="x", page_size=7), asking())
    pages.read()
    if len(pages.results) < pages.hits:
        pages.read()
    have = {("MED", each["id"]) for each in service.records}
    assert set(pages.results) <= have
    # What is not there is told by the count, or entered after the last page had been read.
    assert len(pages.results) < pages.hits or len(have - set(pages.results)) <= 1


@settings(deadline=None, max_examples=40)
@given(moves)
def test_biorxiv_may_move_as_it_likes(planned: Moves) -> None:
    left = list(planned)
    service = Biorxiv(
        postings=[posting(f"10.1101/{number}") for number in range(25)],
        sizes={"details": 7, "pubs": 7},
        between=lambda self: moving(self.postings, left, lambda number: posting(f"10.1101/{number}")),
    )

    def answer(path: str, asked: dict[str, str]) -> bytes:
        request = Request(method="GET", path=f"/{path}", raw_path="", query={}, form={}, headers={}, at=0)
        return service.answer(request).content

    period = _Server(session(answer), "biorxiv", asking()).period("details", date(2026, 11, 1), posting_of)
    found = {each.doi for each in period.entries}
    have = {each["doi"] for each in service.postings}
    assert len(found) == len(period.entries) == period.came
    assert found <= have
    assert period.came < period.total or len(have - found) <= 1


@settings(deadline=None, max_examples=30)
@given(st.lists(st.dates(date(1950, 1, 1), date(2026, 11, 29)), min_size=0, max_size=60), st.integers(1, 20))
def test_pubmed_in_parts_brings_each_number_once(entered: list[date], most: int) -> None:
    pubmed = Pubmed()
    for number, day in enumerate(entered, 1):
        pubmed.put(str(number), article(str(number)), day)
    most = max(most, max((entered.count(day) for day in entered), default=1))
    with patch("livereview_literature.entrez.MOST", most):
        found = Entrez(session(lambda path, asked: json.dumps(pubmed.search(asked)).encode()), today=TODAY).search("x")
    assert sorted(found.pmids) == sorted(pubmed.records)
    assert found.count == len(entered)
