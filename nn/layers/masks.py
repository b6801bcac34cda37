"""Masks of attention: what is added to the scores, so that a query does not see what it must not."""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff import Value, reshape
from autodiff.ops.plain import raw
from autodiff.settings import flag
from autodiff.values.data import shape_of

from ..targets import unseen

REMEDY = "leave out sequences of padding alone, and pad at the end of the others"


def masks(scores: tuple[int, ...], dtype: Any, of_pairs: Any, of_keys: Any, causal: bool) -> list[Any]:
    """What is added to scores of shape (n_observations, n_heads, n_queries, n_keys): −∞ hides a key.

    Raises ValueError for masks of another shape, and for a query that may look at no key.
    """
    n, heads, queries, keys = scores
    found = []
    if flag("MultiheadAttention: is_causal", causal):
        found.append(np.triu(np.full((queries, keys), -np.inf, dtype), 1))
    if of_pairs is not None:
        mask = _added(of_pairs, dtype)
        several = shape_of(mask) == (n * heads, queries, keys)
        _check_shape("attn_mask", mask, (queries, keys), several)
        found.append(reshape(mask, scores) if several else mask)
    if of_keys is not None:
        mask = _added(of_keys, dtype)
        _check_shape("key_padding_mask", mask, (n, keys), n == 1 and shape_of(mask) == (keys,))
        found.append(reshape(mask, (n, 1, 1, keys)))
    _check_sight(found)
    return found


def _added(mask: Any, dtype: Any) -> Any:
    """Truth values as numbers; those of a program are conditions, which it computes."""
    if isinstance(mask, Value):
        return mask
    mask = np.asarray(mask)
    if mask.dtype.kind not in "bf":
        raise TypeError(
            f"MultiheadAttention: a mask is True where a query must not look, or floating-point numbers that "
            f"are added to the scores; got dtype {mask.dtype}: give mask == 0, or mask == 1"
        )
    return np.where(mask, -np.inf, 0.0).astype(dtype) if mask.dtype == bool else mask.astype(dtype)


def _check_shape(name: str, mask: Any, expected: tuple[int, ...], other: bool) -> None:
    if shape_of(mask) != expected and not other:
        raise ValueError(
            f"MultiheadAttention: {name} must have the shape {expected}, got {shape_of(mask)}; "
            "it is True where a query must not look"
        )


def _check_sight(found: list[Any]) -> None:
    """Refuse a query that may look at no key: its shares would be 0/0."""
    if any(map(unseen, found)):
        return
    blind = np.isneginf(sum(map(raw, found))).all(axis=-1) if found else np.array(False)
    if blind.any():
        *others, query = map(int, np.argwhere(blind)[0])
        of = f" of observation {others[0]}" if others else ""
        raise ValueError(f"MultiheadAttention: the masks let query {query}{of} look at no key; {REMEDY}")
