"""The registered descriptors: complete, distinct, and cheap to import."""

from __future__ import annotations

import subprocess
import sys

import pytest
from measure_records import MEASURES

from livereview_measures import livereview_effect_measures


def test_the_measures_are_these() -> None:
    assert [measure.name for measure in livereview_effect_measures()] == [
        "OR", "RR", "RD", "PETO", "AS",
        "PR", "PLN", "PLO", "PAS", "PFT",
        "HR", "RATIO", "GEN", "GEN1", "SURV", "SURVLL",
        "MD", "SMD", "ROM", "MN",
        "IR", "IRLN", "IRR", "IRD",
    ]  # fmt: skip


def test_no_two_measures_answer_to_one_spelling() -> None:
    spellings = [
        word.casefold() for measure in MEASURES.values() for word in {measure.name.casefold(), *measure.aliases}
    ]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_option_is_described_and_has_a_default(name: str) -> None:
    measure = MEASURES[name]
    options = measure.options()
    for key, field in measure.options.model_fields.items():
        assert field.description, f"{name}.{key}"
    rows = measure.rows(options)
    assert rows.measures
    assert rows.columns or rows.any_of
    assert measure.references
    assert (measure.null is None) == (rows.layout == "one-arm")


def test_the_choice_of_ratio_or_number_decides_which_rows_are_read() -> None:
    for name, of in (("RATIO", "OR"), ("GEN", "RMST"), ("GEN1", "median-months"), ("SURV", "cumulative-incidence")):
        measure = MEASURES[name]
        assert measure.rows(measure.options(of=of)).measures == (of,)


def test_importing_the_measures_loads_nothing_heavy() -> None:
    heavy = ("pandas", "matplotlib", "scipy.stats", "scipy.optimize", "openpyxl", "pyarrow")
    code = f"import sys, livereview_measures; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
