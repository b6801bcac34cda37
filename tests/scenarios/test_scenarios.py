"""Some 1,500 expressions and networks through all modes; `python -m tests.scenarios` runs more on purpose."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest

from . import campaign  # noqa: F401 (declares modes)
from .block import SIZE, Block
from .drawing import KINDS
from .modes import MODES
from .searching import run

SEED = 0 if os.environ.get("CI") else random.SystemRandom().randrange(10**6)
BLOCKS = 1500 // SIZE

pytestmark = pytest.mark.filterwarnings("ignore")  # as NumPy has them at the edges of the numbers


def failures(block):
    """What fails in a block, and how to see it again."""
    found = run(block)
    lines = [f"{failure}\n\n{failure.code}\n" for failure in found.failures]
    again = f"python -m tests.scenarios --seed {block.seed} --size {block.size} --block {block.number}"
    return "\n".join([*lines, again] if lines else []), found


@pytest.mark.parametrize("number", range(BLOCKS))
def test_every_mode_agrees_with_eager_code(number):
    told, found = failures(Block(SEED, number))
    assert not told, told
    assert found.distinct > SIZE // 3


@pytest.mark.parametrize("name", MODES)
def test_every_mode_runs_and_agrees(name, monkeypatch):
    monkeypatch.setitem(MODES, name, replace(MODES[name], share=1.0))
    ran = 0
    for number, kind in enumerate(KINDS):
        told, found = failures(Block(SEED, 100 + number, 8, (name,), kind))
        assert not told, told
        ran += found.ran[name]
    assert ran, f"left out: {found.reasons}"
