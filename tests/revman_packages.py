"""Files of data packages in every generation of their layout, made from invented trials, and archives of them."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Mapping, Sequence

from scipy.special import ndtri

from first_principles import Pooled, log_rr

ROWS_1 = [
    "Analysis group",
    "Analysis number",
    "Analysis name",
    "Subgroup",
    "Applicability",
    "Study",
    "Study year",
    "GIV Mean",
    "GIV SE",
    "Experimental mean",
    "Experimental SD",
    "Experimental cases",
    "Experimental N",
    "Control mean",
    "Control SD",
    "Control cases",
    "Control N",
    "O-E",
    "Variance",
    "Weight",
    "Mean",
    "CI start",
    "CI end",
    "Footnotes",
]
ROWS_2 = [*ROWS_1[:4], "Subgroup number", *ROWS_1[4:]]
_SETTINGS = [
    "Analysis group",
    "Analysis number",
    "Analysis name",
    "Analysis group name",
    "Data source",
    "Data source eligibility",
    "Data type",
    "Log-scale data",
    "Outcome",
    "Intervention grouping",
    "Experimental intervention",
    "Control intervention",
    "Subgroup by",
    "Filter criteria",
    "Experimental group label",
    "Control group label",
    "Statistical method",
    "Effect measure",
    "Unit of effect measure",
    "Analysis model",
]
_TOTALS = ["Experimental cases", "Experimental N", "Control cases", "Control N", "Mean", "CI start", "CI end"]
_BETWEEN = ["Subgroup Chi²", "Subgroup df", "Subgroup P", "Subgroup I²", "ID"]
OVERALL_1 = [
    *_SETTINGS, "Subgroup estimates", "Overall estimates", "Test for subgroup differences", "Swap event and non-event",
    "Study CI", "Estimate CI", *_TOTALS, "Heterogeneity Tau²", "Heterogeneity Chi²", "Heterogeneity df",
    "Heterogeneity P", "Heterogeneity I²", "Effect Z", "Effect P", *_BETWEEN,
]  # fmt: skip
_HETEROGENEITY = [
    "PI start",
    "PI end",
    "Heterogeneity Tau²",
    "Tau² CI start",
    "Tau² CI end",
    "Heterogeneity Chi²",
    "Heterogeneity df",
    "Heterogeneity P",
    "Heterogeneity I²",
    "Effect Z",
    "Effect T",
    "Effect P",
]
OVERALL_2 = [
    *_SETTINGS, "Heterogeneity estimator", "Tau² CI", "Subgroup estimates", "Overall estimates",
    "Test for subgroup differences", "Prediction interval", "Swap event and non-event", "CI method", "CI/PI level",
    *_TOTALS, *_HETEROGENEITY, *_BETWEEN,
]  # fmt: skip
_DISPLAY = ("Sort studies by", "Graph label (left)", "Graph label (right)", "Graph scale", "Show risk of bias")
OVERALL_3 = [
    *OVERALL_2[: OVERALL_2.index("CI/PI level") + 1],
    *_DISPLAY,
    *OVERALL_2[OVERALL_2.index("CI/PI level") + 1 :],
]
SUBGROUPS_2 = [
    "Analysis group",
    "Analysis number",
    "Subgroup",
    "Subgroup number",
    "Experimental cases",
    "Experimental N",
    "Control cases",
    "Control N",
    "Weight",
    "Mean",
    "CI start",
    "CI end",
    "Heterogeneity Tau²",
    "Tau² CI start",
    "Tau² CI end",
    "Heterogeneity Chi²",
    "Heterogeneity df",
    "Heterogeneity P",
    "Heterogeneity I²",
    "Effect Z",
    "Effect T",
    "Effect P",
    "ID",
]
_NO_DECIMALS = ("Experimental cases", "Control cases")
_DECIMALS = (
    "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Control mean", "Control SD", "O-E", "Variance",
)  # fmt: skip
_ZEROS = dict.fromkeys(_DECIMALS, "0.0") | dict.fromkeys(_NO_DECIMALS, "0")


def sheet(columns: Sequence[str], rows: Sequence[Mapping[str, object]], *, mark: bool = True) -> bytes:
    """A CSV file with a byte order mark and line ends of Windows, as RevMan writes it."""
    unknown = {name for row in rows for name in row} - set(columns)
    assert not unknown, unknown
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if mark else b"") + out.getvalue().encode()


def data_row(
    number: int, study: str, *, zeros: bool = False, subgroup: str = "", **values: object
) -> dict[str, object]:
    """A row of data of analysis 1.NUMBER; with ``zeros`` everything that does not apply is 0, as in older files."""
    found: dict[str, object] = dict(_ZEROS) if zeros else {}
    found |= {
        "Analysis group": 1, "Analysis number": number, "Analysis name": f"Outcome {number}", "Subgroup": subgroup,
        "Applicability": "SUBGROUP_AND_OVERALL", "Study": study, "Study year": study[-4:],
    }  # fmt: skip
    return found | {name.replace("_", " "): value for name, value in values.items()}


def counts_row(number: int, study: str, trial: Sequence[int], **more: object) -> dict[str, object]:
    """A row of counts with the risk ratio that belongs to it; without any event the effect is empty."""
    a, n1, c, n2 = trial
    effect = log_rr(a, n1, c, n2)
    shown: dict[str, object] = {}
    if effect:
        y, se = effect[0], math.sqrt(effect[1])
        z = float(ndtri(0.975))
        shown = {
            "Mean": round(math.exp(y), 6),
            "CI start": round(math.exp(y - z * se), 6),
            "CI end": round(math.exp(y + z * se), 6),
        }
    cells = {"Experimental cases": a, "Experimental N": n1, "Control cases": c, "Control N": n2}
    return data_row(number, study, **more) | cells | shown


def settings(
    number: int, pooled: Pooled | None, *, columns: Sequence[str], ratio: bool = True, **values: object
) -> dict[str, object]:
    """A row of settings and overall results of analysis 1.NUMBER."""
    found: dict[str, object] = {
        "Analysis group": 1, "Analysis number": number, "Analysis name": f"Outcome {number}",
        "Analysis group name": "Drug versus placebo", "Data source": "Custom input", "Data source eligibility": "#N/A",
        "Data type": "Dichotomous", "Log-scale data": "true", "Experimental group label": "Drug",
        "Control group label": "Placebo", "Statistical method": "MH", "Effect measure": "Risk Ratio",
        "Analysis model": "Fixed effect", "Subgroup estimates": "true", "Overall estimates": "true",
        "Test for subgroup differences": "true", "Swap event and non-event": "false",
    }  # fmt: skip
    level = {"CI method": "Wald", "CI/PI level": "95%", "Heterogeneity estimator": "#N/A"}
    found |= level if "CI/PI level" in columns else {"Study CI": "95%", "Estimate CI": "95%"}
    if pooled is not None:
        found |= results(pooled, ratio)
    return found | values


def results(pooled: Pooled, ratio: bool = True) -> dict[str, object]:
    """The results of a pooled analysis under the names of the package."""
    back = math.exp if ratio else float
    found: dict[str, object] = {
        "Mean": back(pooled.estimate), "CI start": back(pooled.low), "CI end": back(pooled.high),
        "Heterogeneity Chi²": pooled.q, "Heterogeneity df": pooled.df, "Heterogeneity P": pooled.q_p,
        "Heterogeneity I²": pooled.i2, "Effect Z": pooled.z, "Effect P": pooled.p,
    }  # fmt: skip
    return found | ({"Heterogeneity Tau²": pooled.tau2} if pooled.tau2 else {})


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()
