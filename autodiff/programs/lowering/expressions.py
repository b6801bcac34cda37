"""Expressions of a function that is followed: known now, or steps of the program."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

from ..spelling.precedence import ATOM, BY_NODE, POWER
from ..spelling.reading import Definition, definition
from .calls import Calls, UnwritableError, index_text, is_numpys
from .meanings import Group, Known, Meaning, Scope, example, is_known, value
from .steps import Slot, Spelling

__all__ = ["Expressions"]

QUESTIONS = (type, isinstance, hasattr, len, np.shape, np.ndim, np.size)
"""What asks for the kind and the shape of its first argument alone."""

FACTS = ("shape", "ndim", "dtype", "size")

POWERS = {2.0: np.square, 0.5: np.sqrt, -1.0: np.reciprocal}
"""What NumPy's operator ** calls for these exponents."""


class Expressions(Calls):
    """Evaluates expressions, each kind by the method that bears its name."""

    def expression(self, node: ast.expr, scope: Scope) -> Meaning:
        """The value of an expression, computed now where nothing in it depends on data."""
        parts = list(ast.walk(node))
        if any(isinstance(x, ast.NamedExpr) for x in parts):
            raise UnwritableError
        used = [x.id for x in parts if isinstance(x, ast.Name)]
        if all(is_known(scope.local.get(name, Known(None))) for name in used):
            code = compile(ast.fix_missing_locations(ast.Expression(node)), "<followed>", "eval")
            return Known(eval(code, scope.known()))  # a part of a function that was run when it was recorded
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise UnwritableError
        return method(node, scope)  # type: ignore[no-any-return]

    def known(self, meaning: Meaning) -> Any:
        """What is known. Raises UnwritableError for what depends on data."""
        if not is_known(meaning):
            raise UnwritableError
        return value(meaning)

    def decided(self, test: ast.expr, scope: Scope) -> bool:
        """A condition that does not depend on data."""
        return bool(self.known(self.expression(test, scope)))

    def parts(self, meaning: Meaning) -> list[Meaning]:
        """The entries of a tuple."""
        if isinstance(meaning, Group):
            return list(meaning.parts)
        if isinstance(meaning, Known):
            return [Known(part) for part in meaning.value]
        if not isinstance(meaning.example, tuple):
            raise UnwritableError
        return [
            self.steps.add(part, [meaning], Spelling(f"{{0}}[{i}]", (ATOM,)))
            for i, part in enumerate(meaning.example)
        ]

    # -- calls ---------------------------------------------------------------------------------

    def called(self, f: Any, operands: list[Meaning], options: dict[str, Meaning]) -> Meaning:
        """A call: answered now, followed, or a step."""
        if all(map(is_known, (*operands, *options.values()))):
            return Known(f(*map(value, operands), **{name: value(x) for name, x in options.items()}))
        if f in QUESTIONS:
            return Known(f(*map(example, operands)))
        if f is zip:
            return Group(tuple(map(Group, zip(*map(self.parts, operands), strict=True))))
        if f is getattr:
            return _fact(*map(example, operands))
        found = None if is_numpys(f) else definition(f)
        if found is not None:
            length = len(self.steps.done)
            try:
                return self.followed(found, Scope(_bound(found, operands, options), found.names))
            except Exception:  # whatever it stumbled over: the function itself ran when it was recorded
                self.steps.undo(length)
        return self.stepped(f, operands, options)

    def followed(self, found: Definition, scope: Scope) -> Meaning:
        """What a function returns."""
        raise NotImplementedError

    def _call(self, node: ast.Call, scope: Scope) -> Meaning:
        if any(option.arg is None for option in node.keywords):
            raise UnwritableError
        operands = self._several(node.args, scope)
        options = {str(option.arg): self.expression(option.value, scope) for option in node.keywords}
        if isinstance(node.func, ast.Attribute):
            owner = self.expression(node.func.value, scope)
            if isinstance(owner, Slot):
                return self.method(owner, node.func.attr, operands, options)
        return self.called(self.known(self.expression(node.func, scope)), operands, options)

    def _several(self, nodes: list[ast.expr], scope: Scope) -> list[Meaning]:
        """Arguments, or the entries of a tuple, those behind a * among them."""
        found: list[Meaning] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += self.parts(self.expression(node.value, scope))
            else:
                found.append(self.expression(node, scope))
        return found

    # -- operators -----------------------------------------------------------------------------

    def _binop(self, node: ast.BinOp, scope: Scope) -> Meaning:
        x, y = self.expression(node.left, scope), self.expression(node.right, scope)
        exponent = y.value if isinstance(y, Known) and isinstance(node.op, ast.Pow) else None
        if isinstance(node.op, ast.Pow) and not any(np.ndim(example(z)) for z in (x, y)):
            return self._power(x, y)
        if type(exponent) in (int, float) and exponent in POWERS:
            return self.called(POWERS[exponent], [x], {})
        return self.called(getattr(np, BY_NODE[type(node.op)].ufunc), [x, y], {})

    def _power(self, x: Meaning, y: Meaning) -> Meaning:
        """A power of NumPy's numbers by the operator, which np.power differs from at −∞."""
        slots: list[Slot] = []
        base, exponent = (self.argument(z, slots) for z in (x, y))
        if len(slots) < 2 or not any(isinstance(example(z), np.generic) for z in (x, y)):
            return self.called(np.power, [x, y], {})
        spelling = Spelling(f"{base} ** {exponent}", (ATOM, ATOM), POWER)
        return self.steps.add(example(x) ** example(y), slots, spelling)

    def _unaryop(self, node: ast.UnaryOp, scope: Scope) -> Meaning:
        x = self.expression(node.operand, scope)
        if isinstance(node.op, ast.Not):
            return Known(not self.known(x))
        return self.called(getattr(np, BY_NODE[type(node.op)].ufunc), [x], {})

    def _compare(self, node: ast.Compare, scope: Scope) -> Meaning:
        """One comparison of data; any of what is known."""
        terms = [self.expression(x, scope) for x in (node.left, *node.comparators)]
        if all(map(is_known, terms)):
            names: list[ast.expr] = [ast.Name(f"x{i}", ast.Load()) for i in range(len(terms))]
            local = {f"x{i}": term for i, term in enumerate(terms)}
            return self.expression(ast.Compare(names[0], node.ops, names[1:]), Scope(local, {}))
        operator = BY_NODE.get(type(node.ops[0]))
        if len(terms) != 2 or operator is None:
            raise UnwritableError
        return self.called(getattr(np, operator.ufunc), terms, {})

    def _boolop(self, node: ast.BoolOp, scope: Scope) -> Meaning:
        """`and`, `or`: as far as they must be looked at."""
        found = None
        for operand in node.values:
            found = self.known(self.expression(operand, scope))
            if bool(found) is isinstance(node.op, ast.Or):
                break
        return Known(found)

    def _ifexp(self, node: ast.IfExp, scope: Scope) -> Meaning:
        return self.expression(node.body if self.decided(node.test, scope) else node.orelse, scope)

    # -- parts ---------------------------------------------------------------------------------

    def _name(self, node: ast.Name, scope: Scope) -> Meaning:
        return scope.local[node.id]

    def _tuple(self, node: ast.Tuple | ast.List, scope: Scope) -> Meaning:
        return Group(tuple(self._several(node.elts, scope)))

    _list = _tuple

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Meaning:
        """An entry of a tuple, or those of an array at a known index."""
        x, place = self.expression(node.value, scope), self.known(self.expression(node.slice, scope))
        if isinstance(x, Group):
            part = x.parts[place]
            return Group(part) if isinstance(place, slice) else part
        if isinstance(x, Known):
            return Known(x.value[place])
        entries = x.example[place]
        arrays = isinstance(entries, np.ndarray) and isinstance(x.example, np.ndarray)
        view = arrays and np.may_share_memory(entries, x.example)
        spelling = Spelling(f"{{0}}[{index_text(place, self.vocabulary)}]", (ATOM,))
        return self.steps.add(entries, [x], spelling, view=view)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Meaning:
        """A shape or a dtype; x.T."""
        x = self.expression(node.value, scope)
        if isinstance(x, Known):
            return Known(getattr(x.value, node.attr))
        if isinstance(x, Slot) and node.attr in FACTS:
            return Known(getattr(x.example, node.attr))
        if isinstance(x, Slot) and node.attr in ("T", "mT") and isinstance(x.example, np.ndarray):
            turned = getattr(x.example, node.attr)
            return self.steps.add(turned, [x], Spelling(f"{{0}}.{node.attr}", (ATOM,)), view=True)
        raise UnwritableError

    def _generatorexp(self, node: ast.GeneratorExp | ast.ListComp, scope: Scope) -> Meaning:
        """One value for each operand of several."""
        first, *others = node.generators
        if others or first.ifs or not isinstance(first.target, ast.Name):
            raise UnwritableError
        name = first.target.id
        return Group(
            tuple(
                self.expression(node.elt, Scope({**scope.local, name: part}, scope.outside))
                for part in self.parts(self.expression(first.iter, scope))
            )
        )

    _listcomp = _generatorexp


def _fact(x: Any, name: str, *default: Any) -> Known:
    """getattr(x, "dtype", default)."""
    if name not in FACTS or not (default or hasattr(x, name)):
        raise UnwritableError
    return Known(getattr(x, name, *default))


def _bound(found: Definition, operands: list[Meaning], options: dict[str, Meaning]) -> dict[str, Meaning]:
    """The arguments of a call by the names of the parameters."""
    arguments = found.node.args
    named = [p.arg for p in (*arguments.posonlyargs, *arguments.args)]
    usual = {name: Known(x) for name, x in found.defaults.items()}
    bound: dict[str, Meaning] = {**usual, **dict(zip(named, operands, strict=False)), **options}
    if arguments.vararg:
        bound[arguments.vararg.arg] = Group(tuple(operands[len(named) :]))
    elif len(operands) > len(named):
        raise UnwritableError
    if arguments.kwarg or set(found.parameters) != set(bound):
        raise UnwritableError
    return bound
