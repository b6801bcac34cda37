"""Module: a function with parameters, as plain data.

A module's parameters are the Values among its attributes, its buffers the NumPy arrays, its parts the
modules; all else is configuration. Nothing is registered: they are found by looking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from reprlib import recursive_repr
from typing import Any, ParamSpec, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from autodiff import no_grad
from autodiff.differentiation.engine import plain
from autodiff.settings import flag
from autodiff.values.scopes import mark_call
from autodiff.values.value import births

from .elsewhere import ModuleElsewhere
from .operands import entries
from .parts import Owner, members, recast
from .state import Unmatched, loaded
from .summary import Summary

__all__ = ["Module"]


Inputs = ParamSpec("Inputs")
Output = TypeVar("Output", covariant=True)


class _Forward(Protocol[Inputs, Output]):
    """What calls are typed by: they take what `forward` takes, and return what it returns."""

    def forward(self, *inputs: Inputs.args, **options: Inputs.kwargs) -> Output: ...


def _unwritten(self: Module, *inputs: Any) -> Any:
    raise NotImplementedError(f"{type(self).__name__} has no forward: write def forward(self, x)")


class Module(Owner, ModuleElsewhere):
    """A function with parameters: subclass it, set attributes in `__init__`, and write `forward`.

    Lists, tuples and dicts among the attributes are looked into. What occurs twice counts once,
    under the name that comes first. A Value that an operation recorded is not a parameter.

    >>> from autodiff import Value
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.intercept = Value(1.0)
    ...
    ...     def forward(self, x):
    ...         return self.slope * x + self.intercept
    >>> line = Line()
    >>> line(3.0).data
    7.0
    >>> [name for name, parameter in line.named_parameters()]
    ['slope', 'intercept']
    """

    training: bool = True
    """Whether the module trains: dropout drops and batch normalisation measures only then."""

    forward: Callable[..., Any] = _unwritten
    """What the module computes. Call the module itself, not this."""

    def __call__(self: _Forward[Inputs, Output], *inputs: Inputs.args, **options: Inputs.kwargs) -> Output:
        since = next(births)
        result = self.forward(*inputs, **options)
        mark_call(result, type(self).__name__, since)
        return result

    # -- what there is -------------------------------------------------------------------------

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """The module itself, with an empty name, and all those inside it with their dotted names."""
        return self.named_parts(Module)

    def modules(self) -> Iterator[Module]:
        """The module itself, and all those inside it."""
        return (module for _, module in self.named_modules())

    # -- modes ---------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Set `training` here and in all parts. Returns the module."""
        mode = flag("train: mode", mode)
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """The mode for predictions: `train(False)`."""
        return self.train(False)

    def predict(self, *inputs: Any, **options: Any) -> Any:
        """What the module returns in `eval` mode, as a plain array or number, without recording anything.

        The outputs of a layer of nodes are put side by side; a tuple, as of `LSTM`, stays one. The modes of
        all parts are as before.

        >>> from nn import Linear
        >>> Linear(2, 1, initialize="zeros").predict([[5.0, 7.0], [1.0, 2.0]])
        array([[0.],
               [0.]])
        """
        with predicting(self), no_grad():
            return _unrecorded(self(*inputs, **options))

    def freeze(self) -> Self:
        """Make the parameters constants, which have no gradient and stay as they are."""
        return self._set_constant(True)

    def unfreeze(self) -> Self:
        """Make the parameters variables again."""
        return self._set_constant(False)

    def _set_constant(self, constant: bool) -> Self:
        for parameter in self.parameters():
            parameter.constant = constant
        return self

    def astype(self, dtype: DTypeLike) -> Self:
        """Cast all parameters, their gradients, and the buffers that are not integers. Returns the module.

        The parameters stay the same Values, so optimisers keep them; what an optimiser remembers follows at
        its next step. A graph that used them is outdated, and programs are recorded anew. Inputs are not
        cast: a float32 model returns float32 for float32 data, and float64 for float64 data.

        Raises TypeError for a dtype that is not floating-point.

        >>> from nn import Linear
        >>> layer = Linear(2, 1, seed=0).astype(np.float32)
        >>> layer(np.ones((3, 2), np.float32)).dtype
        dtype('float32')
        """
        recast(self, dtype)
        return self

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.zero_grad()

    # -- state ---------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Copies of all parameters and buffers, by their dotted names."""
        return {
            name: np.array(part) if isinstance(part, np.ndarray) else part.detach().data
            for name, part in self._state().items()
        }

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Unmatched:
        """Take over all parameters and buffers; they keep their dtypes.

        A UserWarning says where a cast changes digits of parameters; to avoid that, call `astype` first.

        With `strict=False`, only those that both have, as for a network with another output layer. Returns
        the names that only the module has, and those that only the state has.

        Raises ValueError, and changes nothing, where names are missing or unknown, or, if not strict,
        none is known; where shapes differ; and where data are not real numbers: each is listed.
        """
        return loaded(type(self).__name__, self._state(), state, strict)

    def _state(self) -> dict[str, Any]:
        parts = [*self.named_parameters(), *self.named_buffers()]
        state = dict(parts)
        if len(state) < len(parts):
            raise ValueError(
                f"{type(self).__name__}: two parts have the same dotted name; rename a dict's key"
            )
        return state

    # -- printing ------------------------------------------------------------------------------

    def configuration(self) -> dict[str, Any]:
        """What `repr` shows besides the parts: the numbers, strings and functions among the attributes."""
        return {
            name: value
            for name, value in vars(self).items()
            if name != "training" and not name.startswith("_") and _is_setting(value)
        }

    @recursive_repr("…")
    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={_written(value)}" for name, value in self.configuration().items())
        lines = [
            f"({name}): {_written(part)}"
            for name, part in members(self)
            if isinstance(part, Module) or ("." in name and callable(part))
        ]
        if not lines:
            return f"{type(self).__name__}({settings})"
        body = "\n".join([settings, *lines] if settings else lines)
        return f"{type(self).__name__}(\n  " + body.replace("\n", "\n  ") + "\n)"

    def summary(self, *inputs: Any) -> Summary:
        """A table of the parts and their parameters; print it.

        With inputs, given as shapes or as data, also the shape of what each part returns for them.

        >>> from nn import Linear
        >>> print(Linear(2, 3).summary((5, 2)))
        name  kind    shapes                    parameters  output
              Linear  weight (3, 2), bias (3,)           9  (5, 3)
        9 parameters, 0 of them frozen
        """
        return Summary(self, *inputs)


@contextmanager
def predicting(module: Module) -> Iterator[None]:
    """A block in which a module and its parts are in `eval` mode; then each is in its own again."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _unrecorded(result: Any) -> Any:
    """What a module returned, without its graph."""
    if isinstance(result, tuple):
        return tuple(map(_unrecorded, result))
    return None if result is None else plain(entries(result))


def _is_setting(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(isinstance(entry, (bool, int, float, str)) for entry in value)
    return value is None or isinstance(value, (bool, int, float, str)) or is_function(value)


def is_function(value: object) -> bool:
    """Whether it can be called, and is no module."""
    return callable(value) and not isinstance(value, Module)


def _written(value: Any) -> str:
    """A function by its name and what is set of it, all else as Python writes it."""
    if isinstance(value, partial):
        settings = [*map(_written, value.args), *(f"{k}={_written(v)}" for k, v in value.keywords.items())]
        return f"{_written(value.func)}({', '.join(settings)})"
    return getattr(value, "__name__", type(value).__name__) if is_function(value) else repr(value)
