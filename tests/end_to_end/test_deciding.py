"""Screening at a real terminal: answers are safe at every moment, and what comes from outside commands nothing."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from review_folder import COMMAND, environment, hear_interrupts

from deciding_folder import DecidingFolder, count, record, report, search, study
from livereview.evidence.rows import Row
from livereview.ledger.proposals import proposal_of

_LONGEST = 60.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> DecidingFolder:
    found = DecidingFolder(tmp_path, monkeypatch, capsys)
    found.add(search(), *(record(name, title=f"[red]{name}[/] \x1b[31mX") for name in "abcd"))
    return found


class Terminal:
    """A command at a terminal, and what it has written so far."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self._controller, terminal = pty.openpty()
        self.process = subprocess.Popen(
            [COMMAND, *arguments], cwd=root, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
            env=environment(TERM="xterm-256color", COLUMNS="80"), preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(terminal)
        self.text = ""

    def until(self, text: str, times: int = 1) -> str:
        """Read until a text has come that many times, or until the command ends."""
        end = time.monotonic() + _LONGEST
        while self.text.count(text) < times and self._read(end):
            pass
        assert self.text.count(text) >= times, self.text
        return self.text

    def _read(self, end: float) -> bool:
        """Whether something more could be read before that moment."""
        ready, _, _ = select.select([self._controller], [], [], max(0.0, end - time.monotonic()))
        try:
            piece = os.read(self._controller, 65536) if ready else b""
        except OSError:  # the other end is closed
            piece = b""
        self.text += piece.decode("utf-8", "replace")
        return bool(piece)

    def type(self, *lines: str) -> None:
        for line in lines:
            os.write(self._controller, f"{line}\n".encode())

    def press(self, keys: bytes) -> None:
        os.write(self._controller, keys)

    def ended(self) -> int:
        """The exit code, when all has been read; TimeoutExpired if the command goes on."""
        end = time.monotonic() + _LONGEST
        while self._read(end):
            pass
        return self.process.wait(max(1.0, end - time.monotonic()))

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(_LONGEST)
        os.close(self._controller)


def _take_terminal() -> None:
    """Make the terminal the controlling one, so that Ctrl-C reaches the command."""
    import fcntl
    import termios

    hear_interrupts()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.fixture
def ada(folder: DecidingFolder) -> Iterator[Terminal]:
    terminal = Terminal(folder.root, "screen", "r.toml", "--person", "Ada")
    yield terminal
    terminal.close()


def test_a_person_screens_at_a_terminal(folder: DecidingFolder, ada: Terminal) -> None:
    ada.until("[?] help", 1)
    ada.type("i")
    ada.until("[?] help", 2)
    ada.type("e", "animals")
    ada.until("[?] help", 3)
    ada.type("q")
    assert ada.ended() == 0
    assert {name: said for (name, _, _), said in folder.decided().items()} == {"a": "include", "b": "exclude"}
    assert "[red]a[/]" in ada.text
    assert "\x1b[31m" not in ada.text
    assert "\x1b[1m" in ada.text  # titles are bold


def test_a_killed_session_loses_no_answer(folder: DecidingFolder, ada: Terminal) -> None:
    ada.until("[?] help", 1)
    ada.type("i")
    ada.until("[?] help", 2)
    ada.type("u")
    ada.until("[?] help", 3)
    ada.process.send_signal(signal.SIGKILL)
    ada.process.wait(_LONGEST)
    assert folder.decided() == {}
    ran = folder.screen("q", person="Ben")
    assert "2 rows of Ada left behind" in ran.err
    assert {name: said for (name, _, _), said in folder.decided().items()} == {"a": "include", "b": "unsure"}


def test_ctrl_c_records_what_was_answered(folder: DecidingFolder, ada: Terminal) -> None:
    ada.until("[?] help", 1)
    ada.type("i")
    ada.until("[?] help", 2)
    ada.press(b"\x03")
    assert ada.ended() == 130
    assert list(folder.decided().values()) == ["include"]
    assert "Traceback" not in ada.text


def test_ctrl_d_ends_a_session(folder: DecidingFolder, ada: Terminal) -> None:
    ada.until("[?] help", 1)
    ada.press(b"\x04")
    assert ada.ended() == 0
    assert folder.decided() == {}


def test_a_person_is_asked_for_their_name_at_a_terminal(folder: DecidingFolder) -> None:
    terminal = Terminal(folder.root, "screen", "r.toml")
    try:
        terminal.until("Your name")
        terminal.type("Ada")
        terminal.until("1 of 4")
        terminal.type("i")
        terminal.until("2 of 4")
        terminal.type("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()
    assert list(folder.decided()) == [("a", "title-abstract", "Ada")]


def test_two_people_screen_at_once(folder: DecidingFolder, ada: Terminal) -> None:
    ben = Terminal(folder.root, "screen", "r.toml", "--person", "Ben")
    try:
        for terminal in (ada, ben):
            terminal.until("[?] help", 1)
            terminal.type("i", "i", "i", "i")
        assert (ada.ended(), ben.ended()) == (0, 0)
    finally:
        ben.close()
    assert len(folder.decided()) == 8


def test_a_killed_examination_of_proposals_loses_no_answer(folder: DecidingFolder) -> None:
    folder.add(study(), report(), count("drug", 12, 100), count("placebo", 20, 98))
    rows = [count("drug", 13, 100), count("placebo", 21, 98)]
    folder.add(*(proposal_of(Row("results", row.values), "r", "Registry: outcome 1") for row in rows))
    terminal = Terminal(folder.root, "review-proposals", "r.toml", "--person", "Ada")
    try:
        terminal.until("[?] help", 1)
        terminal.type("a")
        terminal.until("[?] help", 2)
        terminal.process.send_signal(signal.SIGKILL)
        terminal.process.wait(_LONGEST)
    finally:
        terminal.close()
    assert folder.rows("acceptances") == []
    folder.run("review-proposals", "--person", "Ben", typed=["q"])
    [signed] = folder.rows("acceptances")
    assert (signed["person"], signed["decision"]) == ("Ada", "accept")
    assert {row["events"] for row in folder.rows("results") if row["arm"] == "drug"} == {13}


# --- other programs ------------------------------------------------------------------------------------------------


def test_records_go_to_rayyan_and_its_decisions_find_back(folder: DecidingFolder) -> None:
    """As Rayyan writes it: our notes are kept, its own are added."""
    assert folder.run("screen", "--to", "out.ris").code == 0
    text = (folder.root / "out.ris").read_bytes().decode()
    said = iter(
        (
            'RAYYAN-INCLUSION: {"Ana"=>"Included", "Ben"=>"Excluded"} | RAYYAN-EXCLUSION-REASONS: animals',
            'RAYYAN-INCLUSION: {"Ana"=>"Maybe"}',
        )
    )
    records = [f"{part}N1  - {next(said, '')}\r\nER  - " for part in text.split("ER  - ")[:-1]]
    (folder.root / "back.ris").write_bytes("".join(records).replace("N1  - \r\n", "").encode())
    ran = folder.run("screen", "--from", "back.ris", "--person", "Cleo")
    assert (ran.code, folder.decided()) == (
        0,
        {
            ("a", "title-abstract", "Ana"): "include",
            ("a", "title-abstract", "Ben"): "exclude",
            ("b", "title-abstract", "Ana"): "unsure",
        },
    ), ran
    again = folder.run("screen", "--from", "back.ris", "--person", "Cleo")
    assert "0 decisions recorded, 3 known before" in again.out


def test_exclusions_of_covidence_come_back_by_what_the_records_say(folder: DecidingFolder) -> None:
    folder.add(record("x", title="Drug in the elderly: a randomised trial", doi="10.1234/x", year=2024))
    (folder.root / "back.csv").write_text(
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,"
        "Covidence #,Study,Notes,Tags\n"
        'Drug in the elderly: a randomised trial,"E, E",,2024,,,,,,,10.1234/x,,#12,E 2024,'
        "Exclusion reason: Not an RCT; ,\n"
        'Quite another matter,"F, F",,2023,,,,,,,,,#13,F 2023,Exclusion reason: Wrong drug; ,\n'
    )
    ran = folder.run("screen", "--from", "back.csv", "--person", "Ada")
    assert ran.code == 1
    assert "Quite another matter" in ran.err
    [row] = folder.rows("decisions")
    assert (row["record_id"], row["stage"], row["person"], row["reason"]) == ("x", "full-text", "Ada", "Not an RCT")
