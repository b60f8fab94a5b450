"""Numbers that carry their first and second derivatives in a few parameters: exact differentiation of a likelihood.

The approximate likelihood of a quadrature is itself differentiated, points that move with the parameters included, so
that its maximum and its curvature belong to the same function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from livereview_estimation.packing import Array

Part = Array | float
"""An array; or a float, which in derivatives is the constant 0 or 1."""


@cache
def pairs(parameters: int) -> tuple[tuple[int, int], ...]:
    """The upper triangle of a matrix, row by row: the order of second derivatives."""
    return tuple((i, j) for i in range(parameters) for j in range(i, parameters))


def _product(a: Part, b: Part) -> Part:
    """a b, without work where one is the constant 0 or 1."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, float) and one in (0.0, 1.0):
            return other if one else 0.0
    return a * b


def _total(a: Part, b: Part) -> Part:
    if isinstance(a, float) and a == 0.0:
        return b
    return a if isinstance(b, float) and b == 0.0 else a + b


@dataclass(frozen=True, slots=True)
class Jet:
    """A value with its derivatives; all parts broadcast against each other."""

    value: Part
    first: tuple[Part, ...]
    second: tuple[Part, ...]
    """Upper triangle, as in ``pairs``."""

    @staticmethod
    def parameter(value: Array, at: int, parameters: int) -> Jet:
        """One of the parameters."""
        first = tuple(1.0 if i == at else 0.0 for i in range(parameters))
        return Jet(value, first, (0.0,) * len(pairs(parameters)))

    def with_value(self, value: Part) -> Jet:
        """The same derivatives of another value: for a value that is known better."""
        return Jet(value, self.first, self.second)

    def constant(self, value: Part) -> Jet:
        """A constant, among the same parameters."""
        return Jet(value, (0.0,) * len(self.first), (0.0,) * len(self.second))

    def __add__(self, other: Jet) -> Jet:
        return Jet(
            self.value + other.value,
            tuple(map(_total, self.first, other.first)),
            tuple(map(_total, self.second, other.second)),
        )

    def __mul__(self, other: Jet) -> Jet:
        a, b = self, other
        second = []
        for (i, j), own, its in zip(pairs(len(a.first)), a.second, b.second, strict=True):
            crossed = _total(_product(a.first[i], b.first[j]), _product(a.first[j], b.first[i]))
            second.append(_total(crossed, _total(_product(a.value, its), _product(b.value, own))))
        first = tuple(
            _total(_product(a.value, its), _product(b.value, own)) for own, its in zip(a.first, b.first, strict=True)
        )
        return Jet(a.value * b.value, first, tuple(second))

    def scaled(self, factor: Part) -> Jet:
        """The jet times a constant, which may be an array."""
        return self.mapped(lambda part: _product(factor, part))

    def mapped(self, change: Callable[[Part], Part]) -> Jet:
        """A linear change of every part."""
        return Jet(change(self.value), tuple(map(change, self.first)), tuple(map(change, self.second)))

    def through(self, value: Part, slope: Part, curvature: Part) -> Jet:
        """f of the jet, from f, f' and f'' at its value."""
        second = tuple(
            _total(_product(slope, own), _product(curvature, _product(self.first[i], self.first[j])))
            for (i, j), own in zip(pairs(len(self.first)), self.second, strict=True)
        )
        return Jet(value, tuple(_product(slope, own) for own in self.first), second)
