"""docs/parity.md: NumPy's functions of floating-point arrays, and who differentiates them.

Every library is asked alike: the first of some calls that NumPy answers, with one array made a variable.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

import autodiff as ad
from autodiff.differentiation.advice import advice

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"
WORKS, PLAIN, REFUSED, ABSENT = "works", "plain", "refused", "–"

X = np.array([0.6, 0.2, 0.9, 0.4])
A = np.array([[2.0, 0.5, 0.1], [0.5, 3.0, 0.2], [0.1, 0.2, 1.5]])
CALLS: tuple[tuple[Any, ...], ...] = (
    (A,), (X,), (A, A), (X, X), (X, 2), (A, 1), (A, 0, 1), (X, 1, X), (X > 0.5, X), (X, X, X), (A, (3, 3)),
    (A, [0, 1]), (X, [0, 2], 1.0), ("ij,jk->ik", A, A), (0.0, X, 3), (X, 0.0, 1.0), ([X > 0.5], [X]),
    (np.array([0, 1, 0, 1]), [X, X]), (A, np.array([[0, 1, 2]]), 0), (np.array([0, 0, 1, 1]), X),
    (X, (4, 1), (0, 0)), (lambda x: x, 0, A), ([A, A],), (A[0], A[1]), (X, 0.5), (X, 4, None),
)  # fmt: skip
"""Arguments that most functions take some of; those without an answer from any of them are not in the table."""

ENDLESS = ("frexp",)
"""What JAX does not come back from, when it is asked for a derivative."""

INTRODUCTION = """\
# NumPy's functions, and who differentiates them

Written by `python -m tests.peers --write` (extras `peers` and, for the column of HIPS autograd, `bench`). One call of
each function was made, with floating-point arrays: *works*, its result is recorded and differentiated; *plain*, it
gives numbers alone, without a derivative; *refused*, an error, and the last column says what to write in its place, or
why there is nothing; –, there is no such function, or it was not asked.
"""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions that NumPy lets other arrays take over, by name, each once."""
    seen: set[Any] = set()
    for prefix, module in (("", np), ("linalg.", np.linalg)):
        for name in sorted(module.__all__):
            function = getattr(module, name)
            taken = isinstance(function, np.ufunc) or hasattr(function, "_implementation")
            if taken and function not in seen:
                seen.add(function)
                yield f"{prefix}{name}", function


def call_of(function: Callable[..., Any]) -> tuple[Any, ...] | None:
    """The first of the calls that NumPy answers with floating-point numbers, else with anything."""
    answered = [(args, found) for args in CALLS if (found := _answer(function, args)) is not None]
    floats = [args for args, found in answered if _is_float(found)]
    return (floats or [args for args, _ in answered] or [None])[0]


def _answer(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*deepcopy(args))
        except Exception:  # whatever NumPy says of arguments that are not for it
            return None


def _is_float(found: Any) -> bool:
    parts = found if isinstance(found, tuple | list) else [found]
    return any(getattr(part, "dtype", None) == np.float64 for part in parts)


def with_variable(args: tuple[Any, ...], make: Callable[[Any], Any]) -> Any:
    """The last array of floating-point numbers among the arguments as a variable, also within a list."""
    for k in reversed(range(len(args))):
        if getattr(args[k], "dtype", None) == np.float64:
            return (*args[:k], make(args[k]), *args[k + 1 :])
        if isinstance(args[k], list) and getattr(args[k][0], "dtype", None) == np.float64:
            return (*args[:k], [make(x) for x in args[k]], *args[k + 1 :])
    return args


def here(function: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """How this engine answers NumPy's own function."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = function(*with_variable(deepcopy(args), ad.Value))
    except Exception:  # refused by whatever error
        return REFUSED
    parts = found if isinstance(found, tuple | list) else [found]
    return WORKS if any(isinstance(part, ad.Value) for part in parts) else PLAIN


def of_jax(name: str, args: tuple[Any, ...]) -> str:
    """How JAX answers: a derivative, which is of floating-point numbers, or none."""
    import jax

    function = _within("jax.numpy", name)
    if function is None or name in ENDLESS:
        return ABSENT
    try:
        with jax.enable_x64(True):
            found, pull = jax.vjp(lambda x: function(*with_variable(args, lambda _: x)), _variable(args))
            leaves = [y for y in jax.tree.leaves(found) if y.dtype == np.float64]
            if leaves:
                pull(jax.tree.map(lambda y: np.ones(y.shape, y.dtype), found))
    except Exception:  # as above
        return REFUSED
    return WORKS if leaves else PLAIN


def of_hips(name: str, args: tuple[Any, ...]) -> str:
    """How HIPS autograd answers."""
    import autograd

    function = _within("autograd.numpy", name)
    if function is None:
        return ABSENT

    def total(x: Any) -> Any:
        found = function(*with_variable(args, lambda _: x))
        return _within("autograd.numpy", "sum")(found[0] if isinstance(found, tuple | list) else found)  # type: ignore[misc]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            autograd.grad(total)(_variable(args))
    except Exception as error:  # as above
        return PLAIN if "independent" in str(error) else REFUSED
    return WORKS


def _variable(args: tuple[Any, ...]) -> Any:
    found: list[Any] = []
    with_variable(args, lambda x: found.append(x) or x)
    return found[0]


def _has_variable(args: tuple[Any, ...]) -> bool:
    return with_variable(args, lambda x: None) is not args


def _within(module: str, name: str) -> Callable[..., Any] | None:
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else None


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Name, the answers of all three, and the reason of a refusal here."""
    recorded = recorded_column()
    for name, function in functions():
        if (args := call_of(function)) is None or not _has_variable(args):
            continue
        ours = here(function, args)
        hips = of_hips(name, args) if find_spec("autograd") else recorded.get(name, ABSENT)
        library, _, plain = f"numpy.{name}".rpartition(".")
        yield name, ours, of_jax(name, args), hips, advice(library, plain) if ours == REFUSED else ""


def recorded_column() -> dict[str, str]:
    """HIPS autograd's answers on the page as it is, for where it is not installed."""
    lines = PAGE.read_text("utf-8").splitlines() if PAGE.exists() else []
    cells = [line.split(" | ") for line in lines if line.startswith("| `")]
    return {cell[0].removeprefix("| `").removesuffix("`"): cell[3] for cell in cells}


def text() -> str:
    """The whole page."""
    found = list(rows())
    theirs = [row for row in found if row[2] == WORKS]
    refused = sum(row[1] == REFUSED for row in theirs)
    count = f"Of {len(found)} functions JAX differentiates {len(theirs)}, {refused} of them refused here."
    table = [
        f"| `{name}` | {ours} | {jax} | {hips} | {reason.replace('|', chr(92) + '|')} |"
        for name, ours, jax, hips, reason in found
    ]
    head = ["| name | here | JAX | HIPS autograd | instead |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([INTRODUCTION, count, "", *head, *table, ""])
