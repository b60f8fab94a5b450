"""Text as literal Markdown: whatever a document says is shown as it stands, never read as markup.

The rule: every text that a writer puts on the page goes through ``escaped``, and every line that begins a block through
``lead_escaped``.
"""

from __future__ import annotations

import re

_MARKUP = re.compile(r"[\\`*_\[\]<>~!#&]")
# What GitHub turns into something else after the Markdown was parsed, so that a backslash does not stop it: mentions,
# mathematics, issue numbers, bare addresses, emoji names. An element around the sign does.
_EMOJI = r":(?=(?:[\w+-]*[A-Za-z][\w+-]*|[+-]1|100|1234):)"
_HOST = re.compile(rf"[@$]|#(?=\d)|:(?=//)|(?i:(?<=www)\.)|{_EMOJI}")
_LEADING = re.compile(r"^(?:[-+=]|\d{1,9}[.)](?= |$))")
_TOKEN = re.compile(rf"(?P<host>{_HOST.pattern})|(?P<markup>{_MARKUP.pattern})|(?P<pipe>\|)")


def escaped(value: str) -> str:
    """Markdown that shows exactly these characters, which stand on one line."""
    return _TOKEN.sub(_sign, value)


def _sign(match: re.Match[str]) -> str:
    sign = match[0]
    if match["pipe"]:
        return "&#124;"
    if match["host"]:
        return f"<span>\\{sign}</span>"
    return f"\\{sign}"


def lead_escaped(line: str) -> str:
    """A line of Markdown that begins no list and underlines no heading."""
    lead = _LEADING.match(line)
    return line if lead is None else f"{line[: lead.end() - 1]}\\{line[lead.end() - 1 :]}"


def alternative(value: str) -> str:
    """An alternative text: elements would show as text in it, and hosts change nothing there, so backslashes do."""
    return lead_escaped(re.sub(r"[\\`*_\[\]<>~!#&@$|]", lambda match: f"\\{match[0]}", value))
