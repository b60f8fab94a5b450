"""The line of every key, table and element of a TOML file, for any TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livereview.manifest.places import Path, line_of, lines_of

REVIEWS = sorted((FilePath(__file__).parents[3] / "reviews").glob("*.toml"))

SCALARS = (
    "1", "-0.5", "true", "inf", "1979-05-27", "1979-05-27 07:32:00", "07:32:00",
    '""', "''", '"[x]"', "'[[x]] # no'", '"a = \\"1\\" # \\\\"', "'\\'", '"}],"', "'{'",
    '"""one line"""', '""""quoted""""', '"""""two more"""""', "''''''",
    '"""\n[header]\nkey = 1 # no\n"""', "'''\n[[x]]\n\"\"\"\n'''", '"""a \\\n   b \\""" c = 2\n\n"""', "'''''\n\n'''''",
)  # fmt: skip
COMMENTS = ("", " # note", " # ] } , \"\"\" ''' [x] = { \\", " # \u2028 \x85 é")
ENDS = ("", "\n", "\n\n", " # note, ] }\n", "\n  # [a]\n")


class Writer:
    """Writes TOML piece by piece and notes the line of each path as it goes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.text, self.names = draw, "", 0
        self.lines: dict[Path, int] = {(): 1}

    def pick(self, options: tuple[Any, ...]) -> Any:
        return self.draw(st.sampled_from(options))

    def put(self, text: str) -> None:
        self.text += text

    def note(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def key(self) -> tuple[str, str]:
        """A key that was not used before: as written, and its name."""
        self.names += 1
        name = f"k{self.names}"
        written, plain = self.pick(
            (("{}", "{}"), ('"{}"', "{}"), ("'{}'", "{}"), ('"{} .[x]=#"', "{} .[x]=#"), ("'{}\"'", '{}"'),
             ('"{}\\u00e9\\"\\\\"', '{}é"\\'), ('"{}\\n"', "{}\n"), ("-{}_", "-{}_"))
        )  # fmt: skip
        return written.format(name), plain.format(name)

    def dotted(self, table: Path, pieces: int) -> Path:
        """A key of some pieces, each noted."""
        self.names += 1
        for index in range(pieces):
            written, name = self.key()
            if index:
                self.put(self.pick((".", " . ", ".\t")))
            table = (*table, name)
            self.note(table)
            self.put(written)
        return table

    def pair(self, table: Path, depth: int) -> None:
        path = self.dotted(table, self.pick((1, 1, 2, 3)))
        self.put(self.pick(("=", " = ", "\t=  ")))
        self.value(path, depth)

    def value(self, path: Path, depth: int) -> None:
        kind = self.pick(("scalar", "scalar", "array", "inline")) if depth else "scalar"
        if kind == "scalar":
            self.put(self.pick(SCALARS))
        elif kind == "array":
            self.put("[" + self.pick(ENDS))
            count = self.pick((0, 1, 2, 3))
            for index in range(count):
                self.put(self.pick(("", "  ")))
                self.note((*path, index))
                self.value((*path, index), depth - 1)
                self.put(self.pick(ENDS))
                self.put("," if index < count - 1 else self.pick(("", ",")))
                self.put(self.pick(ENDS))
            self.put("]")
        else:
            self.put("{ ")
            for index in range(self.pick((0, 1, 2))):
                self.put(", " if index else "")
                self.pair(path, depth - 1)
            self.put(" }")

    def pairs(self, table: Path) -> None:
        for _ in range(self.pick((0, 1, 2))):
            self.put(self.pick(("", "  ", "\n")))
            self.pair(table, 3)
            self.put(self.pick(COMMENTS) + "\n")

    def header(self, inside: Path, written: str, several: bool, index: int = 0) -> tuple[Path, str]:
        """A new [table], or the first of [[tables]], inside another; its path and its name as written."""
        piece, name = self.key()
        full = f"{written}.{piece}" if written else piece
        path = (*inside, name)
        self.put(self.pick(("", " ", "\n\n")))
        self.note(path)
        self.again(full, several)
        return path, full

    def again(self, full: str, several: bool) -> None:
        left, right = ("[[", "]]") if several else ("[", "]")
        self.put(f"{left}{self.pick(('', ' '))}{full}{self.pick(('', ' '))}{right}{self.pick(COMMENTS)}\n")

    def section(self, inside: Path, written: str, depth: int) -> None:
        several = self.pick((True, False))
        path, full = self.header(inside, written, several)
        if not several:
            self.body(path, full, depth)
            return
        self.lines[(*path, 0)] = self.lines[path]
        self.body((*path, 0), full, depth)
        for index in range(1, self.pick((1, 2, 3))):
            self.note((*path, index))
            self.again(full, several=True)
            self.body((*path, index), full, depth)

    def body(self, path: Path, full: str, depth: int) -> None:
        self.pairs(path)
        for _ in range(self.pick((0, 1, 2)) if depth else 0):
            self.section(path, full, depth - 1)

    def document(self) -> None:
        self.pairs(())
        for _ in range(self.pick((0, 1, 2, 3))):
            self.section((), "", 2)


@st.composite
def documents(draw: st.DrawFn) -> Writer:
    writer = Writer(draw)
    writer.document()
    return writer


def paths_in(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every table, key and element of parsed TOML."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths_in(item, (*path, key))


@settings(max_examples=300)
@given(written=documents())
def test_every_path_of_any_toml_has_the_line_where_it_was_written(written: Writer) -> None:
    assert set(paths_in(tomllib.loads(written.text))) == set(written.lines)
    assert lines_of(written.text) == written.lines


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.stem)
def test_every_path_of_the_real_manifests_has_a_line_that_holds_its_key(path: FilePath) -> None:
    text = path.read_text(encoding="utf-8")
    lines, found = text.split("\n"), lines_of(text)
    assert set(found) == set(paths_in(tomllib.loads(text)))
    keys = {place: line for place, line in found.items() if place and isinstance(place[-1], str)}
    assert len(keys) > 100
    assert all(str(place[-1]) in lines[line - 1] for place, line in keys.items())


EXAMPLE = """\
# [review]
[review]
id = "x"
notes = [
    "a, # ]",
    "b", # ["c",
]
[review . question]
"population" = 1

