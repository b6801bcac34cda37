"""Settings in few words that are the same when the program runs again.

What is told must not depend on addresses in memory, on the order of sets, or on what a training changes, such
as the numbers in a model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import partial
from types import CodeType
from typing import Any

import numpy as np

from autodiff.values.lazy import holds_tasks
from autodiff.values.operation import Operation

OWN = re.compile(r"\b(?:autodiff|nn|optim)\.(?:\w+\.)*(\w+)")
"""The qualified name of a function of this project, as it stands in what is told."""


def checksum(content: bytes) -> str:
    """A few characters that differ where the content does."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def told(setting: Any, within: tuple[int, ...] = ()) -> str:
    """A setting by what is in it: a function by what it does, an array by a checksum, others by their type.

    >>> from nn import Module
    >>> told({"rates": (0.1, 0.5), "model": Module(), "function": np.tanh})
    "{'rates': (0.1, 0.5), 'model': Module, 'function': tanh}"
    """
    if id(setting) in within:
        return "…"
    inner = (*within, id(setting))
    if setting is None or isinstance(setting, (bool, int, float, complex, str, bytes)):
        return repr(setting)
    if isinstance(setting, Mapping):
        return f"{{{', '.join(f'{key!r}: {told(entry, inner)}' for key, entry in setting.items())}}}"
    if isinstance(setting, (tuple, list)):
        return f"({_all(setting, inner)})"
    if isinstance(setting, (set, frozenset)):
        return f"{{{', '.join(sorted(told(entry, inner) for entry in setting))}}}"
    if holds_tasks(setting):
        return f"{getattr(setting, 'shape', '')} {getattr(setting, 'dtype', '')} in chunks"
    if isinstance(setting, (np.ndarray, np.generic)):
        content = checksum(np.ascontiguousarray(setting).tobytes())
        return f"{setting.shape} {setting.dtype} {content}"
    return _function(setting, inner)


def _all(settings: Iterable[Any], within: tuple[int, ...]) -> str:
    return ", ".join(told(setting, within) for setting in settings)


def _function(function: Any, within: tuple[int, ...]) -> str:
    """A function by its name, its code, and what it has taken along; of a partial, also what it sets.

    An operation goes by what declares it, and the project's own go by their qualified name, since another
    version may compute the same by other code; what else can be called, or not, by its name or its type's.
    """
    if isinstance(function, partial):
        return f"{_all((function.func, function.args, function.keywords), within)}"
    name = str(getattr(function, "__qualname__", type(function).__qualname__))
    code = getattr(function, "__code__", None)
    if code is None:
        return name
    if OWN.fullmatch(qualified := f"{function.__module__}.{name}"):
        return qualified
    if isinstance(operation := getattr(function, "operation", None), Operation):
        declared = (operation.forward, operation.rules, operation.scalar)
        return f"{name} {checksum(_all(declared, within).encode())}"
    taken = (function.__defaults__, function.__kwdefaults__, *map(_content, function.__closure__ or ()))
    return f"{name} {checksum(f'{_code(code)} {_all(taken, within)}'.encode())}"


def _content(cell: Any) -> Any:
    """What a function has closed over; nothing where it has no value yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _code(code: CodeType) -> str:
    """Instructions, constants and names, those of the functions within, too."""
    constants = [_code(c) if isinstance(c, CodeType) else told(c) for c in code.co_consts]
    return f"{code.co_code.hex()} {constants} {code.co_names}"
