"""A transformer's layer: attention, then a network of two layers, each added to what it was given.

A. Vaswani et al., Attention Is All You Need, arXiv:1706.03762. Normalised first, as with `norm_first`, it
trains more easily: R. Xiong et al., On Layer Normalization in the Transformer Architecture, arXiv:2002.04745.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autodiff.settings import flag
from autodiff.values.data import Operand

from ..activations import activation as named
from ..initialize import Seed
from ..module import Module
from ..operands import entries
from ..sizes import whole
from .attention import MultiheadAttention
from .dropout import Dropout
from .linear import Linear
from .normalization import LayerNorm


class TransformerEncoderLayer(Module):
    """Attention of a sequence to itself, then a hidden layer at each step, both added and normalised.

        x ← LayerNorm(x + attention(x));   x ← LayerNorm(x + W₂·f(W₁·x + b₁) + b₂)

    or, with `norm_first`, x ← x + attention(LayerNorm(x)) and likewise the other. x has shape (n_steps,
    n_observations, n_features), or (n_observations, n_steps, n_features) with `batch_first`, or (n_steps,
    n_features) for one sequence. `activation` f is a name or a function; in training entries are dropped with
    probability `dropout` behind the attention's shares, f, and both halves.

    Masks are those of `MultiheadAttention`; `is_causal` lets no step look at later ones. Several layers, one
    after the other, are `Sequential`, whose state is named as that of PyTorch's `TransformerEncoder`.

    Raises ValueError for wrong shapes and sizes. Source: as `torch.nn.TransformerEncoderLayer`, whose
    parameters load.

    >>> import numpy as np
    >>> layer = TransformerEncoderLayer(4, 2, n_hidden=8, batch_first=True, seed=0).eval()
    >>> layer(np.zeros((5, 3, 4))).shape
    (5, 3, 4)
    """

    def __init__(
        self,
        n_features: int,
        n_heads: int,
        n_hidden: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        seed: Seed = None,
        dtype: Any = np.float64,
    ) -> None:
        draw, n, hidden = np.random.default_rng(seed), n_features, whole(n_hidden, "n_hidden")
        self.norm_first = flag("TransformerEncoderLayer: norm_first", norm_first)
        self.activation = named(activation)
        self.self_attn = MultiheadAttention(
            n, n_heads, dropout, bias, batch_first=batch_first, seed=draw, dtype=dtype
        )
        self.linear1 = Linear(n, hidden, bias, seed=draw, dtype=dtype)
        self.linear2 = Linear(hidden, n, bias, seed=draw, dtype=dtype)
        self.norm1, self.norm2 = (LayerNorm(n, layer_norm_eps, dtype, bias) for _ in range(2))
        self.dropout, self.dropout1, self.dropout2 = (Dropout(dropout, draw) for _ in range(3))

    def forward(
        self, src: Operand, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False
    ) -> Any:
        """The sequence after both halves."""
        x, masks = entries(src), (src_mask, src_key_padding_mask, is_causal)
        if self.norm_first:
            x = x + self._attended(self.norm1(x), *masks)
            return x + self._hidden(self.norm2(x))
        x = self.norm1(x + self._attended(x, *masks))
        return self.norm2(x + self._hidden(x))

    def _attended(self, x: Any, of_pairs: Any, of_keys: Any, causal: bool) -> Any:
        """What the steps take of each other."""
        output, _ = self.self_attn(x, x, x, of_keys, need_weights=False, attn_mask=of_pairs, is_causal=causal)
        return self.dropout1(output)

    def _hidden(self, x: Any) -> Any:
        """Two layers, the same at each step."""
        return self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x)))))
