"""Sources are asked each on its own: servers only where somebody wants it, and again from what was kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence_rows import plugins_with
from fake_sources import FakeServer, cut_json, json_page
from livereview import DataSource, Fetched, FetchRequest, Options, Problem, RawTable, Reference, records_table
from livereview.changes import tables_of
from livereview.evidence.store import Store
from livereview.fetching import Asking, Brought, Occasion, brought
from livereview.ingest import Incoming, ingested, looked_through
from livereview.manifest.reading import ManifestFile, read
from livereview.network import Servers, kept_runs

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
MANIFEST = """
[review]
id = "toy"
title = "Toy"
question = {{ population = "p", intervention = "i" }}

[[sources]]
plugin = "registry"
base_url = "{base}"

[[sources]]
plugin = "typed"

[[outcomes]]
id = "cr"
title = "Complete remission"
result = "cr"
measure = "RR"
"""


class RegistryOptions(Options):
    base_url: str = "https://registry.example"
    word: str = "leukaemia"


asked_with: list[FetchRequest] = []


def from_registry(request: FetchRequest, options: RegistryOptions) -> Fetched:
    """A search of a made-up registry, one page for the day."""
    asked_with.append(request)
    assert request.network is not None
    session = request.network.session(options.base_url, per_second=10)
    day = request.today.isoformat()
    since = request.searched_through("Registry", options.word) or "ever"
    found = session.get("/search", {"word": options.word, "since": since, "until": day}).json()
    cells = (f"registry-{day}", "Registry", "register", options.word, day, "toy")
    columns = ("search_id", "source", "kind", "query", "searched_on", "review")
    search = RawTable(
        table="searches", place=f"Registry {day}", columns=columns, rows=(cells,), row_numbers=(1,), kind="ledger"
    )
    papers = [Reference(record_id=f"nct:{one}", title=f"Trial {one}", registry_ids=(one,)) for one in found["ids"]]
    return Fetched(tables=(search, records_table(papers, f"registry-{day}", f"Registry {day} records")))


def typed(request: FetchRequest, options: Options) -> Fetched:
    """A sheet, which knows nothing of the review."""
    asked_with.append(request)
    cells = (("brown-2021", "Brown 2021"),)
    table = RawTable(table="studies", place="s.csv", columns=("study_id", "label"), rows=cells, row_numbers=(2,))
    return Fetched(tables=(table,))


@pytest.fixture
def plugins() -> Any:
    asked_with.clear()
    return plugins_with(
        DataSource(
            name="registry", summary="A registry.", options=RegistryOptions, fetch=from_registry, networked=True
        ),
        DataSource(name="typed", summary="A sheet.", fetch=typed),
    )


@pytest.fixture
def review(tmp_path: Path, plugins: Any, fake_server: FakeServer, servers: Servers) -> Any:
    """A review of the made-up registry; called, it is brought up to date ``days`` later."""
    path = tmp_path / "toy.toml"
    store = Store(tmp_path / "evidence")

    def update(asking: Asking, days: int = 0, old: str = "", new: str = "") -> tuple[Brought, Incoming]:
        text = MANIFEST.format(base=fake_server.base)
        path.write_text(text.replace(old, new) if old else text)
        file: ManifestFile = read(path, plugins)
        current = store.evidence()
        now = NOW + timedelta(days=days)
        occasion = Occasion(asking=asking, store=store, current=current, now=now, servers=servers)
        found = brought(file, plugins, occasion=occasion)
        incoming = looked_through(found, current, tables_of(current), now.date())
        ingested(store, incoming, now)
        return found, incoming

    update.store = store  # type: ignore[attr-defined]
    return update


def records(review: Any) -> list[str]:
    return [row["record_id"] for row in review.store.evidence().rows("records")]


def test_no_server_is_asked_unless_somebody_wants_it(review: Any, fake_server: FakeServer) -> None:
    found, _ = review("off")
    assert fake_server.requests == []
    assert found.not_asked == ("registry",)
    assert found.sources == ("typed",)
    assert [row["study_id"] for row in review.store.evidence().rows("studies")] == ["brown-2021"]


def test_what_a_server_answers_enters_and_is_kept(review: Any, fake_server: FakeServer) -> None:
    fake_server.answer("/search", json_page({"ids": ["NCT00000001", "NCT00000002"]}))
    review("online")
    assert records(review) == ["nct:NCT00000001", "nct:NCT00000002"]
    (run,) = kept_runs(review.store.location)
    assert (run.asked.source, run.asked.review, run.asked.today) == ("registry", "toy", NOW.date())
    assert "base_url" not in run.asked.options


def test_a_later_search_asks_for_what_is_new_and_a_second_one_of_a_day_the_same(
    review: Any, fake_server: FakeServer
) -> None:
    fake_server.answer("/search", json_page({"ids": ["NCT00000001"]}))
    review("online")
    review("online", days=7)
    review("online", days=7)
    asked = [(request.query["since"], request.query["until"]) for request in fake_server.requests]
    assert asked == [("ever", "2026-11-29"), ("2026-11-29", "2026-12-06"), ("2026-11-29", "2026-12-06")]
    assert records(review) == ["nct:NCT00000001"]


def test_offline_every_run_that_was_kept_is_read_again_and_nobody_is_asked(
    review: Any, fake_server: FakeServer
) -> None:
    fake_server.answer("/search", json_page({"ids": ["NCT00000001"]}), json_page({"ids": ["NCT00000002"]}))
    review("online")
    review("online", days=7)
    asked, before = len(fake_server.requests), review.store.snapshot
    review("offline", days=30)
    assert len(fake_server.requests) == asked
    assert review.store.snapshot == before


def test_offline_a_store_without_its_rows_gets_them_back_from_the_answers(
    review: Any, fake_server: FakeServer, tmp_path: Path
) -> None:
    fake_server.answer("/search", json_page({"ids": ["NCT00000001"]}))
    review("online")
    for batch in (tmp_path / "evidence" / "batches").iterdir():
        batch.unlink()
    assert records(review) == []
    review("offline")
    assert records(review) == ["nct:NCT00000001"]


def test_offline_a_source_is_told_what_it_was_told_then(review: Any, fake_server: FakeServer) -> None:
    fake_server.answer("/search", json_page({"ids": []}))
    review("off")
    review("online", days=1)
    (told,) = [request.known for request in asked_with if request.network is not None]
    review("offline", days=9)
    again = asked_with[-2]
    assert (again.known, again.today.isoformat()) == (told, "2026-11-30")
    assert [row["study_id"] for row in again.known["studies"]] == ["brown-2021"]


def test_offline_a_question_that_was_never_asked_is_told(review: Any, fake_server: FakeServer) -> None:
    fake_server.answer("/search", json_page({"ids": []}))
    review("online")
    found, _ = review("offline", old='plugin = "registry"', new='plugin = "registry"\nword = "lymphoma"')
    assert found.notes == (
        "registry: nothing was kept of this question; it was never asked online, or its options changed.",
    )


def test_a_server_that_fails_takes_no_other_source_down_and_the_next_run_finishes(
    review: Any, fake_server: FakeServer
) -> None:
    fake_server.answer("/search", cut_json(b'{"ids": ["NCT00000001"]}'), json_page({"ids": ["NCT00000001"]}))
    found, _ = review("online")
    assert found.failures == ()  # asked again at once
    fake_server.answer("/search", json_page({"error": "no"}, status=403))
    found, _ = review("online", days=1)
    (failure,) = found.failures
    assert failure.section == "source registry"
    assert "403" in failure.message
    assert found.sources == ("typed",)
    assert len(kept_runs(review.store.location)) == 1


def test_only_a_source_that_says_so_is_told_of_the_review_and_the_evidence(
    review: Any, fake_server: FakeServer
) -> None:
    fake_server.answer("/search", json_page({"ids": []}))
    review("online")
    review("online", days=1)
    registry, sheet = asked_with[-2:]
    assert (registry.review, sheet.review) == ("toy", "")
    assert registry.known["studies"][0]["label"] == "Brown 2021"
    assert [row["source"] for row in registry.known["searches"]] == ["Registry"]
    assert sheet.known == {}
    assert sheet.network is None


def test_what_a_source_could_not_use_is_told_and_the_first_twenty_are_named() -> None:
    problems = tuple(Problem(place=f"NCT{n}", message="m", remedy="r.") for n in range(25))
    incoming = Incoming(checked=None, problems=(), left_out=problems)  # type: ignore[arg-type]
    assert len(incoming.warnings) == 21
    assert incoming.warnings[0] == "left out: NCT0: m. r."
    assert incoming.warnings[-1] == "left out: 5 more; --json names them all."
