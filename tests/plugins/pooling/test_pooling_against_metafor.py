"""Every fit in the reference values number by number; what cannot be compared is counted."""

from __future__ import annotations

from collections import Counter

import golden
import numpy as np
import pytest
from pooling_reference import (
    answer,
    answer_to,
    complete,
    disagreements,
    hartung_knapp_factor,
    has_zero_variance,
    scales,
    stacked,
    studies,
)

from livereview import Mask, Studies
from livereview.inference import between, derived
from livereview.subsets import cumulative, groups, without_each

ESTIMATE = {
    "k": "k",
    "beta": "estimate",
    "se": "standard_error",
    "zval": "statistic",
    "pval": "p_value",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
}
HETEROGENEITY = {"I2": "i2", "H2": "h2", "QE": "q", "QE_p": "q_p"}
PREDICTION = {"pi_lb": "prediction_low", "pi_ub": "prediction_high"}
SERIES = {
    "estimate": "estimate",
    "se": "standard_error",
    "zval": "statistic",
    "pval": "p_value",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "Q": "q",
    "Qp": "q_p",
    "I2": "i2",
    "H2": "h2",
}


def fields(method: str, k: int) -> dict[str, str]:
    """What can be compared. A common-effect model has neither tau² nor a prediction interval; metafor prints the
    confidence interval as prediction interval of one study, which we leave out."""
    if method == "EE":
        return ESTIMATE | HETEROGENEITY
    return ESTIMATE | HETEROGENEITY | {"tau2": "tau2"} | (PREDICTION if k > 1 else {})


def fate(dataset: str, record: golden.Record) -> str:
    """What becomes of a record: compared, or why not."""
    if "method" not in record:
        return "no study"
    if has_zero_variance(dataset, record["effect"]):
        return "variance 0"
    return "compared"


def of(section: str, dataset: str) -> list[golden.Record]:
    """Records of one section of one data set that can be compared."""
    content = golden.load(dataset).get(section, [])
    listed = list(content.values()) if isinstance(content, dict) else content
    return [record for record in listed if fate(dataset, record) == "compared"]


def test_all_data_sets_are_there() -> None:
    assert len(golden.datasets()) == 46


def test_the_grid_of_fits_is_complete() -> None:
    assert Counter(fate(dataset, record) for dataset, record in golden.records("uni")) == {
        "compared": 5058,
        "no study": 5,
        "variance 0": 61,
    }


@pytest.mark.parametrize("dataset", golden.datasets())
def test_every_fit_agrees(dataset: str) -> None:
    wrong = []
    for record in of("uni", dataset):
        found = answer_to(dataset, record)
        assert (found.inference.df == np.inf) == (record["ddf"] is None)
        wrong += [
            f"{record['effect']} {record['method']} {record['test']}: {text}"
            for text in disagreements(found, record, fields(record["method"], record["k"]))
        ]
    assert not wrong


@pytest.mark.parametrize("dataset", golden.datasets())
def test_prediction_intervals_by_t_agree(dataset: str) -> None:
    for record in of("uni", dataset):
        if record["method"] == "EE":
            continue
        found = answer_to(dataset, record)
        for prediction, name in (("k-1", "pi_t1"), ("k-2", "pi_t2")):
            own = derived(found.studies, found.fit, prediction=prediction)  # type: ignore[arg-type]
            theirs = golden.numbers([record[f"{name}_lb"], record[f"{name}_ub"]])
            limits = [own.prediction_low, own.prediction_high]
            # Worst error seen 1.2e-10 of the spread of the effects: that of tau² times a quantile of up to 12.7.
            assert golden.excess(limits, theirs, 1e-9, 1e-9 * scales(found.studies)[1]).max() <= 1, record


@pytest.mark.parametrize("dataset", golden.datasets())
def test_weights_agree(dataset: str) -> None:
    for record in of("uni", dataset):
        if "weights_pct" not in record:
            continue
        found = answer_to(dataset, record)
        own = 100 * found.fit.weights[found.studies.present]
        # Worst relative error seen 9.1e-11, from tau².
        assert golden.excess(own, golden.numbers(record["weights_pct"]), 2e-10).max() <= 1, record


@pytest.mark.parametrize("dataset", golden.datasets())
def test_hartung_knapp_factors_agree(dataset: str) -> None:
    for record in of("uni", dataset):
        if "s2w" in record:
            found = answer_to(dataset, record)
            # Worst relative error seen 1.9e-11, from tau².
            assert golden.excess(hartung_knapp_factor(found), golden.numbers(record["s2w"]), 1e-10).max() <= 1, record


def test_weights_and_factors_are_all_compared() -> None:
    kept = [record for dataset, record in golden.records("uni") if fate(dataset, record) == "compared"]
    assert sum("weights_pct" in record for record in kept) == WEIGHTS
    assert sum("s2w" in record for record in kept) == FACTORS


WEIGHTS, FACTORS = 1399, 2263


def test_no_record_holds_a_local_maximum() -> None:
    flag = "metafor_default_start_gives_local_maximum_tau2"
    assert not [record for _, record in golden.records("uni") if flag in record]


