"""Sequential: modules and functions one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from ..activations import activation
from ..module import Module

Layer: TypeAlias = Callable[[Any], Any] | str


class Sequential(Module):
    """Modules and functions, each applied to what the one before it returns.

    They may come in one list, and an activation by its name. Index, slice and `len` work as for a list.

    Raises ValueError for an unknown name, TypeError for what is neither name nor function nor module.

    >>> from nn import Linear
    >>> network = Sequential(Linear(2, 3, initialize="zeros"), "relu", Linear(3, 1, initialize="zeros"))
    >>> network([5.0, 7.0]).data
    array([0.])
    >>> network
    Sequential(
      (layers.0): Linear(n_inputs=2, n_outputs=3)
      (layers.1): relu
      (layers.2): Linear(n_inputs=3, n_outputs=1)
    )
    """

    def __init__(self, *layers: Layer | Sequence[Layer]) -> None:
        self.layers = [activation(layer) for layer in _opened(layers)]

    def forward(self, x: Any) -> Any:
        """What the last layer returns."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter(self.layers)

    def __getitem__(self, index: int | slice) -> Any:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]


def _opened(layers: Sequence[Any]) -> Sequence[Any]:
    """Layers one by one, also if they came in one list."""
    return layers[0] if len(layers) == 1 and isinstance(layers[0], (list, tuple)) else layers
