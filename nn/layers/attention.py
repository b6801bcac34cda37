"""Attention: each step of a sequence looks at the steps of another, or of its own, and takes what it needs.

    output = softmax(Q·Kᵀ/√d)·V

The parameters are called as in PyTorch, so that its `state_dict` loads. A. Vaswani et al., Attention Is All
You Need, arXiv:1706.03762.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff import Value, mean, reshape, softmax, split, swapaxes, transpose
from autodiff.settings import flag
from autodiff.values.data import Operand, dtype_of, shape_of

from ..initialize import Seed, started
from ..module import Module
from ..operands import entries
from ..sizes import floating, whole
from .dropout import Dropout
from .linear import Linear, affine
from .masks import masks


class MultiheadAttention(Module):
    """Attention in several heads, each with its own queries, keys and values of n_features/n_heads features.

        head = softmax(Q·Kᵀ/√d)·V  with  Q = query·W_qᵀ + b_q,  K = key·W_kᵀ + b_k,  V = value·W_vᵀ + b_v

    and the heads side by side go through `out_proj`. query has shape (n_queries, n_observations, n_features),
    or (n_observations, n_queries, n_features) with `batch_first`, or (n_queries, n_features) for one
    sequence; key and value the same of n_keys steps, of kdim and vdim features if these are given. All may be
    the same sequence, `attention(x, x, x)`, whose steps then look at each other.

    Returns the output, of the query's shape, and how much of each key each query took: (n_observations,
    n_queries, n_keys), the mean of the heads, or with average_attn_weights=False an axis of heads after the
    first; None with need_weights=False. In training entries of it are dropped with probability `dropout`.

    Masks are PyTorch's: `attn_mask`, of shape (n_queries, n_keys) or (n_observations·n_heads, n_queries,
    n_keys), and `key_padding_mask`, (n_observations, n_keys), are True where a query must not look, or
    numbers that are added to Q·Kᵀ/√d, also Values. With `is_causal` no query looks at later keys.

    Raises ValueError for wrong shapes and sizes, and for a query that may look at no key. Source: as
    `torch.nn.MultiheadAttention`, whose parameters load: `in_proj_weight` holds W_q, W_k and W_v one below
    the other; with kdim or vdim they are `q_proj_weight`, `k_proj_weight` and `v_proj_weight`.

    >>> import numpy as np
    >>> attention = MultiheadAttention(4, 2, batch_first=True, seed=0)
    >>> x = np.random.default_rng(0).normal(size=(1, 3, 4))
    >>> output, weights = attention(x, x, x, is_causal=True)
    >>> output.shape, weights.data[0, 0]
    ((1, 3, 4), array([1., 0., 0.]))
    """

    def __init__(
        self,
        n_features: int,
        n_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        n, dtype, draw = whole(n_features, "n_features"), floating(dtype), np.random.default_rng(seed)
        self.n_features, self.n_heads = n, whole(n_heads, "n_heads")
        if n % self.n_heads:
            raise ValueError(f"MultiheadAttention: {n} features do not go evenly into {n_heads} heads")
        self.kdim, self.vdim = (n if size is None else whole(size, "kdim or vdim") for size in (kdim, vdim))
        self.batch_first = flag("MultiheadAttention: batch_first", batch_first)
        biased = flag("MultiheadAttention: bias", bias)
        for name, shape in self._shapes().items():
            setattr(self, name, Value(started("xavier", shape, draw, dtype), name))
        self.in_proj_bias = Value(np.zeros(3 * n, dtype), "in_proj_bias") if biased else None
        self.out_proj = Linear(n, n, biased, seed=draw, dtype=dtype)
        self.dropout = Dropout(dropout, draw)

    def _shapes(self) -> dict[str, tuple[int, int]]:
        """Of the weights, by name: one for all that are square."""
        n = self.n_features
        if n == self.kdim == self.vdim:
            return {"in_proj_weight": (3 * n, n)}
        return {"q_proj_weight": (n, n), "k_proj_weight": (n, self.kdim), "v_proj_weight": (n, self.vdim)}

    def configuration(self) -> dict[str, Any]:
        """All settings but sizes that are those of the query."""
        sizes = {"kdim": self.n_features, "vdim": self.n_features}.items()
        return {name: x for name, x in super().configuration().items() if (name, x) not in sizes}

    # -- going through -------------------------------------------------------------------------

    def forward(
        self,
        query: Operand,
        key: Operand,
        value: Operand,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """What each query takes of the values, and how much of each."""
        alone = len(shape_of(query)) == 2
        sequences = self._sequences(query, key, value)
        q, k, v = map(self._heads, self._projected(*sequences))
        scores = (q * (1.0 / math.sqrt(shape_of(q)[-1]))) @ swapaxes(k, -1, -2)
        for mask in masks(shape_of(scores), dtype_of(scores), attn_mask, key_padding_mask, is_causal):
            scores = scores + mask
        shares = softmax(scores)
        q.name, k.name, v.name, shares.name = "Q", "K", "V", "A"
        shares = self.dropout(shares)
        output = self.out_proj(self._side_by_side(shares @ v))
        if not need_weights:
            return self._laid_back(output, alone), None
        weights = mean(shares, axis=1) if average_attn_weights else shares
        return self._laid_back(output, alone), weights[0] if alone else weights

    def _projected(self, query: Any, key: Any, value: Any) -> Any:
        """Queries, keys and values; of one sequence, by one product."""
        bias, weights = self.in_proj_bias, [vars(self)[name] for name in self._shapes()]
        if query is key is value and len(weights) == 1:
            return split(_weighted(query, weights[0], bias), 3, axis=-1)
        weights = split(weights[0], 3) if len(weights) == 1 else weights
        biases = (None,) * 3 if bias is None else split(bias, 3)
        return [_weighted(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]

    def _heads(self, x: Any) -> Any:
        """(n_observations, n_steps, n_features) as (n_observations, n_heads, n_steps, features of a head)."""
        return swapaxes(reshape(x, (*shape_of(x)[:-1], self.n_heads, self.n_features // self.n_heads)), 1, 2)

    def _side_by_side(self, x: Any) -> Any:
        """The heads as features of one sequence."""
        x = swapaxes(x, 1, 2)
        return reshape(x, (*shape_of(x)[:2], self.n_features))

    # -- shapes --------------------------------------------------------------------------------

    def _sequences(self, *given: Operand) -> list[Any]:
        """Query, key and value with observations first; what was one stays one."""
        found = {id(x): entries(x) for x in given}
        shapes = [shape_of(found[id(x)]) for x in given]
        self._check(*shapes)
        laid = {name: self._observations_first(x) for name, x in found.items()}
        return [laid[id(x)] for x in given]

    def _observations_first(self, x: Any) -> Any:
        if len(shape_of(x)) == 2:
            return reshape(x, (1, *shape_of(x)))
        return x if self.batch_first else swapaxes(x, 0, 1)

    def _laid_back(self, x: Any, alone: bool) -> Any:
        """As the query was."""
        if alone:
            return x[0]
        return x if self.batch_first else swapaxes(x, 0, 1)

    def _check(self, query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...]) -> None:
        batch, steps = (0, 1) if self.batch_first else (1, 0)
        axes = ["n_steps", "n_steps"]
        axes[batch] = "n_observations"
        expected = f"({', '.join(axes)}, n_features), or (n_steps, n_features) for one"
        told = f"query {query}, key {key}, value {value}"
        if {len(query), len(key), len(value)} not in ({2}, {3}):
            raise ValueError(f"MultiheadAttention: expected sequences of shape {expected}; got {told}")
        if (query[-1], key[-1], value[-1]) != (self.n_features, self.kdim, self.vdim):
            sizes = f"{self.n_features} features of queries, {self.kdim} of keys, {self.vdim} of values"
            raise ValueError(f"MultiheadAttention: expected {sizes} in the last axis; got {told}")
        steps = steps if len(query) == 3 else 0
        if key[steps] != value[steps] or (len(query) == 3 and not query[batch] == key[batch] == value[batch]):
            raise ValueError(
                "MultiheadAttention: query, key and value must have as many observations, key and value as "
                f"many steps; expected shape {expected}; got {told}"
            )


def _weighted(x: Any, weight: Any, bias: Any) -> Any:
    return x @ transpose(weight) if bias is None else affine(x, weight, bias)
