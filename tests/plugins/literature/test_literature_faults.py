"""Every fault of a server: what passes costs a second try, what lasts is told, and the next run finishes the job."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from literature_servers import Ask, Biorxiv, EuropePmc, Pubmed, article, posting, result, rows

from fake_sources import (
    FakeServer,
    Request,
    Response,
    cut_json,
    empty,
    gzipped,
    html,
    json_page,
    plain,
    reset,
    server_error,
    slow,
    too_many,
    truncated,
    unavailable_as_text,
    wrong_charset,
    xml_page,
)
from livereview import Fetched, PluginError

PASSING: dict[str, Response] = {
    "429": too_many(),
    "429 with Retry-After": too_many("2"),
    "500": server_error(),
    "503 as text": unavailable_as_text(),
    "503 in Europe PMC's words": plain("This API is temporarily unavailable due to maintenance.", 503),
    "504": server_error(504),
    "empty": empty(),
    "truncated": truncated(b'{"esearchresult": {"count": "0", "idlist": []}, "hitCount": 0}'),
    "cut JSON": cut_json(),
    "web page": html(),
    "connection reset": reset(),
}
TITLE = "Blinatumomab – für Kinder"


class _Service:
    """One database with three records, and how it is asked."""

    name: str
    options: dict[str, Any]
    path: str
    """Of the request that a test breaks."""
    ids: tuple[str, ...]

    def answer(self, asked: Request) -> Response:
        raise NotImplementedError

    def serve(self, server: FakeServer) -> None:
        raise NotImplementedError


class _Pubmed(_Service):
    name, options, path = "pubmed", {"query": "blinatumomab"}, "/esearch.fcgi"
    ids = ("pmid:1", "pmid:2", "pmid:3")

    def __init__(self) -> None:
        self.database = Pubmed()
        for number in "123":
            self.database.put(number, article(number, title=TITLE), date(2026, 11, 1))

    def serve(self, server: FakeServer) -> None:
        self.database.serve(server)

    def answer(self, asked: Request) -> Response:
        return json_page(self.database.search(asked.parameters))


class _Records(_Pubmed):
    """PubMed of which the records are broken."""

    path = "/efetch.fcgi"

    def answer(self, asked: Request) -> Response:
        return xml_page(self.database.fetch(asked.parameters))


class _EuropePmc(_Service):
    name, options, path = "europe-pmc", {"query": "blinatumomab", "page_size": 2}, "/search"
    ids = ("pmid:1", "pmid:2", "pmid:3")

    def __init__(self) -> None:
        self.database = EuropePmc(records=[result(number, title=TITLE) for number in "123"])

    def serve(self, server: FakeServer) -> None:
        self.database.serve(server)

    def answer(self, asked: Request) -> Response:
        return json_page(self.database.page(asked.parameters))


class _Biorxiv(_Service):
    name, options = "biorxiv", {"query": ("blinatumomab",), "since": date(2026, 11, 1)}
    path = "/details/biorxiv/2026-11-01/2026-11-29/0/json"
    ids = ("doi:10.1101/1", "doi:10.1101/2", "doi:10.1101/3")

    def __init__(self) -> None:
        self.database = Biorxiv(
            postings=[posting(f"10.1101/{number}", title=TITLE) for number in "123"], sizes={"details": 2, "pubs": 100}
        )

    def serve(self, server: FakeServer) -> None:
        paths = [
            f"/{listed}/biorxiv/2026-11-01/2026-11-29/{cursor}/json"
            for listed in ("details", "pubs")
            for cursor in (0, 2)
        ]
        self.database.serve(server, paths)

    def answer(self, asked: Request) -> Response:
        return self.database.answer(asked)


SERVICES: tuple[Callable[[], _Service], ...] = (_Pubmed, _Records, _EuropePmc, _Biorxiv)
each_service = pytest.mark.parametrize("made", SERVICES, ids=[each.__name__.lstrip("_") for each in SERVICES])  # type: ignore[attr-defined]


def complete(found: Fetched, service: _Service) -> None:
    """Every record is there once, with every letter of its title."""
    assert tuple(record["record_id"] for record in rows(found, "records")) == service.ids
    assert {record["title"] for record in rows(found, "records")} == {TITLE}
    assert len(rows(found, "searches")) == 1
    assert found.left_out == ()


@each_service
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_loses_nothing(fault: str, made: Any, ask: Ask, fake_server: FakeServer) -> None:
    service = made()
    service.serve(fake_server)
    fake_server.answer(service.path, PASSING[fault], service.answer)
    complete(ask(service.name, **service.options), service)


@each_service
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_lasts_is_told_and_the_next_run_finishes(
    fault: str, made: Any, ask: Ask, fake_server: FakeServer
) -> None:
    service = made()
    service.serve(fake_server)
    fake_server.answer(service.path, PASSING[fault])
    with pytest.raises(PluginError, match=r"127\.0\.0\.1"):
        ask(service.name, **service.options)
    fake_server.answer(service.path, service.answer)
    complete(ask(service.name, **service.options), service)


@each_service
@pytest.mark.parametrize("form", ["gzip", "wrong charset", "slow"])
def test_odd_but_whole_answers_are_read(form: str, made: Any, ask: Ask, fake_server: FakeServer) -> None:
    service = made()
    service.serve(fake_server)

    def odd(asked: Request) -> Response:
        right = service.answer(asked)
        kind = right.headers["Content-Type"]
        return {
            "gzip": lambda: gzipped(right.content, kind),
            "wrong charset": lambda: wrong_charset(right.content, kind.partition(";")[0]),
            "slow": lambda: slow(right.content, 0.05),
        }[form]()

    fake_server.answer(service.path, odd)
    complete(ask(service.name, **service.options), service)


@each_service
def test_a_second_run_on_one_day_brings_the_same(made: Any, ask: Ask, fake_server: FakeServer) -> None:
    service = made()
    service.serve(fake_server)
    first = ask(service.name, **service.options)
    known = {"searches": tuple(rows(first, "searches"))}
    second = ask(service.name, known, **service.options)
    assert [rows(second, name) for name in ("searches", "records")] == [
        rows(first, name) for name in ("searches", "records")
    ]


@each_service
def test_hostile_text_stays_text(made: Any, ask: Ask, fake_server: FakeServer) -> None:
    service = made()
    service.serve(fake_server)
    hostile = '=HYPERLINK("http://x") | ../../etc/passwd \\u0000 \\u202e <script>'

    def answer(asked: Request) -> Response:
        right = service.answer(asked)
        text = right.content.decode()
        for written in (TITLE, json.dumps(TITLE)[1:-1]):
            text = text.replace(written, hostile.replace("<", "&lt;").replace('"', "&quot;").replace("\\u0000", ""))
        return Response(content=text.encode(), status=200, headers=dict(right.headers))

    fake_server.answer(service.path, answer)
    found = rows(ask(service.name, **service.options), "records")
    assert len(found) == 3
    for record in found:
        title = str(record["title"])
        if title != TITLE:
            assert title.startswith('=HYPERLINK("http://x") | ../../etc/passwd')
            assert str(record["record_id"]) in service.ids
