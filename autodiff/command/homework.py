"""The command `exercise`: a derivative is asked for, and an answer marked."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from ..homework import exercise
from .answers import DIFFERENTIATE, Answer, chosen_leaf
from .problem import Misuse, Problem


def answer_exercise(asked: Namespace) -> Answer:
    """The question, hints and the solution if asked for, and the mark for an answer, which may be wrong."""
    problem = Problem(asked.expression, asked.givens, DIFFERENTIATE)
    output, leaves = problem.recorded()
    try:
        task = exercise(output, leaves[chosen_leaf(asked, leaves)])
    except ValueError as error:
        raise Misuse(str(error)) from None
    hints = task.hints[: max(asked.hints, 0)]
    lines = [] if asked.typed is not None else [task.text]
    lines += [f"Hint {number}: {text}" for number, text in enumerate(hints, 1)]
    data: dict[str, Any] = {"question": task.question, "given": list(task.given), "hints": list(hints)}
    success = True
    if asked.typed is not None:
        mark = task.mark(asked.typed)
        success = bool(mark)
        lines.append(mark.text)
        data |= {"verdict": mark.verdict, "reason": mark.reason, "place": mark.place}
    if asked.solution:
        lines += ["", task.solution().text]
        data["solution"] = task.solution().text
    return Answer("\n".join(lines).strip("\n"), data, success)
