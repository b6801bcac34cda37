"""JavaScript run by node. Without node its tests are skipped; in CI that is a failure."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from autodiff import Value, gradients
from autodiff.programs.javascript.writing import javascript
from autodiff.programs.tracing.trace import recorded_from
from tests.browser import Page


def literal(x: float) -> str:
    """A number as JavaScript writes it."""
    if math.isfinite(x):
        return repr(float(x))
    return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


def run(script: str, browser: Page | None = None) -> Any:
    """What a script puts into `out`, in node or in a browser; numbers that JSON lacks come back as floats."""
    exact = (
        'typeof x === "number" && (Object.is(x, -0) || !Number.isFinite(x)) ? `#${x === 0 ? "-0" : x}` : x'
    )
    text, result = f"const out = [];\n{script}\n", f"JSON.stringify(out, (_, x) => {exact})"
    if browser is not None:
        return _read(json.loads(browser.run(f"{text}return {result};")))
    return _read(json.loads(_in_node(f"{text}return {result};")))


SERVED = """
require("readline").createInterface({ input: process.stdin }).on("line", line => {
  let answer;
  try { answer = { value: new Function(JSON.parse(line))() }; }
  catch (error) { answer = { error: error.stack }; }
  console.log(JSON.stringify(answer));
});
"""
"""Runs each line of its input, a script as JSON, as a function of its own."""


@cache
def _node() -> subprocess.Popen[str]:
    """One node for all scripts of this process, which ends with its input."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no node on PATH; CI installs nodejs")
        pytest.skip("no node on PATH")
    return subprocess.Popen(
        [node, "-e", SERVED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
    )


def _in_node(script: str) -> str:
    node = _node()
    assert node.stdin
    assert node.stdout
    node.stdin.write(f"{json.dumps(script)}\n")
    answer = json.loads(node.stdout.readline())
    assert "value" in answer, answer["error"]
    return str(answer["value"])


def _read(x: Any) -> Any:
    if isinstance(x, list):
        return [*map(_read, x)]
    return float(x[1:].replace("Infinity", "inf")) if isinstance(x, str) and x.startswith("#") else x


def called(programs: str, name: str, points: Iterable[Sequence[float]]) -> str:
    """A script that calls a program at points."""
    rows = ", ".join(f"[{', '.join(map(literal, point))}]" for point in points)
    return f"{{\nconst programs = {programs};\nfor (const x of [{rows}]) out.push(programs.{name}(x));\n}}"


# -- programs ----------------------------------------------------------------------------------


def written(f: Any, *xs: Any, names: Sequence[str] = "xyzuvw") -> str:
    """A function as JavaScript."""
    inputs = [Value(x, name) for x, name in zip(xs, names, strict=False)]
    return javascript({"main": recorded_from(f, inputs, {}, inputs, absorbs=True).listing}, "play")


def results(f: Any, points: Sequence[Sequence[float]]) -> Any:
    """What the JavaScript of a function gives at points."""
    return run(called(written(f, *points[0]), "main", points))


def with_slopes(f: Any) -> Any:
    """The value and all slopes, as Values."""

    def both(*xs: Value) -> list[Value]:
        z = f(*xs)
        if not isinstance(z, Value) or z.constant:
            return [z if isinstance(z, Value) else Value(z)]
        slopes = gradients(z, xs, create_graph=True)
        return [z, *[g if isinstance(g, Value) else Value(g) for g in slopes]]

    return both


def entries(xs: Iterable[Any]) -> list[float]:
    """All numbers of numbers and arrays, in order."""
    return [float(x) for array in xs for x in np.ravel(array)]


def same(a: float, b: float, rtol: float, atol: float = 0.0) -> bool:
    """Whether two numbers are the same, nan included."""
    return (a != a and b != b) or a == b or abs(a - b) <= rtol * abs(b) + atol < math.inf
