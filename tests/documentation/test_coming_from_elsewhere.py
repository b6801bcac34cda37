"""Tables of what is written elsewhere and here: each line of ours runs, and gives what the other gives."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Iterator
from doctest import DocTestParser
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autodiff
import nn
from autodiff import Value

from .pictures import DOCS

PAGES = ("derivatives", "from-jax", "from-micrograd", "from-pytorch", "from-r")
LINK = re.compile(r"\[[^\]]*\]\([\w#./-]*\.md[\w#.-]*\)")
CODE = re.compile(r"`([^`]+)`")
ROW = re.compile(r"^\| (.+) \| (.+) \|$", re.MULTILINE)


class Line(NamedTuple):
    """A row of a table: the codes on both sides, what it says of ours, and the page before the table."""

    heading: str
    there: list[str]
    here: list[str]
    text: str
    before: str


def lines(page: str) -> Iterator[Line]:
    """The rows of all tables of a page."""
    text = (DOCS / "how-to" / f"{page}.md").read_text(encoding="utf-8")
    heading = before = ""
    for row in ROW.finditer(text):
        left, right = row.groups()
        if right == "here":
            heading, before = left, text[: row.start()]
        elif heading:
            here = [code for code in CODE.findall(LINK.sub("", right)) if _is_code(code)]
            yield Line(heading, CODE.findall(left), here, right, before)


def _is_code(text: str) -> bool:
    """Whether it is a statement, rather than an argument that is spoken of, such as `gr =`."""
    return not text.rstrip().endswith("=")


def defined(line: Line) -> dict[str, Any]:
    """What the blocks of the page before the table define, made anew."""
    names: dict[str, Any] = {"autodiff": autodiff, "nn": nn}
    with contextlib.redirect_stdout(io.StringIO()):
        for example in DocTestParser().get_examples(line.before):
            if not example.exc_msg:
                exec(example.source, names)
    return names


def ran(code: str, names: dict[str, Any]) -> Any:
    """The value of an expression; None for statements."""
    tree = ast.parse(code)
    with contextlib.redirect_stdout(io.StringIO()):
        if isinstance(tree.body[0], ast.Expr):
            return eval(compile(ast.Expression(tree.body[0].value), code, "eval"), names)
        exec(code, names)
    return None


LINES = [line for page in PAGES for line in lines(page)]


def test_the_tables_are_found() -> None:
    assert len(LINES) > 60
    assert {line.heading for line in LINES} == {
        "by `vmap`", "in HIPS autograd", "in JAX", "in PyTorch", "in R", "in micrograd",
    }  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_line_of_ours_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for line in lines(page):
        names = {**defined(line), **names}
        assert line.here or LINK.search(line.text), line
        for code in line.here:
            ran(code, names)


# -- the other side --------------------------------------------------------------------------------


def same(line: Line, here: dict[str, Any], there: dict[str, Any]) -> None:
    """Both sides give the same numbers: in pairs, or all of theirs what the first of ours gives."""
    theirs = [ran(code, there) for code in line.there]
    ours = [ran(code, here) for code in line.here]
    if len(ours) != len(theirs):
        ours = ours[:1] * len(theirs)
    for mine, other in zip(ours, theirs, strict=False):
        if are_numbers(other) and "random" not in line.there[0]:
            assert len(leaves(mine)) == len(leaves(other))
            for a, b in zip(leaves(mine), leaves(other), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-12)


def are_numbers(x: Any) -> bool:
    if isinstance(x, (tuple, list)):
        return all(map(are_numbers, x))
    return isinstance(x, float) or hasattr(x, "shape")


def leaves(x: Any) -> list[Any]:
    if isinstance(x, (tuple, list)):
        return [leaf for part in x for leaf in leaves(part)]
    return [x.data if isinstance(x, Value) else np.asarray(getattr(x, "detach", lambda: x)())]


def about(*headings: str) -> list[Any]:
    return [pytest.param(line, id=line.there[0]) for line in LINES if line.heading in headings]


@pytest.mark.parametrize("line", about("in JAX", "by `vmap`"))
def test_jax_gives_the_same(line: Line) -> None:
    jax: Any = pytest.importorskip("jax")
    pytest.importorskip("jax.test_util")
    here = defined(line)
    theirs = {"jax": jax, "jnp": jax.numpy}
    if line.heading == "by `vmap`":
        theirs |= {"vmap": jax.vmap, "grad": jax.grad, "jacobian": jax.jacrev}
    with jax.enable_x64(True):
        same(line, here, {**here, **theirs})


@pytest.mark.parametrize("line", about("in PyTorch"))
@pytest.mark.filterwarnings("ignore")
def test_pytorch_gives_the_same(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch: Any = pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    here = defined(line)
    there = {name: torch.tensor(here[name]) for name in ("x", "v", "X", "Y")}
    there |= {"torch": torch, "f": here["f"]}
    there |= {name: torch.tensor(here[name].data, requires_grad=True) for name in ("W", "b", "leaf")}
    there["loss"] = ((there["X"] @ there["W"] + there["b"] - there["Y"]) ** 2).mean()
    there["model"] = torch.nn.Linear(3, 4)
    same(line, here, there)
