"""The rules of the house as functions of source text: each yields one complaint, with its place, per breach.

Nothing is imported or run: modules are parsed with ``ast``, so that an import inside a function counts too. A rule
takes a parsed module; whether it applies to that module is decided in ``test_architecture.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

#: Slow to load: only inside the functions that need them, so that an update with nothing to do answers at once.
HEAVY = ("pandas", "matplotlib", "openpyxl", "rich", "IPython", "urllib3",
         "scipy.stats", "scipy.optimize", "scipy.integrate")  # fmt: skip
#: Names that say nothing about what a module holds.
VAGUE = ("utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "tools")
#: Modules through which files, processes and networks are reached.
OUTSIDE = ("pathlib", "os", "io", "shutil", "tempfile", "glob", "csv", "json", "sqlite3", "pickle", "mmap",
           "subprocess", "socket", "urllib", "http", "requests", "pyarrow", "pandas", "openpyxl")  # fmt: skip
READERS = ("open", "read_text", "read_bytes", "loadtxt", "genfromtxt", "fromfile", "memmap")
STATISTICS = ("scipy", "statistics", "livereview_estimation", "statsmodels", "sklearn")
#: A quantile of the standard normal depends on no data: the contours of a funnel plot are drawn at it.
GEOMETRY = ("statistics.NormalDist",)
#: Public names of livereview that pool or test.
COMPUTING = ("livereview.load", "livereview.effects", "livereview.pool", "livereview.bias_test",
             "livereview.confidence_limits", "livereview.derived")  # fmt: skip
#: Libraries that plugins share: estimators for models and tests, the blocks of a report for renderers of documents.
SHARED = ("livereview_estimation", "livereview_document")
LONGEST = 350


@dataclass(frozen=True)
class Import:
    """One import statement; ``names`` is empty for ``import module``."""

    module: str
    names: tuple[str, ...]
    line: int
    when_loaded: bool
    """Whether loading the module runs it: it is neither in a function nor for type checkers only."""

    @property
    def full(self) -> tuple[str, ...]:
        """The module, and each name as if it were a module of it."""
        return (self.module, *(f"{self.module}.{name}" for name in self.names))


@dataclass(frozen=True)
class Module:
    """One parsed file."""

    name: str
    """Dotted, as Python imports it; that of the package for an ``__init__.py``."""
    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def package(self) -> str:
        """The first part of the name."""
        return self.name.partition(".")[0]

    @cached_property
    def _imported(self) -> tuple[Import, ...]:
        return tuple(_imports(self, self.tree, True))

    def imports(self) -> list[Import]:
        """Every import statement, wherever it stands; found once, as most rules ask for them."""
        return list(self._imported)

    def at(self, line: int, said: str) -> str:
        """A complaint with its place."""
        return f"{self.path}:{line}: {said}"


def read(path: Path, source: Path, root: Path) -> Module:
    """The module of a file below a folder on Python's path."""
    parts = path.relative_to(source).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def _imports(module: Module, node: ast.AST, when_loaded: bool) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield Import(alias.name, (), node.lineno, when_loaded)
    elif isinstance(node, ast.ImportFrom):
        names = tuple(alias.name for alias in node.names)
        yield Import(_absolute(module, node), names, node.lineno, when_loaded)
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in {getattr(node.test, a, None) for a in ("id", "attr")}:
        for child in node.body:
            yield from _imports(module, child, False)
        for child in node.orelse:
            yield from _imports(module, child, when_loaded)
    else:
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            yield from _imports(module, child, when_loaded and not inside)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = len(parts) - node.level + module.path.endswith("__init__.py")
    return ".".join([*parts[:kept], *([node.module] if node.module else [])])


def within(name: str, packages: Collection[str]) -> bool:
    """Whether a dotted name is one of these or below one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _calls(module: Module) -> Iterator[tuple[int, str]]:
    """The line and last name of everything called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.lineno, node.func.id if isinstance(node.func, ast.Name) else node.func.attr


def imports_a_plugin(module: Module) -> Iterator[str]:
    """The core knows no plugin: not the built-in ones, not the library they share."""
    for item in module.imports():
        if item.module.startswith("livereview_"):
            yield module.at(item.line, f"the core imports {item.module}")


