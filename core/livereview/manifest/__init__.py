"""The manifest: one review as TOML."""
