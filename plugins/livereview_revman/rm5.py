"""RevMan 5 files (``.rm5``): XML in the encoding that it declares.

``LOG_…`` attributes are logarithms to base 10 and are not used where the number itself stands beside them; ``CHI2``,
``DF`` and ``I2`` are heterogeneity, ``Q`` and ``P_Q`` the test of subgroup differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import count
from xml.etree.ElementTree import Element

from livereview import PluginError, doi_in, plain_text, registry_ids_in, xml_root
from livereview_revman import cells
from livereview_revman.analysis_files import computed, numbers_of, subgroup_test, total
from livereview_revman.members import Member
from livereview_revman.review import (
    Analysis,
    Characteristic,
    DataType,
    Entry,
    Judgement,
    Place,
    Printed,
    Review,
    Running,
)

_TYPES: Mapping[str, DataType] = {"DICH": "counts", "CONT": "means", "IV": "contrast", "IPD": "log-rank"}
_DATA: Mapping[str, Mapping[str, str]] = {
    "counts": {"EVENTS_1": "events_1", "TOTAL_1": "n_1", "EVENTS_2": "events_2", "TOTAL_2": "n_2"},
    "means": {
        "MEAN_1": "mean_1", "SD_1": "sd_1", "TOTAL_1": "n_1", "MEAN_2": "mean_2", "SD_2": "sd_2", "TOTAL_2": "n_2",
    },
    "contrast": {"ESTIMATE": "contrast", "SE": "contrast_se", "TOTAL_1": "n_1", "TOTAL_2": "n_2"},
    "log-rank": {
        "O_E": "o_minus_e", "VAR": "variance",
        "EVENTS_1": "events_1", "TOTAL_1": "n_1", "EVENTS_2": "events_2", "TOTAL_2": "n_2",
    },
}  # fmt: skip
_EFFECT = {"EFFECT_SIZE": "effect", "CI_START": "ci_low", "CI_END": "ci_high", "WEIGHT": "weight"}
_RESULTS = {
    "EFFECT_SIZE": "estimate", "CI_START": "ci_low", "CI_END": "ci_high", "TAU2": "tau2", "CHI2": "q", "DF": "df",
    "P_CHI2": "q_p", "I2": "i2", "Z": "statistic", "P_Z": "p",
}  # fmt: skip
_RISK = {"YES": "Low risk", "NO": "High risk", "UNKNOWN": "Unclear risk"}
_CHARACTERISTICS = "CHAR_"
#: Elements that begin a line.
_LINES = ("P", "LI", "BR", "TR", "OL", "UL")
_LISTS = ("INCLUDED", "EXCLUDED", "AWAITING", "ONGOING")


def review_of(member: Member) -> Review:
    """The review in a RevMan 5 file. PluginError where it is no such file, or of diagnostic accuracy."""
    root = xml_root(member.content, member.place)
    if root.tag != "COCHRANE_REVIEW":
        raise PluginError(
            f"{member.place}: the XML begins with <{cells.words(root.tag)[:40]}>; a RevMan 5 file begins with "
            "<COCHRANE_REVIEW>."
        )
    if root.get("TYPE") == "DIAGNOSTIC" or root.find(".//TEST_DATA") is not None:
        raise PluginError(
            f"{member.place}: this is a review of diagnostic test accuracy. livereview pools effects of interventions, "
            "and would make something else of such numbers. Nothing of it is read."
        )
    review = Review(id=cells.words(root.get("ID")) or cells.slug(member.name.rsplit(".", 1)[0]))
    review.doi = doi_in(root.get("DOI") or "")
    review.title = _text(root.find("COVER_SHEET/TITLE"))
    issue = root.find("COVER_SHEET/DATES/LAST_CITATION_ISSUE")
    if issue is not None and (issue.get("YEAR") or "").isdigit() and (issue.get("ISSUE") or "").isdigit():
        review.published_on = f"{issue.get('YEAR')}-{int(issue.get('ISSUE') or 0):02d}"
    numbering = count(1)

    def place(at: str) -> Place:
        return Place(file=member.place, row=next(numbering), at=at)

    names = _studies(root, review, place)
    _describe(root, review, names, place)
    _judge(root, review, names, place)
    for comparison in root.iterfind("ANALYSES_AND_DATA/COMPARISON"):
        for outcome in comparison:
            if outcome.tag.endswith("_OUTCOME"):
                _analyse(outcome, comparison, review, names, place)
    return review


def _text(element: Element | None) -> str:
    """The text of an element with all in it, on one line."""
    return "" if element is None else cells.words("".join(element.itertext()))


def _prose(element: Element) -> str:
    """The text of an element; paragraphs, items and breaks are lines."""
    return plain_text(_in_order(element), prose=True)


def _in_order(element: Element) -> str:
    inner = element.text or ""
    for child in element:
        inner += (
            ("\n" if child.tag in ("P", "LI", "BR", "TR", "OL", "UL") else "") + _in_order(child) + (child.tail or "")
        )
    return inner


_Places = Callable[[str], Place]


def _studies(root: Element, review: Review, place: _Places) -> dict[str, str]:
    """Label of each study id, the ids with their escapes undone."""
    names: dict[str, str] = {}
    for kind in _LISTS:
        for study in root.iterfind(f"STUDIES_AND_REFERENCES/STUDIES/{kind}_STUDIES/STUDY"):
            identity = study.get("ID") or ""
            label = cells.label(study.get("NAME")) or cells.label(cells.unescaped(identity).removeprefix("STD-"))
            names[identity] = names[cells.unescaped(identity)] = label
            where = place(f"study {label}")
            if kind == "INCLUDED":
                review.study(label, where, cells.study_year(study.get("YEAR")))
            elif kind == "EXCLUDED":
                review.excluded[label] = ""
            elif kind == "AWAITING":
                review.awaiting.append(label)
            else:
                texts = [*study.itertext(), *(value for item in study.iter() for value in item.attrib.values())]
                review.ongoing.append(Running(label=label, registry_ids=registry_ids_in(*texts), place=where))
    return names


def _label(element: Element, names: Mapping[str, str]) -> str:
    identity = element.get("STUDY_ID") or ""
    plain = cells.unescaped(identity)
    return names.get(identity) or names.get(plain) or cells.label(plain.removeprefix("STD-"))


def _describe(root: Element, review: Review, names: Mapping[str, str], place: _Places) -> None:
    found = root.find("CHARACTERISTICS_OF_STUDIES")
    for item in found.iter() if found is not None else ():
        label = _label(item, names)
        if item.tag == "EXCLUDED_CHAR":
            review.excluded[label] = "; ".join(text for cell in item if (text := cells.words(_prose(cell))))
        elif item.tag == "INCLUDED_CHAR":
            where = place(f"characteristics of {label}")
            for cell in item:
                if cell.tag.startswith(_CHARACTERISTICS) and (text := _prose(cell)):
                    name = cell.tag.removeprefix(_CHARACTERISTICS)
                    review.characteristics.append(Characteristic(study=label, name=name, value=text, place=where))


def _judge(root: Element, review: Review, names: Mapping[str, str], place: _Places) -> None:
    """Risk of bias (RoB 1): YES is low risk, the question being whether the study was free of it."""
    for item in root.iterfind("QUALITY_ITEMS/QUALITY_ITEM"):
        title = _text(item.find("NAME"))
        groups = {
            part.get("ID"): _text(part.find("NAME")) for part in item.iter() if part.get("ID") and part is not item
        }
        for entry in item.iter("QUALITY_ITEM_DATA_ENTRY"):
            label, result = _label(entry, names), cells.words(entry.get("RESULT"))
            group = groups.get(entry.get("GROUP_ID"), "")
            note = entry.find("DESCRIPTION")
            where = place(f"risk of bias of {label}, {item.get('ID')}")
            if not label or not result:
                review.leave_out(where, "a judgement without study or result", "Complete it in RevMan.")
                continue
            review.judgements.append(
                Judgement(
                    study=label, instrument="RoB 1", item=f"{title}: {group}" if group else title,
                    score=_RISK.get(result.upper(), result), place=where, note="" if note is None else _prose(note),
                )
            )  # fmt: skip


def _analyse(outcome: Element, comparison: Element, review: Review, names: Mapping[str, str], place: _Places) -> None:
    prefix = outcome.tag.removesuffix("_OUTCOME")
    group, number = (cells.slug(element.get("NO") or "0") for element in (comparison, outcome))
    at = outcome.get("ID") or f"{group}.{number}"
    if prefix not in _TYPES:
        rows = len(list(outcome.iter(f"{prefix}_DATA")))
        message = f"an analysis of text, of {rows} {'row' if rows == 1 else 'rows'}: no numbers that can be pooled"
        review.leave_out(place(at), message, "Read it in the review.", _text(outcome.find("NAME"))[:80])
        return
    analysis = _settings(outcome, group, number, _TYPES[prefix])
    analysis.group_name = _text(comparison.find("NAME"))
    review.analyses[group, number] = analysis
    _add_result(outcome, analysis, review, place(at), "")
    for child in outcome:
        if child.tag == f"{prefix}_DATA":
            _add_entry(child, analysis, review, names, place, "")
        elif child.tag == f"{prefix}_SUBGROUP":
            part = child.get("NO") or str(len(analysis.subgroup_numbers) + 1)
            name = _text(child.find("NAME")) or f"Subgroup {part}"
            if name in analysis.subgroup_numbers:
                name = f"{name} [{part}]"
            analysis.subgroup_numbers[name] = part
            _add_result(child, analysis, review, place(child.get("ID") or f"{at}.{part}"), name)
            for row in child.iterfind(f"{prefix}_DATA"):
                _add_entry(row, analysis, review, names, place, name)


def _settings(outcome: Element, group: str, number: str, data_type: DataType) -> Analysis:
    random = cells.yes(outcome.get("RANDOM"))
    said = outcome.get("EFFECT_MEASURE") or _text(outcome.find("EFFECT_MEASURE"))
    return Analysis(
        group=group, number=number, name=_text(outcome.find("NAME")), data_type=data_type, settings=True,
        measure=cells.measure(said), method=cells.method(outcome.get("METHOD")) or "IV", random=bool(random),
        estimator="DL" if random else "", log_scale=cells.yes(outcome.get("LOG_DATA")),
        level=cells.level(outcome.get("CI_TOTAL")) or 0.95, study_level=cells.level(outcome.get("CI_STUDY")) or 0.95,
        label_1=_text(outcome.find("GROUP_LABEL_1")), label_2=_text(outcome.find("GROUP_LABEL_2")),
        left=_text(outcome.find("GRAPH_LABEL_1")), right=_text(outcome.find("GRAPH_LABEL_2")),
        unit=cells.words(outcome.get("UNITS")), swapped=bool(cells.yes(outcome.get("SWAP_EVENTS"))),
        totals=outcome.get("TOTALS") in (None, "YES"), subtotals=outcome.get("TOTALS") in (None, "YES", "SUB"),
    )  # fmt: skip


def _add_result(element: Element, analysis: Analysis, review: Review, place: Place, subgroup: str) -> None:
    if not subgroup and not analysis.totals:
        return
    sides = {f"{what}_{side}": f"{what}{side}" for what in ("EVENTS", "TOTAL") for side in (1, 2)}
    test = {"Q": "between", "P_Q": "p_between", "I2_Q": "i2_between"}
    found = numbers_of(element.attrib, {**_RESULTS, **sides, **test}, place, review)
    events = total(found.pop("EVENTS1"), found.pop("EVENTS2"))
    n = total(found.pop("TOTAL1"), found.pop("TOTAL2"))
    between, p, i2 = (found.pop(name) for name in test.values())
    if found["estimate"] is None:
        return
    if not analysis.random:
        found["tau2"] = None
    parts = len(list(element.iterfind(f"{element.tag.split('_')[0]}_SUBGROUP")))
    note = subgroup_test(between, float(parts - 1), p, i2) if parts > 1 else ""
    if analysis.data_type != "counts":
        events = None
    printed = Printed(place=place, subgroup=subgroup, events=events, n=n, note=note, **found)
    analysis.printed.append(computed(printed, analysis, review))


def _add_entry(
    element: Element, analysis: Analysis, review: Review, names: Mapping[str, str], place: _Places, subgroup: str
) -> None:
    label = _label(element, names)
    where = place(f"{analysis.key}{f', {subgroup}' if subgroup else ''}, {label or 'no study'}")
    if not label:
        review.leave_out(where, "the row names no study", "Name the study in RevMan.")
        return
    review.study(label, where)
    numbers = numbers_of(element.attrib, {**_DATA[analysis.data_type], **_EFFECT}, where, review)
    note = element.find("FOOTNOTE")
    if analysis.data_type == "contrast":
        numbers["contrast"], told = _contrast(numbers, element, analysis)
        analysis.log_scale = told if analysis.log_scale is None else analysis.log_scale
    analysis.entries.append(
        Entry(study=label, place=where, subgroup=subgroup, note="" if note is None else _prose(note), **numbers)
    )


def _contrast(
    numbers: Mapping[str, float | None], element: Element, analysis: Analysis
) -> tuple[float | None, bool | None]:
    """The estimate on the scale of the analysis, and whether that is the logarithm.

    ``ESTIMATE`` is what was typed. Without it the effect printed is taken: of a ratio its logarithm, if limits and
    standard error agree with it.
    """
    entered, effect, se = numbers["contrast"], numbers["effect"], numbers["contrast_se"]
    low, high = numbers["ci_low"], numbers["ci_high"]
    if entered is not None or effect is None:
        return entered, analysis.log_scale
    if analysis.measure in cells.DIFFERENCES or analysis.log_scale is False:
        return effect, False
    if se and low is not None and high is not None and 0 < low < effect < high:
        deviates = math.log(high / low) / (2 * se)
        if 1.2 < deviates < 4:
            return math.log(effect), True
    return None, analysis.log_scale
