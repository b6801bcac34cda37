"""The lecture's homework is marked as a teacher would."""

from __future__ import annotations

import re

from examples.mark_homework import ANSWERS, main


def marks(printed: str) -> list[tuple[str, str]]:
    """What was typed, and the first words of its mark."""
    return re.findall(r"^   (\S.*)\n       (right|wrong|unreadable): ", printed, re.MULTILINE)


def test_right_answers_are_right_and_wrong_ones_have_a_reason(capsys) -> None:
    main()
    printed = capsys.readouterr().out
    assert [typed for typed, _ in marks(printed)] == [typed for all in ANSWERS.values() for typed in all]
    assert [verdict for _, verdict in marks(printed)] == [
        "right", "wrong", "wrong", "wrong", "right", "unreadable", "unreadable", "right", "right", "wrong",
        "right", "wrong", "wrong", "wrong", "right", "wrong",
    ]  # fmt: skip
    assert "wrong: the factor 2 is missing\n" in printed
    assert "is incomplete: the factor 1 − a₁⁽¹⁾ is missing\n" in printed
    assert "that finds a root of f" in printed


def test_the_marks_are_the_same_with_other_numbers(capsys) -> None:
    main()
    usual = marks(capsys.readouterr().out)
    main("Ada")
    assert marks(capsys.readouterr().out) == usual
