"""Running checks on a plugin: every outcome, with strict expected failures."""

from __future__ import annotations

import io
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, redirect_stdout
from typing import Any

from livereview.fitting import IMPOSSIBLE
from livereview.manifest.words import among, nearest
from livereview.testing.catalogue import checks_of, kind_of
from livereview.testing.check import Check, Inapplicable, Outcome, State, Subject, Violation
from livereview.testing.choices import alternatives, defaults
from livereview.types import Descriptor, PluginError

Progress = Callable[[str, int, int], None]


def checks(descriptor: Descriptor) -> list[Check]:
    """The checks of the kind of a descriptor, in the order in which they run."""
    return list(checks_of(kind_of(descriptor)))


def run(
    descriptor: Descriptor,
    expected: Mapping[str, str] | None = None,
    *,
    options: Mapping[str, Any] | None = None,
    example: Any = None,
    only: tuple[str, ...] = (),
    choices: bool = True,
    progress: Progress = lambda label, done, total: None,
) -> tuple[Outcome, ...]:
    """What every check says of a plugin.

    ``expected`` maps names of checks that do not hold to the reason; None = what the descriptor declares
    (``expected_failures``). A key is the name of a check, or ``NAME: OPTION = VALUE`` for one choice of an option. What
    is expected to fail and does not, fails. ``options`` are set in every run, ``example`` is what a kind needs to be
    tried (``SourceExample``), ``only`` names the checks to run; without ``choices`` only the defaults are tried.
    Raises ValueError for names that no check has.
    """
    given = checks(descriptor)
    reasons = dict(descriptor.expected_failures if expected is None else expected)
    _known([*(key.partition(": ")[0] for key in reasons), *only], given)
    chosen = [item for item in given if not only or item.name in only]
    tried = _Tried(descriptor, options or {}, example, choices)
    found = []
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # a plugin that writes files leaves none behind
        for number, item in enumerate(chosen):
            progress(f"{descriptor.name}: {item.name}", number, len(chosen))
            own = {key: why for key, why in reasons.items() if key.partition(": ")[0] == item.name}
            if not choices:
                own = {key: why for key, why in own.items() if ": " not in key}
            found.append(_outcome(item, tried.of(item), own))
    progress(descriptor.name, len(chosen), len(chosen))
    return tuple(found)


def conforms(descriptor: Descriptor, expected: Mapping[str, str] | None = None, **given: Any) -> None:
    """Raise AssertionError with every check that a plugin does not pass; arguments as of ``run``."""
    failed = [outcome for outcome in run(descriptor, expected, **given) if outcome.failed]
    if failed:
        lines = "\n".join(f"- {outcome.check}: {outcome.claim}\n  {outcome.message}" for outcome in failed)
        raise AssertionError(f"{descriptor.kind} {descriptor.name} does not conform:\n{lines}")


def _known(names: list[str], given: list[Check]) -> None:
    own = [item.name for item in given]
    unknown = [name for name in names if name not in own]
    if unknown:
        near = "".join(nearest(name, own) for name in unknown)
        raise ValueError(f"there is no check {among(unknown)}.{near} Checks: {among(own, 50)}")


def _outcome(
    item: Check,
    subjects: Iterator[Subject[Any]],
    reasons: Mapping[str, str],
) -> Outcome:
    """One check on the defaults and, where it is for every choice, on each of them: the first failure that nobody
    expected, else the expected ones, each of which must come."""
    met: dict[str, str] = {}

    def outcome(state: State, message: str = "") -> Outcome:
        return Outcome(check=item.name, claim=item.claim, state=state, message=message)

    try:
        for subject in subjects:
            said = _said(item, subject)
            if said is None:
                continue
            own = f"{item.name}: {subject.choice}"
            key = next((name for name in (own, item.name) if name in reasons), None)
            if key is None:
                return outcome("failed", f"with {subject.choice}: {said}" if subject.choice else said)
            met[key] = reasons[key]
    except Inapplicable as error:
        if not reasons:
            return outcome("inapplicable", str(error))
        return outcome("failed", f"it is expected to fail ({among(reasons)}), and cannot be asked: {error}")
    unmet = [name for name in reasons if name not in met]
    if unmet:
        return outcome("failed", f"{among(unmet)} is expected to fail ({reasons[unmet[0]]}), and passes: "
                                 "take it from the expected failures")  # fmt: skip
    return outcome("expected failure", "; ".join(dict.fromkeys(met.values()))) if met else outcome("passed")


class _Tried:
    """The subjects of one run, each made once: the defaults, then each other choice."""

    def __init__(self, descriptor: Descriptor, options: Mapping[str, Any], example: Any, choices: bool) -> None:
        self.descriptor, self.options, self.example, self.choices = descriptor, options, example, choices
        self.made: list[Subject[Any]] = []

    def of(self, item: Check) -> Iterator[Subject[Any]]:
        """Those that a check is asked of."""
        if not item.calls:
            unset = self.descriptor.options.model_construct()
            yield Subject(plugin=self.descriptor, options=unset, example=self.example)
            return
        if not self.made:
            self.made = list(self._all())
        yield from self.made if item.every_choice else self.made[:1]

    def _all(self) -> Iterator[Subject[Any]]:
        kind = self.descriptor.options
        yield Subject(plugin=self.descriptor, options=defaults(kind, self.options), example=self.example)
        for choice, other in alternatives(kind, self.options) if self.choices else ():
            yield Subject(plugin=self.descriptor, options=other, choice=choice, example=self.example)


def _said(item: Check, subject: Subject[Any]) -> str | None:
    """What a check says against a subject; None = nothing. A choice that the plugin refuses alone is passed over."""
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a plugin prints and warns of is looked at by a check of its own
            item.examine(subject)
    except Violation as violation:
        return str(violation)
    except Inapplicable:
        if subject.choice:
            return None
        raise
    except PluginError as error:
        refused = subject.choice and IMPOSSIBLE not in str(error)
        return None if refused else str(error)
    except (Exception, SystemExit) as error:
        return f"it raised {type(error).__name__}: {error}{_place(error)}"
    return None


def _place(error: BaseException) -> str:
    """Where an exception was raised: the innermost place outside the kit and the libraries."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename and f"{__package__.replace('.', '/')}/" not in frame.filename
    ]
    return f" ({frames[-1].filename}, line {frames[-1].lineno})" if frames else ""
