"""I², Q, P and k of a printed pool against each other, and against the model that was used."""

from __future__ import annotations

from collections.abc import Iterator

from livereview import AuditCode, AuditFinding, EvidenceRow
from livereview_printed.lines import told
from livereview_printed.spans import Span, meet, p_span, span

I2 = AuditCode(code="pool-i2-p", severity="warning", title="Printed I² and P of heterogeneity do not fit")
COMMON = AuditCode(
    code="pool-common-effect", severity="warning", title="A printed common effect of studies that disagree"
)
TESTED = AuditCode(code="pool-bias-test", severity="note", title="A printed bias test of few studies")

_COMMON = ("fixed", "common", "mantel-haenszel", "peto", "iv fixed")
#: I² from which on studies disagree too much for one effect (Higgins 2003, doi:10.1136/bmj.327.7414.557).
_HIGH = 50
_TESTED_FROM = 10
#: Numbers of studies that are tried where none is printed.
_MOST = 300


def of_one_line(line: EvidenceRow) -> Iterator[AuditFinding]:
    """Findings about the heterogeneity of a line."""
    yield from _i2(line)
    model = str(line.get("model") or "").casefold()
    i2, k = line.get("i2"), line.get("k")
    if i2 is not None and i2 >= _HIGH and any(model.startswith(word) for word in _COMMON):
        message = f"pooled by a common effect ({line['model']}) with I² {i2:g}%"
        yield told(COMMON, line, ("model", "i2"), message, "Read it by random effects, as most protocols have it.")
    tests = [name for name, column in (("Egger", "egger_p"), ("Begg", "begg_p")) if line.get(column) is not None]
    if tests and k is not None and k < _TESTED_FROM:
        message = f"{' and '.join(tests)} of {k} studies: asymmetry cannot be told from chance"
        yield told(TESTED, line, ("egger_p", "begg_p", "k"), message, "Do not read a large P as absence of bias.")


def _i2(line: EvidenceRow) -> Iterator[AuditFinding]:
    """Q is (k - 1) / (1 - I²), or at most k - 1 where I² is 0: its P against the one printed."""
    said, i2 = p_span(line.get("q_p")), line.get("i2")
    if said is None or i2 is None or not 0 <= i2 < 100:
        return
    k = line.get("k")
    tried = [int(k)] if k else range(2, _MOST + 1)
    if any(size > 1 and meet(said, _p_of(i2, size)) for size in tried):
        return
    if k:
        low, high = _p_of(i2, int(k))
        message = f"I² {i2:g}% of {k} studies goes with P {low:.3g} to {high:.3g}; printed is {line['q_p']}"
    else:
        message = f"I² {i2:g}% goes with P {line['q_p']} for no number of studies"
    yield told(I2, line, ("i2", "q_p"), message, "Look up I², Q, its P and the number of studies in the paper.")


def _p_of(i2: float, k: int) -> Span:
    """The P values that I² as printed allows."""
    from scipy.special import chdtrc

    low, high = span(i2)
    most = (k - 1) / (1 - min(high, 99.999999) / 100)
    least = 0.0 if low <= 0 else (k - 1) / (1 - low / 100)
    return float(chdtrc(k - 1, most)), float(chdtrc(k - 1, least))
