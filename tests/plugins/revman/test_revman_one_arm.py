"""Effects of one arm that a package has on a named scale: the counts they were made from, or the probability itself."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from revman_reading import Read, read, request, written

from livereview import Outline, effects
from livereview_revman import RevmanOptions
from livereview_revman.outline import outline
from revman_packages import OVERALL_3, ROWS_2, archive, data_row, settings, sheet

#: Events of people, a cell without anybody on either side among them.
ARMS = {"Adler 1999": (12, 40), "Brandt 2003": (0, 17), "Çelik 2007": (25, 25), "Dunn 2011": (1, 90)}
#: Name of the effect measure, whether the data are logarithms, and the measure that it is here.
SCALES = [
    ("Proportion (logit scale)", "false", "PLO"),
    ("Proportion (arcsine scale)", "false", "PAS"),
    ("Proportion", "true", "PLN"),
    ("Proportion", "false", "PR"),
]
REML = {"Data type": "Contrast level", "Statistical method": "IV", "Analysis model": "Random effect",
        "Heterogeneity estimator": "REML", "CI method": "HKSJ", "Control group label": ""}  # fmt: skip


def package(measure: str, log: str, rows: dict[str, dict[str, Any]], **more: Any) -> bytes:
    """One analysis of entered effects, one row a study."""
    overall = [
        settings(1, None, columns=OVERALL_3, **REML, **{"Effect measure": measure, "Log-scale data": log}, **more)
    ]
    data = [data_row(1, label, **cells) for label, cells in rows.items()]
    return archive(
        {"7-data-rows.csv": sheet(ROWS_2, data), "7-overall-estimates-and-settings.csv": sheet(OVERALL_3, overall)}
    )


def fetched(root: Path, measure: str, log: str, rows: dict[str, dict[str, Any]]) -> Read:
    return read(root, {"7.zip": package(measure, log, rows)})


def outlined(root: Path, content: bytes) -> Outline:
    written(root, {"7.zip": content})
    found = outline(request(root), RevmanOptions(path="7.zip"))
    assert found is not None
    return found


def logit(events: int, n: int) -> dict[str, Any]:
    """By hand: ln(x / (n - x)) and the root of 1/x + 1/(n - x), a half added to both where one is 0."""
    half = 0.5 if events in (0, n) else 0.0
    x, rest = events + half, n - events + half
    return {"GIV_Mean": math.log(x / rest), "GIV_SE": math.sqrt(1 / x + 1 / rest), "Experimental_N": n}


def test_logits_become_the_counts_that_they_were_made_from(tmp_path: Path) -> None:
    found = fetched(tmp_path, *SCALES[0][:2], {label: logit(*arm) for label, arm in ARMS.items()})
    assert [(row["events"], row["n"]) for row in found.results] == list(ARMS.values())
    assert {(row["measure"], row["arm"], row.get("comparator")) for row in found.results} == {("count", "Drug", None)}
    assert found.left_out == []
    assert "0 events are what the effect entered" in found.results[1]["note"]


@pytest.mark.parametrize(("name", "log", "measure"), SCALES)
def test_a_proportion_on_every_scale_is_pooled_from_the_same_effects(
    tmp_path: Path, name: str, log: str, measure: str
) -> None:
    """What the measure makes of the counts that were read is what was entered, also where a half was added."""
    counts = {"events": [arm[0] for arm in ARMS.values()], "n": [arm[1] for arm in ARMS.values()]}
    made = effects(counts, measure=measure)
    rows = {
        label: {"GIV_Mean": float(made["effect"].iloc[at]), "GIV_SE": math.sqrt(made["variance"].iloc[at]),
                "Experimental_N": n}
        for at, (label, (_, n)) in enumerate(ARMS.items())
    }  # fmt: skip
    found = fetched(tmp_path, name, log, rows)
    assert [(row["events"], row["n"]) for row in found.results] == list(ARMS.values())
    (outcome,) = outlined(tmp_path, package(name, log, rows)).outcomes
    assert (outcome.measure, dict(outcome.measure_options)) == (measure, {})
    assert (outcome.experimental, outcome.control) == (("Drug",), ())


def test_survival_on_the_log_log_scale_has_the_limits_of_its_standard_error(tmp_path: Path) -> None:
    y, se = -0.42, 0.23
    row = {"GIV_Mean": y, "GIV_SE": se, "Experimental_N": 43}
    content = package("Survival probability (log-log scale)", "false", {"Adler 1999": row})
    (result,) = read(tmp_path, {"7.zip": content}).results
    z = 1.959963984540054
    assert result["measure"] == "survival"
    assert result["estimate"] == pytest.approx(math.exp(-math.exp(y)), rel=1e-15)
    assert result["ci_low"] == pytest.approx(math.exp(-math.exp(y + z * se)), rel=1e-12)
    assert result["ci_high"] == pytest.approx(math.exp(-math.exp(y - z * se)), rel=1e-12)
    data = {name: [result[name]] for name in ("estimate", "ci_low", "ci_high", "ci_level")}
    (outcome,) = outlined(tmp_path, content).outcomes
    again = effects(data, measure=outcome.measure)
    assert outcome.measure == "SURVLL"
    assert float(again["effect"].iloc[0]) == pytest.approx(y, rel=1e-12)
    assert math.sqrt(again["variance"].iloc[0]) == pytest.approx(se, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "measure", "shown"),
    [
        ("Proportion (logit scale)", "PLO", [1 / (1 + math.exp(-y)) for y in (-0.7, -1.1, 0.4)]),
        ("Survival probability (log-log scale)", "SURVLL", [math.exp(-math.exp(y)) for y in (-0.7, 0.4, -1.1)]),
        ("Proportion (freeman-tukey scale)", "Proportion (freeman-tukey scale)", [-0.7, -1.1, 0.4]),
        ("Proportion", "Proportion", [-0.7, -1.1, 0.4]),
    ],
)
def test_a_pooled_result_is_kept_as_a_probability_where_its_scale_is_known(
    tmp_path: Path, name: str, measure: str, shown: list[float]
) -> None:
    """Limits change places where the scale falls as the probability rises; what is no probability stays as printed."""
    more = {"Mean": -0.7, "CI start": -1.1, "CI end": 0.4, "Heterogeneity Tau²": 0.2}
    content = package(name, "false", {"Adler 1999": logit(12, 40)}, **more)
    (row,) = read(tmp_path, {"7.zip": content}).published
    assert row["measure"] == measure
    assert [row[column] for column in ("estimate", "ci_low", "ci_high")] == pytest.approx(shown, rel=1e-12)
    assert row["tau2"] == 0.2


def test_survival_on_its_own_scale_is_kept_with_its_standard_error(tmp_path: Path) -> None:
    row = {"GIV_Mean": 0.61, "GIV_SE": 0.05}
    (result,) = fetched(tmp_path, "Survival probability", "false", {"Adler 1999": row}).results
    assert (result["measure"], result["estimate"], result["se"]) == ("survival", 0.61, 0.05)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"Experimental_N": ""}, "how many people the proportion is of is not stated"),
        ({"Experimental_N": 41}, "do not agree on a number of events"),
        ({"GIV_SE": 0.4}, "do not agree on a number of events"),
        ({"GIV_Mean": -0.8}, "do not agree on a number of events"),
        ({"GIV_SE": ""}, "no standard error"),
        ({"GIV_SE": -0.3}, "the standard error is below 0"),
        ({"GIV_Mean": 900}, "do not agree on a number of events"),
        ({"Experimental_N": 40.5}, "the number of people is no whole number"),
    ],
)
def test_numbers_of_an_arm_that_do_not_agree_are_left_out_by_name(
    tmp_path: Path, cells: dict[str, Any], said: str
) -> None:
    """Nothing is rounded to the next number of events."""
    rows = {"Adler 1999": logit(12, 40) | cells, "Brandt 2003": logit(3, 17)}
    found = fetched(tmp_path, *SCALES[0][:2], rows)
    assert [row["study_id"] for row in found.results] == ["brandt-2003"]
    (left,) = found.left_out
    assert "analysis 1.1, Adler 1999" in left
    assert said in left


@pytest.mark.parametrize(("mean", "name"), [(1.2, "Proportion"), (800, "Survival probability (log-log scale)")])
def test_an_effect_that_is_no_probability_on_its_scale_is_refused(tmp_path: Path, mean: float, name: str) -> None:
    found = fetched(tmp_path, name, "false", {"Adler 1999": {"GIV_Mean": mean, "GIV_SE": 0.1, "Experimental_N": 40}})
    assert found.results == []
    assert len(found.left_out) == 1


@pytest.mark.parametrize("name", ["Proportion (freeman-tukey scale)", "Rate (log scale)", "Mean", "Prevalence"])
def test_a_scale_that_is_not_known_is_named_and_never_guessed(tmp_path: Path, name: str) -> None:
    found = fetched(tmp_path, name, "false", {"Adler 1999": logit(12, 40)})
    assert found.results == []
    assert f'their measure, "{name}", is none that is known here' in found.left_out[0]


@pytest.mark.parametrize("log", ["", "true"])
def test_a_proportion_whose_settings_contradict_its_name_is_not_read(tmp_path: Path, log: str) -> None:
    assert fetched(tmp_path, "Proportion (logit scale)", log, {"Adler 1999": logit(12, 40)}).results == []


def test_people_in_a_second_arm_make_it_no_effect_of_one(tmp_path: Path) -> None:
    found = fetched(tmp_path, *SCALES[0][:2], {"Adler 1999": logit(12, 40) | {"Control_N": 38}})
    assert found.results == []
    assert "is none that is known here" in found.left_out[0]
