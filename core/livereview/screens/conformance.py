"""What the command shows of checks of plugins: a line for each plugin, then every check that does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from livereview.console import paragraph, say, table

if TYPE_CHECKING:
    from livereview.checking_plugins import Conformance

_STATES = ("passed", "expected failure", "inapplicable", "failed")
_COLUMNS = ["kind", "name", "distribution", "version", "passed", "expected", "not asked", "failed"]


def conformance(results: Sequence[Conformance]) -> None:
    """How many checks each plugin passes; what fails, with its example; what is expected to, with the reason."""
    rows = [
        [result.kind, result.name, result.provider.distribution, result.provider.version]
        + [str(result.number(state)) for state in _STATES]
        for result in results
    ]
    table("", _COLUMNS, rows, right=range(4, 8))
    for title, state in (("Failed", "failed"), ("Expected to fail", "expected failure")):
        found = [(result, item) for result in results for item in result.outcomes if item.state == state]
        if not found:
            continue
        say()
        paragraph(f"{title}:", bold=True)
        for result, item in found:
            paragraph(f"{result.name}: {item.check}: {item.claim}", indent="  ")
            paragraph(item.message, indent="    ")
    if not any(result.failed for result in results):
        say()
        say("No check failed.")
