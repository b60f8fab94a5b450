"""Answers are safe when they are given, whoever gives them and whatever comes after."""

from __future__ import annotations

from pathlib import Path

import pytest

from livereview.deciding.journal import FOLDER, Busy, Journal, left_behind
from livereview.errors import ExpectedError


def opened(root: Path, person: str = "Ada") -> Journal:
    return Journal(root, "r", "screening", person)


def test_answers_are_there_when_the_session_was_never_closed(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.put({"record_id": "a", "reason": "Größe\n½"})
    first.put({"record_id": "b"})
    content = first.path.read_bytes()
    first.close()  # as the system does when the process is killed
    assert content.count(b"\n") == 3
    assert opened(tmp_path).entries == [{"record_id": "a", "reason": "Größe\n½"}, {"record_id": "b"}]


def test_an_answer_that_was_cut_off_is_dropped_and_the_others_stay(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.put({"record_id": "a"})
    first.close()
    with first.path.open("ab") as file:
        file.write(b'{"record_id": "b", "dec')
    again = opened(tmp_path)
    assert again.entries == [{"record_id": "a"}]
    again.put({"record_id": "c"})
    again.close()
    assert opened(tmp_path).entries == [{"record_id": "a"}, {"record_id": "c"}]


def test_a_line_that_is_no_answer_is_named_and_nothing_is_deleted(tmp_path: Path) -> None:
    first = opened(tmp_path)
    first.put({"record_id": "a"})
    first.close()
    with first.path.open("ab") as file:
        file.write(b"not an answer\n{}\n")
    before = first.path.read_bytes()
    with pytest.raises(ExpectedError, match="line 3"):
        opened(tmp_path)
    assert first.path.read_bytes() == before


def test_a_header_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    first = opened(tmp_path)
    whole = first.path.read_bytes()
    first.close()
    first.path.write_bytes(whole[:10])
    again = opened(tmp_path)
    assert again.entries == []
    assert again.path.read_bytes() == whole


def test_one_person_has_one_session_and_two_people_have_two(tmp_path: Path) -> None:
    ada = opened(tmp_path)
    with pytest.raises(Busy, match="another session"):
        opened(tmp_path)
    ben = opened(tmp_path, "Ben")
    assert ada.path != ben.path


@pytest.mark.parametrize("person", ["../../etc/passwd", "/abs", "a\x00b", "..", "ÄÖ", "x" * 500, "C:\\x", "-"])
def test_a_name_is_no_path(tmp_path: Path, person: str) -> None:
    journal = opened(tmp_path, person)
    journal.put({"record_id": "a"})
    assert journal.path.resolve().parent == (tmp_path / FOLDER / "r").resolve()
    assert len(journal.path.name) < 100


def test_two_names_with_the_same_letters_are_told_apart(tmp_path: Path) -> None:
    assert opened(tmp_path, "A B").path != opened(tmp_path, "a-b").path


def test_git_leaves_the_folder_out(tmp_path: Path) -> None:
    opened(tmp_path)
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"


def test_what_is_left_behind_is_found_but_not_what_a_session_holds(tmp_path: Path) -> None:
    held = opened(tmp_path, "Ben")
    held.put({"record_id": "b"})
    killed = opened(tmp_path, "Cleo")
    killed.put({"record_id": "c"})
    killed.close()
    found = [(journal.person, journal.entries) for journal in left_behind(tmp_path, "r")]
    assert found == [("Cleo", [{"record_id": "c"}])]
    held.close()


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    place = tmp_path / FOLDER / "r"
    place.mkdir(parents=True)
    (place / "x.jsonl").write_text("hello\n")
    with pytest.raises(ExpectedError, match="no journal"):
        list(left_behind(tmp_path, "r"))


def test_a_journal_that_was_recorded_is_gone(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.put({"record_id": "a"})
    journal.discard()
    assert list(left_behind(tmp_path, "r")) == []
    assert opened(tmp_path).entries == []


def test_a_folder_that_cannot_be_written_is_an_expected_error(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file")
    with pytest.raises(ExpectedError, match="answers cannot be kept"):
        opened(tmp_path)
