"""From a TOML file to a validated manifest: syntax, keys, types, plugins and their options, all mistakes at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from livereview.manifest.mentions import plugin_mistakes
from livereview.manifest.mistakes import ManifestError, Mistake, from_validation, nearest
from livereview.manifest.models import IDENTIFIER, Manifest
from livereview.manifest.places import Path, lines_of
from livereview.manifest.presets import expanded
from livereview.manifest.requirements import requirement_mistakes
from livereview.manifest.summary_rows import row_mistakes
from livereview.manifest.whole import whole_mistakes
from livereview.manifest.words import printable
from livereview.plugins import Plugins

#: Bytes; far more than any manifest.
LARGEST = 2_000_000
_SMALLEST = "a manifest needs [review], [review.question] and one [[outcomes]]; `livereview new` writes one"


@dataclass(frozen=True, kw_only=True)
class ManifestFile:
    """A manifest with the file it was read from."""

    path: FilePath
    manifest: Manifest
    sha256: str
    """Of the text with Unix line ends, so that it is the same on every system."""
    places: Mapping[Path, int]
    text: str = ""
    """As read, with Unix line ends."""

    @property
    def folder(self) -> FilePath:
        """Where relative paths start."""
        return self.path.parent

    def error(self, mistakes: list[Mistake]) -> ManifestError:
        """An error that shows the mistakes with their lines."""
        return _error(str(self.path), self.places, mistakes)


def read_toml(path: FilePath) -> tuple[dict[str, Any], str]:
    """The data and the text of a TOML file; ManifestError with line where it is not TOML."""
    name, text = printable(str(path)), _text(path)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(where[1]) if where else text.rstrip().count("\n") + 1
        raise ManifestError(printable(f"{name}:{line}: not valid TOML: {_plain(str(error))}.")) from None
    except RecursionError:
        raise ManifestError(f"{name}: arrays or tables stand in each other far deeper than in any manifest.") from None


def manifest_hash(path: FilePath) -> str:
    """The hash of a manifest, as ``ManifestFile`` has it, without reading what it says."""
    return _hash(_text(path))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _text(path: FilePath) -> str:
    """The text of a file with Unix line ends; ManifestError with line where it is not UTF-8."""
    content = _content(path)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        name = printable(str(path))
        raise ManifestError(f"{name}:{line}: byte {error.start} is not UTF-8; save the file as UTF-8.") from None


def _content(path: FilePath) -> bytes:
    """The bytes of a file; ManifestError that says why they cannot be read."""
    name = printable(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        near = nearest(path.name, (other.name for other in path.parent.glob("*.toml")))
        raise ManifestError(f"{name}: there is no such file.{printable(near)}") from None
    except IsADirectoryError:
        raise ManifestError(f"{name}: this is a folder; name a manifest (.toml) in it.") from None
    except OSError as error:
        raise ManifestError(f"{name}: cannot be read: {error.strerror}.") from None
    if len(content) > LARGEST:
        raise ManifestError(f"{name}: more than {LARGEST:,} bytes, far more than any manifest; is it the right file?")
    return content


def _plain(message: str) -> str:
    """A message of tomllib without its place, and with tables as TOML writes them."""
    message = re.sub(r" \(at .*\)$", "", message)
    return re.sub(r"\(('[^()]*'),?\)", lambda match: "[" + ".".join(re.findall(r"'([^']*)'", match[1])) + "]", message)


def review_id(path: FilePath) -> str:
    """The id of the review in a manifest, which names its history and report, without checking the rest."""
    data, text = read_toml(path)
    review = data.get("review")
    found = review.get("id") if isinstance(review, Mapping) else None
    if not isinstance(found, str) or not re.fullmatch(IDENTIFIER, found):
        mistake = Mistake(path=("review", "id"), message="a lower-case id is required.")
        raise _error(str(path), lines_of(text), [mistake])
    return found


def read(path: FilePath, plugins: Plugins) -> ManifestFile:
    """The manifest in a file, checked whole against its models and the plugins' options.

    Raises ManifestError with one message per mistake: file, line, key, what was found, what is allowed, nearest name.
    """
    data, text = read_toml(path)
    return _validated(path, data, text, plugins)


def read_again(path: FilePath, text: str, plugins: Plugins) -> ManifestFile:
    """The manifest that a file held when its text was this; checked like ``read``, and refused like it."""
    return _validated(path, tomllib.loads(text), text, plugins)


def _validated(path: FilePath, data: dict[str, Any], text: str, plugins: Plugins) -> ManifestFile:
    if not data:
        raise ManifestError(f"{printable(str(path))}:1: the file says nothing; {_SMALLEST}.")
    try:
        places, manifest = lines_of(text), None
        missing = requirement_mistakes(data)
        if missing:  # what is not installed explains what nobody supplies, so it is said first and alone
            raise _error(str(path), places, missing)
        mistakes = [*whole_mistakes(data), *plugin_mistakes(data, plugins)]
        try:
            manifest = Manifest.model_validate(data)
            if not mistakes:
                manifest, mistakes = expanded(manifest, plugins)
                mistakes += row_mistakes(manifest, plugins)
        except ValidationError as error:
            mistakes += from_validation(error, Manifest, data=data)
    except RecursionError:
        raise ManifestError(f"{path}: arrays or tables stand in each other far deeper than in any manifest.") from None
    if mistakes or manifest is None:
        raise _error(str(path), places, mistakes)
    return ManifestFile(path=path, manifest=manifest, sha256=_hash(text), places=places, text=text)


def _error(file: str, places: Mapping[Path, int], mistakes: list[Mistake]) -> ManifestError:
    """All mistakes in the order of the lines of the file, each once."""
    return ManifestError([text for _, text in sorted({mistake.placed(file, places) for mistake in mistakes})])
