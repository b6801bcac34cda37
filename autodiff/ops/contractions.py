"""Sums of products over chosen axes of arrays: `tensordot` and Einstein's sum.

In the formulas Ȳ is the gradient with respect to the result Y, Ā and B̄ those of the factors.
"""

from __future__ import annotations

from operator import index
from string import ascii_lowercase, ascii_uppercase
from typing import Any, TypeAlias

import numpy as np

from ..values.axes import axes_in
from ..values.data import Data, Operand, dtype_of, shape_of
from ..values.declaration import composed, primitive
from .shaping import transpose

Axes: TypeAlias = Any
"""What `tensordot` sums over: a number of axes, or the axes of one factor and those of the other."""


def _split(axes: Axes, a: Operand, b: Operand) -> tuple[list[int], list[int]]:
    """The summed axes of both factors, counted from the start, in the order of their pairs."""
    m, n = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, (tuple, list)) or np.ndim(axes):
        if len(axes) != 2:
            raise ValueError(f"expected the axes of a and those of b, got {axes!r}")
        of_a, of_b = (axes_in(chosen, k, "tensordot") for chosen, k in zip(axes, (m, n), strict=True))
    else:
        count = index(axes)
        if not 0 <= count <= min(m, n):
            raise ValueError(f"expected axes from 0 to {min(m, n)}, the number that both have, got {count}")
        of_a, of_b = tuple(range(m - count, m)), tuple(range(count))
    if len(of_a) != len(of_b):
        raise ValueError(f"expected as many axes of a as of b, got {axes!r}")
    return list(of_a), list(of_b)


def _others(axes: list[int], x: Operand) -> list[int]:
    return [i for i in range(len(shape_of(x))) if i not in axes]


def _placed(x: Operand, order: list[int]) -> Operand:
    """The axes of x moved to the positions that `order` gives for them."""
    return transpose(x, tuple(sorted(range(len(order)), key=order.__getitem__)))


def tensordot_left(g: Operand, a: Operand, b: Operand, axes: Axes) -> Operand:
    """The sum of Ȳ·B over the free axes of B: its axes are the free ones of A, then the summed of B."""
    of_a, of_b = _split(axes, a, b)
    free_a, free_b = _others(of_a, a), _others(of_b, b)
    n = len(free_a)
    products = tensordot(g, b, (tuple(range(n, n + len(free_b))), tuple(free_b)))
    return _placed(products, free_a + [i for _, i in sorted(zip(of_b, of_a, strict=True))])


def tensordot_right(g: Operand, a: Operand, b: Operand, axes: Axes) -> Operand:
    """The sum of A·Ȳ over the free axes of A: its axes are the summed ones of A, then the free of B."""
    of_a, of_b = _split(axes, a, b)
    free_a, free_b = _others(of_a, a), _others(of_b, b)
    products = tensordot(a, g, (tuple(free_a), tuple(range(len(free_a)))))
    return _placed(products, [i for _, i in sorted(zip(of_a, of_b, strict=True))] + free_b)


@primitive(
    linear=True,
    da=lambda g, y, a, b, axes: tensordot_left(g, a, b, axes),
    db=lambda g, y, a, b, axes: tensordot_right(g, a, b, axes),
    remedy="the summed axes must have the same sizes in both",
)
def tensordot(a: Data, b: Data, /, axes: Axes = 2) -> Data:
    """Sum of products over pairs of axes; the other axes of a, then those of b, remain.

        Y = Σₛ A…ₛ·Bₛ…;   Ā = Σ Ȳ·B over the other axes of B,  B̄ = Σ A·Ȳ over those of A

    `axes` is a number n, for the last n axes of a and the first n of b; or the axes of a, and those of b.
    """
    return np.tensordot(a, b, _split(axes, a, b))  # Dask takes axes that are counted from the start


# -- Einstein's sum ----------------------------------------------------------------------------

LETTERS = ascii_uppercase + ascii_lowercase


@composed
def einsum(subscripts: str | Operand, /, *operands: Any, optimize: bool | str = False) -> Any:
    """Einstein's sum: one letter per axis; letters that the output lacks are summed over.

        "ij,jk->ik"  is  Yᵢₖ = Σⱼ Aᵢⱼ·Bⱼₖ;   Āᵢⱼ = Σₖ Ȳᵢₖ·Bⱼₖ:  "ik,jk->ij"

    Without "->" the output has the letters that occur once, in alphabetical order. "..." stands for
    any axes, which broadcast; a letter twice in one operand for its diagonal. An axis of size 1
    broadcasts against one of the same letter. In place of one string, each operand may be followed by a
    list of numbers from 0 to 51 and Ellipsis, and all by the output's: `einsum(a, [0, 1], b, [1, 2],
    [0, 2])`. `optimize` is False, True, "greedy" or "optimal": the order of the products of three
    operands or more. Raises ValueError where letters and axes do not match.

    >>> einsum("ii", [[1.0, 2.0], [3.0, 4.0]])
    5.0
    >>> einsum([[1.0, 2.0], [3.0, 4.0]], [0, 1], [1])
    array([4., 6.])
    """
    if not isinstance(optimize, (bool, str)):
        raise TypeError("einsum: a path as optimize is not supported; use True, 'greedy' or 'optimal'")
    if not isinstance(subscripts, str):
        subscripts, operands = _lettered((subscripts, *operands))
    written = _written_out(subscripts.replace(" ", ""), [len(shape_of(x)) for x in operands])
    return _einsum(*operands, subscripts=written, optimize=optimize)


