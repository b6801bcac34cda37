"""What a function does besides computing: a program, in which nothing but the computing is left, would not.

Seen in its bytecode are assignments to what is around it, to attributes and entries, and what it calls that
prints, logs, draws or reads. What it appends to shows in what it reads: see `guard.changes`.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from .contents import CONTAINERS, OF_THE_USERS
from .guard import ABSENT, PLAIN

ACTING = {"delattr", "eval", "exec", "input", "next", "open", "print", "setattr"}
"""Functions of Python's that act, or give something else each time."""

COMPUTING = {
    "abc", "builtins", "cmath", "collections", "contextlib", "copy", "dataclasses", "enum", "fractions",
    "functools", "itertools", "math", "numbers", "operator", "string", "types", "typing",
}  # fmt: skip
"""Modules of Python's whose functions compute, and do nothing else."""

MAKING = ("__init__", "__new__", "__post_init__", "__set_name__", "__init_subclass__")
"""Methods that set attributes of what they make."""


def effects(code: CodeType) -> Iterator[str]:
    """What the instructions of a function do besides computing, in words that go on from "it"."""
    for step in dis.get_instructions(code):
        name, what = step.opname, step.argval
        if name in ("STORE_GLOBAL", "DELETE_GLOBAL") or (name == "STORE_DEREF" and what in code.co_freevars):
            yield f"assigns {what}"
        elif name in ("STORE_ATTR", "DELETE_ATTR") and code.co_name not in MAKING:
            yield f"sets .{what}"
        elif name in ("STORE_SUBSCR", "DELETE_SUBSCR", "STORE_SLICE"):
            yield "writes into entries"
        elif name in ("LOAD_GLOBAL", "LOAD_NAME") and what in ACTING:
            yield f"calls {what}"


def acting(owner: Any) -> str | None:
    """What is called where an attribute of an object of Python's own is read, unless that computes alone."""
    if isinstance(owner, ModuleType):
        module, told = owner.__name__, owner.__name__
    elif owner is ABSENT or isinstance(owner, (type, FunctionType, *PLAIN, *CONTAINERS)):
        return None
    elif isinstance(owner, np.random.Generator):
        return "draws random numbers"
    else:
        module, told = type(owner).__module__, type(owner).__qualname__
    top = module.partition(".")[0]
    if top in OF_THE_USERS or top in COMPUTING or top not in sys.stdlib_module_names:
        return None
    return f"calls {told}"
