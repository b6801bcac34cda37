r"""Reading expressions as they are written at school, in Python and in LaTeX; nothing is ever executed.

    sum         x + 1, x - 1, x − 1            power     x^4, x**4, x⁴, e⁻ˣ: from the right, before a sign
    product     3*x, 3·x, 3x, 2(x+1), x y      call      sin(x), max(x, 0), √(x): with brackets but for √x
    quotient    1/x, 1÷x, \frac{1}{x}          parts     z = w*x + b; sigmoid(z)
    size        |x|, abs(x)                    slope     σ′(z), tanh'(x)
    comparison  [a > b]: 1, or 0, or ½ where both are equal, as in the slope of max

`xy` is one name, `x y` a product; 2e-3 is a number. A product without a sign after a division, 1/2x, can be
read in two ways, and is an error. Operators wait on a stack, as in Dijkstra's shunting yard (1961), so that
brackets may be nested to any depth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from .. import ops
from ..ops.selection import preference
from ..text.digits import counted
from .calculation import Calculation, Step
from .misreading import misread
from .tokens import Token, tokens
from .vocabulary import CONSTANTS, USUAL, Apply, Vocabulary, functions

BINARY: dict[str, tuple[int, Callable[..., Any]]] = {
    "+": (1, ops.add),
    "-": (1, ops.subtract),
    "*": (2, ops.multiply),
    "/": (2, ops.divide),
    "^": (4, ops.power),
}
OPEN, PRODUCT, SIGN, POWER, ROOT = 0, 2, 3, 4, 5
"""How strongly what is waiting binds."""


def read(text: str, words: Vocabulary = USUAL) -> Calculation:
    """Read an expression, or parts with names and an expression, separated by semicolons.

    Where `words` know the names of values, these come before constants and functions of such a name.

    >>> read("3x^4 + 5x^3 - 20x^2 + 8x + 10").evaluate({"x": 2.0})
    34.0

    Raises SyntaxError, which knows the place of the mistake.
    """
    names: dict[str, int] = {}
    parts: list[tuple[str | None, tuple[Step, ...]]] = []
    defined: set[str] = set()
    part: list[Token] = []
    for token in tokens(text, words):
        part.append(token)
        if token.text != ";" and token.kind != "end":
            continue
        name = _definition(part, text, {*names, *defined})
        if name is None and token.kind != "end":
            raise misread("only the last part may be without a name: name = …;", text, part[0].column)
        reader = Reader(text, defined, names, words)
        for piece in part[2 if name else 0 :]:
            reader.take(piece)
        parts.append((name, tuple(reader.steps)))
        defined |= {name} if name else set()
        part = []
    return Calculation(text, tuple(parts), names)


def _definition(part: list[Token], text: str, taken: set[str]) -> str | None:
    """The name that a part begins with, if it is a definition."""
    if len(part) < 2 or part[0].kind != "name" or part[1].text != "=":
        return None
    return free_name(part[0], text, taken)


def free_name(token: Token, text: str, taken: Collection[str] = ()) -> str:
    """A name that can be given a meaning. Raises SyntaxError where it has one."""
    if token.text in CONSTANTS or token.text in functions() or token.text in taken:
        raise misread(f"{token.text} has a meaning already", text, token.column)
    return token.text


@dataclass
class Waiting:
    """An operator that waits for its operand, or a bracket to be closed, that of a `function` perhaps."""

    token: Token
    binds: int
    step: Apply | None = None
    function: Token | None = None
    arguments: int = 1


class Reader:
    """Reads one part, token by token, into steps."""

    def __init__(self, text: str, defined: set[str], names: dict[str, int], words: Vocabulary) -> None:
        self.steps: list[Step] = []
        self._text, self._defined, self._names, self._words = text, defined, names, words
        self._waiting: list[Waiting] = []
        self._begins = True  # whether a number, name or bracket must come now
        self._function: Token | None = None  # a function whose bracket must come now

    def take(self, token: Token) -> None:
        """Read one more token."""
        if self._begins:
            self._begin(token)
        elif token.text in BINARY:
            self._operator(token, *BINARY[token.text])
        elif token.text == ")":
            self._close(token)
        elif token.text == "|" and self._is_inside_bars():
            self._close_bars()
        elif token.text == ",":
            self._separate(token)
        elif token.text == ">":
            self._compare(token)
        elif token.text == "]":
            self._close_comparison(token)
        elif token.text == ";" or token.kind == "end":
            self._finish()
        elif token.kind == "name" or token.text in ("(", "|", "["):
            self._implied_product(token)
        else:
            only = "only a single name can be on the left of =" if token.text == "=" else ""
            raise self._wrong(only or f"expected an operator before {token.text}", token)

    def _wrong(self, message: str, token: Token) -> SyntaxError:
        return misread(message, self._text, token.column)

    def _begin(self, token: Token) -> None:
        if self._function and token.text != "(":
            self._without_bracket(self._function, token)
        elif token.text == "|":
            self._waiting.append(Waiting(token, OPEN, Apply(ops.absolute, 1)))
        elif token.text == "[":
            self._waiting.append(Waiting(token, OPEN, Apply(preference, 2)))
        elif token.text == "(":
            self._waiting.append(Waiting(token, OPEN, function=self._function))
            self._function = None
        elif token.text == "-":
            self._waiting.append(Waiting(token, SIGN, Apply(ops.negative, 1)))
        elif token.kind == "number":
            self._operand(float(token.text))
        elif token.kind == "name":
            self._name(token)
        elif token.text != "+":
            raise self._wrong("expected a number, a name or a bracket", token)

    def _operand(self, step: Step) -> None:
        self.steps.append(step)
        self._begins = False

    def _name(self, token: Token) -> None:
        name, words = token.text, self._words
        value = words.value(name)
        if value is None and words.function(name):
            self._function = token
            return
        if value is None and name.endswith(("′", "″")):
            raise self._wrong(
                f"a prime follows the name of a function, as in σ′(z); {name[:-1]} is none", token
            )
        known = None if value else CONSTANTS.get(name)
        name = value or name
        if known is None and name not in self._defined:
            self._names.setdefault(name, token.column)
        self._operand(name if known is None else known)

    def _without_bracket(self, function: Token, token: Token) -> None:
        """A root is that of the number, name, function or size behind it; other functions need brackets."""
        name = function.text
        if name != "√" or not (token.kind in ("number", "name") or token.text in ("|", "[")):
            raise self._wrong(f"{name} needs brackets: {name}(x)", token)
        self._function = None
        self._waiting.append(Waiting(function, ROOT, functions()[name]))
        self._begin(token)

    def _operator(self, token: Token, binds: int, function: Callable[..., Any]) -> None:
        self._release(binds + (binds == POWER))
        self._waiting.append(Waiting(token, binds, Apply(function, 2)))
        self._begins = True

    def _implied_product(self, token: Token) -> None:
        self._release(PRODUCT + 1)
        if self._waiting and self._waiting[-1].token.text == "/":
            raise self._wrong("a/b c can be read in two ways: write a/(b*c) or a/b*c", token)
        self._operator(Token("sign", "*", token.column), *BINARY["*"])
        self._begin(token)

    def _release(self, binds: int) -> None:
        """Apply what waits and binds at least so strongly."""
        while self._waiting and self._waiting[-1].binds >= max(binds, 1):
            step = self._waiting.pop().step
            assert step is not None
            self.steps.append(step)

    def _separate(self, token: Token) -> None:
        self._release(1)
        if not self._waiting or not self._waiting[-1].function:
            raise self._wrong("a comma separates the arguments of a function; decimals have a point", token)
        self._waiting[-1].arguments += 1
        self._begins = True

    def _close(self, token: Token) -> None:
        self._release(1)
        if not self._waiting:
            raise self._wrong("this bracket was never opened", token)
        bracket = self._waiting.pop()
        if bracket.token.text != "(":
            raise self._never_closed(bracket.token)
        if called := bracket.function:
            step = self._words.function(called.text)
            assert step is not None
            if step.arguments != bracket.arguments:
                takes = counted(step.arguments, "argument")
                raise self._wrong(f"{called.text} takes {takes}, got {bracket.arguments}", called)
            self.steps.append(step)

    def _compare(self, token: Token) -> None:
        self._release(1)
        if not self._waiting or self._waiting[-1].token.text != "[" or self._waiting[-1].arguments > 1:
            raise self._wrong("> is read in [a > b], which is 1, or 0, or ½ at a tie", token)
        self._waiting[-1].arguments += 1
        self._begins = True

    def _close_comparison(self, token: Token) -> None:
        self._release(1)
        if not self._waiting:
            raise self._wrong("this bracket was never opened", token)
        bracket = self._waiting.pop()
        if bracket.token.text != "[" or not bracket.step:
            raise self._never_closed(bracket.token)
        if bracket.arguments != bracket.step.arguments:
            raise self._wrong("use round brackets; square ones compare, [a > b]", bracket.token)
        self.steps.append(bracket.step)

    def _never_closed(self, token: Token) -> SyntaxError:
        return self._wrong(f"this {'bar' if token.text == '|' else 'bracket'} is never closed", token)

    def _is_inside_bars(self) -> bool:
        """Whether a bar would close the innermost bracket that is open."""
        last = next((one for one in reversed(self._waiting) if one.binds == OPEN), None)
        return last is not None and last.token.text == "|"

    def _close_bars(self) -> None:
        self._release(1)
        step = self._waiting.pop().step
        assert step is not None
        self.steps.append(step)

    def _finish(self) -> None:
        self._release(1)
        if self._waiting:
            raise self._never_closed(self._waiting[-1].token)
