"""Expressions of a few operations, into which faults are put."""

import dataclasses

import pytest

from autodiff.testing import expressions

from . import campaign, drawing  # noqa: F401 (declares modes)
from .block import Block
from .case import Case
from .modes import MODES
from .searching import run

SEED = 3


@pytest.fixture
def few(monkeypatch):
    """Cases of kinds of their own, each put through every mode that is asked for."""
    operations = ["tanh", "multiply", "sin", "sum"]
    monkeypatch.setitem(drawing.KINDS, "few", expressions(operations).map(Case.of))
    monkeypatch.setitem(drawing.KINDS, "numbers", expressions(operations, arrays=False).map(Case.of))
    for name, mode in MODES.items():
        monkeypatch.setitem(MODES, name, dataclasses.replace(mode, share=1.0))


def found(*modes, kind="few", size=25):
    """The failures of a block."""
    return run(Block(SEED, 0, size, modes, kind)).failures
