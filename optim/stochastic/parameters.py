"""The parameters of a network as optimisers and clipping take them: a module, Values, or groups of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any, TypeAlias

from autodiff import Value

Settings: TypeAlias = dict[str, Any]
"""Hyperparameters by name."""


class Group(MutableMapping[str, Any]):
    """Parameters, under "params", and the hyperparameters with which they are changed.

    A hyperparameter is checked when it is assigned, so that steps need not look.
    """

    def __init__(
        self, params: list[Value], settings: Settings, check: Callable[[Settings], Settings]
    ) -> None:
        self.params, self.check = params, check
        self.settings = check(settings)

    def __getitem__(self, name: str) -> Any:
        return self.params if name == "params" else self.settings[name]

    def __setitem__(self, name: str, setting: Any) -> None:
        if name == "params":
            raise TypeError("the parameters of a group cannot be replaced; make another optimiser for others")
        self.settings = self.check({**self.settings, name: setting})

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"{name!r} cannot be left out of a group; assign another setting")

    def __iter__(self) -> Iterator[str]:
        return iter(["params", *self.settings])

    def __len__(self) -> int:
        return 1 + len(self.settings)

    def __repr__(self) -> str:
        return repr(dict(self))


def labelled(what: str, params: Any) -> dict[Value, str]:
    """Each parameter with how errors speak of it.

    `params` is a module, or an iterable of Values or of pairs (name, Value).

    Raises TypeError for what holds no Values; ValueError where there is none, where one was recorded by
    an operation, and where one is there twice.
    """
    found: dict[Value, str] = {}
    for position, entry in enumerate(_entries(what, params)):
        named = isinstance(entry, tuple) and len(entry) == 2 and isinstance(entry[0], str)
        name, parameter = entry if named else (None, entry)
        _check(what, parameter, position)
        _refuse_twice(what, parameter, found)
        label = f"'{name or parameter.name or f'parameter {position}'}'"
        found[parameter] = f"{label} of shape {parameter.shape}" if parameter.shape else label
    if not found:
        raise ValueError(f"{what}: there are no parameters; an iterator may have been used up: give a list")
    return found


def grouped(what: str, params: Any) -> tuple[list[tuple[list[Value], Settings]], dict[Value, str]]:
    """Parameters in groups, one where none are given, with their own settings; and what errors call each.

    Raises what `labelled` raises, and ValueError where a parameter is in two groups.
    """
    params = list(params) if isinstance(params, Iterator) else params
    entries = params if _are_groups(what, params) else [{"params": params}]
    groups: list[tuple[list[Value], Settings]] = []
    found: dict[Value, str] = {}
    for entry in entries:
        members = labelled(what, entry["params"])
        for parameter in members:
            _refuse_twice(what, parameter, found)
        found.update(members)
        groups.append((list(members), {name: entry[name] for name in entry if name != "params"}))
    return groups, found


def _are_groups(what: str, params: Any) -> bool:
    if not isinstance(params, list) or not any(isinstance(entry, dict) for entry in params):
        return False
    if not all(isinstance(entry, dict) and "params" in entry for entry in params):
        raise TypeError(f'{what}: groups are dicts {{"params": […], "lr": …}}, all of them; one is not')
    return True


def _entries(what: str, params: Any) -> Iterable[Any]:
    if hasattr(params, "named_parameters"):
        return list(params.named_parameters())
    if isinstance(params, Value):
        raise TypeError(f"{what}: one Value is not a list of parameters; put it into one: [value]")
    if isinstance(params, dict):
        raise TypeError(f"{what}: a dict is not a list of parameters; give its .items() or .values()")
    if not isinstance(params, Iterable):
        raise TypeError(f"{what}: expected a module or a list of Values, got {type(params).__name__}")
    return params


def _check(what: str, parameter: Any, position: int) -> None:
    if not isinstance(parameter, Value):
        raise TypeError(
            f"{what}: parameters must be Values, number {position} is of type {type(parameter).__name__}; "
            "Value(…) makes one, before it is used in the loss"
        )
    if parameter._operation is not None:
        raise ValueError(
            f"{what}: {parameter.described()} was recorded by {parameter._operation.name!r}; "
            "give the leaves that it was computed from"
        )


def _refuse_twice(what: str, parameter: Value, found: dict[Value, str]) -> None:
    if parameter in found:
        raise ValueError(f"{what}: {found[parameter]} is given twice; each parameter changes once a step")
