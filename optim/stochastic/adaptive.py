"""Optimisers that scale each entry's step by the size of its past gradients.

v is a mean (Adagrad: a sum) of squared gradients, m one of gradients; √v + ε divides the step. Formulas,
names and defaults are those of PyTorch's classes.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import numpy as np

from autodiff.settings import fraction, pair

from .optimizer import Array, Flag, Fraction, NotNegative, Optimizer, declared, given
from .parameters import Settings


def _average(mean: Array, x: Array, beta: float, work: Array) -> None:
    """A running mean.   mean ← β·mean + (1 − β)·x"""
    mean *= beta
    mean += np.multiply(x, 1.0 - beta, out=work)


class RMSProp(Optimizer):
    """Gradients divided by the root of their running mean square; also called RMSprop.

    `centered` divides by their standard deviation: by √(v − m²), which is at least 0, where PyTorch may
    get nan by rounding. `momentum` follows a velocity.

    Hinton, "Neural networks for machine learning", lecture 6e (2012); centred: Graves, arXiv:1308.0850.

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> optimizer = RMSProp([x], lr=0.1, alpha=0.75)
    >>> (x * x).backward()
    >>> optimizer.step()  # g = 6, v = 0.25·36, so the step is 0.1·6/3
    >>> round(x.data, 6)
    2.8
    """

    def __init__(
        self,
        params: Any,
        lr: NotNegative = 0.01,
        alpha: Fraction = 0.99,
        eps: NotNegative = 1e-8,
        weight_decay: NotNegative = 0.0,
        momentum: NotNegative = 0.0,
        centered: Flag = False,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(**given(locals()))

    checks: ClassVar = declared(__init__)

    def slots(self, settings: Settings) -> dict[str, float]:
        """v; m where centred; the velocity where there is momentum."""
        names = ["v", *["m"] * settings["centered"], *["velocity"] * (settings["momentum"] > 0.0)]
        return dict.fromkeys(names, 0.0)

    @staticmethod
    def update(
        theta: Array, g: Array, work: Array, t: int,
        v: Array, m: Array | None = None, velocity: Array | None = None,
        *, lr: float, alpha: float, eps: float, momentum: float, centered: bool,
    ) -> None:  # fmt: skip
        """v ← α·v + (1 − α)·g²;   m ← α·m + (1 − α)·g;   u = g / (√(v − m²) + ε);   θ ← θ − lr·u."""
        _average(v, np.multiply(g, g, out=work), alpha, work)
        if m is None:
            np.sqrt(v, out=work)
        else:
            _average(m, g, alpha, work)
            np.subtract(v, np.multiply(m, m, out=work), out=work)
            np.sqrt(np.maximum(work, 0.0, out=work), out=work)
        work += eps
        u = np.divide(g, work, out=work)
        if velocity is not None:
            velocity *= momentum
            velocity += u
            u = velocity
        theta -= np.multiply(u, lr, out=work)


RMSprop = RMSProp
"""PyTorch's spelling."""


class Adagrad(Optimizer):
    """Gradients divided by the root of the sum of all their squares, so that steps shrink.

    Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and stochastic optimization"
    (JMLR 12, 2011).

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> optimizer = Adagrad([x], lr=0.5)
    >>> (x * x).backward()
    >>> optimizer.step()  # the first step is lr·g/√g²
    >>> round(x.data, 6)
    2.5
    """

    def __init__(
        self,
        params: Any,
        lr: NotNegative = 0.01,
        lr_decay: NotNegative = 0.0,
        weight_decay: NotNegative = 0.0,
        initial_accumulator_value: NotNegative = 0.0,
        eps: NotNegative = 1e-10,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(**given(locals()))

    checks: ClassVar = declared(__init__)

    def slots(self, settings: Settings) -> dict[str, float]:
        """v, which may start above 0."""
        return {"v": settings["initial_accumulator_value"]}

    @staticmethod
    def update(
        theta: Array, g: Array, work: Array, t: int, v: Array,
        *, lr: float, lr_decay: float, initial_accumulator_value: float, eps: float,
    ) -> None:  # fmt: skip
        """v ← v + g²;   θ ← θ − lr / (1 + (t − 1)·lr_decay) · g / (√v + ε)."""
        v += np.multiply(g, g, out=work)
        np.sqrt(v, out=work)
        work += eps
        np.divide(g, work, out=work)
        work *= lr / (1.0 + (t - 1) * lr_decay)
        theta -= work


class Adam(Optimizer):
    """Means of gradients over roots of means of their squares, both corrected for their start from 0.

    `betas` are the weights of the past in m and v; `amsgrad` divides by the largest v so far.

    Kingma, Ba, "Adam: a method for stochastic optimization" (ICLR 2015); AMSGrad: Reddi, Kale, Kumar,
    "On the convergence of Adam and beyond" (ICLR 2018).

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> optimizer = Adam([x], lr=0.5)
    >>> (x * x).backward()
    >>> optimizer.step()  # the first step is lr·g/√g²
    >>> round(x.data, 6)
    2.5
    """

    def __init__(
        self,
        params: Any,
        lr: NotNegative = 0.001,
        betas: Annotated[tuple[float, float], pair(fraction)] = (0.9, 0.999),
        eps: NotNegative = 1e-8,
        weight_decay: NotNegative = 0.0,
        amsgrad: Flag = False,
        *,
        maximize: Flag = False,
    ) -> None:
        super().__init__(**given(locals()))

    checks: ClassVar = declared(__init__)

    def slots(self, settings: Settings) -> dict[str, float]:
        """m and v; the largest v for AMSGrad."""
        return dict.fromkeys(["m", "v", *["v_max"] * settings["amsgrad"]], 0.0)

    @staticmethod
    def update(
        theta: Array, g: Array, work: Array, t: int, m: Array, v: Array, v_max: Array | None = None,
        *, lr: float, betas: tuple[float, float], eps: float, amsgrad: bool,
    ) -> None:  # fmt: skip
        """m ← β₁·m + (1 − β₁)·g;   v ← β₂·v + (1 − β₂)·g²;
        θ ← θ − lr · m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε).
        """
        beta1, beta2 = betas
        _average(m, g, beta1, work)
        _average(v, np.multiply(g, g, out=work), beta2, work)
        if v_max is not None:
            v = np.maximum(v_max, v, out=v_max)
        np.sqrt(v, out=work)
        work /= (1.0 - beta2**t) ** 0.5
        work += eps
        np.divide(m, work, out=work)
        work *= lr / (1.0 - beta1**t)
        theta -= work


class AdamW(Adam):
    """Adam with decoupled weight decay: θ itself shrinks by 1 − lr·weight_decay before each step.

    Loshchilov, Hutter, "Decoupled weight decay regularization" (ICLR 2019).

    >>> from autodiff import Value
    >>> x = Value(3.0, "x")
    >>> optimizer = AdamW([x], lr=0.5, weight_decay=0.2)
    >>> (x * x).backward()
    >>> optimizer.step()  # 3·(1 − 0.1) − 0.5
    >>> round(x.data, 6)
    2.2
    """

    decoupled = True

    def __init__(
        self,
        params: Any,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(**given(locals()))
