"""From a TOML file to a validated manifest: syntax, keys, types, plugins and their options, all mistakes at once."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from livereview.manifest.mistakes import ManifestError, Mistake, among, from_validation, nearest
from livereview.manifest.models import IDENTIFIER, Manifest, resolved
from livereview.manifest.places import Path, line_of, lines_of
from livereview.plugins import Plugins
from livereview.report import Renderer
from livereview.types import BiasTest, DataSource, Descriptor, EffectMeasure, EffectModel

LARGEST = 2_000_000


@dataclass(frozen=True, kw_only=True)
class ManifestFile:
    """A manifest with the file it was read from."""

    path: FilePath
    manifest: Manifest
    sha256: str
    places: dict[Path, int]

    @property
    def folder(self) -> FilePath:
        return self.path.parent

    def error(self, mistakes: list[Mistake]) -> ManifestError:
        """An error that shows the mistakes with their lines."""
        return _error(str(self.path), self.places, mistakes)


def read_toml(path: FilePath) -> tuple[dict[str, Any], str]:
    """The data and the text of a TOML file; ManifestError with line where it is not TOML."""
    try:
        if path.stat().st_size > LARGEST:
            raise ManifestError(f"{path}: {path.stat().st_size:,} bytes is far more than any manifest; is it the file?")
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        near = nearest(path.name, (other.name for other in path.parent.glob("*.toml")))
        raise ManifestError(f"{path}: there is no such file.{near}") from None
    except IsADirectoryError:
        raise ManifestError(f"{path}: this is a folder; name a manifest (.toml) in it.") from None
    except UnicodeDecodeError as error:
        raise ManifestError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8.") from None
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read: {error.strerror}.") from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = where[1] if where else str(len(text.splitlines()))
        message = re.sub(r" \(at .*\)$", "", str(error))
        raise ManifestError(f"{path}:{line}: not valid TOML: {message}.") from None


def review_id(path: FilePath) -> str:
    """The id of the review in a manifest, which names its history and report, without checking the rest."""
    data, text = read_toml(path)
    review = data.get("review")
    found = review.get("id") if isinstance(review, Mapping) else None
    if not isinstance(found, str) or not re.fullmatch(IDENTIFIER, found):
        raise _error(
            str(path), lines_of(text), [Mistake(path=("review", "id"), message="a lower-case id is required.")]
        )
    return found


def read(path: FilePath, plugins: Plugins) -> ManifestFile:
    """The manifest in a file, checked whole against its models and the plugins' options.

    Raises ManifestError with one message per mistake: file, line, key, what was found, what is allowed, nearest name.
    """
    data, text = read_toml(path)
    places = lines_of(text)
    mistakes = plugin_mistakes(data, plugins)
    manifest = None
    try:
        manifest = Manifest.model_validate(data)
    except ValidationError as error:
        mistakes += from_validation(error, Manifest)
    if manifest is not None:
        mistakes += _whole_mistakes(manifest)
    if mistakes or manifest is None:
        raise _error(str(path), places, mistakes)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ManifestFile(path=path, manifest=manifest, sha256=digest, places=places)


def _error(file: str, places: dict[Path, int], mistakes: list[Mistake]) -> ManifestError:
    lines = {(line_of(places, mistake.path), mistake.text(file, line_of(places, mistake.path))) for mistake in mistakes}
    return ManifestError([text for _, text in sorted(lines)])


# --- plugins named in the manifest ---------------------------------------------------------------------------

_KINDS: Mapping[str, type[Descriptor]] = {"measure": EffectMeasure, "model": EffectModel}


def plugin_mistakes(data: Mapping[str, Any], plugins: Plugins) -> list[Mistake]:
    """Mistakes in the plugins that a manifest names and in their options; works on unvalidated data."""
    mistakes: list[Mistake] = []
    for path, kind, key, value in _named_plugins(data):
        name, options = (value, {}) if isinstance(value, str) else (value.get(key), dict(value))
        options.pop(key, None)
        if kind is BiasTest:
            options.pop("measure", None)
        if isinstance(name, str):
            mistakes += _plugin_mistakes(path, kind, name, options, plugins)
    return mistakes


def _plugin_mistakes(
    path: Path, kind: type[Descriptor], name: str, options: dict[str, Any], plugins: Plugins
) -> list[Mistake]:
    registered = plugins.find(kind, name)
    if registered is None:
        names = plugins.names(kind)
        message = f'no {kind.kind} is called "{name}".{nearest(name, names)} Available: {among(names)}.'
        missing = "; ".join(f"{line.name} ({line.state}: {line.reason})" for line in plugins.not_active())
        return [Mistake(path=path, message=message + (f" Not loaded: {missing}." if missing else ""))]
    model = registered.descriptor.options
    try:
        model.model_validate(options)
    except ValidationError as error:
        return from_validation(error, model, path)
    return []


def _named_plugins(data: Mapping[str, Any]) -> Iterator[tuple[Path, type[Descriptor], str, Any]]:
    """Every place where a manifest names a plugin: path, kind, key of the name, value."""
    for section, kind in (("sources", DataSource), ("renderers", Renderer)):
        for index, value in _elements(data.get(section)):
            yield (section, index), kind, "plugin", value
    yield from _in_analysis(("defaults",), data.get("defaults"))
    for index, outcome in _elements(data.get("outcomes")):
        yield from _in_analysis(("outcomes", index), outcome)


def _in_analysis(path: Path, part: Any) -> Iterator[tuple[Path, type[Descriptor], str, Any]]:
    if not isinstance(part, Mapping):
        return
    for key, kind in _KINDS.items():
        if isinstance(part.get(key), str | Mapping):
            yield (*path, key), kind, "name", part[key]
    bias = part.get("bias")
    for index, test in _elements(bias.get("tests") if isinstance(bias, Mapping) else None):
        yield (*path, "bias", "tests", index), BiasTest, "name", test
        if isinstance(test, Mapping) and isinstance(test.get("measure"), str | Mapping):
            yield (*path, "bias", "tests", index, "measure"), EffectMeasure, "name", test["measure"]
    for index, sensitivity in _elements(part.get("sensitivity")):
        yield from _in_analysis((*path, "sensitivity", index), sensitivity)


def _elements(value: Any) -> list[tuple[int, Any]]:
    """Index and value of the elements that are texts or tables; other types are reported by the models."""
    items = value if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(items) if isinstance(item, str | Mapping)]


# --- the manifest as a whole -----------------------------------------------------------------------------------


def _whole_mistakes(manifest: Manifest) -> list[Mistake]:
    """Mistakes that only the whole manifest shows: names used twice, an outcome without a measure, unknown ids."""
    mistakes: list[Mistake] = []
    ids = [outcome.id for outcome in manifest.outcomes]
    for index, outcome in enumerate(manifest.outcomes):
        if outcome.id in ids[:index]:
            first = ids.index(outcome.id)
            message = f'the id "{outcome.id}" is already used by outcomes[{first}]; give each outcome its own.'
            mistakes.append(Mistake(path=("outcomes", index, "id"), message=message))
        if resolved(outcome, manifest.defaults).measure is None:
            message = "no effect measure: give measure here or in [defaults]."
            mistakes.append(Mistake(path=("outcomes", index), message=message))
    for index, exclusion in enumerate(manifest.eligibility.exclude):
        for name in exclusion.outcomes:
            if name not in ids:
                path = ("eligibility", "exclude", index, "outcomes")
                mistakes.append(Mistake(path=path, message=f'no outcome has the id "{name}".{nearest(name, ids)}'))
    return mistakes
