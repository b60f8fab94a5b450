"""Secrets: values that are sent to a server and appear nowhere else, even where the server repeats them.

Every text that is shown and every byte that is kept passes through here.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from html import escape

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
        patterns = "|".join(_pattern(value) for value in sorted(self.parameters.values(), key=len, reverse=True))
        self._text = re.compile(patterns) if patterns else None
        self._bytes = re.compile(patterns.encode()) if patterns else None

    def redacted(self, text: str) -> str:
        """The text with ``[secret]`` in place of every secret, however addresses, JSON and XML write its signs."""
        return self._text.sub(HIDDEN, text) if self._text else text

    def redacted_bytes(self, content: bytes) -> bytes:
        """The same for bytes, in UTF-8."""
        return self._bytes.sub(HIDDEN.encode(), content) if self._bytes else content


def _pattern(value: str) -> str:
    """An expression that finds a value whichever of its signs are escaped, and how."""
    return "".join(re.escape(sign) if sign.isascii() and sign.isalnum() else _forms(sign) for sign in value)


def _forms(sign: str) -> str:
    """All ways to write a sign, longer ones first: the sign itself may be how another way begins."""
    in_address = "".join(f"%{byte:02x}" for byte in sign.encode())
    numbers = (in_address, f"&#0*{ord(sign)};", f"&#x0*{ord(sign):x};", _unicode(sign))
    words = [escape(sign), json.dumps(sign)[1:-1], "\\" + sign, sign, *("+" if sign == " " else "")]
    return f"(?:(?i:{'|'.join(numbers)})|{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


def _unicode(sign: str) -> str:
    """A sign as JSON may write any: in one or two numbers of sixteen bits."""
    units = sign.encode("utf-16-be")
    return "".join(rf"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


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
