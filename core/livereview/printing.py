"""Numbers as printed. Rounding happens here and nowhere else; nothing is computed from them.

Ratios have 2 decimals (3 below 0.1, none from 100; ``<0.001`` and ``>1,000`` beyond), proportions are percentages with
1 decimal, differences, means and rates adapt to the width of their interval, P has 3 decimals. The minus sign is
U+2212. No number prints as a dash. The core and every renderer print through this module.
"""

from __future__ import annotations

import math

from livereview.further import CellKind, Value
from livereview.report import Interval

MISSING = "–"
MINUS = "−"


def known(value: float | None) -> bool:
    """Whether there is a number to print."""
    return value is not None and not math.isnan(value)


def fixed(value: float | None, decimals: int) -> str:
    """The value with so many decimals; a result that rounds to zero has no sign."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value:z,.{decimals}f}".replace("-", MINUS)


def significant(value: float | None, digits: int = 3) -> str:
    """The value with so many significant digits, in scientific notation below 0.0001 and above a thousand million."""
    if value is None or math.isnan(value) or math.isinf(value) or value == 0:
        return fixed(value, 0)
    size = abs(value)
    if size < 1e-4 or size >= 1e9:
        return f"{value:.{digits - 1}e}".replace("-", MINUS)
    return fixed(value, max(digits - 1 - math.floor(math.log10(size)), 0))


def estimate(value: float | None, display: str, width: float | None = None) -> str:
    """One number on the display scale; ``width`` is that of its interval: differences take their decimals from it."""
    if value is None or math.isnan(value):
        return MISSING
    if display == "ratio":
        return _ratio(value)
    if display == "proportion":
        return _proportion(value)
    if display == "correlation":
        return fixed(value, 2)
    if width is None or not math.isfinite(width) or width <= 0 or width < 1e-4:
        return significant(value)
    return fixed(value, min(max(2 - math.floor(math.log10(width)), 0), 6))


def _ratio(value: float) -> str:
    if 0 < value < 0.0005:
        return "<0.001"
    if 0 < value < 0.1:
        return fixed(value, 3)
    if 1000 < value < math.inf:
        return ">1,000"
    return fixed(value, 0 if value >= 100 else 2)


def _proportion(value: float) -> str:
    if 0 < value < 0.0005:
        return "<0.1%"
    if 0.9995 <= value < 1:
        return ">99.9%"
    return fixed(value * 100, 1) + "%"


def limits(low: float | None, high: float | None, display: str, width: float | None = None) -> str:
    """``0.58 to 0.87``; a dash where a limit is missing. ``width`` (of another interval) sets the decimals."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return MISSING
    scale = high - low if width is None else width
    return f"{estimate(low, display, scale)} to {estimate(high, display, scale)}"


def interval(value: Interval, display: str) -> str:
    """``0.71 (0.58 to 0.87)``; says so where there is an estimate without limits."""
    if math.isnan(value.estimate):
        return MISSING
    if math.isnan(value.low) or math.isnan(value.high):
        return f"{estimate(value.estimate, display)} (no interval)"
    width = value.high - value.low
    return f"{estimate(value.estimate, display, width)} ({limits(value.low, value.high, display)})"


def p_value(value: float | None) -> str:
    """P with 3 decimals, ``<0.001`` below that."""
    if value is None or math.isnan(value):
        return MISSING
    if value < 0.001:
        return "<0.001"
    return ">0.999" if 0.9995 <= value < 1 else f"{value:.3f}"


def p_phrase(value: float | None) -> str:
    """``P = 0.034`` or ``P < 0.001``."""
    printed = p_value(value)
    return f"P {printed[0]} {printed[1:]}" if printed[0] in "<>" else f"P = {printed}"


def i2(value: float | None) -> str:
    """I² as a whole percentage; a value that is neither 0 nor 100 never rounds to them."""
    if value is None or math.isnan(value):
        return MISSING
    if 0 < value < 0.5:
        return "<1%"
    return ">99%" if 99.5 <= value < 100 else fixed(value, 0) + "%"


def tau2(value: float | None) -> str:
    """Tau² (or tau) with 3 significant digits; a value too small to matter as ``<0.0001``."""
    return "<0.0001" if value is not None and 0 < value < 1e-4 else significant(value)


def count(value: float | None) -> str:
    """A whole number with thousands separated; one that is not whole keeps its decimals."""
    return fixed(value, 0) if value is None or not math.isfinite(value) or value == int(value) else plain(value)


def weight(value: float | None) -> str:
    """A study's share in percent with 1 decimal."""
    return MISSING if value is None or math.isnan(value) else fixed(value, 1) + "%"


def plain(value: float | None) -> str:
    """A number as it was recorded: up to 6 significant digits, no padding."""
    if value is None or not math.isfinite(value):
        return fixed(value, 0)
    if value == int(value) and abs(value) < 1e9:
        return fixed(value, 0)
    return f"{value:.6g}".replace("-", MINUS)


def recorded(value: float | None, display: str) -> str:
    """A number as it was recorded, as a percentage where the outcome is a proportion."""
    if display == "proportion" and value is not None and math.isfinite(value):
        return plain(value * 100) + "%"
    return plain(value)


def level(value: float) -> str:
    """A confidence level as ``95%``."""
    return f"{value * 100:.6g}%"


def kappa(value: float | None, low: float | None = None, high: float | None = None) -> str:
    """``0.49 (0.39 to 0.59)``; without limits the coefficient alone."""
    limited = "" if low is None or high is None else f" ({fixed(low, 2)} to {fixed(high, 2)})"
    return fixed(value, 2) + limited


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """``1 study``, ``2 studies``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def every(months: int) -> str:
    """``every month``, ``every 3 months``."""
    return "every month" if months == 1 else f"every {months:,} months"


def analysed(cell: Value, kind: CellKind, display: str, scale: str) -> str:
    """A cell of a further analysis, its effects and contrasts on the display scale already; ``display`` and ``scale``
    are those of the outcome. A contrast on a logarithmic scale is a ratio, else a difference."""
    if cell is None:
        return MISSING
    if isinstance(cell, str):
        return cell
    contrast = "ratio" if kind == "contrast" and scale in ("log", "logit") else "difference"
    shown_as = display if kind == "effect" else contrast
    if isinstance(cell, tuple):
        return interval(Interval(estimate=cell[0], low=cell[1], high=cell[2]), shown_as)
    if kind == "p-value":
        return p_value(cell)
    if kind == "count":
        return plain(cell)
    if kind == "percent":
        return f"{fixed(cell, 1)}%" if known(cell) else MISSING
    if kind in ("effect", "contrast"):
        return estimate(cell, shown_as)
    return significant(cell) if isinstance(cell, float) else plain(cell)
