"""RevMan 5 files: encodings, escapes, base 10, heterogeneity against subgroups, rows without events."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from revman_reading import Read, read

from first_principles import (
    COUNTS,
    LOG_RANK,
    LOGS,
    MEANS,
    Pooled,
    inverse_variance,
    mantel_haenszel,
    mantel_haenszel_random,
    mean_differences,
)
from livereview import PluginError
from revman_files import NO_MORE, dichotomous, outcome, printed, revman5, study_id

ROWS = "".join(dichotomous(study_id(label), *trial) for label, trial in COUNTS.items())
FIXED = mantel_haenszel(list(COUNTS.values()))


def counts(name: str = "Death", number: int = 1, rows: str = ROWS, pooled: Pooled = FIXED, **more: object) -> str:
    return outcome("DICH", number, name, rows, EFFECT_MEASURE="RR", **(printed(pooled) | more))


def test_every_row_is_two_arms_under_the_names_of_the_groups(tmp_path: Path) -> None:
    found = read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE)})
    assert len(found.results) == 2 * len(COUNTS)
    arms = [(row["study_id"], row["arm"], row["events"], row["n"]) for row in found.results[:2]]
    assert arms == [("adler-1999", "Drug", 12, 100), ("adler-1999", "Placebo", 20, 98)]
    assert {row["outcome"] for row in found.results} == {"analysis-1-1"}
    assert {row["status"] for row in found.results} == {"from-review"}
    assert found.results[0]["locator"] == "review.rm5, 1.1, Adler 1999, analysis 1.1"
    assert found.left_out == []


def test_the_declared_encoding_and_escaped_ids_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE)})
    assert [row["label"] for row in found.studies] == list(COUNTS)
    assert [row["study_id"] for row in found.studies][2:4] == ["celik-2007", "dunn-ray-2011"]


def test_a_study_that_only_the_rows_name_gets_its_unescaped_id_as_label(tmp_path: Path) -> None:
    found = read(tmp_path, {"review.rm5": revman5(counts(), studies=(), more=NO_MORE)})
    assert [row["label"] for row in found.studies][3] == "Dunn-Ray-2011"


def test_a_row_without_events_keeps_its_data(tmp_path: Path) -> None:
    found = read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE)})
    empty = [(row["events"], row["n"]) for row in found.results if row["study_id"] == "eco-2012"]
    assert empty == [(0, 25), (0, 24)]


def test_the_review_is_the_report_that_the_numbers_were_read_in(tmp_path: Path) -> None:
    dates = '<DATES><LAST_CITATION_ISSUE ISSUE="4" YEAR="2013"/></DATES>'
    found = read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE, dates=dates)})
    (report,) = found.reports
    assert (report["report_id"], report["doi"], report["kind"]) == (
        "doi:10.1000/example.42",
        "10.1000/example.42",
        "review",
    )
    assert (report["published_on"], report["year"], report["note"]) == (
        "2013-04",
        2013,
        "Drug against placebo for colds",
    )
    assert {row["report_id"] for row in found.results} == {report["report_id"]}


def test_printed_results_are_kept_beside_the_data(tmp_path: Path) -> None:
    found = read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE)})
    (row,) = found.published
    assert row["estimate"] == math.exp(FIXED.estimate)
    assert (row["q"], row["df"], row["q_p"], row["i2"]) == (FIXED.q, FIXED.df, repr(FIXED.q_p), FIXED.i2)
    assert (row["model"], row["measure"], row["k"]) == ("common-effect mantel-haenszel", "RR", FIXED.df + 1)
    assert "tau2" not in row


def test_heterogeneity_is_chi2_and_q_is_the_test_of_subgroups(tmp_path: Path) -> None:
    """Logarithms beside the results are to base 10 and are not used."""
    parts = [list(COUNTS.items())[:2], list(COUNTS.items())[2:]]
    inner = ""
    for number, part in enumerate(parts, start=1):
        rows = "".join(dichotomous(study_id(label), *trial) for label, trial in part)
        result = printed(mantel_haenszel_random([trial for _, trial in part]))
        values = "".join(f' {name}="{value}"' for name, value in result.items())
        inner += f'<DICH_SUBGROUP NO="{number}" ID="CMP-001.01.0{number}"{values}><NAME>Part {number}</NAME>'
        inner += f"{rows}</DICH_SUBGROUP>"
    total = mantel_haenszel_random(list(COUNTS.values()))
    whole = counts(rows=inner, pooled=total, RANDOM="YES", SUBGROUPS="YES", Q="3.25", P_Q="0.0714", I2_Q="69.2")
    found = read(tmp_path, {"review.rm5": revman5(whole, more=NO_MORE)})
    by_part = {row.get("subgroup"): row for row in found.published}
    assert set(by_part) == {None, "Part 1", "Part 2"}
    assert by_part[None]["q"] == total.q
    assert by_part[None]["tau2"] == total.tau2
    assert by_part[None]["note"] == "test of subgroup differences: Chi² = 3.25, df = 1, P = 0.0714, I² = 69.2%"
    assert by_part[None]["model"] == "random-effects DL mantel-haenszel"
    assert {row["population"] for row in found.results} == {"subgroup:Part 1", "subgroup:Part 2"}


def test_means_are_read_and_empty_results_are_none(tmp_path: Path) -> None:
    rows = "".join(
        f'<CONT_DATA STUDY_ID="{study_id(label)}" MEAN_1="{m1}" SD_1="{s1}" TOTAL_1="{n1}" MEAN_2="{m2}" SD_2="{s2}" '
        f'TOTAL_2="{n2}" EFFECT_SIZE="" CI_START="" CI_END="" SE="" WEIGHT="" ESTIMABLE="YES"/>'
        for label, (m1, s1, n1, m2, s2, n2) in MEANS.items()
    )
    empty = dict.fromkeys(("EFFECT_SIZE", "CI_START", "CI_END", "CHI2", "I2", "P_CHI2", "Z", "P_Z", "Q", "TAU2"), "")
    whole = outcome("CONT", 2, "Days in bed", rows, EFFECT_MEASURE="SMD", UNITS="", DF=2, **empty)
    found = read(tmp_path, {"review.rm5": revman5(whole, more=NO_MORE)})
    assert found.published == []
    first = found.results[0]
    assert (first["measure"], first["estimate"], first["sd"], first["n"]) == ("mean", 5.1, 2.2, 50)
    assert len(found.results) == 2 * len(MEANS)


def test_a_difference_of_means_keeps_its_printed_result(tmp_path: Path) -> None:
    pooled = inverse_variance(mean_differences(list(MEANS.values())))
    whole = outcome("CONT", 2, "Days", "", EFFECT_MEASURE="MD", **printed(pooled, ratio=False))
    (row,) = read(tmp_path, {"review.rm5": revman5(whole, more=NO_MORE)}).published
    assert (row["measure"], row["estimate"], row["ci_low"]) == ("MD", pooled.estimate, pooled.low)
    assert row["model"] == "common-effect inverse-variance"


def generic(values: str, **more: object) -> bytes:
    measure = "<EFFECT_MEASURE>Hazard Ratio</EFFECT_MEASURE>"
    return revman5(outcome("IV", 3, "Relapse", measure + values, **more), more=NO_MORE)


def test_an_estimate_that_was_typed_as_a_logarithm_becomes_the_ratio(tmp_path: Path) -> None:
    rows = "".join(
        f'<IV_DATA STUDY_ID="{study_id(label)}" ESTIMATE="{log}" SE="{se}" TOTAL_1="0" TOTAL_2="0" '
        f'EFFECT_SIZE="{math.exp(log)}" CI_START="{math.exp(log - 1.96 * se)}" CI_END="{math.exp(log + 1.96 * se)}"/>'
        for label, (log, se) in LOGS.items()
    )
    found = read(tmp_path, {"review.rm5": generic(rows, LOG_DATA="YES")})
    first = found.results[0]
    assert (first["measure"], first["arm"], first["comparator"], first["se"]) == ("HR", "Drug", "Placebo", 0.15)
    assert math.log(first["estimate"]) == pytest.approx(-0.35, rel=1e-14)
    assert "n" not in first


def test_without_the_typed_estimate_a_printed_ratio_counts_if_its_interval_agrees(tmp_path: Path) -> None:
    good = '<IV_DATA STUDY_ID="STD-A" EFFECT_SIZE="0.7" SE="0.15" CI_START="0.5217" CI_END="0.9392"/>'
    bad = '<IV_DATA STUDY_ID="STD-B" EFFECT_SIZE="-0.35" SE="0.15" CI_START="-0.644" CI_END="-0.056"/>'
    found = read(tmp_path, {"review.rm5": generic(good + bad)})
    assert [(row["study_id"], round(row["estimate"], 12)) for row in found.results] == [("a", 0.7)]
    assert len(found.left_out) == 1
    assert "B" in found.left_out[0]


def test_observed_minus_expected_events_are_those_of_a_hazard_ratio(tmp_path: Path) -> None:
    rows = "".join(
        f'<IPD_DATA STUDY_ID="{study_id(label)}" O_E="{o}" VAR="{v}" EVENTS_1="20" TOTAL_1="50" EVENTS_2="30" '
        f'TOTAL_2="50" EFFECT_SIZE="{math.exp(o / v)}"/>'
        for label, (o, v) in LOG_RANK.items()
    )
    whole = outcome("IPD", 4, "Death", "<EFFECT_MEASURE>Hazard Ratio</EFFECT_MEASURE>" + rows, METHOD="")
    first = read(tmp_path, {"review.rm5": revman5(whole, more=NO_MORE)}).results[0]
    assert (first["o_minus_e"], first["o_minus_e_variance"]) == (-4.25, 12.5)
    assert (first["events"], first["n"]) == (50, 100)
    assert "estimate" not in first


def test_observed_minus_expected_events_of_petos_odds_ratio_are_noted_where_they_become_one(tmp_path: Path) -> None:
    row = '<IPD_DATA STUDY_ID="STD-A" O_E="-4.25" VAR="12.5" EFFECT_SIZE="0.7"/>'
    whole = outcome("IPD", 4, "Death", "<EFFECT_MEASURE>Peto Odds Ratio</EFFECT_MEASURE>" + row)
    (found,) = read(tmp_path, {"review.rm5": revman5(whole, more=NO_MORE)}).results
    assert found["measure"] == "OR"
    assert found["estimate"] == math.exp(-4.25 / 12.5)
    assert found["se"] == 12.5**-0.5
    assert "O - E = -4.25, V = 12.5" in found["note"]


def test_an_analysis_of_text_is_named_with_its_rows(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        {"review.rm5": revman5(outcome("OTHER", 5, "In words", "<OTHER_DATA/><OTHER_DATA/>") + counts(), more=NO_MORE)},
    )
    assert [text for text in found.left_out if "an analysis of text, of 2 rows" in text and "In words" in text]
    assert len(found.results) == 2 * len(COUNTS)


def test_text_in_place_of_a_number_is_named_and_nothing_else_is_lost(tmp_path: Path) -> None:
    broken = ROWS.replace('EVENTS_1="12"', 'EVENTS_1="twelve"')
    found = read(tmp_path, {"review.rm5": revman5(counts(rows=broken), more=NO_MORE)})
    assert len(found.results) == 2 * (len(COUNTS) - 1)
    assert any("twelve" in text and "Adler 1999" in text for text in found.left_out)
    assert any("events of the experimental arm are not stated" in text for text in found.left_out)


@pytest.mark.parametrize(
    ("events", "people", "said"),
    [
        ("3.5", "100", "no whole number"),
        ("101", "100", "more events than people"),
        ("0", "0", "nobody"),
        ("-1", "9", "whole"),
    ],
)
def test_counts_that_cannot_be_are_left_out_by_name(tmp_path: Path, events: str, people: str, said: str) -> None:
    broken = ROWS.replace('EVENTS_1="12" TOTAL_1="100"', f'EVENTS_1="{events}" TOTAL_1="{people}"')
    found = read(tmp_path, {"review.rm5": revman5(counts(rows=broken), more=NO_MORE)})
    assert len(found.results) == 2 * (len(COUNTS) - 1)
    assert len(found.left_out) == 1
    assert "Adler 1999" in found.left_out[0]
    assert said in found.left_out[0]


def test_a_study_that_is_twice_in_an_analysis_keeps_both_rows(tmp_path: Path) -> None:
    again = ROWS + dichotomous("STD-Adler-1999", 15, 101, 20, 98)
    found = read(tmp_path, {"review.rm5": revman5(counts(rows=again), more=NO_MORE)})
    rows = [row for row in found.results if row["study_id"] == "adler-1999"]
    assert [(row["arm"], row["events"], row["variant"]) for row in rows] == [
        ("Drug", 12, "entry-1"), ("Placebo", 20, "entry-1"), ("Drug", 15, "entry-2"), ("Placebo", 20, "entry-2"),
    ]  # fmt: skip


ABOUT = """</STUDIES></STUDIES_AND_REFERENCES>
<CHARACTERISTICS_OF_STUDIES><CHARACTERISTICS_OF_INCLUDED_STUDIES><INCLUDED_CHAR STUDY_ID="STD-Adler-1999">
<CHAR_METHODS><P>Double-blind.</P><P>Age &lt; 60 &amp; p&lt;0.05</P></CHAR_METHODS><CHAR_NOTES/></INCLUDED_CHAR>
</CHARACTERISTICS_OF_INCLUDED_STUDIES><CHARACTERISTICS_OF_EXCLUDED_STUDIES><EXCLUDED_CHAR STUDY_ID="STD-Fox-2001">
<CHAR_REASON_FOR_EXCLUSION><P>Not <I>randomised</I></P></CHAR_REASON_FOR_EXCLUSION></EXCLUDED_CHAR>
</CHARACTERISTICS_OF_EXCLUDED_STUDIES></CHARACTERISTICS_OF_STUDIES>
<QUALITY_ITEMS><QUALITY_ITEM ID="QIT-01" LEVEL="STUDY"><NAME>Allocation concealment</NAME><DESCRIPTION/>
<QUALITY_ITEM_DATA><QUALITY_ITEM_DATA_ENTRY STUDY_ID="STD-Adler-1999" RESULT="YES"><DESCRIPTION><P>Sealed envelopes</P>
</DESCRIPTION></QUALITY_ITEM_DATA_ENTRY>
<QUALITY_ITEM_DATA_ENTRY STUDY_ID="STD-Brandt-2003" RESULT="NO"><DESCRIPTION/></QUALITY_ITEM_DATA_ENTRY>
<QUALITY_ITEM_DATA_ENTRY STUDY_ID="STD-_x00c7_elik-2007" RESULT="UNKNOWN"><DESCRIPTION/></QUALITY_ITEM_DATA_ENTRY>
</QUALITY_ITEM_DATA></QUALITY_ITEM></QUALITY_ITEMS>"""
LISTS = """<EXCLUDED_STUDIES><STUDY ID="STD-Fox-2001" NAME="Fox 2001" YEAR="2001"/></EXCLUDED_STUDIES>
<AWAITING_STUDIES><STUDY ID="STD-Gil-2020" NAME="Gil 2020"/></AWAITING_STUDIES>
<ONGOING_STUDIES><STUDY ID="STD-Hall" NAME="Hall"><REFERENCE><NO>see NCT01234567</NO></REFERENCE></STUDY>
<STUDY ID="STD-Ito" NAME="Ito"><REFERENCE/></STUDY></ONGOING_STUDIES>"""


@pytest.fixture
def whole(tmp_path: Path) -> Read:
    return read(tmp_path, {"review.rm5": revman5(counts(), more=LISTS + ABOUT)})


def test_yes_is_low_risk_and_no_is_high(whole: Read) -> None:
    scores = {row["study_id"]: row["score"] for row in whole.appraisals}
    assert scores == {"adler-1999": "Low risk", "brandt-2003": "High risk", "celik-2007": "Unclear risk"}
    assert whole.appraisals[0]["note"] == "Sealed envelopes"
    assert {(row["instrument"], row["item"]) for row in whole.appraisals} == {("RoB 1", "Allocation concealment")}


def test_characteristics_are_plain_text(whole: Read) -> None:
    (row,) = whole.characteristics
    assert (row["characteristic"], row["value"]) == ("methods", "Double-blind. Age < 60 & p<0.05")


def test_ongoing_studies_have_registry_numbers_or_are_named(whole: Read) -> None:
    (row,) = whole.ongoing
    assert (row["registry_id"], row["note"]) == ("NCT01234567", "Hall")
    assert [text for text in whole.left_out if "Ito" in text]


def test_excluded_and_waiting_studies_are_told_with_reasons(whole: Read) -> None:
    notes = "\n".join(whole.fetched.notes)
    assert "1 study excluded: Fox 2001 (Not randomised)" in notes
    assert "1 study awaiting classification: Gil 2020" in notes
    assert "fox-2001" not in {row["study_id"] for row in whole.studies}


def test_two_versions_of_one_review_are_not_both_read(tmp_path: Path) -> None:
    first, second = revman5(counts(), more=NO_MORE), revman5(counts(rows=ROWS.replace('"12"', '"13"')), more=NO_MORE)
    found = read(tmp_path, {"all/1.rm5": first, "all/2.rm5": second}, "all")
    assert len(found.results) == 2 * len(COUNTS)
    (said,) = found.left_out
    assert "all/2.rm5: a second file of the review doi:10.1000/example.42" in said


def test_one_file_that_cannot_be_read_does_not_keep_the_others_out(tmp_path: Path) -> None:
    good = revman5(counts(), more=NO_MORE)
    found = read(tmp_path, {"all/1.rm5": good, "all/2.rm5": good[:-30], "all/3.mtv": b"METAVIEW:Old\r\n"}, "all")
    assert len(found.results) == 2 * len(COUNTS)
    assert "the XML is broken" in found.left_out[0]
    assert "RevMan 4" in found.left_out[1]


def test_a_file_that_defines_entities_is_refused(tmp_path: Path) -> None:
    head = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>\n'
    with pytest.raises(PluginError, match="defines an entity"):
        read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE, head=head)})


def test_broken_xml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"review\.rm5, line \d+: the XML is broken"):
        read(tmp_path, {"review.rm5": revman5(counts(), more=NO_MORE)[:-30]})


def test_other_xml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match="begins with <html>"):
        read(tmp_path, {"review.rm5": b"<html/>"})


def test_diagnostic_reviews_are_refused_with_the_reason(tmp_path: Path) -> None:
    content = revman5(counts(), more=NO_MORE).replace(b'TYPE="INTERVENTION"', b'TYPE="DIAGNOSTIC"')
    with pytest.raises(PluginError, match="diagnostic test accuracy"):
        read(tmp_path, {"review.rm5": content})


def test_files_of_revman_4_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"RevMan 4.*save it as \.rm5"):
        read(tmp_path, {"old.MTV": b"METAVIEW:Old\r\nSTART DATA\r\n"})
