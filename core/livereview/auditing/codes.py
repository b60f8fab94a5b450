"""The checks that are installed and every code of theirs in Markdown: ``python -m livereview.auditing.codes PAGE``.

What stands between the two markers of the page is the list and is replaced; a test holds it to the code.
"""

from __future__ import annotations

import sys
from pathlib import Path

from livereview.auditing.acknowledging import UNUSED
from livereview.audits import AuditCheck
from livereview.manifest.audit import CHECKS
from livereview.manifest.jsonschema import own_plugins
from livereview.plugins import Plugins

BEGIN = "<!-- codes: made by python -m livereview.auditing.codes -->"
END = "<!-- end of codes -->"


def codes(plugins: Plugins) -> str:
    """Each check with its codes: those that look by default in the order in which they do, then the others."""
    found = {name: item.descriptor for name, item in plugins.of(AuditCheck).items()}
    default = [choice.name for choice in CHECKS if choice.name in found]
    order = [*default, *(name for name in sorted(found) if name not in default)]
    lines: list[str] = []
    for name in order:
        check = found[name]
        lines += [f"### `{name}`: {_in_sentence(check.title)}", "", check.summary, ""]
        lines += ["| code | severity | finding |", "| --- | --- | --- |"]
        lines += [f"| `{code.code}` | {code.severity} | {_cell(code.title)} |" for code in check.codes]
        lines.append("")
    own = f"`{UNUSED.code}` ({UNUSED.severity}) is the audit's own: {_in_sentence(UNUSED.title)}."
    return "\n".join([*lines, own, ""])


def with_codes(page: str, plugins: Plugins) -> str:
    """The page with the present list between its markers. Raises ``ValueError`` if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{codes(plugins)}\n{END}{after}"


def _in_sentence(title: str) -> str:
    """A title as it stands within a sentence."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_codes(page.read_text(encoding="utf-8"), own_plugins()), encoding="utf-8")
