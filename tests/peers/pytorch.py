"""PyTorch: its function for each of our names, and its derivatives by double backward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from .package import Derivatives, Package

__all__ = ["PyTorch"]


def _reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    """With NumPy's names for PyTorch's settings; no axes at all are all of them."""

    def apply(x: Any, axis: Any = None, keepdims: bool = False, **more: Any) -> Any:
        axis = tuple(range(x.ndim)) if axis is None else axis
        return x if axis == () else function(x, dim=axis, keepdim=keepdims, **more)

    return apply


def _spread(function: Callable[..., Any]) -> Callable[..., Any]:
    reduction = _reduction(function)
    return lambda x, axis=None, keepdims=False, ddof=0: reduction(x, axis, keepdims, correction=ddof)


def _prod(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """PyTorch's takes one axis at a time."""
    axes = range(x.ndim) if axis is None else np.atleast_1d(np.array(axis, int))
    for k in sorted((int(k) % x.ndim for k in axes), reverse=True):
        x = torch.prod(x, k, keepdim=keepdims)
    return x


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return torch.linalg.norm(x, ord, axis, keepdims)


def _cross(x: Any, y: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None) -> Any:
    """PyTorch's takes one axis for all."""
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    x, y = torch.broadcast_tensors(torch.movedim(x, axisa, -1), torch.movedim(y, axisb, -1))
    return torch.movedim(torch.linalg.cross(x, y), -1, axisc)


