"""Which models give the same each time: what whole-data methods ask for, and programs."""

from __future__ import annotations

import numpy as np

from ..module import Module

__all__ = ["check_repeatable", "obstacle"]


def obstacle(model: Module) -> str | None:
    """Why a model does not give the same for the same data each time in training, if it does not."""
    if any(model.named_parts(np.random.Generator)):
        return "the model draws random numbers, as dropout does"
    if any(model.named_buffers()):
        return "the model measures its batches, as batch normalisation does"
    return None


def check_repeatable(model: Module, what: str) -> None:
    """Refuse a model that does not give the same each time. Raises ValueError."""
    if found := obstacle(model):
        raise ValueError(f"{what} needs a model that gives the same each time; {found}: leave that out")
