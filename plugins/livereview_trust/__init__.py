"""Whether evidence can be trusted: reports that were retracted or corrected, studies that people doubt."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import AuditCheck, hookimpl
from livereview_trust.checking import TRUST

__all__ = ["TRUST", "livereview_audit_checks"]


@hookimpl
def livereview_audit_checks() -> Iterable[AuditCheck]:
    """The check of this package."""
    return [TRUST]
