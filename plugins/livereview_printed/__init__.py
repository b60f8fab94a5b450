"""What published meta-analyses printed, held against itself."""

from __future__ import annotations

from collections.abc import Iterable

from livereview import AuditCheck, hookimpl
from livereview_printed.checking import PRINTED_POOLS

__all__ = ["PRINTED_POOLS", "livereview_audit_checks"]


@hookimpl
def livereview_audit_checks() -> Iterable[AuditCheck]:
    """The check of this package."""
    return [PRINTED_POOLS]
