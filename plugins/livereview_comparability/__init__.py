"""Whether what is pooled is the same, and whether it is there twice: rows, arms, reports, patients, definitions."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import AuditCheck, hookimpl
from livereview_comparability.duplicates import DUPLICATES
from livereview_comparability.imputed import IMPUTED
from livereview_comparability.patients import SAME_PATIENTS
from livereview_comparability.unlike import UNLIKE

__all__ = ["DUPLICATES", "IMPUTED", "SAME_PATIENTS", "UNLIKE", "livereview_audit_checks"]


@hookimpl
def livereview_audit_checks() -> Iterable[AuditCheck]:
    """The checks of this package."""
    return [DUPLICATES, SAME_PATIENTS, UNLIKE, IMPUTED]