def imports_ours(module: Module) -> Iterator[str]:
    """``types`` stands alone."""
    for item in module.imports():
        if item.module.partition(".")[0].startswith("livereview"):
            yield module.at(item.line, f"{module.name} imports {item.module}")


def imports_what_is_not_public(module: Module, public: Collection[str], also: Collection[str] = ()) -> Iterator[str]:
    """A plugin sees public names of livereview, itself, and libraries: those of others, and the two that plugins share.

    ``also`` are the modules of livereview that it may import besides. The library of estimation imports nothing of
    livereview, that of documents no other of ours.
    """
    own = {module.package, *(() if module.package in SHARED else SHARED)}
    for item in module.imports():
        package = item.module.partition(".")[0]
        if package == "importlib":
            yield module.at(item.line, "imports by name, which hides what is imported")
        elif package == "livereview" and module.package == "livereview_estimation":
            yield module.at(item.line, "the library imports livereview")
        elif item.module == "livereview":
            unknown = [name for name in item.names if name not in public and f"livereview.{name}" not in also]
            if unknown or not item.names:
                yield module.at(item.line, f"{', '.join(unknown) or 'all of livereview'}: import public names of it")
        elif (package == "livereview" and item.module not in also) or (
            package.startswith("livereview_") and package not in own
        ):
            yield module.at(item.line, f"{module.package} imports {item.module}")
    for line, name in _calls(module):
        if name == "__import__":
            yield module.at(line, "imports by name, which hides what is imported")


def computes_statistics(module: Module) -> Iterator[str]:
    """Renderers print numbers and compute none."""
    for item in module.imports():
        imported = [name for name in item.full[bool(item.names) :] if name not in GEOMETRY]
        computing = [name for name in imported if within(name, STATISTICS) or name in COMPUTING]
        if computing:
            yield module.at(item.line, f"a renderer imports {', '.join(computing)}")


def reads_files(module: Module) -> Iterator[str]:
    """Measures, models, tests and presets see what they are given."""
    for item in module.imports():
        if within(item.module, OUTSIDE):
            yield module.at(item.line, f"imports {item.module}")
    for line, name in _calls(module):
        if name in READERS:
            yield module.at(line, f"calls {name}")


def loads_heavy(module: Module) -> Iterator[str]:
    """Heavy libraries are not loaded with the module."""
    for item in module.imports():
        if item.when_loaded and any(within(name, HEAVY) for name in item.full):
            yield module.at(item.line, f"loads {', '.join(item.full)} with the module")


def has_no_docstring(module: Module) -> Iterator[str]:
    """A module says what it is for."""
    if not ast.get_docstring(module.tree):
        yield module.at(1, "has no docstring")


def has_a_vague_name(module: Module) -> Iterator[str]:
    """A module, and each package it is in, is named for what it holds."""
    for part in module.name.split("."):
        if part in VAGUE:
            yield module.at(1, f'"{part}" does not say what is in it')


def is_too_long(module: Module) -> Iterator[str]:
    """A long file is a room with two purposes."""
    lines = module.text.count("\n")
    if lines > LONGEST:
        yield module.at(lines, f"more than {LONGEST} lines")


def leads_to(modules: Mapping[str, Module], start: Collection[str], end: Collection[str]) -> Iterator[str]:
    """Every chain of imports, inside functions too, from the modules below ``start`` to those of ``end``.

    The package ``livereview`` itself is no link: its names load their modules when first used.
    """
    for name in modules:
        if within(name, start):
            chain = _chain(modules, name, end)
            if chain:
                yield " → ".join(chain)


def _chain(modules: Mapping[str, Module], start: str, end: Collection[str]) -> list[str]:
    chains, seen = [[start]], {start}
    for chain in chains:
        for item in modules[chain[-1]].imports():
            for name in item.full:
                if within(name, end):
                    return [*chain, name]
                if name in modules and name not in seen and name != "livereview":
                    seen.add(name)
                    chains.append([*chain, name])
    return []


def functions(module: Module) -> set[str]:
    """The functions at the top of a module; in the first module of a plugin, the hooks it implements."""
    return {node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)}
