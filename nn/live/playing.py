"""The live page of a network with data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from autodiff.settings import one_of
from autodiff.text.digits import counted

from ..losses import Loss, loss_function, squared_error
from ..module import Module, predicting
from ..network.feedforward import MLP, Network
from .given import entries_of, features_of, observations_of
from .meaning import classes_of, is_likelihood, outputs_of, scale_of

if TYPE_CHECKING:
    from autodiff.live.data import DataPage
    from autodiff.live.diagram import Diagram
    from autodiff.live.fitted import Array, Fitted

Picture: TypeAlias = Literal["network", "data"]
PICTURES: tuple[Picture, ...] = ("network", "data")


def play(
    network: Module,
    X: Any,
    y: Any,
    loss: str | Loss = squared_error,
    *,
    picture: Picture | None = None,
    number_format: str = ".4g",
) -> DataPage:
    """Show a network with data, in which every parameter can be moved: the curve or the regions follow.

    X              (n_observations, n_features); (n,) of one feature; or one observation, with one target
    y              a target for each, as the loss takes it: numbers, labels, or rows of them
    loss           R as a function of (output, target), or its name in `nn.losses`; the lecture's Σ (y − a)²
                   if not given. It must be a sum or a mean over the observations
    picture        the "network" as the diagram of `draw_network`, or the "data"; by default both, where both
                   can be seen: a `Network` or an `MLP` of few nodes, and several observations
    number_format  how numbers are written: ".4g" with four digits, ".1g" to ".15g" with others

    Of one feature and one output, the page shows the curve; of two features and classes, the regions in
    which each is predicted, with the decision boundary; else what is predicted of each observation, by its
    target. Predicted is the class that the loss would be least for: of cross-entropies the likeliest, of
    margins the one with the largest score. R is what Python gives for `loss(network(X), y)` in `eval` mode.

    Parameters are dragged or typed, and the page says what a move was predicted to change and did change.
    It goes *one step downhill*, or runs: steepest descent, momentum, Adam, and for at most 50 parameters
    Newton's step; R is drawn by step. Nothing in the network is changed.

    >>> import nn
    >>> play(nn.lecture.network(), *nn.lecture.observations())
    <Network and 2 observations, live: 9 numbers to move, .save('name.html'), .html>

    Raises TypeError for anything but a Module, for float32 parameters, and for an operation that JavaScript
    has no spelling for; ValueError for data that are not one row per observation, not numbers, nan or
    infinite, for more than 1,000 observations, for a loss that is not one number, neither a sum nor a mean,
    or depends on no parameter, for Values that are no parameters of the network, and where one observation
    takes more than 10,000 operations.
    """
    from autodiff.live.data import DataPage
    from autodiff.live.playing import digits_of

    digits = digits_of(number_format)
    shown = None if picture is None else one_of("picture", picture, PICTURES)
    wanted = loss_function("play", loss)
    _check_network(network)
    rows, targets = observations_of(X, y, getattr(network, "n_inputs", 0))
    with predicting(network):
        return DataPage(_fitted(network, rows, targets, wanted, shown), digits)


def _fitted(network: Module, rows: Array, targets: Array, loss: Loss, picture: Picture | None) -> Fitted:
    """What the page is made of."""
    from autodiff.live.fitted import Fitted

    outputs, scale = outputs_of(network, rows), scale_of(network, loss, rows, targets)
    classes, labels = classes_of(outputs, targets) or (None, ())
    asked = picture == "network"
    diagram = None if picture == "data" else _diagram(network, rows, targets, loss, asked)
    return Fitted(
        title=f"{type(network).__name__} and {counted(len(rows), 'observation')}",
        model=network,
        loss=loss,
        scale=scale,
        parameters=network.parameters(),
        entries=[*entries_of(network)],
        features=features_of(rows.shape[1]),
        X=rows,
        y=targets,
        outputs=outputs,
        classes=classes,
        labels=labels,
        is_likelihood=classes is not None and is_likelihood(network, loss, rows, classes),
        diagram=diagram,
        shows_data=diagram is None or (len(rows) > 1 and not asked),
    )


def _check_network(network: Any) -> None:
    if not isinstance(network, Module):
        raise TypeError(
            f"play: expected a Module, such as nn.Network or nn.MLP, got {type(network).__name__}; "
            "autodiff.play shows Values, and functions of one or two variables"
        )
    parameters = network.parameters()
    if all(parameter.constant for parameter in parameters):
        raise ValueError(
            f"play: {type(network).__name__} has no parameters that are not frozen; unfreeze() it"
        )
    for parameter in parameters:
        if parameter.dtype != np.float64:
            raise TypeError(
                f"play: a page computes in double precision, and {parameter.described()} is "
                f"{parameter.dtype}; give network.astype(float)"
            )


def _diagram(network: Module, rows: Array, targets: Array, loss: Loss, asked: bool) -> Diagram | None:
    """The diagram of a network, where there can be one, as there must be if it was asked for."""
    from .diagram import live_diagram

    if not isinstance(network, (Network, MLP)):
        if asked:
            raise TypeError(
                f"play: a diagram is of a Network or an MLP, got {type(network).__name__}; leave picture out"
            )
        return None
    try:
        found = live_diagram(network, rows, targets, loss, legible=not asked)
    except RuntimeError:  # without Graphviz
        if asked:
            raise
        return None
    if asked and found is None:
        raise ValueError("play: the network has too many lines for its diagram to be read; leave picture out")
    return found
