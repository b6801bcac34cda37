"""Which part of a program recorded a node: scopes by hand, and the calls of modules.

A picture draws a box around the nodes of a scope or of a call. A scope is a mode that labels each node;
a call labels only what it returns, with the birth number at which it began: what was born since then,
and was used for the result, was recorded by the call. Labels hold titles and numbers, never the module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from . import modes
from .labels import Label, Scope
from .value import Value, births

if TYPE_CHECKING:
    from contextlib import _GeneratorContextManager


new_label = tuple.__new__  # half the time of calling the class

_innermost: ContextVar[Scope | None] = ContextVar("scope", default=None)


def label_of(value: Value) -> Label:
    """All that is known of a value besides its mathematics."""
    label = value._label
    return label if type(label) is Label else Label(label)


def scope(name: str) -> _GeneratorContextManager[None]:
    """Group what is recorded in the block, in this thread or task: `draw` puts a box around it.

    Scopes can be nested, and decorate functions. Each entry is a box of its own; boxes with the same
    name are numbered.

    >>> x = Value(3.0, "x")
    >>> with scope("square"):
    ...     y = x * x
    >>> @scope("half")
    ... def half(v):
    ...     return v / 2.0
    >>> half(y).data
    4.5

    Raises TypeError for a name that is not a string.
    """
    if not isinstance(name, str):
        raise TypeError(f"scope: the name must be a string, got {name!r}")
    return _entered(name)


@contextmanager
def _entered(name: str) -> Iterator[None]:
    inner = Scope(name, next(births), _innermost.get())
    label = Label(scope=inner)

    def mark(node: Value) -> Value:
        node._label = label if node._label is None else label_of(node)._replace(scope=inner)
        return node

    with modes.having(_innermost, inner), modes.mode(mark):
        yield


def boxed(title: str, function: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    """What a function returns; what it recorded for that is a box of this title."""
    since = next(births)
    result = function(*inputs, **options)
    mark_call(result, title, since)
    return result


def mark_call(result: Any, title: str, since: int) -> None:
    """Label what a call returned that began at this birth number, if the call recorded it."""
    if type(result) is Value:
        if result._birth > since and result._operation is not None:
            label = result._label
            if label is None:
                result._label = new_label(Label, (None, None, None, ((title, since),), None))
            else:
                label = label_of(result)
                result._label = label._replace(calls=(*label.calls, (title, since)))
    elif isinstance(result, (list, tuple, dict)):
        for part in result.values() if isinstance(result, dict) else result:
            if type(part) is Value:
                mark_call(part, title, since)


def mark_carry(x: Any, name: str | None, since: int) -> None:
    """Label a part of a carry as the step calls it that began at this birth number and recorded it."""
    if name is not None and type(x) is Value and x._birth > since and x._operation is not None:
        x._label = label_of(x)._replace(carry=name)
