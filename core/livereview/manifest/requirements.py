"""What a manifest requires to be installed: distributions with versions, as PEP 508 and PEP 440 write them.

It is looked at before anything else of a manifest, since an unknown plugin or option is what a missing version looks
like from inside. Where a distribution is there, whether its plugins load is another question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from livereview.manifest.mistakes import Mistake

if TYPE_CHECKING:
    from packaging.requirements import Requirement

KEY = "requires"
_EXAMPLE = 'write a distribution with versions, e.g. "livereview>=0.1"'


def requirement_mistakes(data: Mapping[str, Any]) -> list[Mistake]:
    """What is malformed, missing or of a wrong version, a mistake each; values of a wrong type are passed over."""
    return [
        Mistake(path=(KEY, index), message=message)
        for index, text in _written(data.get(KEY))
        if (message := _trouble(text))
    ]


def required_versions(requires: Iterable[str]) -> dict[str, str]:
    """The installed version of each distribution that is required, by its name as names are compared. The requirements
    are those of a manifest that was read, or names alone."""
    return {name: _installed(name) or "" for name in sorted({compared(_parsed(text).name) for text in requires})}


def compared(name: str) -> str:
    """The name of a distribution as names are compared: "Live_Review.uwls" is "live-review-uwls"."""
    from packaging.utils import canonicalize_name

    return str(canonicalize_name(name))


def _written(value: Any) -> list[tuple[int, str]]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [(index, item) for index, item in enumerate(listed) if isinstance(item, str)]


def _trouble(text: str) -> str:
    """What is wrong with one requirement, with wanted, found and remedy; empty where it is met."""
    from packaging.requirements import InvalidRequirement
    from packaging.version import InvalidVersion, Version

    try:
        requirement = _parsed(text)
    except InvalidRequirement as error:
        return f'found "{text}"; {_reason(error)}: {_EXAMPLE}.'
    beside = _beside_versions(requirement)
    if beside:
        return f'found "{text}"; {beside} has no meaning here: {_EXAMPLE}.'
    wanted = f"{requirement.name}{requirement.specifier}"
    remedy = f'Install it: pip install "{wanted}".'
    found = _installed(requirement.name)
    if found is None:
        return f"{wanted} is wanted; it is not installed. {remedy}"
    try:
        met = requirement.specifier.contains(Version(found), prereleases=True)
    except InvalidVersion:
        return f'{wanted} is wanted; found "{found}", which is no version that can be compared. {remedy}'
    return "" if met else f"{wanted} is wanted; found {found}. {remedy}"


def _parsed(text: str) -> Requirement:
    """A requirement; InvalidRequirement where it is none."""
    from packaging.requirements import Requirement

    return Requirement(text)


def _beside_versions(requirement: Requirement) -> str:
    """What a requirement says beside name and versions, of which a manifest has no use."""
    if requirement.url:
        return "an address"
    if requirement.extras:
        return "an extra in brackets"
    if requirement.marker:
        return "a condition behind ;"
    return "===" if any(item.operator == "===" for item in requirement.specifier) else ""


def _reason(error: Exception) -> str:
    """The first line of packaging's message, without the lines that draw where it is."""
    said = str(error).partition("\n")[0].rstrip(":. ")
    return said[:1].lower() + said[1:]


def _installed(name: str) -> str | None:
    """The version of an installed distribution; None where there is none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
