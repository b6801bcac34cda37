"""Sequential: modules and functions one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, overload

from .activations import activation
from .module import Module

__all__ = ["Sequential"]


class Sequential(Module):
    """Modules and functions, each applied to what the one before it returns.

    An activation may be given by name. Index, slice and `len` work as for a list.

    Raises ValueError for an unknown name, TypeError for what is neither name nor function.

    >>> from nn.linear import Linear
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

    def __init__(self, *layers: Callable[[Any], Any] | str) -> None:
        self.layers = [activation(layer) for layer in layers]

    def forward(self, x: Any) -> Any:
        """What the last layer returns."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Callable[[Any], Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Any:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]
