"""The page on the audit lists every check and code that is installed, and codes are unique."""

from __future__ import annotations

from pages import PAGES

from livereview.auditing.acknowledging import UNUSED
from livereview.auditing.codes import with_codes
from livereview.audits import AuditCheck
from livereview.manifest.audit import CHECKS
from livereview.manifest.jsonschema import own_plugins


def test_the_list_of_codes_is_that_of_the_checks() -> None:
    """python -m livereview.auditing.codes docs/audit.md"""
    page = PAGES["audit.md"].read_text(encoding="utf-8")
    assert with_codes(page, own_plugins()) == page


def test_a_code_belongs_to_one_check() -> None:
    checks = own_plugins().of(AuditCheck)
    codes = [code.code for item in checks.values() for code in item.descriptor.codes] + [UNUSED.code]
    assert len(codes) == len(set(codes))


def test_what_looks_by_default_is_installed() -> None:
    assert {choice.name for choice in CHECKS} <= set(own_plugins().of(AuditCheck))
