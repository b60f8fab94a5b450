"""Every source against every fault of a server: what passes costs another try, what lasts is told, and a second run
finishes the job; the ledger holds each record once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from registry_and_pubmed import Pubmed, Registry, article, trial

from fake_sources import (
    FakeServer,
    Request,
    Response,
    empty,
    gzipped,
    html,
    json_page,
    reset,
    server_error,
    slow,
    too_many,
    truncated,
    unavailable_as_text,
    wrong_charset,
)
from livereview.changes import tables_of
from livereview.evidence.store import Store
from livereview.fetching import Brought, Occasion, brought
from livereview.ingest import ingested, looked_through
from livereview.network import Servers
from livereview.places import opened

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def registry(server: FakeServer) -> None:
    numbers = [f"NCT0900000{number}" for number in range(1, 6)]
    Registry(found=[trial(number, f"Trial {number}") for number in numbers]).serve(server)


def pubmed(server: FakeServer) -> None:
    numbers = [str(9_000_000 + number) for number in range(5)]
    Pubmed(found=numbers, records={number: article(number, f"Paper {number}") for number in numbers}).serve(server)


def europe_pmc(server: FakeServer) -> None:
    def page(asked: Request) -> Response:
        start = (
            int(asked.parameters["cursorMark"].removeprefix("AoI") or 0) if asked.parameters["cursorMark"] != "*" else 0
        )
        found = [
            {
                "id": str(n),
                "source": "PPR",
                "title": f"Preprint {n}",
                "pubYear": "2026",
                "firstPublicationDate": "2026-11-20",
            }
            for n in range(start, min(start + 2, 5))
        ]
        more = {"nextCursorMark": f"AoI{start + 2}"} if start + 2 < 5 else {}
        return json_page({"version": "6.9", "hitCount": 5, **more, "request": {}, "resultList": {"result": found}})

    server.answer("/search", page)


def biorxiv(server: FakeServer) -> None:
    def page(asked: Request) -> Response:
        cursor = int(asked.path.split("/")[-2])
        each = [
            {
                "title": f"Leukaemia {n}", "authors": "Loe, A.", "doi": f"10.1101/2026.11.0{n}", "date": "2026-11-20",
                "version": "1", "type": "new results", "category": "hematology", "abstract": "x", "published": "NA",
                "server": "bioRxiv",
            }
            for n in range(1, 6)
        ]  # fmt: skip
        found = each[cursor : cursor + 2] if asked.path.startswith("/details") else []
        if not found:
            return json_page({"messages": [{"status": "no posts found"}], "collection": []})
        message = {"status": "ok", "cursor": cursor, "count": len(found), "total": "5"}
        return json_page({"messages": [message], "collection": found})

    for listed in ("details", "pubs"):
        for first in ("2026-11-01", "2026-10-29"):
            for cursor in range(6):
                server.answer(f"/{listed}/biorxiv/{first}/2026-11-29/{cursor}/json", page)


#: Manifest entry and the server that answers it; each has five records.
SOURCES: dict[str, tuple[str, Callable[[FakeServer], None]]] = {
    "clinicaltrials-gov": ('base_url = "{base}/api/v2"\nquery = {{ cond = "x" }}', registry),
    "pubmed": ('base_url = "{base}/eutils"\nquery = "x"', pubmed),
    "europe-pmc": ('base_url = "{base}"\nquery = "x"\npage_size = 2', europe_pmc),
    "biorxiv": ('base_url = "{base}"\nquery = ["leukaemia"]\nsince = "2026-11-01"', biorxiv),
}
MANIFEST = """
[review]
id = "a"
title = "A"
question = {{ population = "p", intervention = "i" }}

[[sources]]
plugin = "{plugin}"
per_second = 1
{options}

[[outcomes]]
id = "cr"
title = "CR"
result = "cr"
measure = "RR"
"""


def cut(content: bytes) -> Response:
    """Half of it, announced as the whole."""
    return json_page(content[: len(content) // 2])


#: What comes instead of an answer, made from it.
LASTING: dict[str, Callable[[Response], Response]] = {
    "429 without Retry-After": lambda good: too_many(),
    "429 with Retry-After": lambda good: too_many("1"),
    "500": lambda good: server_error(),
    "503 as text": lambda good: unavailable_as_text(),
    "empty 200": lambda good: empty(),
    "cut": lambda good: cut(good.content),
    "truncated": lambda good: truncated(good.content),
    "HTML for data": lambda good: html(),
    "connection reset": lambda good: reset(),
}
HARMLESS: dict[str, Callable[[Response], Response]] = {
    "gzip": lambda good: gzipped(good.content, good.headers["Content-Type"]),
    "wrong charset": lambda good: wrong_charset(good.content, good.headers["Content-Type"].partition(";")[0]),
    "slow": lambda good: replace(slow(good.content, 0.05), headers=good.headers),
}


class Asking:
    """A review of one source, and a server that can be made to fail."""

    def __init__(self, folder: Path, plugin: str, server: FakeServer, servers: Servers) -> None:
        options, serve = SOURCES[plugin]
        self.path, self.store, self._servers = folder / "a.toml", Store(folder / "evidence"), servers
        text = MANIFEST.format(plugin=plugin, options=options.format(base=server.base))
        self.path.write_text(text, encoding="utf-8")
        serve(server)
        self._good = server.answered
        self.fault: Callable[[int, Request, Response], Response] = lambda number, asked, good: good
        self._number = 0
        server.answered = self._answered  # type: ignore[method-assign]

    def _answered(self, asked: Request) -> Response:
        self._number += 1
        return self.fault(self._number, asked, self._good(asked))

    def run(self) -> Brought:
        self._number = 0
        file, plugins = opened(self.path)
        current = self.store.evidence()
        occasion = Occasion(asking="online", store=self.store, current=current, now=NOW, servers=self._servers)
        found = brought(file, plugins, occasion=occasion)
        ingested(self.store, looked_through(found, current, tables_of(current), NOW.date()), NOW)
        return found

    def records(self) -> list[str]:
        return [row["record_id"] for row in self.store.evidence().rows("records")]


@pytest.fixture(params=SOURCES)
def asking(request: Any, tmp_path: Path, fake_server: FakeServer, servers: Servers) -> Asking:
    return Asking(tmp_path, request.param, fake_server, servers)


@pytest.mark.parametrize("fault", [*LASTING, *HARMLESS])
def test_what_passes_costs_another_try(asking: Asking, fault: str) -> None:
    hit: set[tuple[str, str]] = set()

    def once(number: int, asked: Request, good: Response) -> Response:
        place = (asked.raw_path, str(sorted(asked.parameters.items())))
        if place in hit:
            return good
        hit.add(place)
        return {**LASTING, **HARMLESS}[fault](good)

    asking.fault = once
    assert asking.run().failures == ()
    assert len(asking.records()) == len(set(asking.records())) == 5
    before = asking.store.snapshot
    asking.run()
    assert asking.store.snapshot == before


@pytest.mark.parametrize("fault", LASTING)
def test_what_lasts_is_told_and_a_second_run_finishes_the_job(asking: Asking, fault: str) -> None:
    asking.fault = lambda number, asked, good: good if number < 3 else LASTING[fault](good)
    (failure,) = asking.run().failures
    assert re.search(r"127\.0\.0\.1|localhost", failure.message)
    assert asking.records() == []
    asking.fault = lambda number, asked, good: good
    assert asking.run().failures == ()
    assert len(asking.records()) == len(set(asking.records())) == 5
    before = asking.store.snapshot
    asking.run()
    assert asking.store.snapshot == before
