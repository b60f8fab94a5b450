"""What holds for every test: how long an example of random data takes depends on what else the machine does, and what
the commands keep for the next run is not kept in the home of the person who runs the tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import settings

pytest_plugins = ["fake_sources.fixtures"]

settings.register_profile("livereview", deadline=None)
settings.load_profile("livereview")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder for the whole session; LIVEREVIEW_CACHE wins over it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tests that were skipped, with the reason: a machine without a browser does not test pages, and says so."""
    reasons = Counter(
        str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ()) if report.longrepr
    )
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{number} skipped: {reason.removeprefix('Skipped: ')}")
