"""Where nan and infinity come from: the operation, its inputs, and the line of the user's code."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from ..differentiation.unwritten import written
from ..values import modes
from ..values.data import is_lazy, shape_of
from ..values.operation import inputs_of
from ..values.user_code import recorded_at, with_line
from ..values.value import Value, data_of


def detect_anomaly() -> AbstractContextManager[None]:
    """Raise FloatingPointError at the first nan or infinity recorded or pulled back in the block.

    The error names the operation, its inputs with their shapes, the line of your code that recorded it, and a
    stable way to write it where one is known. A product 0·∞ that is 0 because its zero is structural (an
    entry that was not selected, a constant factor) is reported in a RuntimeWarning. It also finds where
    elements of a leaf's data were written to after the leaf was used, constants included. Slow: for looking,
    not for training.

    >>> from autodiff import log
    >>> with detect_anomaly():
    ...     log(Value(0.0, "p"))
    Traceback (most recent call last):
        ...
    FloatingPointError: log made -inf of 'p' = 0.0...
    """
    watch = _Watch()
    return modes.inspecting(watch.contribution, watch.node)


class _Watch:
    """Looks at nodes as they are recorded, and at contributions as they are pulled back."""

    def __init__(self) -> None:
        self._seen: dict[int, np.ndarray[Any, Any]] = {}

    def node(self, node: Value) -> Value:
        """Note the line, remember the data of array leaves, and refuse what is not finite."""
        with_line(node)
        for x in _leaves(node):
            self._seen.setdefault(x._birth, x._data.copy())
        bad = _bad(node._data)
        if bad:
            raise _made(bad, node)
        return node

    def contribution(self, node: Value, i: int, c: Any, mended: Any) -> None:
        """Refuse what is not finite; warn where that is 0·∞ of a structural zero."""
        self._check_unwritten(node)
        bad = _bad(data_of(c))
        if not bad:
            return
        if _bad(data_of(mended)):
            raise FloatingPointError(
                f"the gradient of {node._operation.name} with respect to {inputs_of(node)[i].described()} "
                f"is {bad}, at {_inputs(node)}{_where(node)}"
            )
        warnings.warn(
            f"0·∞ taken for 0 in the gradient of {node._operation.name} at {_inputs(node)}{_where(node)}",
            RuntimeWarning,
            stacklevel=2,
        )

    def _check_unwritten(self, node: Value) -> None:
        for x in _leaves(node):
            before = self._seen.get(x._birth)
            if before is not None and not np.array_equal(before, x._data, equal_nan=True):
                raise written(x, node)


def _leaves(node: Value) -> list[Value]:
    """The inputs that are leaves with NumPy arrays as data."""
    return [
        x
        for x in inputs_of(node)
        if isinstance(x, Value) and x._operation is None and isinstance(x._data, np.ndarray)
    ]


def _bad(data: Any) -> str:
    """The first nan or inf in the data, if any; lazy data are not looked at."""
    if isinstance(data, tuple):
        return next(filter(None, map(_bad, data)), "")
    if is_lazy(data) or np.all(np.isfinite(data)):
        return ""
    entries = np.ravel(data)
    return str(entries[~np.isfinite(entries)][0])


def _made(bad: str, node: Value) -> FloatingPointError:
    return FloatingPointError(f"{node._operation.name} made {bad} of {_inputs(node)}{_where(node)}")


def _inputs(node: Value) -> str:
    return " and ".join(map(_input, inputs_of(node)))


def _input(x: Any) -> str:
    if not isinstance(x, Value):
        return f"an array of shape {shape_of(x)}" if shape_of(x) else str(x)
    return x.described() if x.shape else f"{x.described()} = {x._data}"


def _where(node: Value) -> str:
    """The line that recorded the node, and a remedy where the operation knows one."""
    remedy = node._operation.remedy
    return recorded_at(node) + (f"; {remedy}" if remedy else "")


# -- the cause of a nan found elsewhere --------------------------------------------------------


def cause_of_nan(differentiated: Callable[[], object]) -> str:
    """What made the nan or infinity in a function and its gradient, which are computed once more to find out.

    It names operation, inputs, line and stable form, as `detect_anomaly` does; but a value that is not finite
    in a branch not taken is not a cause. Returns an empty string where everything is finite, or where the
    cause cannot be found.

    >>> from autodiff import grad, sqrt
    >>> print(cause_of_nan(lambda: grad(sqrt)(0.0)))  # doctest: +ELLIPSIS
    the gradient of sqrt with respect to a value is inf, at a value = 0.0...
    """
    search = _Search()
    try:
        with warnings.catch_warnings(), modes.inspecting(search.contribution, search.node):
            warnings.simplefilter("ignore")
            differentiated()
    except FloatingPointError as error:
        return str(error)
    except Exception:  # whatever f raises now, the caller has something to say already
        pass
    return ""


class _Search(_Watch):
    """Lets values that are not finite pass until a gradient reaches one, then finds where it was made."""

    begun = False

    def node(self, node: Value) -> Value:
        """Note the line."""
        return with_line(node)

    def contribution(self, node: Value, i: int, c: Any, mended: Any) -> None:
        """Refuse an output that is not finite; of the contributions, what `detect_anomaly` refuses."""
        made = None if self.begun else _origin(node)
        if made is not None:
            raise _made(_bad(made._data), made)
        self.begun = True
        super().contribution(node, i, c, mended)


def _origin(node: Value) -> Value | None:
    """The node that first made the nan or infinity in a result of finite inputs; None if it is finite."""
    made = None
    following: Value | None = node
    while following is not None and following._operation is not None and _bad(following._data):
        made = following
        inputs = [x for x in inputs_of(made) if isinstance(x, Value)]
        following = next((x for x in inputs if _bad(x._data)), None)
    return made
