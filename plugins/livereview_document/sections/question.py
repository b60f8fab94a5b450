"""What the review asks, who answers for it, and which studies it admits."""

from __future__ import annotations

from livereview import ReviewCard
from livereview_document.blocks import Block, bullets, heading, paragraph, stated, table
from livereview_document.index import Index
from livereview_document.words import prose, strong


def question_section(review: ReviewCard, at: Index) -> list[Block]:
    """The question, registration, people, notes and eligibility criteria."""
    blocks = [heading(2, "Question", "question")]
    asked = [(strong(named(name)), prose(value)) for name, value in review.question.items() if value]
    blocks.append(table(("Element", "Question of this review"), asked) if asked else paragraph("No question stated."))
    blocks.append(stated("**Registration:** {}", prose(review.registration or "not stated")))
    people = [f"{name} ({role})" if role else name for name, role in review.people]
    blocks.append(stated("**People:** {}", prose("; ".join(people) or "not stated")))
    blocks += [paragraph(note) for note in review.notes]
    blocks.append(heading(3, "Eligibility"))
    if review.eligibility:
        blocks.append(bullets(review.eligibility))
    else:
        blocks.append(paragraph("No criteria are stated."))
    return blocks


def named(name: str) -> str:
    """A key as a reader's heading: ``ph_status`` becomes ``Ph status``."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] if words else name
