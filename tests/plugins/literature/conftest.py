"""A request for each of the three sources, to the server that stands in for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from literature_servers import TODAY, Ask

from fake_sources import FakeServer
from livereview import Fetched, FetchRequest
from livereview.evidence.schema import TABLES
from livereview.network import Recorder
from livereview_literature import livereview_data_sources


@pytest.fixture
def ask(fake_server: FakeServer, recorder: Recorder, tmp_path: Path) -> Ask:
    """Ask a source of this package as the core does."""
    sources = {source.name: source for source in livereview_data_sources()}

    def fetched(name: str, known: Any = None, today: Any = TODAY, network: Any = None, **options: Any) -> Fetched:
        source = sources[name]
        request = FetchRequest(
            folder=tmp_path, tables=tuple(TABLES), review="blina", today=today, known=known or {},
            network=recorder if network is None else network,
        )  # fmt: skip
        return source.fetch(request, source.options(base_url=fake_server.base, **options))

    return fetched
