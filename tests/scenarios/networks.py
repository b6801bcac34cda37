"""Networks as cases: the loss as a function of the parameters, for modules and for the lecture's scalars."""

from __future__ import annotations

from typing import Any

from autodiff import Value
from autodiff.testing.network import NetworkCase
from nn.parts import Owner

from .case import Case


def network_case(drawn: NetworkCase) -> Case:
    """A drawn network as a case: its parameters are the inputs."""
    model, loss, X, y = drawn
    parameters = model.parameters()

    def f(*replaced: Any) -> Any:
        new = {id(old): x for old, x in zip(parameters, replaced, strict=True)}
        return loss(with_parameters(model, new)(X), y)

    inputs = tuple(parameter.data for parameter in parameters)
    names = tuple(f"θ{n}" for n in range(1, len(inputs) + 1))
    text = drawn.code.partition("\n\n")[2].replace("\n", "; ")
    return Case(f, inputs, names, _words(text), text, drawn.code)


def _words(text: str) -> tuple[str, ...]:
    """What a network is made of, which tells its faults from those of others."""
    return tuple(part.partition("(")[0].partition(";")[0] for part in text.split("nn.")[1:])


def with_parameters(x: Any, new: dict[int, Any]) -> Any:
    """A module with other parameters, the module itself unchanged."""
    if isinstance(x, Value):
        return new.get(id(x), x)
    if isinstance(x, (list, tuple)):
        return type(x)([with_parameters(part, new) for part in x])
    if not isinstance(x, Owner):
        return x
    twin = object.__new__(type(x))
    twin.__dict__.update({name: with_parameters(part, new) for name, part in vars(x).items()})
    return twin
