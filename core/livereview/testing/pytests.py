"""The kit in pytest: one test for each check. pytest is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from livereview.testing.running import checks, run
from livereview.types import Descriptor


def parametrize(*descriptors: Descriptor, expected: Mapping[str, str] | None = None, **given: Any) -> Any:
    """A mark that calls a test once for each check of the plugins, with the argument ``conformance``, to be called.

    >>> from livereview.testing import parametrize
    >>> @parametrize(MY_MODEL)  # doctest: +SKIP
    ... def test_my_model(conformance):
    ...     conformance()

    A claim that cannot be asked is a skipped test, an expected failure passes. ``expected``, ``options`` and
    ``example`` are those of ``run``.
    """
    import pytest

    calls = [
        pytest.param(partial(_conformance, descriptor, item.name, expected, given), id=f"{descriptor.name}-{item.name}")
        for descriptor in descriptors
        for item in checks(descriptor)
    ]
    return pytest.mark.parametrize("conformance", calls)


def _conformance(descriptor: Descriptor, name: str, expected: Mapping[str, str] | None, given: Any) -> None:
    """Run one check; AssertionError where it fails, a skip where it cannot be asked."""
    import pytest

    reasons = descriptor.expected_failures if expected is None else expected
    [outcome] = run(
        descriptor, {key: why for key, why in reasons.items() if key.partition(": ")[0] == name}, only=(name,), **given
    )
    if outcome.state == "inapplicable":
        pytest.skip(outcome.message)
    assert not outcome.failed, f"{outcome.claim}\n{outcome.message}"
