"""Digits read row by row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_nearly_all_digits_are_read_right(printed: str, kind: str) -> None:
    (share,) = re.findall(rf"{kind} .*read right: +([\d.]+)%", printed)
    assert float(share) > 94.0


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert picture.stat().st_size > 10_000