def _accumulation(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, axis=None: function(x.ravel(), 0) if axis is None else function(x, axis)


def _shares(function: Callable[..., Any]) -> Callable[..., Any]:
    """Over one axis, or over all, which PyTorch has not."""

    def apply(x: Any, axis: Any = -1) -> Any:
        return function(x.ravel(), 0).reshape(x.shape) if isinstance(axis, tuple) else function(x, axis)

    return apply


def _sort(x: Any, axis: Any = -1) -> Any:
    return torch.sort(x.ravel() if axis is None else x, -1 if axis is None else axis).values


def _concatenate(xs: Any, axis: Any = 0) -> Any:
    return torch.cat([x.ravel() for x in xs]) if axis is None else torch.cat(xs, axis)


def _transpose(x: Any, axes: Any = None) -> Any:
    return torch.permute(x, axes or tuple(reversed(range(x.ndim))))


def _flip(x: Any, axis: Any = None) -> Any:
    return torch.flip(x, tuple(range(x.ndim)) if axis is None else np.atleast_1d(axis).tolist())


def _squeeze(x: Any, axis: Any = None) -> Any:
    return torch.squeeze(x) if axis is None else torch.squeeze(x, axis)


def _trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return torch.diagonal(x, offset, axis1, axis2).sum(-1)


def _pad(x: Any, pad_width: Any, constant_values: float = 0.0) -> Any:
    """With one number all around; PyTorch's begins with the last axis."""
    return functional.pad(x, [n for pair in pad_width[::-1] for n in pair], value=constant_values)


def _repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    return torch.repeat_interleave(x, torch.tensor(repeats), dim=axis)


def _take(x: Any, indices: Any, axis: Any = None) -> Any:
    indices = torch.as_tensor(indices)
    if axis is None:
        return torch.take(x, indices)
    rows = torch.index_select(x, axis, indices.ravel())
    return torch.unflatten(rows, axis, indices.shape)


def _expand_dims(x: Any, axis: Any) -> Any:
    """The axes are those of the result."""
    axes = np.atleast_1d(axis)
    for k in sorted((axes % (x.ndim + axes.size)).tolist()):
        x = torch.unsqueeze(x, k)
    return x


def _getitem(x: Any, index: Any) -> Any:
    """By the places of NumPy: PyTorch has no negative steps."""
    places = np.arange(x.numel()).reshape(x.shape)[index]
    return x.ravel()[torch.as_tensor(np.array(places))]


def _dot(x: Any, y: Any) -> Any:
    """NumPy's, of any number of axes."""
    if x.ndim == 0 or y.ndim == 0:
        return x * y
    return torch.tensordot(x, y, ([-1], [max(y.ndim - 2, 0)]))


def _svd(x: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    return torch.linalg.svd(x, full_matrices) if compute_uv else torch.linalg.svdvals(x)


def _solve(a: Any, b: Any) -> Any:
    """NumPy's broadcasting: a matrix on the right is one for all."""
    return torch.linalg.solve(a, b.expand(*a.shape[:-2], *b.shape) if 1 < b.ndim < a.ndim else b)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "mod": torch.remainder,
    "power": torch.pow,
    "rint": torch.round,
    "cbrt": lambda x: torch.sign(x) * torch.abs(x) ** (1.0 / 3.0),
    "log_sigmoid": functional.logsigmoid,
    "xlog1py": torch.special.xlog1py,
    "entr": torch.special.entr,
    "sum": _reduction(torch.sum),
    "mean": _reduction(torch.mean),
    "prod": _prod,
    "max": _reduction(torch.amax),
    "min": _reduction(torch.amin),
    "var": _spread(torch.var),
    "std": _spread(torch.std),
    "logsumexp": _reduction(torch.logsumexp),
    "softmax": _shares(torch.softmax),
    "log_softmax": _shares(torch.log_softmax),
    "cumsum": _accumulation(torch.cumsum),
    "cumprod": _accumulation(torch.cumprod),
    "linalg.norm": _norm,
    "linalg.vector_norm": lambda x, ord=2, axis=None, keepdims=False: torch.linalg.vector_norm(
        x, ord, axis, keepdims
    ),
    "norm": _norm,
    "transpose": _transpose,
    "expand_dims": _expand_dims,
    "concatenate": _concatenate,
    "stack": lambda xs, axis=0: torch.stack(xs, axis),
    "split": lambda x, parts, axis=0: torch.tensor_split(x, parts, axis),
    "array_split": lambda x, parts, axis=0: torch.tensor_split(x, parts, axis),
    "getitem": _getitem,
    "take": _take,
    "take_along_axis": lambda x, indices, axis: torch.take_along_dim(x, indices, axis),
    "repeat": _repeat,
    "flip": _flip,
    "rot90": lambda x, k=1: torch.rot90(x, k),
    "roll": lambda x, shift, axis=None: torch.roll(x, shift, axis),
    "trace": _trace,
    "diagonal": lambda x, offset=0, axis1=0, axis2=1: torch.diagonal(x, offset, axis1, axis2),
    "tril": lambda x, k=0: torch.tril(x, k),
    "triu": lambda x, k=0: torch.triu(x, k),
    "swapaxes": lambda x, axis1, axis2: torch.swapaxes(x, axis1, axis2),
    "broadcast_to": lambda x, shape: torch.broadcast_to(x, shape),
    "reshape": lambda x, shape: torch.reshape(x, tuple(np.atleast_1d(shape).tolist())),
    "squeeze": _squeeze,
    "pad": _pad,
    "round": lambda x, decimals=0: torch.round(x, decimals=decimals),
    "tile": lambda x, reps: torch.tile(x, (reps,) if isinstance(reps, int) else reps),
    "sort": _sort,
    "diff": lambda x, n=1, axis=-1: torch.diff(x, n, axis),
    "tensordot": lambda x, y, axes=2: torch.tensordot(x, y, axes),
    "where": lambda condition, x, y: torch.where(torch.as_tensor(condition), x, y),
    "append": lambda x, y, axis=None: _concatenate([x, y], axis),
    "dot": _dot,
    "vdot": lambda x, y: torch.vdot(x.ravel(), y.ravel()),
    "outer": lambda x, y: torch.outer(x.ravel(), y.ravel()),
    "cross": _cross,
    "linalg.svd": _svd,
    "linalg.solve": _solve,
}
"""Where NumPy's name or settings are others; else it is PyTorch's function of NumPy's name."""


class PyTorch(Package):
    """PyTorch, in float64 on the processor."""

    name = "PyTorch"
    kind = torch.Tensor
    functions = FUNCTIONS
    modules = (torch, functional)
    absent = frozenset({
        "rollaxis", "sum_to", "scatter_add", "on_diagonal", "array", "pad", "unique", "bincount",
        "histogram", "full_like", "partition", "select", "astype", "cbrt", "floor_divide", "gradient",
        "average", "block", "broadcast_arrays", "compress", "copy", "cumulative_prod", "cumulative_sum",
        "delete", "divmod", "ediff1d", "extract", "heaviside", "insert", "layer_norm", "linspace",
        "matrix_transpose", "matvec", "meshgrid", "ptp", "unstack", "vecdot", "vecmat",
        "linalg.matrix_transpose", "linalg.outer", "linalg.tensordot", "linalg.trace", "convolve",
        "corrcoef", "correlate", "cov", "interp", "linalg.expm", "linalg.lstsq", "linalg.qr",
        "linalg.solve_triangular", "median", "nancumprod", "nancumsum", "nanmax", "nanmedian", "nanmin",
        "nanpercentile", "nanprod", "nanquantile", "nanstd", "nanvar", "percentile", "polyval",
        "quantile", "apply_along_axis", "apply_over_axes", "choose", "geomspace", "linalg.cond",
        "linalg.tensorsolve", "logspace", "modf", "polyadd", "polyder", "polyint", "polymul", "polysub",
        "real_if_close", "unwrap", "vander",
    })  # fmt: skip

    def array(self, x: Any) -> Any:
        """A tensor."""
        return torch.as_tensor(np.ascontiguousarray(x) if np.ndim(x) else x)

    def dtype(self, array: Any) -> np.dtype[Any]:
        """By its name."""
        return np.dtype(str(array.dtype).removeprefix("torch."))

    def differentiate(
        self, f: Callable[..., Any], xs: Sequence[Any], seed: Any, along: Sequence[Any]
    ) -> Derivatives:
        """By double backward."""
        inputs = [torch.tensor(x, dtype=self._dtype(x), requires_grad=True) for x in xs]
        value = f(*inputs)
        first = self._pulled(value, inputs, seed)
        second: list[Any] = [torch.zeros_like(x) for x in inputs]
        if any(g.requires_grad for g in first):
            sum_ = sum((g * torch.as_tensor(d)).sum() for g, d in zip(first, along, strict=True))
            second = self._pulled(sum_, inputs, 1.0)
        plain = [[t.detach().numpy(force=True) for t in ts] for ts in ([value], first, second)]
        return Derivatives(plain[0][0], plain[1], plain[2])

    @staticmethod
    def _dtype(x: Any) -> Any:
        return torch.float32 if np.asarray(x).dtype == np.float32 else torch.float64

    @staticmethod
    def _pulled(output: Any, inputs: Sequence[Any], seed: Any) -> list[Any]:
        if not output.requires_grad:
            return [torch.zeros_like(x) for x in inputs]
        seed = torch.as_tensor(seed, dtype=output.dtype).expand(output.shape)
        found = torch.autograd.grad(output, inputs, seed, create_graph=True, allow_unused=True)
        return [torch.zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]
