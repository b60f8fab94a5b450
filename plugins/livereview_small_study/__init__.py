"""Tests for small-study effects: Egger's regression and Begg and Mazumdar's rank correlation.

Registered as ``egger`` and ``begg``. Both see one set of studies on the analysis scale.
"""

from __future__ import annotations

from collections.abc import Iterable

from livereview import BiasTest, hookimpl
from livereview_small_study.begg import BEGG
from livereview_small_study.egger import EGGER

__all__ = ["BEGG", "EGGER", "livereview_bias_tests"]


@hookimpl
def livereview_bias_tests() -> Iterable[BiasTest]:
    """The bias tests of this package."""
    return [BEGG, EGGER]
