"""Small changes of a program: each a place of the text, and what is written there in its stead.

Only what a person might have written by mistake, so no random text; and one token where that is possible,
so that the rest of the line stays as it is. Strings are left alone: most of them are messages. So is
`strict=True`, whose change nobody can notice where lengths agree, as they should.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .source import Source

WORDS_LEFT_ALONE = {"remedy", "kink", "typeset", "formula", "symbol", "name", "doc", "strict", "stacklevel"}
"""Named arguments that are read by people; and `strict`."""


class Change(NamedTuple):
    """What is written in place of the text between start and end."""

    start: int
    end: int
    text: str


Mutator = Callable[[Source, Any], Iterator[Change]]

MUTATORS: dict[str, tuple[tuple[type[ast.AST], ...], Mutator]] = {}
"""The nodes that each mutator is for, by its name."""


def mutator(*nodes: type[ast.AST]) -> Callable[[Mutator], Mutator]:
    """A kind of change, for these nodes; its name is the function's."""

    def register(change: Mutator) -> Mutator:
        MUTATORS[change.__name__] = nodes, change
        return change

    return register


def changes(source: Source, node: ast.AST) -> Iterator[tuple[str, Change]]:
    """All changes of one node, with the name of the mutator."""
    for name, (nodes, change) in MUTATORS.items():
        if isinstance(node, nodes):
            yield from ((name, made) for made in change(source, node))


def _between(source: Source, left: ast.expr, right: ast.expr, token: str) -> tuple[int, int]:
    """Where a token is between two operands, which brackets may surround."""
    start = source.end(left)
    found = re.search(token, source.text[start : source.start(right)])
    assert found, (source.path, left.lineno, token)
    return start + found.start(), start + found.end()


def _whole(source: Source, node: ast.expr, text: str) -> Change:
    return Change(source.start(node), source.end(node), f"({text})")


# -- comparisons and conditions ------------------------------------------------------------------

COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: (r"\bis\b", ("is not",)),
    ast.IsNot: (r"\bis\s+not\b", ("is",)),
    ast.In: (r"\bin\b", ("not in",)),
    ast.NotIn: (r"\bnot\s+in\b", ("in",)),
}


@mutator(ast.Compare)
def comparison(source: Source, node: ast.Compare) -> Iterator[Change]:
    """Another comparison: with or without equality, and the contrary."""
    operands = [node.left, *node.comparators]
    for left, right, operator in zip(operands, operands[1:], node.ops, strict=False):
        token, others = COMPARISONS[type(operator)]
        start, end = _between(source, left, right, token)
        yield from (Change(start, end, other) for other in others)


@mutator(ast.BoolOp)
def junction(source: Source, node: ast.BoolOp) -> Iterator[Change]:
    """`or` for `and`, and the contrary."""
    here, other = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield Change(*_between(source, left, right, here), other)


@mutator(ast.BoolOp)
def operand_left_out(source: Source, node: ast.BoolOp) -> Iterator[Change]:
    """One operand fewer of `and` or `or`."""
    word = " and " if isinstance(node.op, ast.And) else " or "
    for left_out in node.values:
        rest = [f"({source.of_node(value)})" for value in node.values if value is not left_out]
        yield _whole(source, node, word.join(rest))


@mutator(ast.If, ast.IfExp, ast.While)
def condition(source: Source, node: ast.If | ast.IfExp | ast.While) -> Iterator[Change]:
    """A condition that always holds, or never."""
    if not isinstance(node, ast.While):
        yield _whole(source, node.test, "True")
    yield _whole(source, node.test, "False")


@mutator(ast.comprehension)
def filtered(source: Source, node: ast.comprehension) -> Iterator[Change]:
    """A comprehension that leaves nothing out."""
    yield from (_whole(source, test, "True") for test in node.ifs)


# -- arithmetic ----------------------------------------------------------------------------------

OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: (r"\*\*", "*"),
    ast.MatMult: ("@", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: (r"\|", "&"),
}


