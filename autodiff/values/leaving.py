"""Leaving the graph: what is said where a variable would silently become a plain number.

Python's `float(v)`, the functions of `math` and NumPy's `buffer[i] = v` ask a Value for its number, and
what is computed from that has no slope any more: `y = x*math.exp(x)` would have half its gradient.
"""

from __future__ import annotations

from types import TracebackType

REMEDY = (
    "use autodiff.exp and its like in place of the functions of math, autodiff.stack or where in place of "
    "writing into an array"
)
"""How to stay in the graph."""

DISGUISE = "setting an array element with a sequence"
"""What NumPy says where it writes a Value into an array: what refuses `float()` it takes for a sequence."""


def cut(how: str, what: str) -> TypeError:
    """The error of a conversion that would cut the chain rule, with the ways to do without it."""
    return TypeError(
        f"{how} of {what} would cut the chain rule: {REMEDY}, and .item() or .data where a plain number is "
        "meant"
    )


class _RevealingCause:
    """Runs a user's function so that what a Value said is not disguised by NumPy.

    The error keeps the lines that lead to the assignment.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, lines: TracebackType | None
    ) -> None:
        if kind is ValueError and error is not None and str(error).startswith(DISGUISE):
            cause = error.__cause__
            if isinstance(cause, TypeError):
                raise cause.with_traceback(lines) from None


revealing_cause = _RevealingCause()
"""The one context that all share: it holds nothing."""
