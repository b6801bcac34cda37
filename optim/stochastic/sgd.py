"""SGD: steepest descent on the gradient of a batch, with momentum."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np

from autodiff.settings import any_number

from .optimizer import Array, Flag, NotNegative, Optimizer, declared, given
from .parameters import Settings


class SGD(Optimizer):
    """Stochastic gradient descent: the lecture's steepest descent, where s is `lr`.

    `momentum` μ and `dampening` τ let the step follow a velocity v; `nesterov` looks one step ahead, after
    Sutskever et al., "On the importance of initialization and momentum in deep learning" (ICML 2013).
    Formulas, names and defaults are those of PyTorch's SGD.

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> optimizer = SGD([x], lr=0.1)
    >>> (x * x).backward()
    >>> optimizer.step()
    >>> round(x.data, 6)
    2.4
    """

    def __init__(
        self,
        params: Any,
        lr: NotNegative = 0.001,
        momentum: NotNegative = 0.0,
        dampening: Annotated[float, any_number] = 0.0,
        weight_decay: NotNegative = 0.0,
        nesterov: Flag = False,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(**given(locals()))

    checks: ClassVar = declared(__init__)

    def checked(self, settings: Any) -> Settings:
        """The hyperparameters; Nesterov's form is defined with momentum and without dampening."""
        group = super().checked(settings)
        if group["nesterov"] and (not group["momentum"] or group["dampening"]):
            raise ValueError(
                "SGD: nesterov needs momentum above 0 and dampening 0, got "
                f"momentum={group['momentum']}, dampening={group['dampening']}"
            )
        return group

    def slots(self, settings: Settings) -> dict[str, float]:
        """The velocity v, where there is momentum."""
        return {"velocity": 0.0} if settings["momentum"] else {}

    @staticmethod
    def update(
        theta: Array, g: Array, work: Array, t: int, velocity: Array | None = None,
        *, lr: float, momentum: float, dampening: float, nesterov: bool,
    ) -> None:  # fmt: skip
        """θ ← θ − lr·g;   with momentum v ← μ·v + (1 − τ)·g, at first g;   θ ← θ − lr·v;
        by Nesterov θ ← θ − lr·(g + μ·v).
        """
        if velocity is not None:
            velocity *= momentum
            velocity += g if t == 1 else np.multiply(g, 1.0 - dampening, out=work)
            g = np.add(g, np.multiply(velocity, momentum, out=work), out=work) if nesterov else velocity
        theta -= np.multiply(g, lr, out=work)