def _joins_texts_or_lists(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in (node.left, node.right)
    )


@mutator(ast.BinOp)
def arithmetic(source: Source, node: ast.BinOp) -> Iterator[Change]:
    """The operator's counterpart."""
    if type(node.op) in OPERATORS and not _joins_texts_or_lists(node):
        token, other = OPERATORS[type(node.op)]
        yield Change(*_between(source, node.left, node.right, token), other)


@mutator(ast.AugAssign)
def augmented(source: Source, node: ast.AugAssign) -> Iterator[Change]:
    """The operator's counterpart in an assignment."""
    if type(node.op) in OPERATORS:
        token, other = OPERATORS[type(node.op)]
        yield Change(*_between(source, node.target, node.value, token), other)


@mutator(ast.BinOp)
def operands(source: Source, node: ast.BinOp) -> Iterator[Change]:
    """Operands that changed places, where that matters."""
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.MatMult | ast.FloorDiv):
        start, end = source.end(node.left), source.start(node.right)
        token = re.search(r"\*\*|//|[-/@]", source.text[start:end])
        assert token
        left, right = source.of_node(node.left), source.of_node(node.right)
        yield _whole(source, node, f"({right}) {token[0]} ({left})")


@mutator(ast.UnaryOp)
def sign(source: Source, node: ast.UnaryOp) -> Iterator[Change]:
    """Without the minus, `not` or `~`."""
    yield _whole(source, node, source.of_node(node.operand))


@mutator(ast.Constant)
def constant(source: Source, node: ast.Constant) -> Iterator[Change]:
    """Another number; the other truth value."""
    if isinstance(node.value, bool):
        yield Change(source.start(node), source.end(node), str(not node.value))
    elif isinstance(node.value, int | float):
        others = [1] if node.value == 0 else [0, 2] if node.value == 1 else [node.value + 1]
        for other in others:
            yield Change(source.start(node), source.end(node), repr(type(node.value)(other)))


# -- calls, slices and statements ----------------------------------------------------------------


@mutator(ast.Call)
def arguments(source: Source, node: ast.Call) -> Iterator[Change]:
    """Two neighbouring arguments that changed places."""
    for left, right in zip(node.args, node.args[1:], strict=False):
        if not isinstance(left, ast.Starred) and not isinstance(right, ast.Starred):
            first, second = source.of_node(left), source.of_node(right)
            middle = source.text[source.end(left) : source.start(right)]
            yield Change(source.start(left), source.end(right), f"{second}{middle}{first}")


@mutator(ast.Call)
def keyword(source: Source, node: ast.Call) -> Iterator[Change]:
    """A call without one of its named arguments."""
    for left_out in node.keywords:
        if left_out.arg is not None and left_out.arg not in WORDS_LEFT_ALONE:
            after = re.match(r"\s*,\s*", source.text[source.end(left_out) :])
            yield Change(source.start(left_out), source.end(left_out) + (after.end() if after else 0), "")


@mutator(ast.Slice)
def bound(source: Source, node: ast.Slice) -> Iterator[Change]:
    """A slice without one of its bounds."""
    for end in (node.lower, node.upper):
        if end is not None:
            yield Change(source.start(end), source.end(end), "")


@mutator(ast.Expr, ast.AugAssign, ast.Assign, ast.Delete, ast.Raise, ast.Continue, ast.Break)
def statement(source: Source, node: ast.stmt) -> Iterator[Change]:
    """A statement left out; a name that is nowhere else would be noticed by anything."""
    if not isinstance(node, ast.Assign) or not all(isinstance(t, ast.Name | ast.Tuple) for t in node.targets):
        start, end = source.start(node), source.end(node)
        yield Change(start, end, "pass" + "\n" * source.text.count("\n", start, end))


@mutator(ast.Return)
def nothing_returned(source: Source, node: ast.Return) -> Iterator[Change]:
    """None in place of a result. Asked only of functions that may return None."""
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield _whole(source, node.value, "None")
