"""Whether numbers of the evidence fit each other: counts, estimates and intervals, means, survival, scores."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import AuditCheck, hookimpl
from livereview_arithmetic.counts import COUNTS
from livereview_arithmetic.estimates import ESTIMATES
from livereview_arithmetic.means import MEANS
from livereview_arithmetic.scores import SCORES
from livereview_arithmetic.survival import SURVIVAL

__all__ = ["COUNTS", "ESTIMATES", "MEANS", "SCORES", "SURVIVAL", "livereview_audit_checks"]


@hookimpl
def livereview_audit_checks() -> Iterable[AuditCheck]:
    """The checks of this package."""
    return [COUNTS, ESTIMATES, MEANS, SURVIVAL, SCORES]
