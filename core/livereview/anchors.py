"""Places of a report by name, so that a figure and the page around it agree on where a link leads."""

from __future__ import annotations

import hashlib
import re


def anchor(kind: str, *identifiers: str) -> str:
    """Name of a place in the page, different for different identifiers: letters, digits, ``-`` and ``_`` only.

    Kinds in use: "outcome" and "study" with the id of one, "report" with the id of a report, "studies" with that of an
    outcome: the table of its studies; "group" with the id of an outcome and the number of a group; "from" with the ids
    of an outcome and a study: where the study's number in that outcome comes from.
    """
    return f"{kind}-" + "__".join(map(_plain, identifiers))


def _plain(identifier: str) -> str:
    if len(identifier) > 80:
        identifier = f"{identifier[:40]}-{hashlib.sha256(identifier.encode('utf-8', 'replace')).hexdigest()[:16]}"
    return re.sub(r"[^A-Za-z0-9-]", lambda match: f"_{ord(match[0]):x}_", identifier)
