"""Which code is the user's, and which of its lines recorded a node: what errors and programs name."""

from __future__ import annotations

import linecache
import os
import sys
from functools import lru_cache, partial
from types import CodeType
from typing import Any

import numpy as np

from .operation import Operation
from .scopes import label_of
from .value import Value

ROOT = __file__.rpartition("autodiff")[0]
OWN = (
    *(f"{ROOT}{package}{os.sep}" for package in ("autodiff", "nn", "optim")),
    np.__file__.rpartition("__init__")[0],
)
"""Folders that are not the user's, with the separator: autodiff_demo.py is."""


def is_own(code: CodeType) -> bool:
    """Whether code is this project's or NumPy's, not the user's."""
    return _is_ours(code.co_filename)


@lru_cache(maxsize=1024)
def _is_ours(file: str) -> bool:
    return file.startswith(OWN)


def are_rules_own(operation: Operation) -> bool:
    """Whether all derivatives of an operation are computed by own code, or are numbers."""
    return all(map(_is_own_rule, (*operation.rules, operation.together, operation.masked)))


def _is_own_rule(rule: Any) -> bool:
    code = getattr(rule.func if isinstance(rule, partial) else rule, "__code__", None)
    return is_own(code) if code else rule is None or isinstance(rule, (float, partial, np.ufunc))


def users_place(within: CodeType | None = None) -> tuple[str, int]:
    """File and number of the innermost line of the user's code.

    Within a call of some code of ours; where no user's line is there, they are "" and 0.
    """
    frame = sys._getframe(1)
    while frame.f_back and is_own(frame.f_code):
        if frame.f_code is within:
            return "", 0
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def told_line(name: str, number: int) -> tuple[str, str]:
    """A line of a file as it is told, and its text; nothing of no file."""
    if not name:
        return "", ""
    return f"{name.rpartition(os.sep)[2]}:{number}", linecache.getline(name, number).strip()


def users_line() -> tuple[str, str]:
    """The innermost line of the user's code, as it is told, and its text."""
    return told_line(*users_place())


def with_line(node: Value) -> Value:
    """A node that knows the innermost line of the user's code, which recorded it."""
    place, text = users_line()
    node._label = label_of(node)._replace(line=place + (f"  `{text}`" if text else ""))
    return node


def recorded_at(node: Value) -> str:
    """The end of a sentence that says where a node was recorded; nothing where `detect_anomaly` was off."""
    line = label_of(node).line
    return f", recorded at {line}" if line else ""
