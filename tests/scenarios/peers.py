"""The same graph computed by PyTorch and by JAX, where they are installed: value and gradient.

A recorded graph is walked in order, each operation by the peer's function of that name. Operations have
NumPy's names, so JAX has nearly all, and PyTorch most of them; what is called otherwise is listed here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autodiff.graph import Graph

from .agreement import agree
from .case import Case
from .modes import LeftOut, mode

Function = Callable[..., Any]


def translated(case: Case, found: Callable[[str], Function], data: Callable[[Any], Any]) -> Function:
    """The graph of the loss as a function of arrays of another library; `data` makes these of NumPy's."""
    y, xs = case.recorded()
    graph = Graph(y)
    steps = [
        (node.id, found(node.operation.name) if node.operation else None, node.inputs, node.metadata)
        for node in graph
    ]
    known = {
        node.id: data(node.data)
        for node in graph
        if node.operation is None and not any(node.source is x for x in xs)
    }
    places = {node.id: k for node in graph for k, x in enumerate(xs) if node.source is x}

    def f(*arrays: Any) -> Any:
        made = {**known, **{id: arrays[k] for id, k in places.items()}}
        for id, function, inputs, metadata in steps:
            if function is not None:
                made[id] = function(*[made[x] for x in inputs], **metadata)
        return made[graph.output.id]

    return f


def looked_up(name: str, places: Sequence[Any], own: Mapping[str, Function], library: str) -> Function:
    """A function by its name here: in a list of those called otherwise, else in modules of the library."""
    if name in own:
        return own[name]
    for place in places:
        if hasattr(place, name):
            return getattr(place, name)  # type: ignore[no-any-return]
    raise LeftOut(f"{library} has no {name}")


def of_numbers(x: Any) -> Any:
    """Data as an array, or as several."""
    return tuple(map(of_numbers, x)) if isinstance(x, tuple) else np.array(x, order="C")


COMMON: dict[str, Function] = {
    "part": lambda parts, index, count: parts[index],
    "split": lambda x, indices: [x[index] for index in indices],
    "positive": lambda x: x,
    "identity": lambda x: x,
    "power": lambda x, y: x**y,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "getitem": lambda x, index: x[np.array(index) if isinstance(index, list) else index],
    "nan_to_num": lambda x, **_: x,
    "affine": lambda x, weight, bias: x @ weight.T + bias,
    "transpose": lambda x, axes: (
        x.T if axes is None and x.ndim < 2 else x.transpose(*(axes or range(x.ndim)[::-1]))
    ),
}
"""What is written alike with both."""


# -- JAX ---------------------------------------------------------------------------------------


