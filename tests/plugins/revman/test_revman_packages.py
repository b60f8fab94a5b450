"""Data packages: generations of columns, zeros for what does not apply, members that are missing, numbers as text."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from revman_reading import read

from first_principles import COUNTS, LOG_RANK, LOGS, MEANS, inverse_variance, log_rr, mantel_haenszel
from livereview import PluginError
from revman_packages import (
    OVERALL_1,
    OVERALL_2,
    OVERALL_3,
    ROWS_1,
    ROWS_2,
    SUBGROUPS_2,
    archive,
    counts_row,
    data_row,
    results,
    settings,
    sheet,
)

EFFECTS = [effect for trial in COUNTS.values() if (effect := log_rr(*trial))]
FIXED = mantel_haenszel(list(COUNTS.values()))
ROWS = "77-analysis-data/77-data-rows.csv"
OVERALL = "77-analysis-data/77-overall-estimates-and-settings.csv"
SUBGROUPS = "77-analysis-data/77-subgroup-estimates.csv"


def rows_1() -> bytes:
    return sheet(ROWS_1, [counts_row(1, label, trial, zeros=True) for label, trial in COUNTS.items()])


def rows_2() -> bytes:
    return sheet(ROWS_2, [counts_row(1, label, trial) for label, trial in COUNTS.items()])


@pytest.mark.parametrize(
    ("rows", "columns", "number"),
    [(rows_1, OVERALL_1, 45), (rows_2, OVERALL_2, 53), (rows_2, OVERALL_3, 58), (rows_1, OVERALL_3, 58)],
)
def test_every_generation_is_read_by_the_names_of_its_columns(
    tmp_path: Path, rows: object, columns: list[str], number: int
) -> None:
    assert len(columns) == number
    assert callable(rows)
    files = {ROWS: rows(), OVERALL: sheet(columns, [settings(1, FIXED, columns=columns)])}
    found = read(tmp_path, files, "77-analysis-data")
    assert len(found.results) == 2 * len(COUNTS)
    assert {(row["measure"], row.get("events") is None) for row in found.results} == {("count", False)}
    (printed,) = found.published
    assert (printed["estimate"], printed["q"]) == (math.exp(FIXED.estimate), FIXED.q)
    assert (printed["model"], printed["measure"], printed["ci_level"]) == ("common-effect mantel-haenszel", "RR", 0.95)
    assert found.left_out == []


def test_columns_in_another_order_are_read_alike(tmp_path: Path) -> None:
    plain = [counts_row(1, label, trial) for label, trial in COUNTS.items()]
    first = read(tmp_path / "a", {ROWS: sheet(ROWS_2, plain)})
    second = read(tmp_path / "b", {ROWS: sheet(ROWS_2[::-1], plain)})
    assert first.results == second.results


def test_the_reader_counts_what_the_file_has(tmp_path: Path) -> None:
    found = read(tmp_path, {ROWS: rows_2()})
    assert len({(row["study_id"], row.get("variant")) for row in found.results}) == len(COUNTS)
    assert [row["label"] for row in found.studies] == list(COUNTS)


def test_zero_is_a_number_of_counts_and_nothing_of_means(tmp_path: Path) -> None:
    """Older files write 0.0 in every field that does not apply: the data type decides, never the zero."""
    means = [
        data_row(2, label, zeros=True, Experimental_mean=m1, Experimental_SD=s1, Experimental_N=n1, Control_mean=m2,
                 Control_SD=s2, Control_N=n2)
        for label, (m1, s1, n1, m2, s2, n2) in MEANS.items()
    ]  # fmt: skip
    counts = [counts_row(1, label, trial, zeros=True) for label, trial in COUNTS.items()]
    found = read(tmp_path, {ROWS: sheet(ROWS_1, counts + means)})
    by_outcome = {row["outcome"]: row["measure"] for row in found.results}
    assert by_outcome == {"analysis-1-1": "count", "analysis-1-2": "mean"}
    assert not any("events" in row for row in found.results if row["measure"] == "mean")
    assert [row["events"] for row in found.results if row["study_id"] == "dunn-ray-2011"] == [0, 3]


def test_without_settings_the_printed_effects_tell_what_the_numbers_are(tmp_path: Path) -> None:
    """Remains of an earlier edit (a standard error beside means) do not make an estimate of it."""
    rows = []
    for label, (m1, s1, n1, m2, s2, n2) in MEANS.items():
        y, se = m1 - m2, math.sqrt(s1**2 / n1 + s2**2 / n2)
        rows.append(
            data_row(1, label, zeros=True, GIV_SE=se, Variance=se**2, Experimental_mean=m1, Experimental_SD=s1,
                     Experimental_N=n1, Control_mean=m2, Control_SD=s2, Control_N=n2, Mean=round(y, 6))
            | {"CI start": round(y - 1.96 * se, 6), "CI end": round(y + 1.96 * se, 6)}
        )  # fmt: skip
    found = read(tmp_path, {ROWS: sheet(ROWS_1, rows)})
    assert {row["measure"] for row in found.results} == {"mean"}


def test_equal_means_with_a_forgotten_standard_error_are_means(tmp_path: Path) -> None:
    row = data_row(1, "Adler 1999", zeros=True, GIV_SE=0.2, Experimental_mean=5, Experimental_SD=2, Experimental_N=50,
                   Control_mean=5, Control_SD=2, Control_N=50, Mean="0.0")  # fmt: skip
    found = read(tmp_path, {ROWS: sheet(ROWS_1, [row | {"CI start": -0.784, "CI end": 0.784}])})
    assert [(row["measure"], row["estimate"]) for row in found.results] == [("mean", 5.0), ("mean", 5.0)]


def test_a_forgotten_variance_beside_equal_counts_is_no_log_rank(tmp_path: Path) -> None:
    """O - E = 0 would give the ratio 1 too; the interval tells that it was made from the counts."""
    row = counts_row(1, "Adler 1999", (2, 10, 2, 10), zeros=True) | {"Variance": 0.85, "GIV SE": 0.9219544457292888}
    found = read(tmp_path, {ROWS: sheet(ROWS_1, [row])})
    assert [(line["measure"], line["events"]) for line in found.results] == [("count", 2), ("count", 2)]


def test_an_adjusted_estimate_is_not_taken_for_the_counts_beside_it(tmp_path: Path) -> None:
    """Counts give the same ratio with another interval: the estimate is what was pooled."""
    log, se = math.log(0.6), 0.5
    row = counts_row(1, "Adler 1999", (12, 100, 20, 100)) | {"GIV Mean": log, "GIV SE": se, "Mean": 0.6}
    row |= {"CI start": round(math.exp(log - 1.96 * se), 6), "CI end": round(math.exp(log + 1.96 * se), 6)}
    (line,) = read(tmp_path, {ROWS: sheet(ROWS_2, [row])}, measures={"*": "RR"}).results
    assert (line["measure"], line["se"]) == ("RR", 0.5)


def logs(number: int, **more: object) -> list[dict[str, object]]:
    return [
        data_row(number, label, GIV_Mean=log, GIV_SE=se, Mean=round(math.exp(log), 6), **more)
        | {"CI start": round(math.exp(log - 1.96 * se), 6), "CI end": round(math.exp(log + 1.96 * se), 6)}
        for label, (log, se) in LOGS.items()
    ]


def test_logarithms_become_the_ratio_that_the_settings_name(tmp_path: Path) -> None:
    named = settings(
        3,
        None,
        columns=OVERALL_2,
        **{"Data type": "Contrast level", "Effect measure": "Hazard Ratio", "Statistical method": "IV"},
    )
    found = read(tmp_path, {ROWS: sheet(ROWS_2, logs(3)), OVERALL: sheet(OVERALL_2, [named])}, "77-analysis-data")
    assert [(row["measure"], math.log(row["estimate"]), row["se"]) for row in found.results] == [
        ("HR", pytest.approx(-0.35, rel=1e-14), 0.15), ("HR", pytest.approx(-0.1, rel=1e-14), 0.22),
    ]  # fmt: skip


def test_a_ratio_of_geometric_means_is_no_risk_ratio(tmp_path: Path) -> None:
    named = settings(
        3, None, columns=OVERALL_2, **{"Data type": "Contrast level", "Effect measure": "Ratio of Geometric Means"}
    )
    found = read(tmp_path, {ROWS: sheet(ROWS_2, logs(3)), OVERALL: sheet(OVERALL_2, [named])}, "77-analysis-data")
    assert {row["measure"] for row in found.results} == {"ROM"}


def test_estimates_without_a_measure_are_named_once_and_settled_by_an_option(tmp_path: Path) -> None:
    files = {ROWS: sheet(ROWS_2, logs(3))}
    found = read(tmp_path, files)
    assert found.results == []
    (said,) = found.left_out
    assert "2 estimates are not read, since the files do not say their effect measure" in said
    assert 'measures = { "1.3" = "HR" }' in said
    for key in ("1.3", "1", "*"):
        assert {row["measure"] for row in read(tmp_path, files, measures={key: "OR"}).results} == {"OR"}


def test_an_option_that_contradicts_the_scale_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, {ROWS: sheet(ROWS_2, logs(3))}, measures={"*": "MD"})
    assert found.results == []
    assert all("does not go with MD" in text for text in found.left_out)
    assert len(found.left_out) == 2


def test_log_rank_rows_without_settings_are_told_by_their_effects(tmp_path: Path) -> None:
    rows = [
        data_row(4, label, zeros=True, **{"O-E": o, "Variance": v, "Mean": round(math.exp(o / v), 6)})
        | {"CI start": 0.1, "CI end": 2.0, "Experimental N": 50, "Control N": 50}
        for label, (o, v) in LOG_RANK.items()
    ]
    found = read(tmp_path, {ROWS: sheet(ROWS_1, rows)}, measures={"*": "HR"})
    assert [(row["o_minus_e"], row["o_minus_e_variance"]) for row in found.results] == list(LOG_RANK.values())


def test_numbers_in_other_spellings_are_read_and_signs_for_nothing_are_none(tmp_path: Path) -> None:
    tiny = settings(
        1,
        FIXED,
        columns=OVERALL_2,
        **{"Heterogeneity Chi²": "1.0E-6", "Heterogeneity I²": "#N/A", "CI/PI level": "99%"},
    )
    found = read(tmp_path, {ROWS: rows_2(), OVERALL: sheet(OVERALL_2, [tiny])}, "77-analysis-data")
    (row,) = found.published
    assert (row["q"], row["ci_level"]) == (1e-6, 0.99)
    assert "i2" not in row


def test_a_negative_p_is_left_empty_and_named(tmp_path: Path) -> None:
    odd = settings(1, FIXED, columns=OVERALL_2, **{"Heterogeneity P": "-9.2E-11", "Effect P": "0.0"})
    found = read(tmp_path, {ROWS: rows_2(), OVERALL: sheet(OVERALL_2, [odd])}, "77-analysis-data")
    (row,) = found.published
    assert "q_p" not in row
    assert "p_value" not in row
    assert "-9.2e-11 was printed" in row["note"]
    assert len([text for text in found.left_out if "a P is above 0" in text]) == 2


def test_a_result_in_which_nothing_was_computed_is_no_estimate_of_zero(tmp_path: Path) -> None:
    zeros = dict.fromkeys(("Mean", "CI start", "CI end", "Effect Z", "Effect P"), "0")
    people = {"Experimental N": 435, "Control N": 430, "Heterogeneity df": 4}
    empty = settings(1, None, columns=OVERALL_1, **zeros, **people)
    found = read(tmp_path, {ROWS: rows_1(), OVERALL: sheet(OVERALL_1, [empty])}, "77-analysis-data")
    (row,) = found.published
    assert "estimate" not in row
    assert row["n"] == 865
    assert [text for text in found.left_out if "nothing was computed" in text]


def test_the_prediction_interval_and_t_are_those_printed(tmp_path: Path) -> None:
    values: dict[str, object] = {
        "PI start": 0.3, "PI end": 1.9, "Effect T": 2.5, "Effect Z": "", "CI method": "HKSJ",
        "Statistical method": "IV", "Analysis model": "Random effect", "Heterogeneity estimator": "REML",
    }  # fmt: skip
    named = settings(1, inverse_variance(EFFECTS, 0.1), columns=OVERALL_3, **values)
    (row,) = read(tmp_path, {ROWS: rows_2(), OVERALL: sheet(OVERALL_3, [named])}, "77-analysis-data").published
    assert (row["prediction_low"], row["prediction_high"], row["statistic"], row["tau2"]) == (0.3, 1.9, 2.5, 0.1)
    assert (row["model"], row["note"]) == ("random-effects REML HKSJ", "the statistic is t")


def test_subgroups_of_one_name_are_told_apart_by_their_number(tmp_path: Path) -> None:
    labels = list(COUNTS)
    rows = [
        counts_row(1, label, COUNTS[label], subgroup="Adults") | {"Subgroup number": index % 2 + 1}
        for index, label in enumerate(labels)
    ]
    parts = [
        {"Analysis group": 1, "Analysis number": 1, "Subgroup": "Adults", "Subgroup number": number} | results(FIXED)
        for number in (1, 2)
    ]
    files = {ROWS: sheet(ROWS_2, rows), SUBGROUPS: sheet(SUBGROUPS_2, parts),
             OVERALL: sheet(OVERALL_2, [settings(1, FIXED, columns=OVERALL_2)])}  # fmt: skip
    found = read(tmp_path, files, "77-analysis-data")
    assert {row["population"] for row in found.results} == {"subgroup:Adults", "subgroup:Adults [2]"}
    assert {row.get("subgroup") for row in found.published} == {None, "Adults", "Adults [2]"}


@pytest.mark.parametrize(
    "labels", [("[Not identical]", "[Not identical]"), ("", ""), ("Drug", "drug"), ("#N/A", "Placebo")]
)
def test_labels_that_name_no_arm_give_way_to_experimental_and_control(tmp_path: Path, labels: tuple[str, str]) -> None:
    named = settings(
        1, FIXED, columns=OVERALL_2, **{"Experimental group label": labels[0], "Control group label": labels[1]}
    )
    found = read(tmp_path, {ROWS: rows_2(), OVERALL: sheet(OVERALL_2, [named])}, "77-analysis-data")
    assert {row["arm"] for row in found.results} == {"experimental", "control"}


def test_markup_and_hyphens_of_names_become_plain(tmp_path: Path) -> None:
    """A label is one study whether a file writes it with U+2010 or with a plain hyphen."""
    name = "Pain&nbsp;at\u00a024 h &amp; later"
    rows = [counts_row(1, "Dunn\u2010Ray 2011", COUNTS["Dunn-Ray 2011"]) | {"Analysis name": name},
            counts_row(2, "Dunn-Ray 2011", COUNTS["Dunn-Ray 2011"])]  # fmt: skip
    found = read(tmp_path, {ROWS: sheet(ROWS_2, rows)})
    assert [row["study_id"] for row in found.studies] == ["dunn-ray-2011"]
    assert found.results[0]["note"] == "Pain at 24 h & later"


@pytest.mark.parametrize(
    ("text", "year"),
    [("2019a", 2019), ("2020 Jun 13 [epub ahead of print]", 2020), ("2017.0", 2017), ("17/18", None), ("", None)],
)
def test_years_of_every_spelling(tmp_path: Path, text: str, year: int | None) -> None:
    row = counts_row(1, "Adler", COUNTS["Adler 1999"]) | {"Study year": text}
    (study,) = read(tmp_path, {ROWS: sheet(ROWS_2, [row])}).studies
    assert study.get("year") == year
    assert study["study_id"] == (f"adler-{year}" if year else "adler")


def test_studies_whose_names_differ_in_accents_alone_stay_two(tmp_path: Path) -> None:
    rows = [counts_row(1, label, COUNTS["Adler 1999"]) for label in ("Muller 2001", "Müller 2001")]
    found = read(tmp_path, {ROWS: sheet(ROWS_2, rows)})
    assert len({row["study_id"] for row in found.studies}) == 2
    assert all(row["study_id"].startswith("muller-2001-") for row in found.studies)


def test_line_feeds_in_cells_and_rows_that_do_not_fit_the_header(tmp_path: Path) -> None:
    rows = [counts_row(1, label, trial) | {"Footnotes": 'two\nlines, "quoted"'} for label, trial in COUNTS.items()]
    content = sheet(ROWS_2, rows) + b"1,1,too,few,cells\r\n"
    found = read(tmp_path, {ROWS: content})
    assert len(found.results) == 2 * len(COUNTS)
    assert found.results[0]["note"] == 'Outcome 1\ntwo\nlines, "quoted"'
    assert found.results[2]["locator"].startswith(f"{ROWS}, row 4,")
    (said,) = found.left_out
    assert "the row has 5 cells, the header 25" in said


def test_a_file_that_breaks_off_says_from_where_on_it_is_not_read(tmp_path: Path) -> None:
    found = read(tmp_path, {ROWS: rows_2() + b'1,1,"never closed'})
    assert len(found.results) == 2 * len(COUNTS)
    assert [text for text in found.left_out if f"row {len(COUNTS) + 2}" in text and "cannot be split" in text]


def test_what_a_package_lacks_is_named_and_what_is_there_is_read(tmp_path: Path) -> None:
    only_rows = read(tmp_path / "a", {ROWS: rows_2()})
    assert any("settings" in note for note in only_rows.fetched.notes)
    only_settings = read(tmp_path / "b", {OVERALL: sheet(OVERALL_2, [settings(1, FIXED, columns=OVERALL_2)])})
    assert any("rows of data" in note for note in only_settings.fetched.notes)
    assert len(only_settings.published) == 1


def test_a_whole_package_is_read_from_an_archive_and_archives_in_it(tmp_path: Path) -> None:
    inner = archive(
        {ROWS: rows_2(), OVERALL: sheet(OVERALL_3, [settings(1, FIXED, columns=OVERALL_3)]), "77.pdf": b"%PDF"}
    )
    outer = archive({"review/77-article.pdf": b"%PDF", "review/77-files/77-data.zip": inner})
    packed = read(tmp_path / "a", {"review.zip": outer})
    plain = read(
        tmp_path / "b",
        {ROWS: rows_2(), OVERALL: sheet(OVERALL_3, [settings(1, FIXED, columns=OVERALL_3)])},
        "77-analysis-data",
    )
    numbers = [{key: value for key, value in row.items() if key != "locator"} for row in packed.results]
    assert numbers == [{key: value for key, value in row.items() if key != "locator"} for row in plain.results]
    assert packed.reports[0]["report_id"] == plain.reports[0]["report_id"] == "revman:77"
    assert list(packed.fetched.inputs) == ["review.zip"]


def test_several_reviews_under_one_path_stay_apart(tmp_path: Path) -> None:
    files = {"all/1-data-rows.csv": rows_1(), "all/2-data-rows.csv": rows_2()}
    found = read(tmp_path, files, "all")
    assert {row["report_id"] for row in found.reports} == {"revman:1", "revman:2"}
    assert len(found.results) == 4 * len(COUNTS)
    assert any("one review only" in text for text in read(tmp_path, files, "all", published_on="2024").problems)


def test_studies_of_two_reviews_are_one_where_their_labels_are(tmp_path: Path) -> None:
    one = sheet(ROWS_2, [counts_row(1, label, COUNTS["Adler 1999"]) for label in ("Adler 1999", "Muller 2001")])
    two = sheet(ROWS_2, [counts_row(1, label, COUNTS["Adler 1999"]) for label in ("Adler 1999", "Müller 2001")])
    found = read(tmp_path, {"all/1-data-rows.csv": one, "all/2-data-rows.csv": two}, "all")
    assert [row["label"] for row in found.studies] == ["Adler 1999", "Muller 2001", "Müller 2001"]
    assert len({row["study_id"] for row in found.studies}) == 3
    assert len(found.results) == 8


def test_the_date_of_a_package_is_that_of_the_manifest(tmp_path: Path) -> None:
    found = read(tmp_path, {ROWS: rows_2()}, doi="https://doi.org/10.1000/X.77", published_on="2024-03")
    (report,) = found.reports
    assert (report["report_id"], report["published_on"]) == ("doi:10.1000/x.77", "2024-03")


@pytest.mark.parametrize("name", ["77-study-test-data.csv", "77-parameters.csv", "77-anything.csv"])
def test_diagnostic_packages_are_refused(tmp_path: Path, name: str) -> None:
    content = sheet(["Study", "TP", "FP", "FN", "TN"], [{"Study": "Adler 1999", "TP": 1, "FP": 2, "FN": 3, "TN": 4}])
    with pytest.raises(PluginError, match="diagnostic test accuracy"):
        read(tmp_path, {name: content})


def test_a_missing_file_is_a_problem_of_the_manifest(tmp_path: Path) -> None:
    (said,) = read(tmp_path, {}, "gone.zip").problems
    assert "there is no such file or folder" in said


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, {"77-data-rows.csv": rows_2(), "prices.csv": b"item,price\napple,2\n"}, ".")
    assert [text for text in found.left_out if "prices.csv" in text and "item, price" in text]
    assert len(found.results) == 2 * len(COUNTS)
