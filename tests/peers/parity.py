"""docs/parity.md: NumPy's functions on floating-point arrays, and which libraries differentiate them."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import autodiff as ad
from autodiff.differentiation.advice import advice

from .samples import functions, sample, variable, with_variable

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"
WORKS, PLAIN, REFUSED, ABSENT = "works", "plain", "refused", "–"

ENDLESS = ("frexp",)
"""What JAX does not come back from when it compiles the derivative."""

INTRODUCTION = """\
# NumPy's functions, and who differentiates them

Written by `python -m tests.peers --write` (extra `peers`; HIPS autograd of the extra `bench`, without which
its column remains as it is). The functions are those of `numpy` and `numpy.linalg` that other arrays may take
over, without what concerns text, files, dates, dtypes, memory, bits and indices. Each library was asked for
one call of each function, the same for all, whose first array of floating-point numbers is the variable:

* *works*: the gradient of the sum of the result was taken, and is finite;
* *plain*: numbers without a derivative, such as positions and conditions;
* *refused*: an error, or a gradient that is not finite. The last column repeats what the error here says;
* –: the library has no such function.
"""


class Row(NamedTuple):
    """A function of NumPy, what becomes of it in each library, and why it is refused here."""

    name: str
    ours: str
    jax: str
    hips: str
    reason: str


# -- the answers -------------------------------------------------------------------------------

Parts = list[Any]


def _parts(found: Any) -> Parts:
    """The arrays of a result, also of nested ones. Raises TypeError for arrays of objects."""
    if isinstance(getattr(found, "_value", found), tuple | list):  # HIPS autograd has a box for several
        return [part for x in found for part in _parts(x)]
    if getattr(getattr(found, "dtype", None), "kind", "") == "O":
        raise TypeError("what was recorded is lost in an array of objects")
    return [found]


def _answer(differentiated: Callable[[], Any]) -> str:
    """What a function that returns a gradient, None where there is nothing to differentiate, comes to."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            gradient = differentiated()
        except Exception:  # refused by whatever error
            return REFUSED
    if gradient is None:
        return PLAIN
    return WORKS if np.isfinite(np.asarray(gradient, float)).all() else REFUSED


def here(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """How this engine answers NumPy's own function."""

    def differentiated() -> Any:
        x = ad.Value(variable(args))
        parts = [y for y in _parts(function(*with_variable(args, x))) if isinstance(y, ad.Value)]
        return ad.gradients(sum((y.sum() for y in parts), ad.Value(0.0)), x) if parts else None

    return _answer(differentiated)


def of_jax(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """How JAX answers: compiled at once, which is quickest, and step by step if that is refused."""
    import jax

    def total(x: Any) -> Any:
        parts = [y for y in jax.tree.leaves(function(*with_variable(args, x))) if _is_float(y)]
        return sum((y.sum().astype(float) for y in parts), 0.0), len(parts)

    def differentiated(compiled: bool) -> Any:
        gradient = jax.grad(total, has_aux=True)
        with jax.enable_x64(True), jax.disable_jit(not compiled):
            found, count = (jax.jit(gradient) if compiled else gradient)(variable(args))
            return found if count else None

    found = _answer(lambda: differentiated(compiled=True)) if function.__name__ not in ENDLESS else REFUSED
    return _answer(lambda: differentiated(compiled=False)) if found == REFUSED else found


def _is_float(y: Any) -> bool:
    return bool(np.issubdtype(y.dtype, np.floating))


def of_hips(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """How HIPS autograd answers: what it does not record is plain."""
    from autograd import make_vjp
    from autograd import numpy as anp
    from autograd.tracer import isbox

    recorded = []

    def total(x: Any) -> Any:
        parts = [y for y in _parts(function(*with_variable(args, x))) if isbox(y)]
        recorded.extend(parts)
        return sum(anp.sum(y) for y in parts)

    def differentiated() -> Any:
        pull, _ = make_vjp(total)(variable(args))
        return pull(1.0) if recorded else None

    return _answer(differentiated)


def within(module: str, name: str) -> Callable[..., Any] | None:
    """A function of a library that has NumPy's names."""
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else None


# -- the table ---------------------------------------------------------------------------------


def rows() -> Iterator[Row]:
    """One per function."""
    recorded = recorded_rows()
    measured = find_spec("autograd") is not None
    for name, function in functions():
        args = sample(name, function)
        ours = here(function, deepcopy(args))
        jax = _asked(of_jax, "jax.numpy", name, args)
        hips = _asked(of_hips, "autograd.numpy", name, args) if measured else recorded[name].hips
        yield Row(name, ours, jax, hips, reason(name) if ours == REFUSED else "")


def _asked(answer: Callable[..., str], module: str, name: str, args: tuple[Any, ...]) -> str:
    function = within(module, name)
    return answer(function, deepcopy(args)) if function else ABSENT


def reason(name: str) -> str:
    """What the error of a refused function says."""
    library, _, plain = f"numpy.{name}".rpartition(".")
    return advice(library, plain)


def recorded_rows() -> dict[str, Row]:
    """The rows of the page as it is, by name."""
    lines = PAGE.read_text("utf-8").splitlines() if PAGE.exists() else []
    cells = [re.split(r" \| ", line.strip("| ")) for line in lines if line.startswith("| `")]
    return {cell[0].strip("`"): Row(cell[0].strip("`"), *(*cell[1:], "")[:4]) for cell in cells}


def versions() -> str:
    """Of the libraries asked; that of HIPS autograd as recorded, where it is not installed."""
    if find_spec("autograd"):
        hips = version("autograd")
    else:
        found = re.search(r"HIPS autograd ([\d.]*\d)", PAGE.read_text("utf-8"))
        hips = found[1] if found else ""
    return f"NumPy {np.__version__}, JAX {version('jax')} and HIPS autograd {hips}"


def text() -> str:
    """The whole page."""
    found = [*rows()]
    ours = Counter(row.ours for row in found)
    theirs = [row for row in found if row.jax == WORKS]
    refused = sum(row.ours == REFUSED for row in theirs)
    only = sum(row.ours == WORKS and row.jax != WORKS for row in found)
    counts = f"""\
Of the {len(found)} functions, {ours[WORKS]} are differentiated here, {ours[PLAIN]} give plain numbers,
and {ours[REFUSED]} are refused, each with a reason. Of the {len(theirs)} that JAX differentiates,
{refused} are refused here; {only} are differentiated here and not by JAX. Measured with {versions()}.
"""
    head = [
        "| function | here | JAX | HIPS autograd | why, and what to write |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join([INTRODUCTION, counts, *head, *map(_line, found), ""])


def _line(row: Row) -> str:
    why = row.reason.replace("|", "\\|")
    return f"| `{row.name}` | {row.ours} | {row.jax} | {row.hips} | {why} |".replace("  ", " ")
