"""The same on other data: float32, and arrays of Dask."""

from __future__ import annotations

from typing import Any

import dask
import dask.array as da
import numpy as np

import autodiff as ad
from autodiff import Value, gradients
from autodiff.values.data import dtype_of

from .agreement import agree, arrays, largest
from .case import Case
from .modes import LeftOut, mode

COARSER = float(np.finfo(np.float32).eps / np.finfo(np.float64).eps)
"""How much coarser float32 is."""


def single(x: Any) -> Any:
    """A number or array as float32."""
    return np.float32(x) if isinstance(x, float) else x.astype(np.float32)


@mode(share=0.3, smooth=True)
def float32(case: Case) -> None:
    """Value and gradient of float32 data are those of float64 up to its rounding, and are float32."""
    narrow = tuple(map(single, case.inputs))
    wide = tuple(np.asarray(x, np.float64) if np.ndim(x) else float(x) for x in narrow)
    if any(not np.array_equal(x, y) for x, y in zip(wide, case.inputs, strict=True)):
        case = _at(case, wide)
        case.must_be_conditioned(1)
    y, xs = case.recorded(narrow)
    slopes = gradients(y, xs)
    assert all(dtype_of(g) == np.float32 for g in slopes), f"gradients of {list(map(dtype_of, slopes))}"
    granted = [COARSER * s for s in case.slacks]
    scale = max(1.0, largest(arrays([case.value, *case.gradient])))
    if max(granted) > 1e-2 * scale:
        raise LeftOut("ill-conditioned")
    agree([y, *slopes], [case.value, *case.gradient], [g + 1e-5 * scale for g in granted], "float32")


def _at(case: Case, inputs: tuple[Any, ...]) -> Case:
    return Case(case.f, inputs, case.names, case.operations, case.text, case.code, case.kinks)


def computes(*arguments: Any, **options: Any) -> Any:
    """A scheduler that does not want to be called."""
    raise AssertionError("computed silently")


@mode(share=0.03)
def lazy(case: Case) -> None:
    """On arrays of Dask nothing is computed before it is asked for, and then it is the same."""
    chunked = [da.from_array(x, chunks=-1) if np.ndim(x) else x for x in case.inputs]
    if not any(np.ndim(x) for x in case.inputs):
        raise LeftOut("without arrays")
    with dask.config.set(scheduler=computes):
        try:
            found = ad.value_and_grad(case.loss, case.argnums)(*chunked)
        except TypeError as error:
            if "not available on dask arrays" in str(error):
                raise LeftOut("not available on dask arrays") from error
            raise
    value, slopes = dask.compute(*found, scheduler="synchronous")
    agree([value, *slopes], [case.value, *case.gradient], case.slacks, "lazy")


@mode(share=0.2, smooth=True)  # at a tie the slope is not that of two variables
def constants(case: Case) -> None:
    """What is constant is not differentiated, and the rest is as before."""
    if len(case.inputs) < 2:
        raise LeftOut("of one input")
    k = int(case.rng("constant").integers(len(case.inputs)))
    xs = case.leaves()
    xs[k] = Value(case.inputs[k], case.names[k], constant=True)
    others = [x for n, x in enumerate(xs) if n != k]
    wanted = [g for n, g in enumerate(case.gradient) if n != k]
    y = case.loss(*xs)
    slacks = [s for n, s in enumerate(case.slacks[1:]) if n != k]
    agree(gradients(y, others), wanted, slacks, f"with {case.names[k]} constant")
