"""A sheet of exercises to hand out, with other numbers per student, and its key."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..differentiation.engine import gradients
from ..files.writing import format_of, write
from ..graph import Graph
from ..settings import whole
from ..text import escaping
from ..text.digits import counted, with_minus
from ..text.lettering import latex_of
from ..values.data import canonical
from ..values.value import Value
from .derivatives import DerivativeExercise, exercise, parameters_of
from .mark import Mark
from .recomputation import Recomputation
from .task import Task, displayed

DECIMALS, FEWEST = 4, 5
"""Numbers with fewer decimals keep them; so many multiples of the last one are drawn from, or more."""

AGAIN = "Again with the formulas and numbers of exercise {}:"

TRIES = 50
"""Numbers that are drawn until the output and its derivatives are numbers."""


class Sheet:
    """Exercises to hand out: printed as text, shown and saved as Markdown; `key` has the answers.

    Each is one of `exercises`, and marks answers; `sheet[0]` is the first.
    """

    def __init__(self, exercises: Iterable[Task], title: str = "Homework") -> None:
        self.exercises = tuple(exercises)
        self.title = title

    @property
    def text(self) -> str:
        """The sheet in Unicode."""
        return "\n".join([self.title, *self._lines()]) + "\n"

    def _lines(self) -> Iterator[str]:
        for number, task, known in self._numbered():
            if known == number:
                yield from ("", "Let", *(f"  {line}" for line in task.context))
                yield f"with {', '.join(f'{name} = {x}' for name, x in task.numbers)}."
            elif known:
                yield from ("", AGAIN.format(known))
            yield ""
            yield f"{number}. {_asked(task, task.question)}"

    @property
    def markdown(self) -> str:
        """The sheet as Markdown with LaTeX."""
        blocks = [f"## {escaping.markdown(self.title)}"]
        for number, task, known in self._numbered():
            if known == number:
                numbers = ", ".join(f"${latex_of(name)} = {latex_of(x)}$" for name, x in task.numbers)
                blocks += ["Let", *displayed(task.context_latex), f"with {numbers}."]
            elif known:
                blocks.append(AGAIN.format(known))
            blocks.append(f"{number}. {_asked(task, task.question_latex)}")
        return "\n\n".join(blocks) + "\n"

    def _numbered(self) -> Iterator[tuple[int, Task, int | None]]:
        """The exercises with their numbers, and that of the first one about the same computation.

        None where that was said, since the last one is about it, too.
        """
        first: dict[Any, int] = {}
        last: Any = None
        for number, task in enumerate(self.exercises, 1):
            about = task.context, task.numbers
            known = first.setdefault(about, number) if task.context and about != last else None
            yield number, task, known
            last = about

    def mark(self, answers: Sequence[str]) -> list[Mark]:
        """The marks for what was handed in, an answer per exercise.

        Raises ValueError for another number of answers, TypeError for anything but text.

        >>> w = Value(0.5, "w")
        >>> exercises((3.0 * w) ** 2).mark(["18w"])
        [right: it is ∂f/∂w]
        """
        if isinstance(answers, str) or len(answers) != len(self):
            got = "a text" if isinstance(answers, str) else len(answers)
            raise ValueError(f"mark: expected a list of {counted(len(self), 'answer')}, got {got}")
        return [task.mark(answer) for task, answer in zip(self, answers, strict=True)]

    @property
    def key(self) -> Key:
        """The answers, with their derivations."""
        return Key(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the sheet without its answers as Markdown, or as text, and return its path.

        Raises ValueError for a suffix other than .md and .txt.
        """
        return _saved(self, path)

    def __len__(self) -> int:
        return len(self.exercises)

    def __getitem__(self, number: int) -> Task:
        return self.exercises[number]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.exercises)

    def __str__(self) -> str:
        return self.text.rstrip()

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.markdown


class Key:
    """The answers to a sheet: formulas and numbers, and in Markdown how each is derived."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.title = f"{sheet.title}: key"

    @property
    def text(self) -> str:
        """The answers in Unicode, a line each."""
        lines = [f"{number}. {_solved(task)}" for number, task in enumerate(self._sheet, 1)]
        return "\n".join([self.title, "", *lines]) + "\n"

    @property
    def markdown(self) -> str:
        """The answers as Markdown with LaTeX, with their derivations."""
        blocks = [f"## {escaping.markdown(self.title)}"]
        for number, task in enumerate(self._sheet, 1):
            blocks += [f"{number}. {task.question_latex}", task.solution().markdown.rstrip()]
        return "\n\n".join(blocks) + "\n"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the key as Markdown, or as text, and return its path. Raises ValueError as `Sheet.save`."""
        return _saved(self, path)

    def __str__(self) -> str:
        return self.text.rstrip()

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return self.markdown