def _lettered(given: tuple[Any, ...]) -> tuple[str, tuple[Operand, ...]]:
    """Operands and their lists in turn, then the output's, if any: as a string, and the operands alone."""
    n = len(given) // 2 * 2
    terms = ",".join(map(_term, given[1:n:2]))
    return "->".join([terms, *map(_term, given[n:])]), given[:n:2]


def _term(axes: Any) -> str:
    """The letters of a list of numbers, in an order that is alphabetical."""
    try:
        numbers = [axis if axis is ... else index(axis) for axis in axes]
    except TypeError:
        raise TypeError(
            "einsum: expected subscripts as a string, or a list of whole numbers after each operand; "
            f"got {axes!r} as such a list"
        ) from None
    if not all(axis is ... or 0 <= axis < len(LETTERS) for axis in numbers):
        raise ValueError(f"einsum: the numbers of axes go from 0 to {len(LETTERS) - 1}, got {axes!r}")
    return "".join("..." if axis is ... else LETTERS[axis] for axis in numbers)


def _written_out(subscripts: str, axes: list[int]) -> str:
    """Subscripts with letters for the dots and with their output."""
    inputs, arrow, output = subscripts.partition("->")
    terms = inputs.split(",")
    if len(terms) != len(axes):
        raise ValueError(f"einsum: {subscripts!r} is for {len(terms)} operands, got {len(axes)}")
    hidden = [n - len(term.replace("...", "")) for term, n in zip(terms, axes, strict=True)]
    for term, n, more in zip(terms, axes, hidden, strict=True):
        if more < 0 or (more and "..." not in term):
            raise ValueError(f"einsum: {term!r} of {subscripts!r} is for an operand of {n} axes")
    letters = "".join(sorted(set(inputs) - set(".,")))
    dots = [letter for letter in LETTERS if letter not in letters][: max(hidden)]
    if not arrow:
        output = "..." + "".join(letter for letter in letters if inputs.count(letter) == 1)
    elif dots and "..." not in output:
        raise ValueError(f"einsum: the output of {subscripts!r} needs '...' for the axes it stands for")
    inputs = ",".join(
        term.replace("...", "".join(dots[len(dots) - more :]))
        for term, more in zip(terms, hidden, strict=True)
    )
    return f"{inputs}->{output.replace('...', ''.join(dots))}"


def _einsum_rule(g: Operand, operands: Any, i: int, subscripts: str, optimize: bool | str) -> Operand:
    """The einsum of Ȳ and the other operands, with the subscripts of operand i as output.

    A letter that none of these has at full size gets an operand of ones, a letter that operand i repeats
    an identity matrix. Axes of size 1 that were stretched to that of others are the engine's to sum over.
    """
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    x, term = operands[i], terms.pop(i)
    factors, labels = [g, *operands[:i], *operands[i + 1 :]], [output, *terms]
    full = {
        letter
        for factor, label in zip(factors, labels, strict=True)
        for letter, n in zip(label, shape_of(factor), strict=True)
        if n != 1
    }
    fresh = (letter for letter in LETTERS if letter not in subscripts)
    target = ""
    for letter, n in zip(term, shape_of(x), strict=True):
        name = letter
        if letter in target:
            name = next(fresh)
            factors.append(np.eye(n, dtype=dtype_of(x)))
            labels.append(letter + name)
        elif letter not in full:
            factors.append(np.ones(n, dtype=dtype_of(x)))
            labels.append(letter)
        target += name
    return _einsum(*factors, subscripts=f"{','.join(labels)}->{target}", optimize=optimize)


@primitive(
    linear=True,
    doperands=lambda g, y, operands, i, subscripts, optimize: _einsum_rule(
        g, operands, i, subscripts, optimize
    ),
    remedy="a letter means one size in all operands",
)
def _einsum(*operands: Data, subscripts: str, optimize: bool | str = False) -> Data:
    """Einstein's sum with its output written out."""
    return np.einsum(subscripts, *operands, optimize=optimize)
