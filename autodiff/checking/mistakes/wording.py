"""How mistakes speak of the nodes and links of a graph: by their names, else by their formulas."""

from __future__ import annotations

import re

from ...derivations.closed_form import formula_as_typed
from ...derivations.expression import Call, Product, Sum, Symbol, Term, parts, walked
from ...derivations.forms import operated
from ...derivations.local_derivatives import ANY_GRADIENT, GRADIENT, node_of, provisional
from ...derivations.simplification import power, product, substituted, total
from ...derivations.typesetting import Text
from ...graph import Node
from ...text.lettering import with_bar
from ...text.notation import text_of, visible
from ...values.value import Value
from .tape import Place, Tape

NUMBERED = re.compile(r"\[[0-9]+\]$")
"""What tells values of one name apart: e[1], e[2]."""

LONGEST = 40
"""Letters of a formula that stands for a value; longer ones are called by their operation."""

TERMS = 12
"""Terms of a formula in the place of a value without a name."""


def name_of(node: Node) -> str:
    """A node as it is called, or written; raw numbers as they are."""
    text = Text().write(meaning(node))
    return text if len(text) <= LONGEST else f"the {node.operation.name} of it" if node.operation else text


def family_of(node: Node) -> str | None:
    """The name that a node has in common with those of other observations: e of e[1]."""
    return NUMBERED.sub("", node.name) if node.name else None


def meaning(node: Node) -> Term:
    """A node in a formula: its name, or its own formula if that is short."""
    if node.name:
        return Symbol(visible(node.name), node.shape)
    if not isinstance(node.source, Value):
        return Symbol(text_of(node.data), node.shape)
    found = formula_as_typed(node.source).term
    if len(list(walked(found))) <= TERMS:
        return found
    return Symbol(f"{node.operation.symbol}(…)" if node.operation else text_of(node.data), node.shape)


def written(tape: Tape, term: Term) -> str:
    """A rule in the names of the graph."""
    for symbol in provisional(term):
        node = tape.graph[node_of(symbol)]
        gradient = Symbol(bar_of(node) or ANY_GRADIENT, symbol.shape)
        meant = gradient if symbol.name[0] == GRADIENT else meaning(node)
        term = _renamed(term, symbol, meant)
    return Text().write(term)


def bar_of(node: Node) -> str | None:
    """The name of the gradient with respect to a node, z̄; None where its own takes no bar."""
    return with_bar(node.name) if node.name else None


def _renamed(term: Term, symbol: Symbol, new: Term) -> Term:
    """A term with another in the place of a name; (Aᵀ)ᵀ is written as A."""
    if not isinstance(term, Call):
        inner = [_renamed(part, symbol, new) for part in parts(term)]
        return substituted(term, symbol, new) if not inner else _remade(term, inner)
    arguments = [_renamed(argument, symbol, new) for argument in term.arguments]
    return operated(term.operation, arguments, term.metadata, term.shape)


def _remade(term: Term, inner: list[Term]) -> Term:
    match term:
        case Sum():
            return total(inner)
        case Product():
            return product(inner)
    return power(*inner)


def link_name(tape: Tape, place: Place) -> str:
    """An edge as a partial derivative, ∂a/∂z; for a term that of its sum, ∂z/∂w, if that has a name."""
    return derivative_name(_summed(tape, place), tape.operand(place))


def derivative_name(upper: Node, lower: Node) -> str:
    """∂a/∂z, with brackets where nodes are written as formulas."""
    return f"∂{_bracketed(name_of(upper))}/∂{_bracketed(name_of(lower))}"


def _summed(tape: Tape, place: Place) -> Node:
    """The node of an edge, or the value with a name that it is a term of, with the same derivative."""
    graph, node = tape.graph, tape.graph[place[0]]
    above = node
    while not above.name:
        uses = graph.uses.get(above.id, [])
        if len(uses) != 1 or tape.declared((uses[0].target, uses[0].position)) != 1.0:
            return node
        above = graph[uses[0].target]
    same = above.shape == node.shape and is_used_once(tape, above, tape.operand(place))
    return above if same else node


def is_used_once(tape: Tape, upper: Node, lower: Node) -> bool:
    """Whether a single path without other names leads from a value up to another."""
    return sum(i == lower.id for id in _folded(tape, upper) for i in tape.graph[id].inputs) == 1


def _folded(tape: Tape, node: Node) -> set[int]:
    """A node and the nodes without names that it was computed from, down to the next names."""
    found, stack = {node.id}, [node.id]
    while stack:
        for i in tape.graph[stack.pop()].inputs:
            if i not in found and not tape.graph[i].name:
                found.add(i)
                stack.append(i)
    return found


def left_out(wrong: Term, right: Term) -> Term | None:
    """The factors by which a product is incomplete; None where the other is not what remains of it."""
    if not isinstance(right, Product):
        return None
    factors = list(wrong.factors) if isinstance(wrong, Product) else [wrong]
    missing = list(right.factors)
    for factor in factors:
        if factor not in missing:
            return None
        missing.remove(factor)
    return product(missing) if missing else None


def _bracketed(name: str) -> str:
    """A formula in brackets where it would be read with what is before it; σ(w·x) needs none."""
    depth, outside = 0, set[str]()
    for char in name:
        depth -= char == ")"
        outside |= set() if depth else {char}
        depth += char == "("
    return f"({name})" if outside & set(" ·∘/^−") else name


def rule_text(tape: Tape, place: Place, beside: Term | None = None) -> str:
    """The right rule of an edge, after an equality sign; nothing where it has no short formula.

    It is written in the form of what is `beside` it.
    """
    rule = tape.rule(place)
    term = rule and (rule.term if beside is None else rule.right_beside(beside))
    text = written(tape, term) if term else ""
    return f" = {text}" if text and len(text) <= LONGEST else ""
