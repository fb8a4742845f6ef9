"""Would the tests notice? One small change at a time in a package, and its tests run against each.

`python -m bench.mutation [--package routing/continuity] [--tests tests/continuity] [--sample 150] [--seed 1]`

Changes: a comparison turned, `and` for `or`, a `not` dropped, a whole number one larger, a truth value or conditional
turned, plus for minus, a function that returns nothing. Texts are left alone. Each run is a process of its own in a
copy of the tree, two at a time; the score is the share of changes that some test notices.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random

ROOT = Path(__file__).parents[1]
COPIED = ("routing", "tests", "scenarios", "docs", "pyproject.toml")
WORKERS = 2
TIMEOUT_S = 240
TURNED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
}


@dataclass(frozen=True)
class Mutant:
    """A file with one change."""

    path: Path
    line: int
    what: str
    text: str


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Yield every change of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for number, node in enumerate(ast.walk(tree)):
        for variant in range(_variants(node)):
            changed = copy.deepcopy(tree)
            target = next(each for index, each in enumerate(ast.walk(changed)) if index == number)
            before = _text(target)
            _change(target, variant)
            line = getattr(node, "lineno", 0)
            yield Mutant(path, line, f"{before} -> {_text(target)}", ast.unparse(ast.fix_missing_locations(changed)))


def _text(node: ast.AST) -> str:
    text = f"def {node.name}" if isinstance(node, ast.FunctionDef) else ast.unparse(node)
    return f"{text} ({ast.unparse(node.body[-1])})"[:100] if isinstance(node, ast.FunctionDef) else text[:100]


def _variants(node: ast.AST) -> int:
    """Return in how many ways a node may be changed."""
    if isinstance(node, ast.Compare):
        return sum(type(operator) in TURNED for operator in node.ops)
    if isinstance(node, ast.BoolOp | ast.BinOp):
        # `|` joins types and sets, `/` is no neighbour of anything
        return int(type(node.op) in TURNED)
    if isinstance(node, ast.Constant):
        return int(isinstance(node.value, bool | int))
    if isinstance(node, ast.FunctionDef):
        return int(isinstance(node.body[-1], ast.Return))
    return int(isinstance(node, ast.IfExp) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)))


def _change(node: ast.AST, variant: int) -> None:
    if isinstance(node, ast.Compare):
        places = [index for index, operator in enumerate(node.ops) if type(operator) in TURNED]
        node.ops[places[variant]] = TURNED[type(node.ops[places[variant]])]()  # type: ignore[assignment]
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        node.op = TURNED[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.Constant):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1  # type: ignore[operator]
    elif isinstance(node, ast.FunctionDef):
        node.body[-1] = ast.Return(ast.Constant(None))
    elif isinstance(node, ast.IfExp):
        node.body, node.orelse = node.orelse, node.body
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
        node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])


def survives(mutant: Mutant, tree: Path, tests: list[str]) -> bool:
    """Whether no test notices a change, in a copy of the tree."""
    changed = tree / mutant.path.relative_to(ROOT)
    original = changed.read_text(encoding="utf-8")
    changed.write_text(mutant.text, encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "DOORSTEP_EXAMPLES": "12"}
        run = subprocess.run(  # noqa: S603
            command, cwd=tree, env=environment, capture_output=True, check=False, timeout=TIMEOUT_S
        )
        return run.returncode == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        changed.write_text(original, encoding="utf-8")


def main() -> None:
    """Change, run, and print the score with the changes that nobody noticed."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutation", description=__doc__)
    parser.add_argument("--package", default="routing/continuity")
    parser.add_argument("--tests", nargs="+", default=["tests/continuity"])
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    every = [mutant for path in sorted((ROOT / asked.package).glob("*.py")) for mutant in mutants_of(path)]
    chosen = Random(asked.seed).sample(every, min(asked.sample, len(every)))  # noqa: S311
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(WORKERS) as pool:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(WORKERS):
            trees.put(_copy(Path(folder) / str(number)))

        def judge(mutant: Mutant) -> bool:
            tree = trees.get()
            try:
                return survives(mutant, tree, asked.tests)
            finally:
                trees.put(tree)

        survived = []
        for number, (mutant, alive) in enumerate(zip(chosen, pool.map(judge, chosen), strict=True), start=1):
            if alive:
                survived.append(mutant)
                place = f"{mutant.path.relative_to(ROOT)}:{mutant.line}"
                print(f"{number} of {len(chosen)}: {place}: {mutant.what}", flush=True)  # noqa: T201
    killed = len(chosen) - len(survived)
    print(f"{killed} of {len(chosen)} noticed ({killed / len(chosen):.0%}), of {len(every)} possible")  # noqa: T201


def _copy(tree: Path) -> Path:
    tree.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tree / name)
    return tree


if __name__ == "__main__":
    main()
