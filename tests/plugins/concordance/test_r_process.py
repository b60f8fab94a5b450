"""R is run with its data in files, for so long and no longer; what goes wrong is one message."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import numpy as np
import pytest
from concordance_requests import fake_rscript
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview_concordance.r_process import RFailed, RMissing, ran_script, rows_text, table_text

SCRIPT = Path("script.R")


def test_a_machine_without_r_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RMissing, match="Rscript is not on the PATH"):
        ran_script(SCRIPT, [])


def test_tables_arguments_and_results_are_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    body = "print(open(paths[1]).read()); open(paths[2], 'w').write(paths[3] + ' ' + os.path.dirname(paths[1]))"
    fake_rscript(tmp_path, monkeypatch, body)
    ran = ran_script(SCRIPT, ["a,b\n1,2\n"], arguments=["more"])
    argument, folder = ran.results.split(" ")
    assert (ran.printed.strip(), argument) == ("a,b\n1,2", "more")
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("sys.stderr.write('Loading\\nError in f(): no\\x1b[31m good\\n\\n'); sys.exit(1)",
         r"^R ended with exit code 1: Error in f\(\): no\[31m good$"),
        ("sys.exit(3)", "^R ended with exit code 3: it said nothing$"),
        ("print('hello')", "^R wrote no results: hello$"),
        ("pass", "^R wrote no results: it said nothing$"),
        ("sys.stderr.write('x' * 9999); sys.exit(1)", "^R ended with exit code 1: x{300}$"),
    ],
)  # fmt: skip
def test_a_failure_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, said: str) -> None:
    fake_rscript(tmp_path, monkeypatch, body)
    with pytest.raises(RFailed, match=said):
        ran_script(SCRIPT, [])


def test_a_program_that_cannot_be_started_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_rscript(tmp_path, monkeypatch, "")
    (tmp_path / "Rscript").write_bytes(b"\x00\x01\x02")
    with pytest.raises(RFailed, match="could not be started"):
        ran_script(SCRIPT, [])


def test_what_takes_too_long_is_ended_with_all_that_it_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    body = (
        f"child = os.fork()\nif not child:\n    time.sleep(3); open({str(told)!r}, 'w').write('still here')\n"
        "else:\n    time.sleep(60)"
    )
    fake_rscript(tmp_path, monkeypatch, body)
    started = time.monotonic()
    with pytest.raises(RFailed, match=r"R took longer than 1 seconds and was ended"):
        ran_script(SCRIPT, [], timeout=1)
    assert time.monotonic() - started < 2.5
    time.sleep(3)
    assert not told.exists()


@settings(max_examples=25)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=2, max_size=5))
def test_no_digit_of_a_number_is_lost_on_the_way(values: list[float]) -> None:
    text = table_text({"x": np.array(values), "n": np.arange(len(values))})
    read = list(csv.DictReader(io.StringIO(text)))
    assert [float(row["x"]) for row in read] == values
    assert [row["n"] for row in read] == [str(i) for i in range(len(values))]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.text("a\",;\n '", max_size=6), st.text(max_size=3)), max_size=4))
def test_texts_stay_in_their_cells(rows: list[tuple[str, str]]) -> None:
    rows = [(a, b.replace("\x00", "").replace("\r", "")) for a, b in rows]
    text = rows_text(("a", "b"), rows)
    assert [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))][1:] == rows
