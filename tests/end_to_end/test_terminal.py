"""What reaches the terminal: plain and whole in a pipe, in colour on a terminal, and never what evidence commands."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from review_folder import COMMAND, DEATH, ReviewFolder, environment, run_command, trial

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HOSTILE = (
    "[bold red]Evil[/] 2001\x1b[31m\x9b2J",
    '=HYPERLINK("http://evil","x")',
    "two\nlines\r\x07and a bell",
    "\u202ednammoc\u2066",
    "<script>alert(1)</script> | `code` [link](http://evil)",
)


def on_a_terminal(root: Path, *arguments: str, columns: int = 80) -> tuple[int, str]:
    """Exit code and everything that a command writes to a terminal of that width."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, *arguments], cwd=root, stdin=terminal, stdout=terminal, stderr=terminal,
        env=environment(TERM="xterm-256color", COLUMNS=str(columns)),
    )  # fmt: skip
    os.close(terminal)
    written = b""
    while True:
        try:
            piece = os.read(controller, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(controller)
    return process.wait(60), written.decode()


def test_a_terminal_shows_progress_and_a_table_in_bold(folder: ReviewFolder) -> None:
    code, text = on_a_terminal(folder.root, "update", "adults.toml", columns=120)
    assert code == 0
    assert "\x1b[1m" in text
    assert "rendering" in text
    assert "Drug against placebo in adults" in text
    assert "0.63" in text


def test_a_narrow_terminal_loses_no_number(folder: ReviewFolder) -> None:
    run_command(folder.root, "update", "adults.toml")
    plain = run_command(folder.root, "show", "adults.toml").out
    _, narrow = on_a_terminal(folder.root, "show", "adults.toml", columns=60)
    for number in re.findall(r"\d[\d.,]*", plain.splitlines()[2]):
        assert number in narrow


@pytest.mark.parametrize("width", ["20", "80", "300"])
def test_a_pipe_gets_plain_lines_whatever_the_width(updated: ReviewFolder, width: str) -> None:
    ran = run_command(updated.root, "update", "adults.toml", COLUMNS=width, TERM="xterm", FORCE_COLOR="1")
    assert ran.err == ""
    assert not CONTROL.search(ran.out)
    assert ran.out == run_command(updated.root, "update", "adults.toml").out
    assert "nothing was written." in ran.out


@pytest.mark.parametrize("lines", [1, 3])
def test_a_reader_who_stops_reading_stops_nothing(folder: ReviewFolder, lines: int) -> None:
    """``livereview update . | head -1``: no traceback, and both reviews are updated."""
    more = "".join(DEATH.replace('"death"\n', f'"death-{i}"\n', 1) for i in range(120))
    folder.manifest("adults", outcomes=more)
    script = f"set -o pipefail; {COMMAND} update . | head -{lines}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder.root, env=environment(), capture_output=True, timeout=60, check=False
    )
    assert done.stderr == b""
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == lines
    assert len(folder.records("adults")) == len(folder.records("children")) == 1


def test_stdout_and_stderr_may_both_be_gone(folder: ReviewFolder) -> None:
    script = f"{COMMAND} update . >&- 2>&-; echo $?"
    done = subprocess.run(["bash", "-c", script], cwd=folder.root, env=environment(), capture_output=True, check=False)
    assert done.stdout == b"0\n"
    assert len(folder.records()) == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_no_character_stops_the_output(folder: ReviewFolder, encoding: str) -> None:
    folder.row("studies", "adams-2001")["label"] = "Ådåms–Žižek 和 2001"
    folder.write_sheets()
    for arguments in (["update", "adults.toml"], ["show", "adults.toml", "--outcome", "death"]):
        done = subprocess.run(
            [COMMAND, *arguments], cwd=folder.root, env=environment(PYTHONIOENCODING=encoding, PYTHONUTF8="0"),
            capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b"")
        assert "0.63" in done.stdout.decode(encoding)
    as_json = run_command(folder.root, "show", "adults.toml", "--json", PYTHONIOENCODING=encoding)
    assert "Ådåms–Žižek 和 2001" in [study["label"] for study in as_json.data["studies"]]


# --- text from outside -------------------------------------------------------------------------------------------


