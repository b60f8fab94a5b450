"""A source that asks servers is tried on the answers of its example, and may not ask past its request."""

from __future__ import annotations

import hashlib
import json
import socket
from dataclasses import replace
from typing import Any

from livereview import DataSource, Fetched, FetchRequest, PluginError, RawTable, SourceExample
from livereview.testing import conforms, run

EXAMPLE = SourceExample(answers={
    "studies?page=1": json.dumps({"ids": ["adler-1999"], "more": True}),
    "studies?page=2": json.dumps({"ids": ["brandt-2003"], "more": False}),
})  # fmt: skip


def fetch(request: FetchRequest, options: Any) -> Fetched:
    """Two pages of ids."""
    assert request.network is not None
    session = request.network.session("https://registry.example", per_second=1)
    rows: list[tuple[str, str]] = []
    inputs, page, more = {}, 1, True
    while more:
        answer = session.get("studies", {"page": str(page)})
        try:
            content = answer.json()
            rows += [(name, name.title()) for name in content["ids"]]
            more = content["more"]
        except (ValueError, KeyError, TypeError) as error:
            raise PluginError(f"page {page} is not what the registry sends: {error}") from None
        inputs[f"page {page}"] = hashlib.sha256(answer.content).hexdigest()
        page += 1
    table = RawTable(table="studies", place="Registry", columns=("study_id", "label"), rows=tuple(rows),
                     row_numbers=tuple(range(1, len(rows) + 1)))  # fmt: skip
    return Fetched(tables=(table,), inputs=inputs)


REGISTRY = DataSource(name="registry", summary="Two pages.", fetch=fetch, networked=True, example=EXAMPLE)


def test_pages_are_answered_from_the_example() -> None:
    conforms(REGISTRY)


def test_a_source_that_connects_by_itself_is_told() -> None:
    def connects(request: FetchRequest, options: Any) -> Fetched:
        with socket.socket() as own:
            own.settimeout(0.01)
            own.connect_ex(("127.0.0.1", 9))
        return fetch(request, options)

    found = [item.check for item in run(replace(REGISTRY, fetch=connects)) if item.failed]
    assert found == ["nobody-asked"]
