"""What a training that goes by all observations at once asks of a model."""

from __future__ import annotations

import numpy as np

from ..module import Module

__all__ = ["check_repeatable"]


def check_repeatable(model: Module, what: str) -> None:
    """Refuse a model that draws random numbers or measures its batches. Raises ValueError."""
    if any(model.named_parts(np.random.Generator)):
        raise ValueError(f"{what} needs a model without random draws; leave out dropout")
    if any(model.named_buffers()):
        raise ValueError(
            f"{what} needs a model that is the same in training and after; leave out batch normalisation"
        )
