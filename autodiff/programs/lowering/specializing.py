"""A forward function, specialised for the shapes and options that it meets, as steps.

The function is read, and followed statement by statement. What depends on shapes, dtypes and options alone
is computed now; what depends on data becomes steps: a call of NumPy each, or of a function of the user's
that cannot be followed. So a test of the shape of an operand costs a program nothing, and programs need no
second table of how operations are computed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..spelling.reading import Definition
from .calls import UnwritableError, Vocabulary, escaped, index_text
from .expressions import Expressions
from .meanings import Group, Known, Meaning, Scope, example
from .steps import Slot, Spelling, Steps

__all__ = ["specialised"]


def specialised(
    function: Callable[..., Any],
    operands: Sequence[Meaning],
    options: dict[str, Any],
    steps: Steps,
    vocabulary: Vocabulary,
) -> Meaning:
    """The result of a function; its steps are added. What cannot be followed becomes one step."""
    named: dict[str, Meaning] = {name: Known(x) for name, x in options.items()}
    with np.errstate(all="ignore"):
        return _Following(steps, vocabulary).called(function, list(operands), named)


class _Following(Expressions):
    """Follows the functions of one line of a listing."""

    def __init__(self, steps: Steps, vocabulary: Vocabulary) -> None:
        super().__init__(steps, vocabulary)
        self.made: set[int] = set()

    def followed(self, found: Definition, scope: Scope) -> Meaning:
        """What a function returns."""
        result = self._block(found.body, scope)
        return Known(None) if result is None else result

    def _block(self, body: Sequence[ast.stmt], scope: Scope) -> Meaning | None:
        """The result of the first return statement reached."""
        for statement in body:
            result = self._statement(statement, scope)
            if result is not None:
                return result
        return None

    def _statement(self, statement: ast.stmt, scope: Scope) -> Meaning | None:
        """One statement; its result if it returns."""
        match statement:
            case ast.Return(ast.expr() as result):
                return self.expression(result, scope)
            case ast.Assign([target], expression) | ast.AnnAssign(target, _, ast.expr() as expression):
                self._assigned(target, self.expression(expression, scope), scope)
            case ast.AugAssign(ast.Subscript(ast.Name(name), place), ast.Add(), expression):
                index = self.known(self.expression(place, scope))
                self._filled(name, index, "+=", self.expression(expression, scope), scope)
            case ast.For(target, several, body, []):
                return self._for_each(target, self.expression(several, scope), body, scope)
            case ast.If(test, body, otherwise):
                return self._block(body if self.decided(test, scope) else otherwise, scope)
            case ast.Try(body, _, otherwise, last):  # the listing was recorded, so nothing is raised
                return self._block([*body, *otherwise, *last], scope)
            case ast.With(contexts, body) if all(map(_is_errstate, contexts)):
                return self._block(body, scope)
            case ast.Expr(ast.Call(ast.Attribute(_, "at") as function, [ast.Name(name), *others], [])):
                self._changed(name, function, others, scope)
            case ast.Expr(expression):
                self.known(self.expression(expression, scope))
            case ast.Assert(test):
                self.decided(test, scope)  # it was recorded, so it holds; of data it may not always
            case ast.Pass():
                pass
            case _:
                raise UnwritableError
        return None

    def _for_each(
        self, target: ast.expr, several: Meaning, body: Sequence[ast.stmt], scope: Scope
    ) -> Meaning | None:
        """A loop over operands; one over what is known may be long, and stays a loop."""
        if not isinstance(several, Group):
            raise UnwritableError
        for part in several.parts:
            self._assigned(target, part, scope)
            if (result := self._block(body, scope)) is not None:
                return result
        return None

    def _assigned(self, target: ast.expr, meaning: Meaning, scope: Scope) -> None:
        """Give a value a name, the parts of a tuple theirs; fill a place of an array."""
        match target:
            case ast.Name(name):
                scope.local[name] = meaning
            case ast.Tuple(targets):
                for part, inner in zip(self.parts(meaning), targets, strict=True):
                    self._assigned(inner, part, scope)
            case ast.Subscript(ast.Name(name), place):
                self._filled(name, self.known(self.expression(place, scope)), "=", meaning, scope)
            case _:
                raise UnwritableError

    # -- filling a new array -------------------------------------------------------------------

    def _filled(self, name: str, place: Any, how: str, meaning: Meaning, scope: Scope) -> None:
        """x[place] = …, or +=, of an array that the function has just made."""
        new = self._new(name, scope)
        new.example[place] = example(meaning)
        slots = [new]
        text = f"{{0}}[{index_text(place, self.vocabulary)}] {how} {self.argument(meaning, slots)}"
        self._replaced(name, slots, text, scope)

    def _changed(self, name: str, function: ast.expr, others: list[ast.expr], scope: Scope) -> None:
        """np.add.at(x, place, …), of such an array."""
        at = self.known(self.expression(function, scope))
        arguments = [self.expression(x, scope) for x in others]
        new = self._new(name, scope)
        at(new.example, *map(example, arguments))
        slots = [new]
        text = f"{self.vocabulary.spelled(at)}({{0}}, {self.arguments(arguments, {}, slots)})"
        self._replaced(name, slots, text, scope)

    def _new(self, name: str, scope: Scope) -> Slot:
        """A new array of known entries that the function goes on to fill."""
        meaning = scope.local.get(name)
        if isinstance(meaning, Known) and type(meaning.value) is np.ndarray and meaning.value.base is None:
            text = self.vocabulary.spelled(meaning.value)
            text = text if "(" in text else f"{text}.copy()"
            meaning = self.steps.add(meaning.value.copy(), [], Spelling(escaped(text)))
            self.made.add(meaning.number)
        if not isinstance(meaning, Slot) or meaning.number not in self.made:
            raise UnwritableError
        return meaning

    def _replaced(self, name: str, slots: list[Slot], text: str, scope: Scope) -> None:
        """The array after a statement has changed it."""
        new = scope.local[name] = self.steps.add(slots[0].example, slots, Spelling(text), is_statement=True)
        self.made.add(new.number)


def _is_errstate(item: ast.withitem) -> bool:
    return ast.unparse(item.context_expr).startswith("np.errstate")
