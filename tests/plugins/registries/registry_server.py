"""ClinicalTrials.gov on a socket of this machine: pages of a search, single studies, and the state of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from registry_documents import made_study

from fake_sources import FakeServer, json_page, plain
from livereview import Fetched, FetchRequest, Network
from livereview_registries.options import RegistryOptions
from livereview_registries.source import fetch

TODAY = date(2026, 3, 1)
VERSION = "2026-02-27T09:00:05"
QUERY = {"cond": "acute lymphoblastic leukemia", "intr": "blinatumomab"}


def page(*studies: Any, token: str | None = None, total: int | None = None) -> dict[str, Any]:
    """A page of a search; a study is a document, or the last digits of its number."""
    found: dict[str, Any] = {
        "studies": [each if isinstance(each, dict) else made_study(number(each)) for each in studies]
    }
    if total is not None:
        found["totalCount"] = total
    if token is not None:
        found["nextPageToken"] = token
    return found


def number(digits: int) -> str:
    """The number of a made study."""
    return f"NCT{digits:08d}"


def serve_version(server: FakeServer, *versions: str) -> None:
    """Answer ``/version``."""
    server.answer("/version", *(json_page({"apiVersion": "2.0.5", "dataTimestamp": v}) for v in versions or (VERSION,)))


def serve_pages(server: FakeServer, pages: Sequence[Mapping[str, Any]], *before: Any) -> None:
    """Answer a search: each page behind the token of the one before it. ``before`` come before the first page."""
    serve_version(server)
    server.answer("/studies", *before, json_page(pages[0]))
    for earlier, each in pairwise(pages):
        server.answer("/studies", json_page(each), query={"pageToken": earlier["nextPageToken"]})


def serve_study(server: FakeServer, asked: str, document: Any) -> None:
    """Answer the request for one study."""
    server.answer(f"/studies/{asked}", json_page(document))


def serve_no_study(server: FakeServer, asked: str) -> None:
    """Answer as the registry does where it has no such study."""
    server.answer(f"/studies/{asked}", plain(f"NCT number {asked} not found", 404))


def brought(
    server: FakeServer,
    network: Network,
    *,
    known: Mapping[str, Any] | None = None,
    today: date = TODAY,
    **options: Any,
) -> Fetched:
    """What the source brings from the server."""
    request = FetchRequest(
        folder=Path(), tables=(), review="blina", today=today, known=dict(known or {}), network=network
    )
    return fetch(request, RegistryOptions(base_url=server.base, **options))


def pages_asked(server: FakeServer) -> list[str | None]:
    """The tokens of the pages asked for, None for the first."""
    return [asked.query.get("pageToken") for asked in server.requests if asked.path == "/studies"]
