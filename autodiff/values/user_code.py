"""Which code is the user's, and which of its lines recorded a node: what errors and programs name."""

from __future__ import annotations

import linecache
import os
import sys
from functools import lru_cache, partial
from types import CodeType, FrameType
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


def users_frame(within: CodeType | None = None) -> FrameType | None:
    """The innermost call of the user's code, within one of some code of ours; None where there is none."""
    frame: FrameType = sys._getframe(2)  # what calls it is ours
    while _is_ours(frame.f_code.co_filename) and frame.f_back:  # each node waits for it: no call in between
        if frame.f_code is within:
            return None
        frame = frame.f_back
    return frame


def users_line(frame: FrameType | None = None) -> tuple[str, str]:
    """The line of a call, by default the user's innermost: as it is told, and its text."""
    frame = frame or users_frame()
    if frame is None:
        return "", ""
    name, number = frame.f_code.co_filename, frame.f_lineno
    return f"{name.rpartition(os.sep)[2]}:{number}", linecache.getline(name, number).strip()


def with_line(node: Value) -> Value:
    """A node that knows the innermost line of the user's code, which recorded it."""
    place, text = users_line()
    node._label = label_of(node)._replace(line=place + (f"  `{text}`" if text else ""))
    return node


def recorded_at(node: Value) -> str:
    """The end of a sentence that says where a node was recorded; nothing where `detect_anomaly` was off."""
    line = label_of(node).line
    return f", recorded at {line}" if line else ""
