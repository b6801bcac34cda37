"""play for functions of one or two variables: the curve or the contours, and two ways down from a start."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import settings
from ..animation.caption import resource
from ..animation.document import document
from ..programs.javascript.writing import javascript
from ..programs.listing import Listing
from ..programs.tracing.trace import recorded_from
from ..text.notation import visible
from ..values.data import Operand
from ..values.value import Value
from .computation import slopes_of
from .document_page import TOOLS, DocumentPage, body, script

Function = Callable[..., Any]
Limits = tuple[float, float]

NAMES = (("x",), ("x₁", "x₂"))
NEAR = 4.0
"""How far around 0 the picture reaches, if the start is well within."""

SLOPES, STEPS = ("f′", "∇f"), ("−f′/f″", "−H⁻¹∇f")
"""What the gradient is called, and Newton's step."""

BOXES = ("0 0 900 560", "0 0 640 640")
"""The picture of a curve, and of contours: there both axes have one scale."""


class FunctionPage(DocumentPage):
    """A page that shows a function and the ways down from a start that is chosen in it: made by `play`."""

    def __init__(self, title: str, start: Sequence[float], view: Sequence[Limits], programs: str) -> None:
        self.title = title
        self._start, self._view, self._programs = start, view, programs

    def _written(self) -> str:
        n = len(self._start)
        page = body("functions.html", box=BOXES[n - 1], slope=SLOPES[n - 1], newton=STEPS[n - 1])
        style = resource("live.css", __package__) + resource("plane.css", __package__)
        code = script(self._programs, "numbers.js", "controls.js", "paper.js", "plane.js")
        data = {
            "digits": 4,
            "names": NAMES[n - 1],
            "output": {"name": "f", "slope": SLOPES[n - 1]},
            "start": list(self._start),
            "view": [list(side) for side in self._view],
        }
        return document(self.title, page, style, code, data, {}, TOOLS)

    def __repr__(self) -> str:
        return f"<{self.title}: click a start, .save('name.html'), .html>"


def played(f: Function, start: Any, xlim: Any = None, ylim: Any = None) -> FunctionPage:
    """The page of a function of one number, or of two: of a point, or of two arguments."""
    at = _point(start)
    view = [_limits("xlim", xlim, at[0])]
    if len(at) == 2:
        view.append(_limits("ylim", ylim, at[1]))
    elif ylim is not None:
        raise ValueError("play: a function of one variable has no ylim; its curve says how high it is")
    call = _call(f, len(at))
    title = f"{visible(getattr(f, '__name__', 'f').replace('<lambda>', 'f'))}, live"
    programs = javascript(
        {
            "value": _recorded(lambda *x: [_value(call, x)], at),
            "main": _recorded(lambda *x: _with_gradient(call, x), at),
            "curvature": _recorded(lambda *x: _curvature(call, x, len(at)), [*at, *[1.0] * len(at)]),
        },
        "play",
    )
    return FunctionPage(title, at, view, programs)


# -- what is asked for -----------------------------------------------------------------------------


def _point(start: Any) -> list[float]:
    """One number, or two, all of them finite."""
    if start is None:
        raise TypeError("play: a function needs a start: play(f, 2.0), or play(f, (0.5, 2.0))")
    given = list(start) if isinstance(start, (list, tuple, np.ndarray)) and np.ndim(start) else [start]
    if len(given) not in (1, 2):
        raise ValueError(
            f"play: functions of one or two variables can be seen, got a start of {len(given)} numbers; "
            "compute f on Values, and play what it gives"
        )
    return [settings.any_number("play: start", x) for x in given]


def _limits(name: str, given: Any, start: float) -> Limits:
    """The ends of an axis: those given; else around 0, or around a start that is far away."""
    if given is None:
        reach = max(NEAR, abs(start) * 1.5)
        return (-reach, reach)
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise TypeError(f"play: {name} must be two numbers, got {given!r}")
    low, high = (settings.any_number(f"play: {name}", x) for x in given)
    if not low < high:
        raise ValueError(f"play: {name} must rise, got {given!r}")
    return (low, high)


def _call(f: Function, n: int) -> Function:
    """The function of n numbers: as it takes them, or a point."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return f
    kinds = [p.kind for p in parameters if p.default is inspect.Parameter.empty]
    single = len(kinds) == 1 and kinds[0] is not inspect.Parameter.VAR_POSITIONAL
    return (lambda *x: f(x)) if n == 2 and single else f


# -- what the page computes ------------------------------------------------------------------------


def _value(call: Function, x: Sequence[Value]) -> Value:
    found: Operand = call(*x)
    if isinstance(found, Value) and not found.shape:
        return found
    if isinstance(found, (int, float, np.generic)):
        return Value(float(found))
    if isinstance(found, Value):
        raise ValueError(f"play: f must give one number, got {found.described()}; sum it, or index it")
    raise TypeError(f"play: f must give one number, a Value, got {type(found).__name__}")


def _with_gradient(call: Function, x: Sequence[Value]) -> list[Value]:
    y = _value(call, x)
    return [y, *slopes_of(y, x)]


def _curvature(call: Function, given: Sequence[Value], n: int) -> list[Value]:
    x, direction = given[:n], given[n:]
    slopes = slopes_of(_value(call, x), x)
    along = sum((g * v for g, v in zip(slopes, direction, strict=True)), start=Value(0.0))
    return slopes_of(along, x)


def _recorded(f: Function, at: Sequence[float]) -> Listing:
    inputs = [Value(x) for x in at]
    return recorded_from(f, inputs, {}, inputs, absorbs=True).listing
