"""Secrets: values that are sent to a server and appear nowhere else, even where the server repeats them.

Every text that is shown and every byte that is kept passes through here.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from html import escape
from urllib.parse import quote, quote_plus

from livereview.types import PluginError

#: What stands where a secret was.
HIDDEN = "[secret]"
_HIDDEN_ADDRESS = "[address]"
#: A shorter value may be part of a number or a word, and hiding it would change the evidence.
_SHORTEST = 8
_ADDRESS = re.compile(r"(?<![\w.:])[0-9A-Fa-f:.]{3,45}(?!\w)")
_PORT = re.compile(r":\d{1,5}$")


class Secrets:
    """The secrets of one session, by parameter: those of which the environment variable is set and not blank."""

    def __init__(self, variables: Mapping[str, str], environment: Mapping[str, str]) -> None:
        values = {name: environment.get(variable, "").strip() for name, variable in variables.items()}
        self.variables = dict(variables)
        self.parameters = {name: value for name, value in values.items() if value}
        short = [variables[name] for name, value in self.parameters.items() if len(value) < _SHORTEST]
        if short:
            raise PluginError(
                f"The environment variable {short[0]} holds fewer than {_SHORTEST} characters, which no key has, and "
                "which could not be told from other text. Set it to the key, or unset it."
            )
        forms = {form for value in self.parameters.values() for form in _forms(value)}
        self._forms = sorted(forms, key=len, reverse=True)

    def redacted(self, text: str) -> str:
        """The text with ``[secret]`` in place of every secret, as such or as addresses, JSON and XML write it."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text

    def redacted_bytes(self, content: bytes) -> bytes:
        """The same for bytes, in UTF-8."""
        for form in self._forms:
            content = content.replace(form.encode(), HIDDEN.encode())
        return content


def _forms(value: str) -> set[str]:
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    return {value, escape(value), json.dumps(value)[1:-1], *quoted, *(form.lower() for form in quoted)}


def without_addresses(text: str) -> str:
    """The text with ``[address]`` in place of every IP address: servers tell a caller his own."""
    return _ADDRESS.sub(_without_address, text)


def _without_address(found: re.Match[str]) -> str:
    end = found[0].rstrip(".:")
    for address in (end, _PORT.sub("", end)):
        try:
            ipaddress.ip_address(address)
        except ValueError:
            continue
        return _HIDDEN_ADDRESS + found[0][len(address) :]
    return found[0]