def test_where_metafor_refuses_we_answer_or_say_why() -> None:
    """Effects without a study have no number, and a note; a variance of 0 is refused, naming the study."""
    seen: Counter[str] = Counter()
    for dataset, record in golden.records("uni"):
        why = fate(dataset, record)
        if "error" not in record and why != "variance 0":
            continue
        if why == "no study":
            found = answer(studies(dataset, record["effect"]), "REML", "knha")
            assert np.isnan(found.inference.estimate)
            assert found.fit.notes == {"fewer than 1 study: not fitted": np.array(True)}
        else:
            with pytest.raises(ValueError, match=r"not a usable number for: study 3$"):
                studies(dataset, record["effect"])
        seen["no study" if why == "no study" else "variance 0"] += 1
    assert seen == REFUSED


REFUSED = {"no study": 5, "variance 0": 61}


@pytest.mark.parametrize("dataset", golden.datasets())
def test_options_agree(dataset: str) -> None:
    for record in of("options", dataset):
        choices = {"tau2_value": record.get("tau2_fixed")}
        if record.get("weighted") is False:
            choices["weights"] = "equal"
        found = answer(
            studies(dataset, record["effect"]), "REML", record["test"], record.get("level", 95) / 100, **choices
        )
        assert not disagreements(found, record, fields("REML", record["k"]))
        if "weights_pct" in record:
            own = 100 * found.fit.weights[found.studies.present]
            assert golden.excess(own, golden.numbers(record["weights_pct"]), 2e-10).max() <= 1, record


def test_the_grid_of_options_is_complete() -> None:
    fates = Counter(
        f"{option}: {fate(dataset, record)}"
        for dataset, content in golden.records("options")
        for option, record in content.items()
    )
    assert fates == {
        f"{option}: {why}": n
        for option in ("unweighted_REML", "fixed_tau2_0.1", "level_90_REML_knha")
        for why, n in (("compared", 45), ("variance 0", 1))
    }


def agree(found_studies: Studies, record: golden.Record, present: Mask) -> list[str]:
    """A series of fits, one per row of ``present``; where metafor did not converge, ours must still have a number."""
    found = answer(stacked(found_studies, present), record["method"], record["test"])
    names = SERIES if record["method"] == "EE" else SERIES | {"tau2": "tau2"}
    if record["test"] == "knha":
        assert record["zval"] == [None]  # not reported
        names = {theirs: ours for theirs, ours in names.items() if theirs != "zval"}
    assert np.isfinite(found.inference.estimate).all()
    return disagreements(found, record, names, ~np.isnan(golden.numbers(record["estimate"])))


def gaps(section: str) -> int:
    """Fits of a section for which metafor did not converge."""
    return sum(np.isnan(golden.numbers(r["estimate"])).sum() for name in golden.datasets() for r in of(section, name))


@pytest.mark.parametrize("dataset", golden.datasets())
def test_leaving_out_each_study_agrees(dataset: str) -> None:
    for record in of("leave1out", dataset):
        chosen = studies(dataset, record["effect"])
        assert not agree(chosen, record, without_each(chosen.present)[chosen.present]), record


@pytest.mark.parametrize("dataset", golden.datasets())
def test_cumulative_fits_agree(dataset: str) -> None:
    for record in of("cumul", dataset):
        chosen = complete(studies(dataset, record["effect"]))
        assert not agree(chosen, record, cumulative(record["order_index0"])), record


def test_the_grids_of_series_are_complete() -> None:
    for section, compared, refused in (("leave1out", 228, 4), ("cumul", 267, 4)):
        counts = Counter(fate(dataset, record) for dataset, record in golden.records(section))
        assert counts == {"compared": compared, "variance 0": refused}, section
    assert {section: gaps(section) for section in ("leave1out", "cumul")} == {"leave1out": 2, "cumul": 14}


def test_subgroups_agree() -> None:
    """Each with its own tau²; a common tau² is not built yet."""
    compared = 0
    for dataset, record in golden.records("subgroup"):
        chosen = studies(dataset, record["effect"])
        column = golden.load(dataset)["data"]["columns"][record["group_column"]]
        names, masks = groups([None if label is None else str(label) for label in column])
        masks = masks & chosen.present
        row = [names.index(level) for level in record["levels"]]
        assert masks.sum(axis=-1)[row].tolist() == record["k_per_level"]
        for fits in record["separate_tau2"]:
            found = answer(stacked(chosen, masks[row]), fits["method"], fits["test"])
            for level, (name, theirs) in enumerate(fits["per_level"].items()):
                assert name == record["levels"][level]
                compared += 1
                for field, ours in (fields(fits["method"], theirs["k"])).items():
                    if field in theirs:
                        own = getattr(found.inference, ours)[level]
                        assert golden.excess(own, golden.numbers(theirs[field]), 1e-8, 1e-9).max() <= 1, (name, field)
            q, df, p = between(found.inference.estimate, found.inference.standard_error)
            theirs = golden.numbers([fits["Q_between"], fits["df_between"], fits["p_between"]])
            assert golden.excess([q, df, p], theirs, 1e-8).max() <= 1, (dataset, fits["method"], fits["test"])
    assert compared == SUBGROUPS


SUBGROUPS = 210