@pytest.fixture
def hostile(folder: ReviewFolder) -> ReviewFolder:
    """A review whose labels, locators, notes and reasons try to command terminal, report and spreadsheet."""
    for number, text in enumerate(HOSTILE):
        rows = trial(f"evil-{number}", f"L {text}", "adult", 5, 50, 9, 51)
        for row in rows["results"]:
            row |= {"locator": f"T {text}", "note": f"N {text}"}
        for table, more in rows.items():
            folder.sheets[table] += more
    folder.manifest(
        "adults", more='[[eligibility.exclude]]\nstudy = "evil-1"\nreason = "R <b>\\u001b[31m| [x](http://evil)"'
    )
    return folder


def accepted(folder: ReviewFolder) -> bool:
    """Whether the sheets may hold this; control characters are refused by the source."""
    folder.write_sheets()
    ran = folder.run("check", "adults.toml")
    assert not CONTROL.search(ran.out + ran.err)
    return ran.code == 0


def test_control_characters_are_refused_with_their_row(hostile: ReviewFolder) -> None:
    assert not accepted(hostile)
    ran = hostile.run("check", "adults.toml")
    assert "extractions/studies.csv, row 7, column label" in ran.err


def test_text_that_a_sheet_may_hold_commands_nothing(hostile: ReviewFolder) -> None:
    for rows in hostile.sheets.values():
        for row in rows:
            for name, cell in row.items():
                row[name] = CONTROL.sub("", cell.replace("\n", " ")) if isinstance(cell, str) else cell
    assert accepted(hostile)
    ran = hostile.run("update", "adults.toml")
    assert (ran.code, ran.err) == (0, "")
    shown = hostile.run("show", "adults.toml", "--outcome", "death").out
    assert "L [bold red]Evil[/] 2001" in shown
    assert not CONTROL.search(ran.out + shown)
    report = hostile.report()
    assert "<script>" not in report
    assert "](http://evil)" not in report.replace("\\](", "").replace("\\[", "")
    assert not CONTROL.search(report)
    code, terminal = on_a_terminal(hostile.root, "show", "adults.toml", "--outcome", "death", columns=250)
    assert code == 0
    assert "[bold red]Evil[/]" in terminal
    assert "\x1b[31m" not in terminal


def test_no_control_character_of_a_store_reaches_terminal_or_json(folder: ReviewFolder) -> None:
    """Rows of a store may come from a source that let them through."""
    from livereview.evidence.rows import Row
    from livereview.evidence.store import Store

    for row in folder.sheets["studies"]:
        values = {name: value for name, value in row.items() if name in ("study_id", "design", "population", "year")}
        Store(folder.root / "evidence").add(
            [Row("studies", values | {"label": f"{row['label']} {HOSTILE[0]} {HOSTILE[3]}"})], source="elsewhere"
        )
    (folder.root / "extractions/studies.csv").unlink()
    assert folder.run("update", "adults.toml").code == 0
    for arguments in (["update", "adults.toml", "--json"], ["show", "adults.toml", "--outcome", "death"]):
        ran = folder.run(*arguments)
        assert "Evil" in ran.out
        assert not CONTROL.search(ran.out), arguments
    data = folder.run("show", "adults.toml", "--json").data
    assert data["studies"][0]["label"] == f"Adams 2001 {HOSTILE[0]} {HOSTILE[3]}"


def test_a_title_cannot_command_the_terminal(folder: ReviewFolder) -> None:
    path = folder.manifest("adults")
    path.write_text(path.read_text().replace("Drug against placebo", "\\u001b]0;owned\\u0007Drug"))
    for command in ("update", "show", "check", "history"):
        ran = folder.run(command, "adults.toml")
        assert ran.code == 0, ran.err
        assert not CONTROL.search(ran.out + ran.err)


def test_a_file_name_cannot_command_the_terminal(folder: ReviewFolder) -> None:
    for name in ("evil\x1b[31m.toml", "broken\x1b[2J.toml"):
        (folder.root / name).write_text((folder.root / "adults.toml").read_text() if "evil" in name else "[")
    (folder.root / "adults.toml").unlink()
    ran = folder.run("update", ".")
    assert ran.code == 2
    assert not CONTROL.search(ran.out + ran.err)
