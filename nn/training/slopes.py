"""How the slopes of a batch are computed: step by step at first, by a program in a long training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import autodiff
from autodiff import gradients
from autodiff.data import Data

from ..module import Module

__all__ = ["WARM_UP", "Slopes"]

WARM_UP = 500
"""Steps after which it pays to compile."""

COMPILED = "compiled"


class Slopes:
    """Forward and backward on a batch: leaves the gradients in the parameters.

    A program takes over after `WARM_UP` steps of the training, or at once where it was asked for. Which step
    is computed by which depends on its number alone, so that a training that goes on after a kill ends the
    same to the last bit. `engine` tells what computes, and why.

    Raises TypeError or ValueError where a program was asked for and the model or the loss cannot be one.
    """

    def __init__(self, model: Module, loss: Callable[[Any, Any], Any], compiled: bool | None) -> None:
        self.model, self.loss = model, loss
        self.asked = compiled is True
        self.refusal = "asked for" if compiled is False else _refusal(model)
        if self.asked and self.refusal:
            raise ValueError(f"fit: compiled=True, but {self.refusal}; leave it out")
        self.engine = self._eagerly()
        self._program = autodiff.compile(self._recorded)

    def _eagerly(self) -> str:
        return f"eager: {self.refusal or f'a program takes over after {WARM_UP} steps'}"

    def __call__(self, inputs: Any, targets: Any, step: int) -> tuple[float, Data]:
        """The loss and the output; the gradients too, where the loss is finite."""
        if self.refusal is None and (self.asked or step >= WARM_UP):
            try:
                loss, output, slopes = self._program(inputs, targets)
            except (TypeError, ValueError) as error:
                if self.asked:
                    raise
                self.refusal = str(error)
            else:
                self.engine = COMPILED
                return self._kept(loss, output, slopes)
        self.engine = self._eagerly()
        return self._passed(inputs, targets)

    def _kept(self, loss: float, output: Data, slopes: list[Data]) -> tuple[float, Data]:
        if math.isfinite(loss):
            for parameter, slope in zip(self._free(), slopes, strict=True):
                parameter.grad = slope
        return float(loss), output

    def _passed(self, inputs: Any, targets: Any) -> tuple[float, Data]:
        """Step by step."""
        output = self.model(inputs)
        loss = self.loss(output, targets)
        number = float(loss.data)
        if math.isfinite(number):
            loss.backward()
        return number, output.data

    def _recorded(self, inputs: Any, targets: Any) -> tuple[Any, Any, list[Any]]:
        """What the program computes."""
        output = self.model(inputs)
        loss = self.loss(output, targets)
        return loss.detach(), output.detach(), gradients(loss, self._free())

    def _free(self) -> list[Any]:
        return [parameter for parameter in self.model.parameters() if not parameter.constant]


def _refusal(model: Module) -> str | None:
    """Why a model cannot be a program, as far as its parts tell."""
    if any(model.named_parts(np.random.Generator)):
        return "the model draws random numbers"
    return "the model measures its batches" if any(model.named_buffers()) else None
