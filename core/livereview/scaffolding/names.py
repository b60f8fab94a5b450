"""What a new plugin and its package are called, and whether the name is free."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from livereview.further import FurtherAnalysis
from livereview.manifest.models import SERIES
from livereview.manifest.words import printable
from livereview.plugins import Plugins
from livereview.scaffolding.kinds import Kind
from livereview.types import EffectMeasure

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: Characters; a longer name would not fit into the columns of reports.
LONGEST = 40
PREFIX = "livereview-"


@dataclass(frozen=True, kw_only=True)
class Named:
    """A new plugin by all its names."""

    name: str
    """Kebab-case, as manifests say it."""

    @property
    def code(self) -> str:
        """What a measure of this name is called."""
        return self.name.upper()

    @property
    def distribution(self) -> str:
        """What pip installs, and the folder."""
        return PREFIX + self.name

    @property
    def module(self) -> str:
        """What Python imports."""
        return self.distribution.replace("-", "_")

    @property
    def title(self) -> str:
        """As sheets and reports print it."""
        return self.name.replace("-", " ").capitalize()

    def called(self, kind: Kind) -> str:
        """What manifests call the plugin."""
        return self.code if kind.descriptor is EffectMeasure else self.name


def name_mistakes(name: str) -> list[str]:
    """What is wrong with a name, with one that would be right."""
    shown = printable(name)
    if name.startswith(PREFIX) and _NAME.fullmatch(name.removeprefix(PREFIX)):
        return [f'The package of "{shown}" would be {PREFIX}{shown}: leave {PREFIX} away, e.g. {name[len(PREFIX) :]}.']
    if not _NAME.fullmatch(name):
        return [
            f'"{shown}" cannot be the name of a plugin: write lower-case letters, digits and single -, with a letter '
            f"first, e.g. {_proposal(name)}."
        ]
    if len(name) > LONGEST:
        return [f'"{shown}" has {len(name)} characters; at most {LONGEST} are allowed.']
    return []


def _proposal(name: str) -> str:
    """A name that would be allowed and is as near as can be."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    kebab = re.sub(r"[^a-z0-9]+", "-", plain).strip("-").removeprefix(PREFIX)[:LONGEST].strip("-")
    return kebab if _NAME.fullmatch(kebab) else f"my-{kebab}".strip("-") if kebab else "my-plugin"


def taken_mistakes(named: Named, kind: Kind, plugins: Plugins) -> list[str]:
    """Why a name is not free: an installed plugin, entry point, distribution or module has it already."""
    called = named.called(kind)
    found = plugins.find(kind.descriptor, called)
    if found is not None:
        return [f'There is {_a(kind.name)} "{called}" already, of {found.provider}: choose another name.']
    if kind.descriptor is FurtherAnalysis and called in SERIES:
        return [f'"{called}" is an analysis that livereview makes itself: choose another name.']
    providers = [line.provider for line in plugins.listed() if line.provider.entry_point == named.name]
    if providers:
        return [f'The entry point "{named.name}" is taken by {providers[0]}: choose another name.']
    installed = _version(named.distribution)
    if installed is not None:
        return [f"The distribution {named.distribution} {installed} is installed already: choose another name."]
    if find_spec(named.module) is not None:
        return [f"There is a module {named.module} already, which the new one would hide: choose another name."]
    return []


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
