"""JavaScript run by node. Without node its tests are skipped; in CI that is a failure."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def literal(x: float) -> str:
    """A number as JavaScript writes it."""
    if math.isfinite(x):
        return repr(float(x))
    return "NaN" if x != x else "Infinity" if x > 0 else "-Infinity"


def run(script: str) -> Any:
    """What a script puts into `out`, as JSON has it; numbers that JSON lacks come back as floats, too."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no node on PATH; CI installs nodejs")
        pytest.skip("no node on PATH")
    exact = (
        'typeof x === "number" && (Object.is(x, -0) || !Number.isFinite(x)) ? `#${x === 0 ? "-0" : x}` : x'
    )
    text = f"const out = [];\n{script}\nconsole.log(JSON.stringify(out, (_, x) => {exact}));"
    done = subprocess.run([node, "-"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return _read(json.loads(done.stdout))


def _read(x: Any) -> Any:
    if isinstance(x, list):
        return [*map(_read, x)]
    return float(x[1:].replace("Infinity", "inf")) if isinstance(x, str) and x.startswith("#") else x


def called(programs: str, name: str, points: Iterable[Sequence[float]]) -> str:
    """A script that calls a program at points."""
    rows = ", ".join(f"[{', '.join(map(literal, point))}]" for point in points)
    return f"{{\nconst programs = {programs};\nfor (const x of [{rows}]) out.push(programs.{name}(x));\n}}"