[[outcomes]]
sensitivity = [
    { title = "a", model = { name = "b",
      tau2 = [ 1,
        2 ] } },

    { title = "c" },
]
[outcomes.model]
name = "m"
[[outcomes]]
x.y.z = 1
x.y.w = 2
[[outcomes.filters]]
[outcomes.filters.deep]
[a.b.c]
[a]
""".replace('"b",\n      tau2', '"b", tau2')


def test_the_lines_of_one_example() -> None:
    found = lines_of(EXAMPLE)
    expected = {
        ("review",): 2,
        ("review", "notes", 0): 5,
        ("review", "notes", 1): 6,
        ("review", "question"): 8,
        ("review", "question", "population"): 9,
        ("outcomes",): 11,
        ("outcomes", 0): 11,
        ("outcomes", 0, "sensitivity", 0, "model", "tau2"): 13,
        ("outcomes", 0, "sensitivity", 0, "model", "tau2", 1): 14,
        ("outcomes", 0, "sensitivity", 1, "title"): 16,
        ("outcomes", 0, "model"): 18,
        ("outcomes", 0, "model", "name"): 19,
        ("outcomes", 1): 20,
        ("outcomes", 1, "x", "y"): 21,
        ("outcomes", 1, "x", "y", "w"): 22,
        ("outcomes", 1, "filters", 0, "deep"): 24,
        ("a", "b"): 25,
        ("a",): 26,
    }
    assert {path: found[path] for path in expected} == expected


def test_a_path_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    found = lines_of(EXAMPLE)
    assert line_of(found, ("outcomes", 1, "measure", "name")) == 20
    assert line_of(found, ("nowhere", 3)) == 1