def of_jax() -> tuple[Sequence[Any], dict[str, Function]]:
    """Modules of JAX, and what is called otherwise in them."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    own: dict[str, Function] = {
        **COMMON,
        "concatenate": lambda *xs, axis, bounds: jnp.concatenate(xs, axis=axis),
        "stack": lambda *xs, axis: jnp.stack(xs, axis=axis),
        "gelu": lambda x: jax.nn.gelu(x, approximate=False),
        "larger": jnp.maximum,
        "smaller": jnp.minimum,
        "bounded": lambda x, low, high: jnp.minimum(jnp.maximum(x, low), high),
        "running_product": lambda x: jnp.cumprod(x, axis=-1),
        "reshape": lambda x, shape, order: jnp.reshape(x, shape, order=order),
        "cholesky": lambda x, upper: jnp.linalg.cholesky(x, upper=upper),
        "eigh": lambda x, UPLO: jnp.linalg.eigh(x, UPLO=UPLO),
        "pinv": lambda x, rcond: jnp.linalg.pinv(x),
        "norm": lambda x, ord, axis, keepdims: jnp.linalg.vector_norm(
            x, ord=ord, axis=axis, keepdims=keepdims
        ),
        "einsum": lambda *xs, subscripts, optimize: jnp.einsum(subscripts, *xs),
        "pad": lambda x, pad_width, constant_values: jnp.pad(x, pad_width, constant_values=constant_values),
    }
    return [jnp, jnp.linalg, jax.nn, jax.scipy.special], own


@mode(share=0.01, smooth=True)
def jax(case: Case) -> None:
    """Value and gradient by JAX."""
    if importlib.util.find_spec("jax") is None:
        raise LeftOut("not installed")
    places, own = of_jax()
    import jax as library

    f = translated(case, lambda name: looked_up(name, places, own, "JAX"), library.numpy.asarray)
    value, slopes = library.value_and_grad(f, case.argnums)(*map(of_numbers, case.inputs))
    agree([np.asarray(value), *map(np.asarray, slopes)], [case.value, *case.gradient], _granted(case), "JAX")


def _granted(case: Case) -> list[float]:
    """Their functions of one operation may differ by more units in the last place than the same one does."""
    return [16.0 * s + 1e-11 for s in case.slacks]


# -- PyTorch -----------------------------------------------------------------------------------


def of_torch() -> tuple[Sequence[Any], dict[str, Function]]:
    """Modules of PyTorch, and what is called otherwise in them."""
    import torch

    def axes(x: Any, axis: Any) -> Any:
        return tuple(range(x.ndim)) if axis is None else axis

    def reduced(function: Function) -> Function:
        return lambda x, axis, keepdims: function(x, dim=axes(x, axis), keepdim=keepdims)

    def spread(function: Function) -> Function:
        return lambda x, axis, ddof, keepdims: function(
            x, dim=axes(x, axis), correction=ddof, keepdim=keepdims
        )

    def product(x: Any, axis: Any, keepdims: bool) -> Any:
        for k in sorted((k % x.ndim for k in np.atleast_1d(axes(x, axis)).tolist()), reverse=True):
            x = torch.prod(x, dim=k, keepdim=keepdims)
        return x

    def running(x: Any, axis: Any) -> Any:
        return torch.cumsum(x.reshape(-1) if axis is None else x, dim=axis or 0)

    def turned(x: Any, axis: Any) -> Any:
        return torch.flip(x, np.atleast_1d(axes(x, axis)).tolist())

    own: dict[str, Function] = {
        **COMMON,
        "absolute": torch.abs,
        "getitem": _indexed,
        "cross": torch.linalg.cross,  # of the last axis; the one without `linalg` takes the first of length 3
        "concatenate": lambda *xs, axis, bounds: torch.cat(xs, dim=axis),
        "stack": lambda *xs, axis: torch.stack(xs, dim=axis),
        "larger": torch.maximum,
        "smaller": torch.minimum,
        "bounded": lambda x, low, high: torch.minimum(torch.maximum(x, low), high),
        "sum": reduced(torch.sum),
        "mean": reduced(torch.mean),
        "max": reduced(torch.amax),
        "min": reduced(torch.amin),
        "var": spread(torch.var),
        "std": spread(torch.std),
        "prod": product,
        "logsumexp": reduced(torch.logsumexp),
        "softmax": lambda x, axis: torch.softmax(x, dim=axis),
        "log_softmax": lambda x, axis: torch.log_softmax(x, dim=axis),
        "cumsum": running,
        "running_product": lambda x: torch.cumprod(x, dim=-1),
        "flip": turned,
        "reshape": lambda x, shape, order: torch.reshape(x, tuple(np.atleast_1d(shape).tolist())),
        "expand_dims": lambda x, axis: torch.unsqueeze(x, axis),
        "swapaxes": lambda x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
        "squeeze": lambda x, axis: torch.squeeze(x) if axis is None else torch.squeeze(x, axis),
        "broadcast_to": lambda x, shape: torch.broadcast_to(x, shape),
        "moveaxis": lambda x, source, destination: torch.moveaxis(x, source, destination),
        "tile": lambda x, reps: torch.tile(x, tuple(np.atleast_1d(reps).tolist())),
        "tril": lambda x, k: torch.tril(x, diagonal=k),
        "triu": lambda x, k: torch.triu(x, diagonal=k),
        "diagonal": lambda x, offset, axis1, axis2: torch.diagonal(x, offset=offset, dim1=axis1, dim2=axis2),
        "norm": lambda x, ord, axis, keepdims: torch.linalg.vector_norm(x, ord, axis, keepdims),
        "einsum": lambda *xs, subscripts, optimize: torch.einsum(subscripts, *xs),
        "where": lambda condition, x, y: torch.where(condition != 0, x, y),
        "floor_divide": lambda x, y: torch.floor(x / y),
        "mod": torch.remainder,
        "sort": lambda x, axis: torch.sort(x, dim=axis, stable=True).values,
        "repeat": lambda x, repeats, axis: torch.repeat_interleave(x, repeats, dim=axis),
        "pad": lambda x, pad_width, constant_values: torch.nn.functional.pad(
            x, [n for pair in pad_width[::-1] for n in pair], value=constant_values
        ),
        "rint": torch.round,
        "round": lambda x, decimals: torch.round(x, decimals=decimals),
        "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1.0 / 3.0),
        "relu": torch.relu,
        "log_sigmoid": torch.nn.functional.logsigmoid,
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
        "sigmoid": torch.sigmoid,
        "solve": torch.linalg.solve,
        "cholesky": lambda x, upper: torch.linalg.cholesky(x, upper=upper),
        "eigh": lambda x, UPLO: torch.linalg.eigh(x, UPLO=UPLO),
        "inv": torch.linalg.inv,
        "pinv": lambda x, rcond: torch.linalg.pinv(x),
        "matmul": torch.matmul,
        "dot": _dot,
        "roll": lambda x, shift, axis: torch.roll(x, shift, axis),
        "trace": lambda x, offset, axis1, axis2: torch.diagonal(x, offset, axis1, axis2).sum(-1),
    }
    return [torch, torch.special, torch.linalg, torch.nn.functional], own


def _indexed(x: Any, index: Any) -> Any:
    """x[index] without negative strides, which PyTorch's tensors do not have."""
    import torch

    whole = torch.arange(x.numel()).reshape(x.shape).numpy()[index]
    return x.reshape(-1)[torch.as_tensor(whole.copy()).reshape(-1)].reshape(whole.shape)


def _dot(a: Any, b: Any) -> Any:
    import torch

    return a * b if not (a.ndim and b.ndim) else torch.tensordot(a, b, dims=([-1], [max(b.ndim - 2, 0)]))


@mode(share=0.1, smooth=True)
def torch(case: Case) -> None:
    """Value and gradient by PyTorch."""
    if importlib.util.find_spec("torch") is None:
        raise LeftOut("not installed")
    places, own = of_torch()
    import torch as library

    f = translated(
        case, lambda name: looked_up(name, places, own, "PyTorch"), lambda x: library.tensor(of_numbers(x))
    )
    xs = [library.tensor(of_numbers(x), requires_grad=True) for x in case.inputs]
    try:
        y = f(*xs)
    except TypeError as error:
        raise LeftOut("called otherwise in PyTorch") from error
    if not y.requires_grad:
        raise LeftOut("depends on no input")
    slopes = library.autograd.grad(y, xs, allow_unused=True)
    found = [np.zeros(x.shape) if g is None else g.numpy() for g, x in zip(slopes, xs, strict=True)]
    agree([y.detach().numpy(), *found], [case.value, *case.gradient], _granted(case), "PyTorch")
