"""What is looked into while guards are found: the user's objects, containers, numbers, arrays."""

from __future__ import annotations

import inspect
import sys
import sysconfig
from collections import deque
from pathlib import Path
from types import CodeType, FunctionType, MappingProxyType, ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from ...values.user_code import is_own
from .chains import Step
from .guard import ABSENT, ARRAYS, PLAIN

CONTAINERS = (list, tuple, deque, dict, MappingProxyType, set, frozenset)

OPAQUE = ("autodiff", "nn", "numpy", "optim", "builtins", *sys.stdlib_module_names)
"""Modules that are taken to stay as they are."""

OF_THE_USERS = ("_thread", "argparse", "collections")
"""Modules of Python's whose objects hold what the user puts into them."""

LIBRARY = str(Path(sysconfig.get_path("stdlib")) / "_")[:-1]


def is_object(thing: Any) -> bool:
    """Whether the attributes of an object matter, as it is the user's."""
    if isinstance(thing, SimpleNamespace) or type(thing).__module__ in OF_THE_USERS:
        return not isinstance(thing, CONTAINERS)
    known = thing is ABSENT or isinstance(thing, (type, *PLAIN))
    return not known and not is_opaque(type(thing).__module__)


def is_looked_into(thing: Any) -> bool:
    """Whether more than an object's identity matters: a number, an array, a container, a user's object."""
    return isinstance(thing, (*ARRAYS, *PLAIN, *CONTAINERS)) or is_object(thing)


def is_closed(owner: Any) -> bool:
    """Whether what is behind an object is not looked at: Values, arrays, and what is not the user's."""
    if (
        isinstance(owner, (*CONTAINERS, super))
        or is_object(owner)
        or isinstance(asked(owner, "training"), bool)
    ):
        return False
    if isinstance(owner, ModuleType):
        return is_opaque(owner.__name__)
    if isinstance(owner, (type, FunctionType)):
        return is_opaque(owner.__module__)
    return owner is ABSENT or isinstance(owner, (np.ndarray, *PLAIN)) or is_opaque(type(owner).__module__)


def asked(thing: Any, name: str) -> Any:
    """An attribute that an object may have; None where it has not, or raises."""
    try:
        return getattr(thing, name, None)
    except Exception:
        return None


def member(owner: Any, step: Step) -> Any:
    """What a class says of an attribute."""
    how, key = step
    return inspect.getattr_static(type(owner), key, None) if how == "attribute" else None


def is_opaque(module: str) -> bool:
    """Whether a module, and what it defines, is taken to stay as it is."""
    return module.partition(".")[0] in OPAQUE


def is_library(code: CodeType) -> bool:
    """Whether code is the project's, NumPy's or Python's."""
    name = code.co_filename
    installed = "site-packages" in name or "dist-packages" in name
    return is_own(code) or name.startswith("<frozen") or (name.startswith(LIBRARY) and not installed)
