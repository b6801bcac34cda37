"""A model with its data, and what a page computes of it.

One observation is recorded; the page sums over all of them. So a program is as long as one observation
needs, however many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

import autodiff

from ..programs.listing import Listing
from ..programs.tracing.trace import Recording, recorded_from
from ..values.value import Value
from .computation import MOST_CURVED, slopes_of
from .diagram import Diagram

Array: TypeAlias = np.ndarray[Any, Any]
Kind: TypeAlias = Literal["curve", "regions", "targets"]


@dataclass(frozen=True)
class Movable:
    """A number of a model: its name, the group that it is shown in, its value, and whether it varies."""

    name: str
    group: str
    start: float
    varies: bool


@dataclass(frozen=True)
class Fitted:
    """A model with data: R is `scale` times the sum of `loss(model(x), y)` over the rows of X and y.

    `parameters` are numbers or arrays, `entries` their numbers one by one. Where targets are classes,
    `classes` are the target of each, and `labels` the class of each observation.
    """

    title: str
    model: Callable[[Any], Any]
    loss: Callable[[Any, Any], Any]
    scale: float
    parameters: Sequence[Value]
    entries: Sequence[Movable]
    features: Sequence[str]
    X: Array
    y: Array
    outputs: Array
    """What the model makes of X, a row for each observation."""
    classes: Array | None = None
    labels: Sequence[int] = ()
    is_likelihood: bool = False
    """Whether exp(−loss) of the classes are probabilities."""
    diagram: Diagram | None = None
    shows_data: bool = True

    @property
    def kind(self) -> Kind:
        """What is shown: a curve, regions in a plane, or what is predicted of each observation."""
        n_features, n_outputs = self.X.shape[1], self.outputs.shape[1]
        if n_features == 2 and self.classes is not None:
            return "regions"
        return "curve" if n_features == n_outputs == 1 else "targets"

    @property
    def sees_classes(self) -> bool:
        """Whether the picture is of classes rather than of outputs."""
        return self.classes is not None and (self.kind != "curve" or self.is_likelihood)


def listings(fitted: Fitted) -> dict[str, Listing]:
    """What the page computes of one observation, by name."""
    free = [parameter for parameter in fitted.parameters if not parameter.constant]
    x, y = (Value(array[:1], name, constant=True) for array, name in ((fitted.X, "x"), (fitted.y, "y")))
    direction = [Value(np.ones(parameter.shape)) for parameter in free]
    every = list(fitted.parameters)

    def main(x: Value, y: Value) -> list[Value]:
        r = fitted.loss(fitted.model(x), y)
        if r.constant:
            raise ValueError("play: the loss does not depend on the parameters of the network")
        return [r, *slopes_of(r, free)]

    def turned(*given: Value) -> list[Value]:
        slopes, v = main(*given[-2:])[1:], given[:-2]
        along = sum((autodiff.sum(g * u) for g, u in zip(slopes, v, strict=True)), start=Value(0.0))
        return slopes_of(along, free)

    def seen(x: Value) -> list[Any]:
        output = fitted.model(x)
        if not fitted.sees_classes or fitted.classes is None:
            return [output]
        return [fitted.loss(output, target[None]) for target in fitted.classes]

    recorded = {
        "main": recorded_from(main, [x, y], {}, [*every, x, y], absorbs=False),
        "seen": recorded_from(seen, [x], {}, [*every, x], absorbs=True),
    }
    if recorded["main"].checks_nan:
        recorded["absorbing"] = recorded_from(main, [x, y], {}, [*every, x, y], absorbs=True)
    if sum(parameter.size for parameter in free) <= MOST_CURVED:
        inputs = [*every, *direction, x, y]
        recorded["curvature"] = recorded_from(turned, [*direction, x, y], {}, inputs, absorbs=True)
    if fitted.diagram:
        recorded["nodes"] = recorded_from(fitted.diagram.nodes, [x, y], {}, [*every, x, y], absorbs=True)
    _refuse_others(recorded["main"])
    return {name: recording.listing for name, recording in recorded.items()}


def _refuse_others(recording: Recording) -> None:
    """Refuse what the model or its loss computes with that is no parameter."""
    names = [repr(value.name) if value.name else value.described() for value in recording.captured]
    if names:
        raise ValueError(
            f"play: the network or its loss uses {', '.join(names)}, which is no parameter of the network; "
            "make it an attribute of the module, or a plain number, which stays as it is"
        )
