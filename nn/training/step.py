"""One step of a training as a function of all that it reads, so that it can be a program.

    loss, output, slopes, state′ = step(inputs, targets, state, draws)

The state is the numbers that a model keeps besides its parameters, such as the running mean of `BatchNorm`;
the draws are what its generators gave, as in `Dropout`. While the step is computed, its arguments take the
places of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from autodiff import Value, gradients, no_grad

from ..losses import Loss
from ..module import Module
from ..parts import Array
from ..places import places, standing_in

Found: TypeAlias = tuple[Any, Any, list[Any], list[Any]]
"""The loss, the output, the slopes, and the state behind the step: None where it is as before."""


class Draw(NamedTuple):
    """What is asked of a generator, `generator.normal(size=3)`, is asked again at each step."""

    generator: np.random.Generator
    method: str
    args: tuple[Any, ...]
    options: dict[str, Any]

    def made(self) -> Any:
        """Random numbers."""
        return getattr(self.generator, self.method)(*self.args, **self.options)

    def first(self) -> Any:
        """The same for the first time. Raises ValueError for what cannot be asked again."""
        given = (*self.args, *self.options.values())
        numbers = None if any(isinstance(x, (Value, np.ndarray)) for x in given) else self.made()
        if not isinstance(numbers, (float, int, np.ndarray, np.generic)):
            raise ValueError(f"the model draws by rng.{self.method} from what it computes, or in place")
        return numbers


class Asked:
    """Stands for a generator: what is asked of it is answered by a function."""

    def __init__(self, generator: np.random.Generator, answer: Callable[[Draw], Any]) -> None:
        self._generator, self._answer = generator, answer

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *args, **options: self._answer(Draw(self._generator, name, args, options))


class StepFunction:
    """The step of a model with its loss."""

    def __init__(self, model: Module, loss: Loss) -> None:
        self.model, self.loss = model, loss
        self.places = places(model, lambda x: isinstance(x, np.ndarray) and x.dtype.kind == "f")
        self.generators = places(model, lambda x: isinstance(x, np.random.Generator))
        self._rehearsed: dict[Any, list[Draw]] = {}
        self._draws: list[Draw] = []

    @property
    def state(self) -> list[Array]:
        """The numbers that the model keeps."""
        return [place.content for place in self.places]

    def keep(self, state: list[Any]) -> None:
        """Let the model keep other numbers, where a step has changed them."""
        for place, x in zip(self.places, state, strict=True):
            if x is not None:
                place.content = np.asarray(x)

    # -- random numbers ------------------------------------------------------------------------

    def drawn(self, inputs: Any, targets: Any) -> list[Any]:
        """The random numbers of a step: those that the model would draw, in that order."""
        if not self.generators:
            return []
        key = tuple((x.shape, x.dtype) for x in (inputs, targets))
        if key not in self._rehearsed:
            self._draws, found = self._rehearsal(inputs, targets)
            self._rehearsed[key] = self._draws
            return found
        self._draws = self._rehearsed[key]
        return [draw.made() for draw in self._draws]

    def _rehearsal(self, inputs: Any, targets: Any) -> tuple[list[Draw], list[Any]]:
        """What the model draws for such data, and the first numbers; all else is as before."""
        noted: list[tuple[Draw, Any]] = []

        def answer(draw: Draw) -> Any:
            noted.append((draw, draw.first()))
            return noted[-1][1]

        with (
            standing_in(self.places, np.copy),
            standing_in(self.generators, lambda generator: Asked(generator, answer)),
            no_grad(),
        ):
            self.loss(self.model(inputs), targets)
        return [draw for draw, _ in noted], [numbers for _, numbers in noted]

    # -- the step ------------------------------------------------------------------------------

    def function(self) -> Callable[[Any, Any, list[Any], list[Any]], Found]:
        """What a program is made of; it names model and loss, so that what these read is guarded."""
        model, loss = self.model, self.loss

        def step(inputs: Any, targets: Any, state: list[Any], draws: list[Any]) -> Found:
            with self._given(state, draws):
                before = self.state
                output = model(inputs)
                error = loss(output, targets)
                after = [None if x is y else _detached(y) for x, y in zip(before, self.state, strict=True)]
            return error.detach(), output.detach(), gradients(error, trained(model)), after

        vars(step)["_apart"] = lambda: self.state
        return step

    @contextmanager
    def _given(self, state: list[Any], draws: list[Any]) -> Iterator[None]:
        """A block in which the model keeps and draws what the step is given."""
        rest = zip(self._draws, draws, strict=True)

        def answer(draw: Draw) -> Any:
            expected, numbers = next(rest, (None, None))
            if draw != expected:
                raise ValueError("the model does not draw the same random numbers each time")
            return numbers

        given = dict(zip(map(id, self.state), state, strict=True))
        with (
            standing_in(self.places, lambda x: given[id(x)]),
            standing_in(self.generators, lambda generator: Asked(generator, answer)),
        ):
            yield


def _detached(x: Any) -> Any:
    return x.detach() if isinstance(x, Value) else x


def trained(model: Module) -> list[Value]:
    """The parameters that are not frozen."""
    return [parameter for parameter in model.parameters() if not parameter.constant]
