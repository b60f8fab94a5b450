"""Whether the methods of a review fit its numbers, and the rules that it set itself."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import AuditCheck, hookimpl
from livereview_conduct.method import METHOD

__all__ = ["METHOD", "livereview_audit_checks"]


@hookimpl
def livereview_audit_checks() -> Iterable[AuditCheck]:
    """The check of this package."""
    return [METHOD]
