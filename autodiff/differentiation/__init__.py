"""The chain rule on a recorded graph, and the derivatives of functions that are built on it."""

from .engine import gradients
from .functional import derivative, grad, hvp, jvp, value_and_grad, vjp
from .jacobians import hessian, jacobian
from .scanning import scan
from .structure import register_structure

__all__ = [
    "derivative",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "register_structure",
    "scan",
    "value_and_grad",
    "vjp",
]
