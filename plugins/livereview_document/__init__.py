"""What a report says, as blocks and words that any format can write: a library of the document renderers, no plugin."""
