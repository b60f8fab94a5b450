"""The contract with plugins as data, frozen in core/hook_contract.json: public names, fields, signatures, hooks.

``python tests/hook_contract.py`` writes the file anew, which only a release may do (docs/hook-api.md).
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import livereview
from livereview import hookspecs, testing
from livereview.hook_api import OLDEST_HOOK_API

FROZEN = Path(__file__).parent / "core" / "hook_contract.json"
REQUIRED = "required"

Data = Mapping[str, Any]


def contract() -> dict[str, Any]:
    """Everything that a plugin can rest on, as JSON has it."""
    hooks = {name: _text(inspect.signature(function).return_annotation)
             for name, function in vars(hookspecs).items() if name.startswith("livereview_")}  # fmt: skip
    names = {name: described(getattr(livereview, name)) for name in livereview.__all__ if name != "__version__"}
    names |= {f"testing.{name}": described(getattr(testing, name)) for name in testing.__all__}
    return {
        "hook_api": livereview.HOOK_API,
        "oldest_hook_api": OLDEST_HOOK_API,
        "hooks": dict(sorted(hooks.items())),
        "names": dict(sorted(names.items())),
    }


def described(item: Any) -> dict[str, Any]:
    """One public name: the fields and methods of a class, the parameters of a function, the type of anything else."""
    if inspect.isclass(item):
        methods = {
            name: "property" if isinstance(value, property) else _parameters(value)
            for name, value in vars(item).items()
            if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property))
        }
        found = {item.name: _field(item) for item in fields(item)} if is_dataclass(item) else {}
        return {"sort": "class", "fields": found, "methods": methods}
    item = inspect.unwrap(item) if callable(item) else item  # a function whose results are kept is a function
    if inspect.isfunction(item):
        return {"sort": "function", "parameters": _parameters(item)}
    return {"sort": "value", "type": _alias(item) if get_origin(item) else type(item).__name__}


def _alias(item: Any) -> str:
    """A name for a type: of choices what they are, else only that it is one, since versions write them differently."""
    return f"Literal[{', '.join(map(json.dumps, get_args(item)))}]" if get_origin(item) is Literal else "alias"


def _field(field: Field[Any]) -> dict[str, str]:
    default = REQUIRED if field.default is MISSING else _shown(field.default)
    return {"type": _text(field.type), "default": "made" if field.default_factory is not MISSING else default}


def _parameters(function: Any) -> list[dict[str, str]]:
    return [
        {
            "name": name,
            "kind": parameter.kind.name.lower(),
            "type": _text(parameter.annotation),
            "default": REQUIRED if parameter.default is inspect.Parameter.empty else _shown(parameter.default),
        }
        for name, parameter in inspect.signature(function).parameters.items()
    ]


def _shown(default: Any) -> str:
    return default.__name__ if callable(default) else repr(default)


def _text(annotation: Any) -> str:
    """An annotation as one text, whichever quotes it was written with."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return re.sub(r"\s+", " ", text).replace("'", '"')


# --- what breaks a plugin ------------------------------------------------------------------------------------------


def breaches(frozen: Data, now: Data) -> list[str]:
    """What a plugin written for the frozen contract could trip over now, each in words. Additions are none."""
    found: list[str] = []
    for hook, returns in frozen["hooks"].items():
        if now["hooks"].get(hook) != returns:
            found.append(f"the hook {hook} returned {returns} and is now {now['hooks'].get(hook, 'gone')}")
    for name, was in frozen["names"].items():
        found += [f"livereview.{name}{said}" for said in _changes(was, now["names"].get(name))]
    return found


def _changes(was: Data, now: Data | None) -> Iterator[str]:
    if now is None:
        yield " is gone"
    elif was["sort"] != now["sort"] or not _as_wide(was.get("type", ""), now.get("type", "")):
        yield f" was a {was.get('type', was['sort'])} and is a {now.get('type', now['sort'])}"
    elif was["sort"] == "function":
        yield from _of_parameters("", was["parameters"], now["parameters"])
    elif was["sort"] == "class":
        yield from _of_fields(was["fields"], now["fields"])
        for method, parameters in was["methods"].items():
            there = now["methods"].get(method)
            if there is None or "property" in (parameters, there):
                if there != parameters:
                    yield f".{method} is gone" if there is None else f".{method} is no longer called as it was"
            else:
                yield from _of_parameters(f".{method}", parameters, there)


def _of_fields(was: Data, now: Data) -> Iterator[str]:
    for name, field in was.items():
        there = now.get(name)
        if there is None:
            yield f".{name} is gone"
        elif not _as_wide(field["type"], there["type"]):
            yield f".{name} was of type {field['type']} and is of {there['type']}"
        elif there["default"] != field["default"] and field["default"] != REQUIRED:
            yield f".{name} was {field['default']} by default and is {there['default']}"
    for name in now.keys() - was.keys():
        if now[name]["default"] == REQUIRED:
            yield f".{name} is new and has no default"


def _of_parameters(method: str, was: list[Data], now: list[Data]) -> Iterator[str]:
    for before, after in zip(was, now, strict=False):
        same = all(before[key] == after[key] for key in ("name", "kind", "default"))
        if not same or not _as_wide(before["type"], after["type"]):
            yield f"{method}({before['name']}) changed"
    for parameter in was[len(now) :]:
        yield f"{method}({parameter['name']}) is gone"
    for parameter in now[len(was) :]:
        if parameter["default"] == REQUIRED and not parameter["kind"].startswith("var"):
            yield f"{method}({parameter['name']}) is new and has no default"


def _as_wide(was: str, now: str) -> bool:
    """Whether the types are the same, or differ in that a choice among texts has more of them now."""
    before, after = (set(re.findall(r'"[^"]*"', text)) for text in (was, now))
    plain = [re.sub(r'Literal\[("[^"]*"(, )?)+\]', "Literal", text) for text in (was, now)]
    return was == now or (plain[0] == plain[1] and "Literal" in plain[0] and before <= after)


def as_text(found: Data) -> str:
    """The contract as a file, one name on a line."""
    names = [f"  {json.dumps(name)}: {json.dumps(item, ensure_ascii=False)}" for name, item in found["names"].items()]
    rest = json.dumps({key: value for key, value in found.items() if key != "names"}, indent=1, ensure_ascii=False)
    return rest.removesuffix("\n}") + ',\n "names": {\n' + ",\n".join(names) + "\n }\n}\n"


if __name__ == "__main__":
    FROZEN.write_text(as_text(contract()), encoding="utf-8")
