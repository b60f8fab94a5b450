"""Running checks: what a failure says, expected failures are strict, what cannot be asked says why."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from broken_models import COMMON, KNAPP, inverse_variance, model, shrunken, writes_a_file
from pydantic import Field

from livereview import Descriptor, EffectModel, Options, Studies
from livereview.registration import HOOKS
from livereview.testing import Outcome, checks, checks_of, conforms, parametrize, run

SHRUNKEN = model(shrunken)
FAILING = ("shift-of-effects", "scale-of-effects", "identical-studies", "one-study", "weights-give-the-estimate")


def outcome_of(plugin: Any, check: str, **given: Any) -> Outcome:
    [found] = run(plugin, only=(check,), **given)
    return found


def test_every_kind_has_checks_with_a_name_of_their_own_and_a_claim_of_one_line() -> None:
    for kind in HOOKS.values():
        found = checks_of(kind)
        assert len(found) >= 9
        assert len({item.name for item in found}) == len(found)
        assert all(item.claim.endswith(".") and len(item.claim) < 130 for item in found)


def test_a_failure_has_the_smallest_example_with_its_numbers() -> None:
    said = outcome_of(SHRUNKEN, "shift-of-effects").message
    assert said.endswith("effect = [0.3, -0.1], variance = [0.04, 0.09]")
    assert "estimate is" in said
    assert "effects + 0.5" in said


def test_a_failure_can_be_repeated_from_what_it_says() -> None:
    said = outcome_of(SHRUNKEN, "shift-of-effects").message
    numbers = eval(f"dict({said.rpartition('; ')[2]})")
    y, v = (np.array(numbers[name]) for name in ("effect", "variance"))
    given = Studies(effect=y + 0.5, variance=v, present=np.ones(2, dtype=bool))
    shown = float(said.partition("estimate is ")[2].partition(",")[0])
    assert shrunken(given, None).estimate == pytest.approx(shown, rel=1e-12)


def test_an_exception_of_the_plugin_is_a_failure_with_its_place() -> None:
    def divides(studies: Studies, options: Any) -> Any:
        return studies.effect / 0 if studies.effect.size == 99 else {}["no such key"]

    said = outcome_of(model(divides), "order-of-studies").message
    assert said.startswith("it raised KeyError: 'no such key' (")
    assert "test_running.py, line" in said


def test_conforms_lists_every_failure() -> None:
    with pytest.raises(AssertionError) as raised:
        conforms(SHRUNKEN)
    text = str(raised.value)
    assert text.startswith("effect-model piece does not conform:")
    assert [line.partition(":")[0][2:] for line in text.splitlines() if line.startswith("- ")] == list(FAILING)


def test_a_correct_model_conforms() -> None:
    conforms(COMMON)


def test_an_expected_failure_passes_with_its_reason() -> None:
    expected = dict.fromkeys(FAILING, "it is shrunk to 0 on purpose")
    conforms(SHRUNKEN, expected)
    found = {item.check: item for item in run(SHRUNKEN, expected)}
    assert found["one-study"].state == "expected failure"
    assert found["one-study"].message == "it is shrunk to 0 on purpose"


def test_a_plugin_declares_its_expected_failures_itself() -> None:
    conforms(replace(SHRUNKEN, expected_failures=dict.fromkeys(FAILING, "on purpose")))


def test_an_expected_failure_that_passes_is_a_failure() -> None:
    found = outcome_of(COMMON, "one-study", expected={"one-study": "it was once broken"})
    assert found.failed
    assert found.message.startswith("one-study is expected to fail (it was once broken), and passes")


def test_a_check_that_cannot_be_asked_says_why_and_cannot_be_expected_to_fail() -> None:
    found = outcome_of(KNAPP, "one-study")
    assert (found.state, found.message) == ("inapplicable", "it needs 2 studies")
    assert outcome_of(KNAPP, "one-study", expected={"one-study": "whatever"}).failed


def test_an_unknown_check_is_told_with_the_near_name() -> None:
    with pytest.raises(ValueError, match=r'there is no check one-studys[.] Did you mean "one-study"[?]'):
        run(COMMON, {"one-studys": "misspelt"})


class Shrinkage(Options):
    """An option of which one choice is broken."""

    prior: bool = Field(default=False, description="Shrink to 0.")


CHOICE = model(lambda s, o: shrunken(s, o) if o.prior else inverse_variance(s, o), options=Shrinkage)


def test_every_choice_of_an_option_is_tried() -> None:
    assert outcome_of(CHOICE, "one-study").message.startswith("with prior = True: estimate is ")
    assert outcome_of(CHOICE, "one-study", choices=False).state == "passed"
    assert outcome_of(CHOICE, "one-study", options={"prior": True}).failed


def test_a_failure_can_be_expected_of_one_choice() -> None:
    expected = {f"{name}: prior = True": "shrunk on purpose" for name in FAILING}
    conforms(CHOICE, expected)
    conforms(CHOICE, expected, choices=False)
    assert outcome_of(CHOICE, "one-study", expected={"one-study: prior = False": "it is not"}).failed


def test_required_options_take_their_example_or_a_simple_value() -> None:
    class Needed(Options):
        cut: float = Field(gt=100, description="Above 100.", examples=[250.0])
        power: int = Field(gt=1, description="Above 1.")

    seen: set[tuple[float, int]] = set()

    def fit(studies: Studies, options: Any) -> Any:
        seen.add((options.cut, options.power))
        return inverse_variance(studies, options)

    conforms(model(fit, options=Needed))
    assert seen == {(250.0, 2)}


def test_options_that_nobody_can_guess_are_inapplicable_with_the_remedy() -> None:
    class Secret(Options):
        word: str = Field(pattern="^sesame$", description="A word.")

    found = outcome_of(model(inverse_variance, options=Secret), "one-study")
    assert found.state == "inapplicable"
    assert "Field(examples=[...])" in found.message
    told = {"options": {"word": "sesame"}}
    assert outcome_of(model(inverse_variance, options=Secret), "one-study", **told).state == "passed"


def test_the_same_plugin_gives_the_same_outcomes() -> None:
    assert run(SHRUNKEN) == run(SHRUNKEN)


def test_what_is_no_descriptor_is_refused() -> None:
    with pytest.raises(TypeError, match="str is no descriptor of livereview"):
        checks("common-effect")  # type: ignore[arg-type]


@parametrize(COMMON, replace(SHRUNKEN, expected_failures=dict.fromkeys(FAILING, "on purpose")))
def test_three_lines_are_a_test_file(conformance: Any) -> None:
    conformance()


def test_the_kit_loads_neither_pytest_nor_hypothesis_nor_what_is_heavy() -> None:
    code = (
        "import sys, livereview.testing\n"
        "from livereview import EffectModel\n"
        "livereview.testing.checks_of(EffectModel)\n"
        "print([name for name in ('pytest', 'hypothesis', 'pandas', 'matplotlib', 'rich', 'scipy.stats') "
        "if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_plugin_with_a_class_of_its_own_is_of_its_kind() -> None:
    class Own(EffectModel):
        pass

    assert len(checks(Own(name="piece", summary="A piece.", fit=inverse_variance))) == len(checks(COMMON))


def test_a_plugin_that_writes_files_leaves_none_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert outcome_of(model(writes_a_file), "nothing-written").failed
    run(model(writes_a_file), only=("order-of-studies",))
    assert list(tmp_path.iterdir()) == []


def test_the_docs_list_every_check_with_its_claim() -> None:
    page = (Path(__file__).parents[3] / "docs" / "testing.md").read_text(encoding="utf-8")
    shown = {line for line in page.splitlines() if line.startswith("| ")}
    own = {
        f"| {'every kind' if item.kind is Descriptor else kind.kind} | `{item.name}` | {item.claim} |"
        for kind in HOOKS.values()
        for item in checks_of(kind)
    }
    assert own <= shown
    claims = {line for line in shown if line.count("|") == 4 and line.split(" | ")[1].startswith("`")}
    assert claims == own
