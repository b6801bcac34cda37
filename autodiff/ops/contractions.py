"""Sums of products over chosen axes of arrays: `tensordot` and Einstein's sum.

In the formulas Ȳ is the gradient with respect to the result Y, Ā and B̄ those of the factors.
"""

from __future__ import annotations

from string import ascii_letters
from typing import Any, TypeAlias

import numpy as np

from ..data import Data, Operand, dtype_of, shape_of
from ..declaration import primitive
from .shaping import transpose

__all__ = ["einsum", "tensordot"]

Axes: TypeAlias = Any
"""What `tensordot` sums over: a number of axes, or the axes of one factor and those of the other."""


def _split(axes: Axes, a: Operand, b: Operand) -> tuple[list[int], list[int]]:
    """The summed axes of both factors, counted from the start, in the order of their pairs."""
    m, n = len(shape_of(a)), len(shape_of(b))
    if np.ndim(axes) == 0 and not isinstance(axes, (tuple, list)):
        return list(range(m - axes, m)), list(range(axes))
    of_a, of_b = (np.atleast_1d(np.asarray(chosen, dtype=int)).tolist() for chosen in axes)
    return [i % m for i in of_a], [i % n for i in of_b]


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
    return np.tensordot(a, b, axes)


# -- Einstein's sum ----------------------------------------------------------------------------


def einsum(subscripts: str, /, *operands: Operand, optimize: bool | str = False) -> Any:
    """Einstein's sum: one letter an axis; letters that the output lacks are summed over.

        "ij,jk->ik"  is  Yᵢₖ = Σⱼ Aᵢⱼ·Bⱼₖ;   Āᵢⱼ = Σₖ Ȳᵢₖ·Bⱼₖ:  "ik,jk->ij"

    Without "->" the output has the letters that occur once, in alphabetical order. "..." stands for
    any axes, which broadcast; a letter twice in one operand for its diagonal. `optimize` is False,
    True, "greedy" or "optimal": the order of the products of three operands and more.
    Raises TypeError for subscripts as lists, ValueError where letters and axes do not fit.

    >>> einsum("ii", [[1.0, 2.0], [3.0, 4.0]])
    5.0
    """
    if not isinstance(subscripts, str):
        raise TypeError("einsum: subscripts as lists are not supported; write them as one string first")
    if not isinstance(optimize, (bool, str)):
        raise TypeError("einsum: a path as optimize is not supported; use True, 'greedy' or 'optimal'")
    written = _written_out(subscripts.replace(" ", ""), [len(shape_of(x)) for x in operands])
    return _einsum(*operands, subscripts=written, optimize=optimize)


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
    dots = [letter for letter in ascii_letters if letter not in letters][: max(hidden)]
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

    A letter of operand i alone gets an operand of ones, a letter that it repeats an identity matrix.
    """
    inputs, _, output = subscripts.partition("->")
    terms = inputs.split(",")
    x, term = operands[i], terms[i]
    factors = [g, *operands[:i], *operands[i + 1 :]]
    labels = [output, *terms[:i], *terms[i + 1 :]]
    fresh = (letter for letter in ascii_letters if letter not in subscripts)
    target = ""
    for letter, n in zip(term, shape_of(x), strict=True):
        name = letter
        if letter in target:
            name = next(fresh)
            factors.append(np.eye(n, dtype=dtype_of(x)))
            labels.append(letter + name)
        elif not any(letter in label for label in labels):
            factors.append(np.ones(n, dtype=dtype_of(x)))
            labels.append(letter)
        target += name
    return _einsum(*factors, subscripts=f"{','.join(labels)}->{target}", optimize=optimize)


@primitive(
    linear=True,
    doperands=lambda g, y, operands, i, subscripts, optimize: _einsum_rule(
        g, operands, i, subscripts, optimize
    ),
    remedy="a letter stands for one size in all operands",
)
def _einsum(*operands: Data, subscripts: str, optimize: bool | str = False) -> Data:
    """Einstein's sum with its output written out."""
    return np.einsum(subscripts, *operands, optimize=optimize)
