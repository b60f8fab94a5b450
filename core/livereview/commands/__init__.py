"""The commands: each turns arguments into a call and shows what came of it. Modules load when their command runs."""

from livereview.commands import installation, records, reviews, stores
from livereview.commands.group import commands

__all__ = ["commands", "installation", "records", "reviews", "stores"]
