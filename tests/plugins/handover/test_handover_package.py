"""The package as files: names, columns, names of studies, texts from outside, and the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from handed_over import WALD, by_setting, card, of_counts, of_proportions, of_ratios, package_of, registered, review
from package_reading import records, rows_of, table, text, unpacked

import builders
from livereview import RenderRequest, Report, StudyCard, archive_files
from livereview_handover import PackageOptions, layout, livereview_renderers, packaged
from livereview_handover.package import packed

HOSTILE = '=HYPERLINK("http://x","y"),<b>&amp;\x1b[31m\nER  - \r\nTY  - JOUR\x00 ../../etc'
PLAIN = '=HYPERLINK("http://x","y"),<b>&amp;[31m ER - TY - JOUR ../../etc'


def made(report: Report, **options: Any) -> bytes:
    (file,) = packaged(RenderRequest(report=report), PackageOptions(**options))
    return file.content


def test_the_files_are_named_by_the_id_of_the_review() -> None:
    report = review(of_counts(model=WALD), references=(card(), card("r2", "excluded", "excluded at full text")))
    report = replace(report, review=replace(report.review, id="my_review"), ongoing=(registered(),))
    (file,) = packaged(RenderRequest(report=report), PackageOptions())
    assert file.path == "my_review-data-package.zip"
    assert sorted(unpacked(file.content)) == [
        "README.txt",
        "my_review-analysis-data/my_review-data-rows.csv",
        "my_review-analysis-data/my_review-overall-estimates-and-settings.csv",
        "my_review-analysis-data/my_review-subgroup-estimates.csv",
        "my_review-study-data/my_review-awaiting-study-information.csv",
        "my_review-study-data/my_review-awaiting.ris",
        "my_review-study-data/my_review-excluded-study-information.csv",
        "my_review-study-data/my_review-excluded.ris",
        "my_review-study-data/my_review-included.ris",
        "my_review-study-data/my_review-ongoing-study-information.csv",
        "my_review-study-data/my_review-ongoing.ris",
        "my_review-study-data/my_review-study-arms.csv",
        "my_review-study-data/my_review-study-information.csv",
        "my_review-study-data/my_review-study-results.csv",
    ]
    (named,) = packaged(RenderRequest(report=report), PackageOptions(id="CD009532"))
    assert named.path == "CD009532-data-package.zip"
    assert all(path.startswith(("CD009532-", "README")) for path in unpacked(named.content))


@pytest.mark.parametrize("bad", ["../x", "a/b", "a b", "-x", "x" * 81, "é"])
def test_an_id_that_is_no_file_name_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="id"):
        PackageOptions(id=bad)


def test_the_columns_are_those_of_version_2_in_their_order() -> None:
    files = package_of(of_counts(model=WALD, subgroups=[by_setting()]), instruments=())
    header = {path.rpartition("made_up-")[2]: content.split(b"\r\n")[0].decode() for path, content in files.items()}
    assert (len(layout.OVERALL), len(layout.DATA_ROWS), len(layout.SUBGROUPS)) == (58, 25, 23)
    assert (len(layout.STUDY_RESULTS), len(layout.STUDY_ARMS)) == (41, 4)
    for name, columns in {
        "data-rows.csv": layout.DATA_ROWS, "overall-estimates-and-settings.csv": layout.OVERALL,
        "subgroup-estimates.csv": layout.SUBGROUPS, "study-information.csv": layout.STUDY_INFORMATION,
        "study-arms.csv": layout.STUDY_ARMS, "study-results.csv": layout.STUDY_RESULTS,
    }.items():  # fmt: skip
        assert header[name] == ",".join(columns)
    assert "Heterogeneity Tau²" in header["overall-estimates-and-settings.csv"]


def test_the_same_report_gives_the_same_bytes_and_a_plain_archive() -> None:
    report = review(of_counts(model=WALD, subgroups=[by_setting()]), of_ratios(id="os", model=WALD))
    first = packed(report, "r")
    assert packed(report, "r") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        members = archive.infolist()
        assert [member.filename for member in members] == sorted(member.filename for member in members)
        assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
    assert archive_files(first, "package") == unpacked(first)  # livereview itself takes it


def test_every_renderer_is_off_until_a_manifest_names_it_and_describes_its_options() -> None:
    found = {renderer.name: renderer for renderer in livereview_renderers()}
    assert set(found) == {"revman-package", "study-lists"}
    for renderer in found.values():
        assert all(field.description for field in renderer.options.model_fields.values())


def test_the_package_says_of_which_state_it_is() -> None:
    report = review(of_counts(model=WALD))
    assert "Update 1 of the review new-drug\r\n" in unpacked(made(report))["README.txt"].decode()
    past = replace(report, provenance=replace(report.provenance, update=0, as_of="2026-01-01"))
    told = unpacked(made(past))["README.txt"].decode()
    assert "Rebuilt report of the review new-drug, no update of it, evidence as recorded by 2026-01-01" in told


def test_a_replay_has_no_package() -> None:
    report = builders.report([], timelines=("a timeline",))
    assert list(packaged(RenderRequest(report=report), PackageOptions())) == []


def test_outcomes_without_a_study_are_named_and_the_others_numbered_by_group() -> None:
    nothing = of_counts({}, id="none", title="Nothing yet")
    outcomes = (
        of_counts(id="a", group="Early"),
        nothing,
        of_ratios(id="b", group="Late"),
        of_counts(id="c", group="Early"),
    )
    files = package_of(*outcomes)
    settings = table(files, "overall-estimates-and-settings")
    assert [
        (row["ID"], row["Analysis group"], row["Analysis number"], row["Analysis group name"]) for row in settings
    ] == [
        ("analysis:a", "1", "1", "Early"),
        ("analysis:b", "2", "1", "Late"),
        ("analysis:c", "1", "2", "Early"),
    ]
    assert "No study has a number for it: - Nothing yet" in " ".join(files["README.txt"].decode().split())


# --- names and texts from outside -----------------------------------------------------------------------------------


def hostile() -> Report:
    """A review in which everything that people type is hostile; two studies have the same label."""
    outcome = of_counts(model=WALD, title=HOSTILE, group=HOSTILE, subgroups=[{**by_setting(), "title": HOSTILE}])
    labels = {"adams": HOSTILE, "brown": "@SUM(A1)", "costa": "-1+1", "dubois": "Twice 2001", "eriksen": "TWICE 2001"}
    row = {"locator": HOSTILE, "citation": HOSTILE, "arm": "+drug", "note": HOSTILE}
    studies = tuple(
        replace(
            study, label=labels[study.study_id], notes=(HOSTILE,), rows=tuple(replace(r, **row) for r in study.rows)
        )
        for study in outcome.studies
    )
    outcome = replace(outcome, studies=studies, favours=(HOSTILE, "=1"), experimental=HOSTILE, control="+placebo")
    cards = tuple(_card(study.study_id, study.label, outcome.id) for study in studies)
    references = (
        card("r1", "included", "report", study_id="adams", study=HOSTILE, title=HOSTILE, authors=(HOSTILE, "Doe J")),
        card("r2", "awaiting", title=HOSTILE, authors=("=cmd|' /C calc'!A0",), abstract="x" * 20_000, year=2020),
        card("r3", "excluded", "excluded at full text", reason=HOSTILE, title=HOSTILE),
    )
    return review(outcome, studies=cards, references=references, ongoing=(registered("=NCT1", regimen=HOSTILE),))


def _card(study_id: str, label: str, outcome: str) -> StudyCard:
    known = {"design": HOSTILE, "year": 2001, "own": HOSTILE}
    return StudyCard(
        study_id=study_id, label=label, characteristics=known, appraisals={}, reports=(), outcomes=(outcome,)
    )


def test_nothing_that_people_type_becomes_a_formula_a_tag_or_a_file_name() -> None:
    content = made(hostile())
    files = unpacked(content)
    assert all(name.startswith("new-drug-") or name == "README.txt" for name in files)
    assert set(archive_files(content, "package")) == set(files)
    for path, data in files.items():
        if not path.endswith(".csv"):
            continue
        for row in rows_of(data):
            for column, cell in row.items():
                numeric = _is_number(cell)
                assert numeric or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (path, column, cell)
                assert "\x1b" not in cell
                assert "\x00" not in cell
                assert "<b>" not in cell or column in ("Study", "Outcome", "Arm", "Footnotes"), (path, column, cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_markup_that_people_type_is_text_and_comes_back_as_such() -> None:
    files = unpacked(made(hostile()))
    settings = table(files, "overall-estimates-and-settings")
    assert text(settings[0]["Analysis name"].removeprefix("'")) == PLAIN
    information = table(files, "study-information")
    assert {text(row["Char: Methods"]) for row in information} == {f"design: {PLAIN}"}
    assert {text(row["Char: Notes"]) for row in information} == {f"own: {PLAIN}"}


def test_a_study_has_one_name_in_every_file_and_no_two_studies_share_it() -> None:
    files = unpacked(made(hostile()))
    names = {row["Study"] for row in table(files, "study-information")}
    assert names == {f"'{PLAIN}", "'@SUM(A1)", "'-1+1", "Twice 2001 [dubois]", "TWICE 2001 [eriksen]"}
    for name in ("data-rows", "study-arms", "study-results"):
        assert {row["Study"] for row in table(files, name)} == names
    (included,) = (content for path, content in files.items() if path.endswith("included.ris"))
    assert {dict(record)["NS"] for record in records(included)} == names


def test_a_record_of_no_study_is_named_by_author_and_year_in_both_of_its_files() -> None:
    references = (
        card("a", authors=("Doe J", "Roe R"), year=2020), card("b", authors=("Doe J",), year=2020), card("c"),
    )  # fmt: skip
    files = package_of(of_counts(model=WALD), references=references)
    (awaiting,) = (content for path, content in files.items() if path.endswith("awaiting.ris"))
    names = [dict(record)["NS"] for record in records(awaiting)]
    assert sorted(names) == ["Doe 2020", "Doe 2020 [b]", "c"]
    assert [row["Study"] for row in table(files, "awaiting-study-information")] == names


# --- studies --------------------------------------------------------------------------------------------------------


def test_arms_and_their_numbers_are_told_study_by_study() -> None:
    files = package_of(of_counts({"adams": ((12, 100), (20, 98))}, model=WALD), of_ratios(id="os", model=WALD))
    results = table(files, "study-results")
    counts = [row for row in results if row["Cases"]]
    cells = ("Study", "Data type", "Arm", "Sample size", "Cases")
    assert [[row[cell] for cell in cells] for row in counts] == [
        ["Adams 2001", "Arm level", "drug", "100", "12"],
        ["Adams 2001", "Arm level", "placebo", "98", "20"],
    ]
    contrasts = [row for row in results if row["Data type"] == "Contrast level"]
    assert [(row["Effect measure"], row["Arm"], row["Reference arm"]) for row in contrasts] == [
        ("Hazard Ratio", "drug", "placebo")
    ] * 3
    assert float(contrasts[0]["Exp mean"]) == pytest.approx(0.71, rel=1e-15)
    arms = {(row["Study"], row["Arm"]) for row in table(files, "study-arms")}
    assert ("Adams 2001", "drug") in arms
    assert ("Adams 2001", "placebo") in arms


def test_a_single_arm_has_its_counts() -> None:
    results = table(package_of(of_proportions(model=WALD)), "study-results")
    first = next(row for row in results if row["Study"] == "Adams 2001")
    assert (first["Data type"], first["Arm"], first["Cases"], first["Sample size"]) == (
        "Arm level",
        "drug",
        "12",
        "100",
    )


def test_every_excluded_study_has_its_reasons_once() -> None:
    references = tuple(
        card(name, "excluded", "excluded at full text", reason=why, study_id="roe", study="Roe 2010")
        for name, why in (("a", "no control"), ("b", "no control"), ("c", "a review"))
    )
    screened = card("d", "excluded", "excluded", reason="on title")
    files = package_of(of_counts(model=WALD), references=(*references, screened), excluded=(), ongoing=())
    (row,) = table(files, "excluded-study-information")
    assert (row["Study"], row["Char: Reason for exclusion"]) == ("Roe 2010", "<p>no control</p><p>a review</p>")


def test_a_trial_under_way_has_what_its_register_says() -> None:
    trials = (
        registered(),
        registered("NCT2", remark="not admitted: other drug"),
        registered("NCT3", remark="has results: X"),
    )
    files = package_of(of_counts(model=WALD), ongoing=trials, references=(), excluded=())
    (row,) = table(files, "ongoing-study-information")
    assert row["Study"] == "NCT01234567"
    assert row["Char: Interventions"] == "<p>regimen: new drug</p>"
    assert row["Char: Starting date"] == row["Year"] == ""  # not known, so not said
    (excluded,) = table(files, "excluded-study-information")
    assert (excluded["Study"], text(excluded["Char: Reason for exclusion"])) == ("NCT2", "not admitted: other drug")


# --- risk of bias ---------------------------------------------------------------------------------------------------

DOMAINS = [f"Bias{rest}" for rest in (" arising from the randomization process", " in measurement of the outcome")]


def judged(report: Report, title: str, scores: dict[str, str], outcome: str = "", **keys: Any) -> Any:
    own = builders.appraisal(report.studies[0], outcome=outcome, scores=scores, places=("page 3",), **keys)
    return builders.instrument_card([own], title=title)


def test_rob_2_stands_beside_the_data_and_is_that_of_the_outcome() -> None:
    outcome = of_counts(model=WALD)
    report = review(outcome)
    first = replace(report.studies[0], study_id="adams", label="Adams 2001")
    report = replace(report, studies=(first, *report.studies[1:]))
    whole = judged(report, "RoB 2", {"D1": "Low", "Overall": "Low"})
    of_this = judged(report, "RoB 2", {"D1": "High", "D4": "Some concerns", "overall": "High"}, outcome="cr")
    tool = replace(whole, cards=(*whole.cards, *of_this.cards))
    rows = table(unpacked(made(replace(report, instruments=(tool,)), id="x")), "data-rows")
    (row,) = (row for row in rows if row["Study"] == "Adams 2001")
    assert [row[f"{domain} (judgement)"] for domain in DOMAINS] == ["High risk", "Some concerns"]
    assert row["Overall bias (judgement)"] == "High risk"
    assert row[f"{DOMAINS[0]} (support)"] == "<p>page 3</p>"
    assert all(not other["Overall bias (judgement)"] for other in rows if other is not row)
    settings = table(unpacked(made(replace(report, instruments=(tool,)), id="x")), "overall-estimates-and-settings")
    assert settings[0]["Show risk of bias"] == "true"


def test_other_judgements_are_a_table_and_points_are_named_as_left_out() -> None:
    report = review(of_counts(model=WALD))
    old = judged(report, "RoB 1", {"Random sequence generation": "low", "Allocation concealment": "Unclear risk"})
    points = judged(report, "NOS", {"Q1": "1"})
    files = unpacked(made(replace(report, instruments=(old, points)), id="x"))
    (row,) = table(files, "risk-of-bias")
    assert row["Domain (judgement): Random sequence generation"] == "Low risk"
    assert row["Domain (judgement): Allocation concealment"] == "Unclear risk"
    assert "(judgement)" not in ",".join(table(files, "data-rows")[0])
    readme = " ".join(files["README.txt"].decode().split())
    assert "RevMan has no word for its judgements or points: - NOS" in readme
