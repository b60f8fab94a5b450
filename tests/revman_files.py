"""RevMan 5 files made from invented trials; their printed results are from first principles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from first_principles import COUNTS, Pooled, log_rr


def attributes(values: Mapping[str, object]) -> str:
    """Attributes of an XML element."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items())


def printed(pooled: Pooled, ratio: bool = True) -> dict[str, object]:
    """A pooled result as RevMan 5 writes it; logarithms are to base 10."""
    back = math.exp if ratio else float
    found: dict[str, object] = {
        "EFFECT_SIZE": back(pooled.estimate), "CI_START": back(pooled.low), "CI_END": back(pooled.high), "Z": pooled.z,
        "P_Z": pooled.p, "CHI2": pooled.q, "DF": pooled.df, "P_CHI2": pooled.q_p, "I2": pooled.i2, "TAU2": pooled.tau2,
        "Q": "0.0", "P_Q": "1.0", "I2_Q": "0.0",
    }  # fmt: skip
    if ratio:
        found["LOG_EFFECT_SIZE"] = pooled.estimate / math.log(10)
    return found


def dichotomous(study: str, a: int, n1: int, c: int, n2: int, **more: object) -> str:
    """A row of counts; one without any event is not estimable and prints zeros."""
    effect = log_rr(a, n1, c, n2)
    y, v = effect or (0.0, 0.0)
    size = math.exp(y) if effect else 0.0
    shown = {
        "EFFECT_SIZE": size,
        "CI_START": size and math.exp(y - 1.96 * v**0.5),
        "CI_END": size and math.exp(y + 1.96 * v**0.5),
    }
    values = {
        "STUDY_ID": study, "EVENTS_1": a, "TOTAL_1": n1, "EVENTS_2": c, "TOTAL_2": n2, **shown,
        "LOG_EFFECT_SIZE": y / math.log(10), "SE": v**0.5, "VAR": v, "O_E": "0.0", "WEIGHT": "10.0",
        "ESTIMABLE": "YES" if effect else "NO", **more,
    }  # fmt: skip
    return f"<DICH_DATA{attributes(values)}/>"


def outcome(kind: str, number: int, name: str, inner: str, **values: object) -> str:
    """An outcome with its group labels."""
    shared: dict[str, object] = {
        "NO": number, "ID": f"CMP-001.{number:02d}", "CI_STUDY": 95, "CI_TOTAL": 95, "TOTALS": "YES",
        "SWAP_EVENTS": "NO", "SUBGROUPS": "NO", "METHOD": "MH" if kind == "DICH" else "IV", "RANDOM": "NO",
    } | values  # fmt: skip
    labels = (
        "<GROUP_LABEL_1>Drug</GROUP_LABEL_1><GROUP_LABEL_2>Placebo</GROUP_LABEL_2>"
        "<GRAPH_LABEL_1>Favours drug</GRAPH_LABEL_1><GRAPH_LABEL_2>Favours placebo</GRAPH_LABEL_2>"
    )
    return f"<{kind}_OUTCOME{attributes(shared)}><NAME>{name}</NAME>{labels}{inner}</{kind}_OUTCOME>"


def study_id(label: str) -> str:
    """The id of a study as RevMan escapes it."""
    return "STD-" + label.replace("-", "_x002d_").replace("Ç", "_x00c7_").replace(" ", "-")


def revman5(
    outcomes: str, *, studies: Sequence[str] = tuple(COUNTS), more: str = "", head: str = "", dates: str = ""
) -> bytes:
    """A whole RevMan 5 file in ISO-8859-1 with line ends of Windows."""
    listed = "".join(
        f'<STUDY ID="{study_id(label)}" NAME="{label}" YEAR="{label[-4:]}" DATA_SOURCE="PUB"/>' for label in studies
    )
    text = (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{head}'
        '<COCHRANE_REVIEW ID="42" DOI="10.1000/example.42" TYPE="INTERVENTION" STAGE="R" REVMAN_SUB_VERSION="5.3">\n'
        f"<COVER_SHEET><TITLE>Drug against placebo for colds</TITLE>{dates}</COVER_SHEET>\n"
        f"<STUDIES_AND_REFERENCES><STUDIES><INCLUDED_STUDIES>{listed}</INCLUDED_STUDIES>\n{more}\n"
        f'<ANALYSES_AND_DATA><COMPARISON ID="CMP-001" NO="1"><NAME>Drug versus placebo</NAME>\n{outcomes}\n'
        "</COMPARISON></ANALYSES_AND_DATA></COCHRANE_REVIEW>"
    )
    return text.replace("\n", "\r\n").encode("iso-8859-1")


#: What stands between the list of included studies and the analyses where a file has no more to say.
NO_MORE = "</STUDIES></STUDIES_AND_REFERENCES>"
