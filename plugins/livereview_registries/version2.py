"""A study of the registry's API, version 2 (``protocolSection``, ``resultsSection``), as a Trial."""

from __future__ import annotations

from collections.abc import Mapping

from livereview_registries.nodes import Node
from livereview_registries.trial import (
    AdverseEvents,
    Affected,
    Category,
    Comparison,
    Group,
    Measurement,
    Outcome,
    Term,
    Trial,
    without_total,
)

_PARTICIPANTS = "participants"


def trial(study: Node) -> Trial:
    """The trial of one study object. What is odd in it stands in ``study.odd``; its number may be anything."""
    protocol = study.at("protocolSection")
    identity = protocol.at("identificationModule")
    status = protocol.at("statusModule")
    design = protocol.at("designModule")
    results = study.at("resultsSection")
    return Trial(
        nct=identity.text("nctId").upper(),
        aliases=tuple(alias.upper() for alias in identity.texts("nctIdAliases")),
        other_ids=tuple(
            filter(None, (identity.at("orgStudyIdInfo").text("id"), *(e.text("id") for e in _secondary(identity))))
        ),
        title=identity.text("officialTitle") or identity.text("briefTitle"),
        brief_title=identity.text("briefTitle"),
        acronym=identity.text("acronym"),
        summary=protocol.at("descriptionModule").markup("briefSummary", prose=True),
        state=status.text("overallStatus"),
        first_posted=status.at("studyFirstPostDateStruct").text("date"),
        results_posted=status.at("resultsFirstPostDateStruct").text("date"),
        updated=status.at("lastUpdatePostDateStruct").text("date"),
        primary_completion=status.at("primaryCompletionDateStruct").text("date"),
        study_type=design.text("studyType"),
        phases=design.texts("phases"),
        allocation=design.at("designInfo").text("allocation"),
        model=design.at("designInfo").text("interventionModel"),
        enrollment=design.at("enrollmentInfo").whole("count"),
        enrolled=design.at("enrollmentInfo").text("type") == "ACTUAL",
        baseline=_baseline(results.at("baselineCharacteristicsModule")),
        outcomes=tuple(
            _outcome(index, node)
            for index, node in enumerate(results.at("outcomeMeasuresModule").items("outcomeMeasures"))
        ),
        events=_events(results.at("adverseEventsModule")),
    )


def _secondary(identity: Node) -> list[Node]:
    return list(identity.items("secondaryIdInfos"))


def _baseline(module: Node) -> tuple[tuple[str, str], ...]:
    counts = _denominators(module)
    return without_total([(g.text("title"), counts.get(g.text("id"), "")) for g in module.items("groups")])


def _denominators(node: Node) -> Mapping[str, str]:
    """Participants by group; other units (eyes, lesions) are no people."""
    for units in node.items("denoms"):
        if units.text("units").lower() == _PARTICIPANTS:
            return {count.text("groupId"): count.text("value") for count in units.items("counts")}
    return {}


def _groups(node: Node, key: str) -> tuple[Group, ...]:
    return tuple(Group(id=g.text("id"), title=g.text("title"), path=g.path) for g in node.items(key))


def _outcome(index: int, node: Node) -> Outcome:
    units = node.text("denomUnitsSelected") or node.text("typeUnitsAnalyzed")
    return Outcome(
        index=index,
        title=node.text("title"),
        description=node.markup("description"),
        population=node.markup("populationDescription"),
        posted=node.text("reportingStatus") != "NOT_POSTED",
        parameter=node.text("paramType"),
        dispersion=node.text("dispersionType"),
        unit=node.text("unitOfMeasure"),
        time_frame=node.text("timeFrame"),
        units_analysed="" if units.lower() == _PARTICIPANTS else units,
        groups=_groups(node, "groups"),
        denominators=_denominators(node),
        categories=tuple(_category(each, row) for row in node.items("classes") for each in row.items("categories")),
        comparisons=tuple(_comparison(each) for each in node.items("analyses")),
        path=node.path,
    )


def _category(node: Node, row: Node) -> Category:
    return Category(
        class_title=row.text("title"),
        title=node.text("title"),
        denominators=_denominators(row),
        measurements=tuple(
            Measurement(
                group=each.text("groupId"),
                value=each.text("value"),
                spread=each.text("spread"),
                low=each.text("lowerLimit"),
                high=each.text("upperLimit"),
                comment=each.text("comment"),
                path=each.path,
            )
            for each in node.items("measurements")
        ),
        path=node.path,
    )


def _comparison(node: Node) -> Comparison:
    return Comparison(
        groups=node.texts("groupIds"),
        description=node.markup("groupDescription"),
        method=node.text("statisticalMethod"),
        p_value=node.text("pValue"),
        parameter=node.text("paramType"),
        value=node.text("paramValue"),
        dispersion=node.text("dispersionType"),
        spread=node.text("dispersionValue"),
        ci_percent=node.text("ciPctValue"),
        sides=node.text("ciNumSides"),
        low=node.text("ciLowerLimit"),
        high=node.text("ciUpperLimit"),
        comment=node.markup("estimateComment"),
        path=node.path,
    )


def _events(module: Node) -> AdverseEvents | None:
    if module.value is None:
        return None
    groups = list(module.items("eventGroups"))
    return AdverseEvents(
        threshold=module.text("frequencyThreshold"),
        time_frame=module.text("timeFrame"),
        groups=_groups(module, "eventGroups"),
        deaths=_totals(groups, "deaths"),
        any_serious=_totals(groups, "serious"),
        any_other=_totals(groups, "other"),
        serious=_terms(module, "seriousEvents"),
        other=_terms(module, "otherEvents"),
    )


def _totals(groups: list[Node], kind: str) -> tuple[Affected, ...]:
    """Of each group that has it; older records lack the deaths."""
    return tuple(
        Affected(
            group=group.text("id"),
            affected=group.whole(f"{kind}NumAffected"),
            at_risk=group.whole(f"{kind}NumAtRisk"),
            path=f"{group.path}/{kind}NumAffected",
        )
        for group in groups
        if group.at(f"{kind}NumAffected").value is not None or group.at(f"{kind}NumAtRisk").value is not None
    )


def _terms(module: Node, key: str) -> tuple[Term, ...]:
    return tuple(
        Term(
            term=node.text("term"),
            organ=node.text("organSystem"),
            counts=tuple(
                Affected(
                    group=each.text("groupId"),
                    affected=each.whole("numAffected"),
                    at_risk=each.whole("numAtRisk"),
                    occurrences=each.whole("numEvents"),
                    path=each.path,
                )
                for each in node.items("stats")
            ),
            path=node.path,
        )
        for node in module.items(key)
    )
