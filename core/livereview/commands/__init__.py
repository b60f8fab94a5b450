"""The commands: each turns arguments into a call and shows what came of it. Modules load when their command runs."""

from livereview.commands import (
    ahead,
    auditing,
    deciding,
    installation,
    linking,
    living,
    people,
    plugin,
    proposals,
    records,
    replay,
    replicate,
    reviews,
    stores,
)
from livereview.commands.group import commands

__all__ = [
    "ahead",
    "auditing",
    "commands",
    "deciding",
    "installation",
    "linking",
    "living",
    "people",
    "plugin",
    "proposals",
    "records",
    "replay",
    "replicate",
    "reviews",
    "stores",
]
