"""How the slopes of a batch are computed: step by step at first, by a program in a long training."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

import autodiff
from autodiff.checking.anomaly import cause_of_nan
from autodiff.values import modes
from autodiff.values.data import Data

from ..losses import Loss
from ..module import Module
from .constancy import changed, conditions
from .observations import Observations
from .step import Found, StepFunction, trained

WARM_UP = 500
"""Steps after which it pays to compile."""

Program: TypeAlias = Callable[[Any, Any, list[Any], list[Any]], Found]


class Slopes:
    """Forward and backward on a batch: leaves the gradients in the parameters.

    A program takes over after `WARM_UP` steps of the training, or at once where it was asked for. Which step
    is computed by which depends on its number alone, so that a training that goes on after a kill ends the
    same to the last bit. `engine` tells what computes, and why.

    Raises TypeError or ValueError where a program was asked for and the model or the loss cannot be one.
    """

    def __init__(
        self,
        model: Module,
        loss: Loss,
        data: Observations,
        compiled: bool | None,
        warm_up: int | None = None,
    ) -> None:
        self.model, self.loss = model, loss
        self.free = trained(model)
        self.warm_up = WARM_UP if warm_up is None else warm_up
        self.asked = compiled is True
        self.refusal = "asked for" if compiled is False else _refusal(data)
        if self.asked and self.refusal:
            raise ValueError(f"fit: compiled=True, but {self.refusal}; leave it out")
        self.engine = self._eagerly()
        self._begun: Mapping[str, str] | None = None
        self._step: StepFunction | None = None
        self._program: Program | None = None

    def _eagerly(self) -> str:
        """That the engine computes, and why."""
        watched = "detect_anomaly() looks at each step" if modes.inspector() else None
        return f"eager: {self.refusal or watched or f'a program takes over after {self.warm_up} steps'}"

    def __call__(self, inputs: Any, targets: Any, step: int) -> tuple[float, Data]:
        """The loss and the output; the gradients too, where the loss is finite."""
        found = self.programmed(inputs, targets, step)
        return self._passed(inputs, targets) if found is None else self._kept(*found)

    def cause(self, inputs: Any, targets: Any) -> str:
        """Which operation, in which line, made the loss or its slopes nan, and what is stable."""
        told = cause_of_nan(lambda: self.loss(self.model(inputs), targets).backward())
        return f": {told}" if told else ""

    # -- by a program --------------------------------------------------------------------------

    def programmed(self, inputs: Any, targets: Any, step: int) -> Found | None:
        """What a program finds, where it is its turn; `engine` tells which computes."""
        found = self._tried(inputs, targets, step) if self.refusal is None else None
        self.engine = self._eagerly() if found is None else "compiled"
        return found

    def _tried(self, inputs: Any, targets: Any, step: int) -> Found | None:
        """The same; where a program cannot be one, `refusal` tells why."""
        if modes.inspector() is not None:  # an anomaly is to be seen where it arises
            return None
        if self._begun is None and (self.asked or step >= self.warm_up // 2):
            self._begun = conditions(self.model, self.loss)  # short trainings do not come here
        if not self.asked and step < self.warm_up:
            return None
        before = [(generator, generator.bit_generator.state) for generator in self._generators()]
        try:
            return self._found(inputs, targets)
        except Exception as error:  # whatever code raises that is shown Values in place of arrays
            if self.asked:
                raise
            self.refusal = f"{error}"
            for generator, state in before:  # the engine draws the same numbers
                generator.bit_generator.state = state
            return None

    def _found(self, inputs: Any, targets: Any) -> Found:
        """The step by its program, from the numbers that the model keeps and those that it draws."""
        if self._step is None:
            self._step = StepFunction(self.model, self.loss)
        given = inputs, targets, self._step.state, self._step.drawn(inputs, targets)
        return self._program(*given) if self._program else self._compiled(self._step, given)

    def _compiled(self, step: StepFunction, given: tuple[Any, ...]) -> Found:
        """Compile, if what the program takes for constant was so until now, and while it was recorded."""
        self._check_constant()
        program = autodiff.compile(step.function())
        found = program(*given)
        self._check_constant()
        self._program = program
        return found  # type: ignore[no-any-return]

    def _check_constant(self) -> None:
        if names := changed(self._begun or {}, conditions(self.model, self.loss)):
            raise ValueError(
                f"a program would keep {', '.join(names)} as it is now, but it changes in the training"
            )

    def _generators(self) -> list[np.random.Generator]:
        return [generator for _, generator in self.model.named_parts(np.random.Generator)]

    def _kept(self, loss: float, output: Data, slopes: list[Data], state: list[Any]) -> tuple[float, Data]:
        if self._step is not None:
            self._step.keep(state)
        if math.isfinite(loss):
            for parameter, slope in zip(trained(self.model), slopes, strict=True):
                parameter.grad = slope
        return float(loss), output

    # -- step by step --------------------------------------------------------------------------

    def _passed(self, inputs: Any, targets: Any) -> tuple[float, Data]:
        output = self.model(inputs)
        loss = self.loss(output, targets)
        number = float(loss.data)
        if math.isfinite(number):
            loss.backward()
        return number, output.data


def _refusal(data: Observations) -> str | None:
    """Why a training cannot be a program, as far as the data tell."""
    wrapping = [str(array.dtype) for array in data if _wraps(array.dtype)]
    return f"arithmetic of {wrapping[0]} wraps around, unlike a program's" if wrapping else None


def _wraps(dtype: np.dtype[Any]) -> bool:
    """Whether small numbers overflow, as 1 − 2 does; in a program integers are floats."""
    return dtype.kind == "u" or (dtype.kind == "i" and dtype.itemsize < 4)
