"""Observations: X and y, checked once, then handed out in batches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff.values.lazy import holds_tasks

Array: TypeAlias = np.ndarray[Any, Any]


class Observations(NamedTuple):
    """What was observed: X (n_observations, n_features), and y (n,) or (n, n_outputs)."""

    X: Array
    y: Array

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.X)

    @property
    def lazy(self) -> bool:
        """Whether they are in the chunks of Dask arrays, computed as they are needed."""
        return holds_tasks(self.X) or holds_tasks(self.y)

    def taken(self, chosen: Array) -> Observations:
        """Some of them, in the order chosen."""
        return Observations(self.X[chosen], self.y[chosen])

    def batches(self, size: int, seed: int, epoch: int) -> Iterator[Observations]:
        """All of them in an order that depends on the seed and the epoch alone, so many at a time.

        The last batch may be smaller; one observation left over joins the batch before, since batch
        normalisation needs two.
        """
        if size >= self.n:
            yield self
            return
        # Copied once an epoch; the batches are views.
        shuffled = self.taken(np.random.default_rng([seed, epoch]).permutation(self.n))
        for begin, end in pairwise(self._bounds(size)):
            yield Observations(shuffled.X[begin:end], shuffled.y[begin:end])

    def batch_count(self, size: int) -> int:
        """How many batches there are in an epoch."""
        return len(self._bounds(size)) - 1

    def _bounds(self, size: int) -> list[int]:
        return [*range(0, self.n - (self.n > 1 and size > 1), size), self.n]


def observed(inputs: Any, targets: Any, what: str = "") -> Observations:
    """X and y as arrays of numbers; integer labels stay integers, and Dask arrays are not looked at.

    Raises TypeError for anything but numbers, ValueError for different lengths, no observations, and nan
    or infinite entries.
    """
    inputs, targets = _number_array(inputs, f"{what}X"), _number_array(targets, f"{what}y")
    if len(inputs) != len(targets):
        raise ValueError(
            f"{what}X and {what}y must have one row per observation each, got shapes {inputs.shape} and "
            f"{targets.shape}: {len(inputs)} and {len(targets)} observations"
        )
    if not len(inputs):
        raise ValueError(f"{what}X and {what}y hold no observations, shapes {inputs.shape}, {targets.shape}")
    _refuse_missing(inputs, f"{what}X")
    _refuse_missing(targets, f"{what}y")
    return Observations(inputs, targets)


def _number_array(data: Any, name: str) -> Array:
    """An array of real numbers with at least one axis."""
    if isinstance(getattr(data, "_meta", data), np.ma.MaskedArray):  # Dask tells by an empty array
        raise TypeError(f"{name} is a masked array, whose mask would be lost; fill it or leave the rows out")
    try:
        array = data if holds_tasks(data) else np.asarray(data)
    except ValueError as error:
        raise ValueError(f"{name} must be a regular array: {error}") from None
    if holds_tasks(array) and (not hasattr(type(array), "chunks") or any(n != n for n in array.shape)):
        raise TypeError(
            f"{name} must be a dask array with known chunk sizes; to_dask_array(lengths=True) makes one"
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must be real numbers, got dtype {array.dtype}; {_remedy(name, array)}")
    if not array.ndim:
        raise ValueError(f"{name} must have one row per observation, got the single number {array}")
    if array.dtype.kind == "b":
        array = array.astype(np.int64)
    if holds_tasks(array):
        return array
    array = array.view()
    array.flags.writeable = False  # what a model gets to see may be the caller's own
    return array


def _remedy(name: str, array: Array) -> str:
    if array.dtype.kind == "c":
        return "real and imaginary parts could be two columns"
    if name.endswith("y"):
        return "number the classes: labels, y = np.unique(y, return_inverse=True)"
    return "encode what is text, one column per category, and convert with .astype(float)"


def _refuse_missing(array: Array, name: str) -> None:
    if holds_tasks(array):  # that would be a pass more; the loss becomes nan and the training stops
        return
    finite = np.isfinite(array)
    if not finite.all():
        first = tuple(int(axis[0]) for axis in np.nonzero(~finite))
        count = int(array.size - finite.sum())
        raise ValueError(
            f"{name} has {count} nan or infinite {'entry' if count == 1 else 'entries'}, the first "
            f"{name}[{', '.join(map(str, first))}] = {array[first]}; leave the rows out or fill them in"
        )


EXPECTED = "validation must be a fraction between 0 and 1 or a pair (X, y)"


def split(data: Observations, fraction: float, seed: int) -> tuple[Observations, Observations]:
    """Observations for training and for validation, drawn by the seed; at least one of each."""
    if isinstance(fraction, bool) or not isinstance(fraction, (float, int, np.number)):
        got = f"an array of shape {np.shape(fraction)}" if np.shape(fraction) else repr(fraction)
        raise TypeError(f"{EXPECTED}, got {got}")
    if data.lazy:
        raise ValueError(
            "validation as a fraction would draw rows from all chunks of the dask array; "
            "give a pair of chunks of their own, (X[-n:], y[-n:])"
        )
    if not 0.0 < fraction < 1.0:
        raise ValueError(f"{EXPECTED}, got {fraction!r}")
    if data.n < 2:
        raise ValueError("validation takes a part of the observations, but there is only one")
    held_out = min(max(1, round(fraction * data.n)), data.n - 1)
    # Epochs count from 1, so no epoch is shuffled by the same numbers.
    order = np.random.default_rng([seed, 0]).permutation(data.n)
    return data.taken(np.sort(order[held_out:])), data.taken(np.sort(order[:held_out]))
