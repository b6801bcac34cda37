"""The live page of a network with data."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from autodiff import Value, no_grad
from autodiff.settings import chosen, one_of
from autodiff.text.digits import counted
from autodiff.text.letters import lettered

from . import losses
from .losses import squared_error
from .module import Module, predicting
from .network.feedforward import MLP, Network
from .network.notation import indexed

if TYPE_CHECKING:
    from autodiff.live.data import DataPage
    from autodiff.live.diagram import Diagram
    from autodiff.live.fitted import Array, Parameter

__all__ = ["play"]

MOST = 1_000
"""Observations that a page sums over at each frame."""

PICTURES: tuple[Literal["network", "data"], ...] = ("network", "data")

Loss = Callable[[Any, Any], Any]


def play(
    network: Module,
    X: Any,
    y: Any,
    loss: str | Loss = squared_error,
    *,
    picture: Literal["network", "data"] | None = None,
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
    from autodiff.live.fitted import Fitted
    from autodiff.live.playing import digits_of

    digits = digits_of(number_format)
    if picture is not None:
        picture = one_of("picture", picture, PICTURES)
    _check_network(network)
    offered = {name: getattr(losses, name) for name in losses.__all__}
    wanted: Loss = chosen("loss", loss, offered) if isinstance(loss, str) else loss
    rows, targets = _data(X, y)
    with predicting(network):
        outputs, scale = _outputs(network, rows), _scale(network, wanted, rows, targets)
        diagram = (
            None if picture == "data" else _diagram(network, rows, targets, wanted, picture == "network")
        )
        classes, labels = _classes(outputs, targets) or (None, ())
        fitted = Fitted(
            title=f"{type(network).__name__} and {counted(len(rows), 'observation')}",
            model=network,
            loss=wanted,
            scale=scale,
            parameters=network.parameters(),
            entries=[*_entries(network)],
            features=_features(rows.shape[1]),
            X=rows,
            y=targets,
            outputs=outputs,
            classes=classes,
            labels=labels,
            diagram=diagram,
            shows_data=diagram is None or (len(rows) > 1 and picture != "network"),
            is_likelihood=classes is not None and _is_likelihood(network, wanted, rows, classes),
        )
        return DataPage(fitted, digits)


# -- what is given ---------------------------------------------------------------------------------


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


def _data(X: Any, y: Any) -> tuple[Array, Array]:
    """Observations in rows, and their targets."""
    rows, targets = _numbers("X", X), _numbers("y", y)
    if not targets.ndim and rows.ndim <= 1:
        rows, targets = rows.reshape(1, -1), targets.reshape(1)
    elif rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim != 2 or not rows.size:
        raise ValueError(f"play: X must have one row per observation, got shape {np.shape(X)}")
    if targets.ndim not in (1, 2) or len(targets) != len(rows):
        raise ValueError(
            f"play: y must have a target for each of {counted(len(rows), 'observation')}, "
            f"got shape {np.shape(y)}"
        )
    if len(rows) > MOST:
        raise ValueError(
            f"play: at most {MOST:,} observations are computed in a page, got {len(rows):,}; take some of "
            f"them, X[:{MOST}], y[:{MOST}]"
        )
    return rows, targets


def _numbers(name: str, given: Any) -> Array:
    data = np.asarray(given.data if isinstance(given, Value) else given)
    if data.dtype.kind not in "fiub":
        raise ValueError(f"play: {name} must be real numbers of regular shape, got dtype {data.dtype}")
    bad = np.argwhere(~np.isfinite(data))
    if len(bad):
        where = tuple(bad[0].tolist())
        raise ValueError(
            f"play: {name} must be finite, got {data[where]}{' at ' * bool(where)}"
            f"{', '.join(map(str, where))}; leave such observations out"
        )
    return data.astype(float)


def _features(count: int) -> list[str]:
    return ["x"] if count == 1 else [indexed("x", k) for k in range(1, count + 1)]


def _entries(network: Module) -> Iterator[Parameter]:
    """The numbers of all parameters, with the names that the lecture would give them."""
    from autodiff.live.fitted import Parameter

    parts: list[str] = []
    found = []
    for dotted, value in network.named_parameters():
        part = _part(dotted)
        parts += [part] * (part not in parts)
        layer = parts.index(part) + 1 if part.startswith("layers.") else None
        name, group = _name(value, dotted, layer), f"layer ({layer})" if layer else part or "Parameters"
        for index, number in np.ndenumerate(np.asarray(value.data)):
            found.append((_entry(name, index), _entry(dotted, index), group, float(number), value))
    known = Counter(name for name, *_ in found)
    for name, dotted, group, number, value in found:
        yield Parameter(name if known[name] == 1 else dotted, group, number, not value.constant)


def _part(dotted: str) -> str:
    """What a parameter belongs to: layers.0, encoder; nothing for one of the network itself."""
    part, _, rest = dotted.partition(".")
    number = rest.partition(".")[0]
    return f"{part}.{number}" if number.isdigit() else part if rest else ""


def _name(value: Value, dotted: str, layer: int | None) -> str:
    """A name, with the layer that it belongs to, if there is one."""
    if not value.name:
        return dotted
    name = lettered(value.name)
    return name if "⁽" in name or layer is None else indexed(name, layer=layer)


def _entry(name: str, index: tuple[int, ...]) -> str:
    """W⁽¹⁾ at (0, 1) is w₁₂⁽¹⁾."""
    if not index:
        return name
    letter, bracket, layer = name.partition("⁽")
    letter = letter.lower() if len(letter) == 1 else letter
    return indexed(letter, *(i + 1 for i in index)) + bracket + layer


def _diagram(network: Module, rows: Array, targets: Array, loss: Loss, asked: bool) -> Diagram | None:
    """The diagram of a network, where there can be one, as there must be if it was asked for."""
    from .network.live_diagram import live_diagram

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


# -- what the network makes of them ----------------------------------------------------------------


def _outputs(network: Module, rows: Array) -> Array:
    """A row of outputs for each observation."""
    with no_grad():
        found = network(rows)
    if not isinstance(found, Value) or not found.shape or len(found.data) != len(rows) or found.ndim > 2:
        got = found.described() if isinstance(found, Value) else type(found).__name__
        raise ValueError(f"play: the network must give a row of outputs for each row of X, got {got}")
    return np.asarray(found.data).reshape(len(rows), -1)


def _scale(network: Module, loss: Loss, rows: Array, targets: Array) -> float:
    """What the sum over the observations, one by one, is multiplied by to give R: 1, or 1/n for a mean.

    Both are the same where R is 0, so a copy with other parameters is asked, too.
    """
    found = [_losses(model, loss, rows, targets) for model in (network, _moved(network))]
    if not np.isfinite(found[0][0]):
        raise ValueError(f"play: R is {found[0][0]} at the parameters as they are; start where it is finite")
    known = [(whole, sum(single)) for whole, single in found if np.isfinite(whole)]
    near = 1e-10 * max(sum(map(abs, single)) for whole, single in found if np.isfinite(whole))
    for scale in (1.0, 1.0 / len(rows)):
        if all(abs(scale * total - whole) <= scale * near for whole, total in known):
            return scale
    whole, total = known[-1]
    raise ValueError(
        "play: the loss must be a sum or a mean over the observations, which the page computes one by one; "
        f"it is {whole:.6g} where those of single ones sum to {total:.6g}; leave out penalties and weights"
    )


def _moved(network: Module) -> Module:
    """A copy with other parameters."""
    copied, rng = copy.deepcopy(network), np.random.default_rng(0)
    for parameter in copied.parameters():
        parameter.data = parameter.data + rng.normal(size=parameter.shape) * (1.0 + np.abs(parameter.data))
    return copied


def _losses(network: Module, loss: Loss, rows: Array, targets: Array) -> tuple[float, list[float]]:
    """R, and what it is for each observation alone."""
    with no_grad(), np.errstate(all="ignore"):
        whole = _number(loss(network(rows), targets))
        single = [loss(network(rows[i : i + 1]), targets[i : i + 1]) for i in range(len(rows))]
    return whole, [*map(_number, single)]


def _number(r: Any) -> float:
    if not isinstance(r, Value):
        raise TypeError(f"play: loss must return a Value, got {type(r).__name__}")
    if r.shape:
        raise ValueError(f"play: the loss must be one number, got {r.described()}; sum it")
    return r.item()


# -- classes ---------------------------------------------------------------------------------------


def _classes(outputs: Array, targets: Array) -> tuple[Array, list[int]] | None:
    """The target of each class, and the class of each observation; None where targets are numbers.

    Classes are labels for several outputs, rows with one 1 among zeros, and for one output 0 and 1, or ±1.
    """
    count = outputs.shape[1]
    if count > 1 and targets.ndim == 1:
        return np.arange(float(count)), targets.astype(int).tolist()
    if count > 1:
        one_hot = np.isin(targets, (0.0, 1.0)).all() and (targets.sum(axis=1) == 1.0).all()
        return (np.eye(count), targets.argmax(axis=1).tolist()) if one_hot else None
    found = np.unique(targets)
    if found.tolist() not in ([0.0, 1.0], [-1.0, 1.0]):
        return None
    return found.reshape(2, *targets.shape[1:]), (targets.ravel() == found[1]).astype(int).tolist()


def _is_likelihood(network: Module, loss: Loss, rows: Array, classes: Array) -> bool:
    """Whether e to the power −loss is the probability of a class: over all classes it sums to 1."""
    with no_grad():
        output = network(rows[:1])
        found = [_number(loss(output, target[None])) for target in classes]
    return abs(float(np.exp(np.negative(found)).sum()) - 1.0) < 1e-9
