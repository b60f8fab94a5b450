"""Files that are no manifest are refused with the reason; the same text is the same manifest on every system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from manifest_examples import REVIEW, manifest

from livereview.cli import Exit, main
from livereview.manifest.mistakes import ManifestError
from livereview.manifest.reading import LARGEST, ManifestFile, read, read_toml, review_id
from livereview.plugins import Plugins

Reads = Callable[[str | bytes], ManifestFile]
Refuses = Callable[[str | bytes], list[str]]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_an_empty_file_says_how_to_begin(text: str, refuses: Refuses) -> None:
    (message,) = refuses(text)
    assert message.startswith("1: the file says nothing; a manifest needs [review]")
    assert "`livereview new`" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[review]\nid = os\n", "2: not valid TOML: Invalid value."),
        ("[review]\n\nid 5\n", "3: not valid TOML: Expected '=' after a key in a key/value pair."),
        ("[review]\nid = 1\nid = 2\n", "3: not valid TOML: Cannot overwrite a value."),
        ("[a.b]\nx = 1\n\n[a.b]\n", "4: not valid TOML: Cannot declare [a.b] twice."),
        ("[review]\n[review]\n", "2: not valid TOML: Cannot declare [review] twice."),
        ('# one\n\nx = """never closed\n\n\n', "3: not valid TOML: Unterminated string."),
        ("x = [\n  1,\n", "2: not valid TOML: Invalid value."),
        ("x = 'a\x01'\n", "1: not valid TOML: Found invalid character '\\x01'."),
    ],
)
def test_what_is_not_toml_is_refused_with_the_line(text: str, says: str, refuses: Refuses) -> None:
    assert refuses(text) == [says]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[review]\nid = 'a'\ntitle = 'caf\xe9'\n", "3: byte 30 is not UTF-8; save the file as UTF-8."),
        ("[review]".encode("utf-16"), "1: byte 0 is not UTF-8; save the file as UTF-8."),
    ],
)
def test_another_encoding_is_refused_with_the_place(content: bytes, says: str, refuses: Refuses) -> None:
    assert refuses(content) == [says]


def test_a_folder_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r": this is a folder; name a manifest \(\.toml\) in it\.$"):
        read_toml(tmp_path)


def test_a_missing_file_is_refused_with_a_near_name(tmp_path: Path) -> None:
    (tmp_path / "blina_rr.toml").touch()
    with pytest.raises(ManifestError, match=r'blina-r\.toml: there is no such file\. Did you mean "blina_rr\.toml"\?$'):
        read_toml(tmp_path / "blina-r.toml")
    with pytest.raises(ManifestError, match=r"x\.toml: there is no such file\.$"):
        read_toml(tmp_path / "no folder" / "x.toml")


@pytest.mark.parametrize("size", [LARGEST + 1, 50 * LARGEST])
def test_a_huge_file_is_refused_unread(size: int, tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(size)
    with pytest.raises(ManifestError, match="more than 2,000,000 bytes, far more than any manifest"):
        read_toml(path)


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(ManifestError, match="far more than any manifest"):
        read_toml(Path("/dev/zero"))


@pytest.mark.parametrize(
    "text",
    [
        f"x = {'[' * 5000}{']' * 5000}\n",
        manifest(end="note = " + "{a=" * 150 + "1" + "}" * 150),
        "a" + ".a" * 900 + "=1",
    ],
    ids=["too deep for TOML", "deep in a value", "deep in a key"],
)
def test_tables_in_tables_without_end_are_refused(text: str, refuses: Refuses, tmp_path: Path) -> None:
    assert refuses_any(text, tmp_path)


def refuses_any(text: str, folder: Path) -> bool:
    path = folder / "deep.toml"
    path.write_text(text, encoding="utf-8")
    return main(["check", str(path)]) == Exit.NOT_STARTED


def test_line_ends_and_a_byte_order_mark_change_nothing(reads: Reads, refuses: Refuses) -> None:
    text = manifest(end='note = """one\ntwo"""\n')
    unix = reads(text)
    windows = reads(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert windows.manifest == unix.manifest
    assert windows.sha256 == unix.sha256
    assert windows.places == unix.places
    wrong = manifest(end='note = """one\ntwo"""\nlevel = 2\n').replace("\n", "\r\n")
    assert refuses(wrong) == ["12: outcomes[0].level: found 2 (integer); less than 1 is needed."]


def test_any_change_of_the_text_changes_the_hash(reads: Reads) -> None:
    assert reads(manifest()).sha256 != reads(manifest() + "# a comment\n").sha256


def test_paths_start_at_the_folder_of_the_manifest(reads: Reads, tmp_path: Path) -> None:
    assert reads(manifest()).folder == tmp_path


def test_the_command_line_exits_with_2_for_each_of_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.toml").touch()
    (tmp_path / "not.toml").write_text("[", encoding="utf-8")
    (tmp_path / "latin.toml").write_bytes(b"\xe9")
    for name in ("empty.toml", "not.toml", "latin.toml", "missing.toml"):
        assert main(["check", str(tmp_path / name)]) == Exit.NOT_STARTED
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert told[0].startswith(str(tmp_path / name))


def test_the_id_is_found_without_checking_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    path.write_text(f"[review]\n{REVIEW}[outcomes]\nwrong = 1\n", encoding="utf-8")
    assert review_id(path) == "demo"


@pytest.mark.parametrize(
    "text", ["x = 1", "review = 5", "[review]\nid = 5", '[review]\nid = "../x"', "[review]\nx = 1"]
)
def test_a_review_without_a_usable_id_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=r":[12]: review\.id: a lower-case id is required\.$"):
        review_id(path)


def test_a_file_name_cannot_act_on_the_terminal(tmp_path: Path, plugins: Plugins) -> None:
    path = tmp_path / "a\x1b[31m.toml"
    for text in ("", "[", "x = 1", "\x00"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ManifestError) as caught:
            read(path, plugins)
        assert all(message.isprintable() for message in caught.value.messages)
