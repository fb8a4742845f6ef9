"""The error codes that the source can raise, read from its syntax tree.

Law: a code is a literal where an error is made, so that it can be found; where it is not, it was handed on from a place
where it was. `codes_in` fails on anything else, so that no code escapes the index.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAIRS = ROOT / "routing" / "domain"  # functions of other packages return pairs of other things
FAMILY = {"Problem", "PinError", "DoorstepError"}
COLLECTING = {
    "ManyProblemsError",
    "ProgrammeError",
    "PointsError",
    "DayError",
}  # made of problems, which have codes of their own


class UnreadableCodeError(AssertionError):
    """An error is made of a code that is no literal."""


def codes_in(*folders: str) -> set[str]:
    """Return every code that the modules under some folders can raise."""
    return set().union(*(codes_of(_tree(path), path) for path in _modules(*folders)))


def codes_of(tree: ast.Module, path: Path = ROOT) -> set[str]:
    """Return every code that one module can raise."""
    return set(_codes(path, tree, _family()))


def _modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _family() -> set[str]:
    """Return the names of all error classes, wherever they are derived."""
    family = set(FAMILY)
    classes = [
        node
        for path in _modules("routing", "api", "scenarios")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef)
    ]
    while True:
        more = {each.name for each in classes if {_name(base) for base in each.bases} & family} - family
        if not more:
            return family
        family |= more


def _codes(path: Path, tree: ast.Module, family: set[str]) -> Iterator[str]:
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name != "Problem" or "errors" in str(node.module)  # the solver has a `Problem` of its own
    }
    own = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and {*map(_name, node.bases)} & family
    }
    known = family & (imported | {"PinError"}) | own
    makers = (known - COLLECTING) | _factories(tree, known)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in makers:
            yield from _of_call(path, node)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            yield from _of_assignment(node)
        elif isinstance(node, ast.FunctionDef) and node.returns is not None and path.is_relative_to(PAIRS):
            yield from _of_pairs(node)


def _factories(tree: ast.Module, family: set[str]) -> set[str]:
    """Return functions of a module that take a `code` first and give an error or a problem."""
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.args.args
        and node.args.args[0].arg == "code"
        and _name(node.returns) in family
    }


def _of_call(path: Path, call: ast.Call) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    given = named or call.args[:1]
    if not given:
        return
    code = given[0]
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        yield code.value
    elif not _handed_on(code):
        raise UnreadableCodeError(f"{path.relative_to(ROOT)}:{call.lineno}: write the code as a literal")


def _handed_on(code: ast.expr) -> bool:
    """Whether a code comes from another error, a parameter called `code`, or a pair that `_of_pairs` reads."""
    return (
        (isinstance(code, ast.Name) and code.id == "code")
        or (isinstance(code, ast.Attribute) and code.attr == "code")
        or (isinstance(code, ast.Subscript) and _name(code.value) == "problem")
    )


def _of_assignment(node: ast.AnnAssign | ast.Assign) -> Iterator[str]:
    """Read the table of Pydantic's names and the closed list of the pins."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {_name(target) for target in targets}
    if "_CODES" in names and isinstance(node.value, ast.Dict):
        for value in node.value.values:
            yield _first_text(value)
    if "PinErrorCode" in names and isinstance(node.value, ast.Subscript):
        yield from (part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))


def _of_pairs(function: ast.FunctionDef) -> Iterator[str]:
    """Read the `("code", "text")` in what functions that give such pairs return."""
    if ast.unparse(function.returns).removesuffix(" | None") != "tuple[str, str]":  # type: ignore[arg-type]
        return
    for returned in (node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value):
        yield from (_first_text(node) for node in ast.walk(returned) if isinstance(node, ast.Tuple))


def _first_text(pair: ast.expr) -> str:
    if isinstance(pair, ast.Tuple) and isinstance(pair.elts[0], ast.Constant):
        return str(pair.elts[0].value)
    raise UnreadableCodeError(f"line {pair.lineno}: write a pair that begins with a literal code")


def _name(node: ast.expr | None) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
