"""The same graph computed by PyTorch and by JAX, where they are installed: value and gradient.

A recorded graph is walked in order, each operation by the peer's function of that name, with NumPy's names
for its settings; what is recorded otherwise than NumPy calls it is listed here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from autodiff.graph import Graph, Node

from .agreement import agree
from .case import Case
from .modes import LeftOut, mode

if TYPE_CHECKING:
    from tests.peers.package import Package

Function = Callable[..., Any]

RECORDED: dict[str, Function] = {
    "part": lambda call, parts, index, count: parts[index],
    "split": lambda call, x, indices: [call("getitem", x, index) for index in indices],
    "identity": lambda call, x: x,
    "nan_to_num": lambda call, x, **_: x,
    "affine": lambda call, x, weight, bias: x @ weight.T + bias,
    "concatenate": lambda call, *xs, axis, bounds: call("concatenate", xs, axis=axis),
    "stack": lambda call, *xs, axis: call("stack", xs, axis=axis),
    "einsum": lambda call, *xs, subscripts, optimize: call("einsum", subscripts, *xs),
    "larger": lambda call, x, y: call("maximum", x, y),
    "smaller": lambda call, x, y: call("minimum", x, y),
    "bounded": lambda call, x, low, high: call("minimum", call("maximum", x, low), high),
    "running_product": lambda call, x: call("cumprod", x, axis=-1),
    "reshape": lambda call, x, shape, order: call(
        "reshape", x, shape, **({} if order == "C" else {"order": order})
    ),
    "norm": lambda call, x, **settings: call("linalg.vector_norm", x, **settings),
    "pinv": lambda call, x, rcond: call("linalg.pinv", x),
    "where": lambda call, condition, x, y: call("where", condition != 0, x, y),
    "floor_divide": lambda call, x, y: call("floor", x / y),
    "softplus": lambda call, x: call("logaddexp", x, call("zeros_like", x)),  # PyTorch's is x from 20 on
}
"""How others are called with what is recorded: call("maximum", x, y) is the peer's function."""


def translated(case: Case, peer: Package) -> Function:
    """The graph of the loss as a function of arrays of another library."""
    y, xs = case.recorded()
    graph = Graph(y)
    places = {node.id: k for node in graph for k, x in enumerate(xs) if node.source is x}
    steps = [(node, _function(peer, node)) for node in graph if node.operation]
    known = {
        node.id: peer.array(np.array(node.data, order="C"))
        for node in graph
        if not node.operation and node.id not in places
    }

    def f(*arrays: Any) -> Any:
        made = {**known, **{id: arrays[k] for id, k in places.items()}}
        for node, function in steps:
            made[node.id] = function(*[made[x] for x in node.inputs], **node.metadata)
        return made[graph.output.id]

    return f


def _function(peer: Package, node: Node) -> Function:
    """What computes a recorded operation."""
    assert node.operation
    name = node.operation.name
    if name in RECORDED:
        return partial(RECORDED[name], lambda called, *xs, **settings: peer.function(called)(*xs, **settings))
    within = hasattr(np.linalg, name) and not hasattr(np, name)
    try:
        return peer.function(f"linalg.{name}" if within else name)
    except NotImplementedError as error:
        raise LeftOut(str(error)) from error


def _must_agree(case: Case, peer: Package, value: Any, slopes: Sequence[Any]) -> None:
    """Their functions of one operation may differ by more units in the last place than the same one does."""
    granted = [16.0 * s + 1e-11 for s in case.slacks]
    agree([value, *slopes], [case.value, *case.gradient], granted, peer.name)


def _points(case: Case) -> list[Any]:
    return [np.array(x, order="C") for x in case.inputs]


@mode(share=0.01, smooth=True)
def jax(case: Case) -> None:
    """Value and gradient by JAX."""
    if importlib.util.find_spec("jax") is None:
        raise LeftOut("not installed")
    import jax as library

    from tests.peers.jax_numpy import JAX

    f = translated(case, JAX())
    with library.enable_x64(True):
        inputs = map(library.numpy.asarray, _points(case))
        value, slopes = library.value_and_grad(f, case.argnums)(*inputs)
    _must_agree(case, JAX(), np.asarray(value), [*map(np.asarray, slopes)])


@mode(share=0.1, smooth=True)
def torch(case: Case) -> None:
    """Value and gradient by PyTorch."""
    if importlib.util.find_spec("torch") is None:
        raise LeftOut("not installed")
    import torch as library

    from tests.peers.pytorch import PyTorch

    f = translated(case, PyTorch())
    xs = [library.tensor(x, requires_grad=True) for x in _points(case)]
    try:
        y = f(*xs)
    except TypeError as error:
        raise LeftOut("called otherwise in PyTorch") from error
    if not y.requires_grad:
        raise LeftOut("depends on no input")
    slopes = library.autograd.grad(y, xs, allow_unused=True)
    found = [np.zeros(x.shape) if g is None else g.numpy() for g, x in zip(slopes, xs, strict=True)]
    _must_agree(case, PyTorch(), y.detach().numpy(), found)
