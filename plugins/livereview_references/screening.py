"""What people decided, as Covidence, Rayyan and ASReview write it into a record.

What the file does not say is not made up: a list of Covidence without exclusion reasons has no decisions unless the
manifest says what it is a list of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from livereview_references.entry import Decision, Entry, Lost
from livereview_references.options import ReferenceOptions

_PART = re.compile(r"\s*\|\s*(?=RAYYAN-[A-Z-]+:|USER-NOTES:)")
_NAMED = re.compile(r"(?:^|(?<=\s)|(?<=\|))(RAYYAN-[A-Z-]+|USER-NOTES):\s*", re.DOTALL)
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:=>|:)\s*"((?:[^"\\]|\\.)*)"')
_LIST = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:=>|:)\s*\[(.*?)\](?=\s*[,}])', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_REASON = re.compile(r"Exclusion reason:\s*(.*?)\s*;?\s*$", re.IGNORECASE | re.DOTALL)
_WORDS = {"included": "include", "excluded": "exclude", "maybe": "unsure"}
CONSENSUS = "Covidence consensus"
_ASREVIEW = {"asreview_relevant": "include", "asreview_irrelevant": "exclude"}
#: Of a record of Covidence, whose columns are called otherwise than those of others.
_COVIDENCE_DECISION = "records in a list of Covidence that does not say what was decided: set decision and stage"


def decided(entry: Entry, options: ReferenceOptions) -> Iterator[Lost | str]:
    """Put the decisions of a record into it; what of them cannot be read, and what a person should know.

    The notes of the record keep what else stood in them.
    """
    if "covidence" in entry.fields:
        yield from _of_covidence(entry, options)
        return
    notes = entry.fields.get("note", [])
    if any("RAYYAN-" in text or "USER-NOTES:" in text for text in notes):
        yield from _of_rayyan(entry, options)
    elif any(text.strip().lower() in _ASREVIEW for text in notes):
        yield from _of_asreview(entry, options)
    elif options.decision is not None:
        _add(entry, options.person or "not stated", options.decision, options.stage or "title-abstract", "", "")


def _add(entry: Entry, person: str, decision: str, stage: str, reason: str, note: str) -> None:
    entry.decisions.append(Decision(person, decision, stage, reason, note))


def _of_covidence(entry: Entry, options: ReferenceOptions) -> Iterator[Lost | str]:
    """Its own number identifies a record; ``Ref`` is the PubMed number, if it looks like one."""
    fields = entry.fields
    number = entry.first("covidence").lstrip("#").strip()
    elsewhere = [text for text in fields.get("accession", ()) if "livereview:" not in text]
    ours = [text for text in fields.get("accession", ()) if "livereview:" in text]
    fields["accession"] = [*ours, number]
    fields.setdefault("registry", []).extend(elsewhere)
    fields.setdefault("pmid", []).extend(text for text in fields.get("ref", ()) if re.fullmatch(r"\d{5,8}", text))
    notes = fields.get("note", [])
    reasons = [found[1].strip(" ;") for text in notes if (found := _REASON.match(text))]
    fields["note"] = [text for text in notes if not _REASON.match(text)]
    fields["note"] += [f"Accession number: {text}" for text in elsewhere]
    fields["note"] += [f"Tags: {text}" for text in fields.get("tags", ())]
    person = options.person or CONSENSUS
    if reasons:
        _add(entry, person, "exclude", options.stage or "full-text", "; ".join(reasons), "")
    elif options.decision is not None:
        _add(entry, person, options.decision, options.stage or "title-abstract", "", "")
    elif "reviewer" in fields:
        yield "rows of Covidence's data extraction: their answers are not read, their records are"
    else:
        yield _COVIDENCE_DECISION


def _of_rayyan(entry: Entry, options: ReferenceOptions) -> Iterator[Lost | str]:
    """Each person's decision; reasons are those of the record, since Rayyan does not say whose each is."""
    kept: list[str] = []
    said: dict[str, list[str]] = {}
    for text in entry.fields["note"]:
        for part in _PART.split(text):
            found = _NAMED.search(part)
            before = part if found is None else part[: found.start()]
            if before.strip(" |"):
                kept.append(before.strip(" |"))
            if found is not None:
                said.setdefault(found[1], []).append(part[found.end() :].strip())
    reasons = "; ".join(_listed(said.get("RAYYAN-EXCLUSION-REASONS", ())))
    labels = "; ".join(_listed(said.get("RAYYAN-LABELS", ())))
    remarks = _remarks(said.get("USER-NOTES", ()))
    entry.fields["note"] = [*kept, *([f"Rayyan labels: {labels}"] if labels else [])]
    voted: set[str] = set()
    for text in said.get("RAYYAN-INCLUSION", ()):
        pairs = [(_unescaped(name), _unescaped(word)) for name, word in _PAIR.findall(text)]
        if not pairs:
            yield Lost(entry.line, "the decisions of Rayyan cannot be read", text[:60], counted=False)
        for name, word in pairs:
            decision = _WORDS.get(word.strip().lower())
            voted.add(name)
            if decision is None:
                yield Lost(entry.line, f"the decision of {name} is none of Included, Excluded, Maybe", word, False)
            else:
                reason = reasons if decision == "exclude" else ""
                _add(
                    entry,
                    name or "not stated",
                    decision,
                    options.stage or "title-abstract",
                    reason,
                    remarks.get(name, ""),
                )
    entry.fields["note"] += [f"Note of {name}: {text}" for name, text in remarks.items() if name not in voted]


def _listed(texts: tuple[str, ...] | list[str]) -> list[str]:
    return [item.strip() for text in texts for item in text.split(",") if item.strip()]


def _remarks(texts: tuple[str, ...] | list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        for name, listed in _LIST.findall(text):
            found[_unescaped(name)] = "; ".join(_unescaped(note) for note in _QUOTED.findall(listed))
        for name, note in _PAIR.findall(_LIST.sub("", text)):
            found[_unescaped(name)] = _unescaped(note)
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": " "}.get(found[1], found[1]), text)


def _of_asreview(entry: Entry, options: ReferenceOptions) -> Iterator[Lost | str]:
    if options.person is None:
        yield "records with labels of ASReview: they stay in the notes; say in person whose decisions they are"
        return
    for text in entry.fields["note"]:
        if (decision := _ASREVIEW.get(text.strip().lower())) is not None:
            _add(entry, options.person, decision, options.stage or "title-abstract", "", "")
