"""A command of a page that runs in this process writes, and ends, as it does in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import by_bash, run


@pytest.mark.parametrize(
    "line",
    [
        "livereview check nowhere.toml",
        "livereview check nowhere.toml | tr a-z A-Z",
        "livereview check nowhere.toml 2>&1 >/dev/null | wc -l; livereview --version | cut -d, -f1",
        f"echo q > answers; livereview check {'long/' * 20} < answers | tail -1",
        f"livereview check {'long/' * 20} < /dev/null",
        'livereview --version > told || true; cat told; livereview check "no where.toml"; echo "exit code $?"',
    ],
)
def test_it_is_what_comes_from_a_process_of_its_own(line: str, tmp_path: Path) -> None:
    here, there = run(line, tmp_path, {"COLUMNS": "80"}), by_bash(line, tmp_path, {"COLUMNS": "80"})
    assert here == there
    assert here.text
