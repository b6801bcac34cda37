"""Digits moved as a sign says."""

from __future__ import annotations

import re
from pathlib import Path


def test_nearly_all_digits_are_placed_right(printed: str) -> None:
    (share,) = re.findall(r"Placed right in the test: ([\d.]+)%", printed)
    assert float(share) > 99.0


def test_the_second_layer_looks_at_the_digits_that_are_wanted(printed: str) -> None:
    (share,) = re.findall(r"at the digit they return, .*: ([\d.]+)%", printed)
    assert float(share) > 90.0


def test_a_program_trains_it(printed: str) -> None:
    assert "(compiled)" in printed.partition("\n")[0]


def test_the_program_of_attention_is_printed_with_its_letters(printed: str) -> None:
    source = printed.partition("Attention as a program")[2]
    lines = [line.strip() for line in source.splitlines()]
    assert [line[0] for line in lines if line[1:4] == " = "] == ["Q", "K", "V", "A"]


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert picture.stat().st_size > 10_000
