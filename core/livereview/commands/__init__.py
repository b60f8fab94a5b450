"""The commands: each turns arguments into a call and shows what came of it. Modules load when their command runs."""

from livereview.commands import installation, people, records, reviews
from livereview.commands.group import commands

__all__ = ["commands", "installation", "people", "records", "reviews"]
