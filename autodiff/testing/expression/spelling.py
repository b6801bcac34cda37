"""Spellings: an operation as Python in its operands x, y and z, such as "np.sum(x, axis=0)".

That text is all that is known of how to call it: it is compiled once to be applied, and read to be written.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ... import ops

OPERANDS = ("x", "y", "z")


@cache
def applied(spelling: str, name: str = "", function: Callable[..., Any] | None = None) -> Callable[..., Any]:
    """The function of its operands that a spelling is, in which a name may mean a user's own function."""
    known = {"np": np, "ad": ops} | ({name: function} if function else {})
    operands = ", ".join(OPERANDS[k] for k in sorted({*mentioned(spelling)}))
    return eval(f"lambda {operands}: {spelling}", known)  # type: ignore[no-any-return]


@cache
def mentioned(spelling: str) -> tuple[int, ...]:
    """The operands of a spelling in the order in which they are mentioned, as often as they are."""
    names = [node for node in ast.walk(tree(spelling)) if isinstance(node, ast.Name) and node.id in OPERANDS]
    return tuple(OPERANDS.index(name.id) for name in sorted(names, key=lambda name: name.col_offset))


@cache
def tree(text: str) -> ast.expr:
    """A text as Python's own reader sees it; not to be changed."""
    return ast.parse(text, mode="eval").body
