"""What was found and not yet accepted: duplicates among records, proposals. Rules only; nothing is read or written."""