def _asked(task: Task, question: str) -> str:
    return question.replace(" as a formula.", " as a formula, and as a number.")


def _solved(task: Task) -> str:
    if isinstance(task, DerivativeExercise):
        return f"{task.left} = {task.answer} = {with_minus(f'{float(task.value) + 0.0:.6g}')}"
    return task.answer


def _saved(page: Sheet | Key, path: str | os.PathLike[str]) -> Path:
    path = Path(path)
    content = page.markdown if format_of(path, (".md", ".txt")) == ".md" else page.text
    write(path, content.encode())
    return path


def exercises(
    output: Value,
    wrt: Sequence[Value | str] | None = None,
    *,
    seed: int | str | None = None,
    title: str = "Homework",
) -> Sheet:
    """A sheet of exercises: the derivatives of a number with respect to its parameters, or to those of `wrt`.

    With a `seed`, a number or the name of a student, the same is asked with other numbers in it: of the same
    signs and about the same sizes, and always the same for a seed.

    >>> w, b = Value(0.5, "w"), Value(0.1, "b")
    >>> sheet = exercises((w * 3.0 + b) ** 2, [w], seed=7)
    >>> sheet
    Homework 7
    <BLANKLINE>
    Let
      u₁ = 3w + b
      f = u₁²
    with w = 1, b = 0.4.
    <BLANKLINE>
    1. Find ∂f/∂w as a formula, and as a number.
    >>> print(sheet.key)
    Homework 7: key
    <BLANKLINE>
    1. ∂f/∂w = 6(3w + b) = 20.4

    Raises what `exercise` raises, and ValueError for a computation that is not a number with most numbers.
    """
    chosen = parameters_of(output) if wrt is None else wrt
    if not chosen:
        raise ValueError("exercises: there is nothing to ask: no variable to derive with respect to")
    asked = [exercise(output, one).wrt for one in chosen]
    if seed is not None:
        output, asked = _redrawn(output, asked, seed)
        title = f"{title} {seed}"
    return Sheet([exercise(output, one) for one in asked], title)


def _redrawn(output: Value, asked: Sequence[Value], seed: int | str) -> tuple[Value, list[Value]]:
    """The same computation with other numbers, and what is asked of it."""
    rng = np.random.default_rng(
        list(seed.encode()) if isinstance(seed, str) else whole("exercises: seed", seed, 0)
    )
    function = Recomputation(output)
    ids = [node.id for one in asked for node in function.graph if node.source is one]
    for _ in range(TRIES):
        leaves = [
            Value(_drawn(np.asarray(node.data), rng), node.name, constant=node.kind == "constant")
            for node in function.leaves
        ]
        again = function.as_given(*leaves)
        graph = Graph(again)
        found = [graph[id].source for id in ids]
        if np.isfinite(again.data) and np.isfinite(gradients(again, found)).all():
            return again, found
    raise ValueError(
        f"exercises: {output.described()} is not a number with other numbers of these signs and sizes"
    )


def _drawn(data: Any, rng: np.random.Generator) -> Any:
    """Other numbers of the same signs with as many decimals: 0.1 to 0.5 for 0.2, and 1 to 6 for 3."""
    return canonical(
        np.asarray([_number(float(x), rng) for x in data.flat]).reshape(data.shape).astype(data.dtype)
    )


def _number(x: float, rng: np.random.Generator) -> float:
    decimals = next((n for n in range(DECIMALS) if round(x, n) == x), None)
    if decimals is None or not np.isfinite(x):
        return float(f"{x * rng.uniform(0.5, 1.5):.3g}")
    steps = round(abs(x) * 10**decimals)
    size = int(rng.integers(1, max(FEWEST, 2 * steps), endpoint=True))
    sign = np.sign(x) or rng.choice((-1.0, 1.0))
    return float(sign * round(size / 10 ** max(decimals, x == 0.0), DECIMALS))
