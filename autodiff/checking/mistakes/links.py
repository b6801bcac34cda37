"""Mistakes in one link of the chain: it is missing, its rule is wrong, or evaluated at the wrong place.

The same mistake is also made in several links at once: where nodes have one name, as those of several
observations do, or were made by one operation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import partial

import numpy as np

from ...derivations.expression import Symbol, Term
from ...derivations.local_derivatives import UNNAMED, node_of, provisional, symbol_of
from ...derivations.simplification import product, substituted
from ...graph import Node
from ...values.data import Data
from .mistake import Mistake
from .question import Attempt
from .rule import LinkRule
from .tape import Place, Tape
from .wording import (
    LONGEST,
    bar_of,
    derivative_name,
    family_of,
    is_used_once,
    left_out,
    link_name,
    name_of,
    rule_text,
    written,
)

Altered = Callable[[Tape, Place, LinkRule], Term | None]
"""What somebody took for the rule of an edge; None where the mistake cannot be made there."""


LIKEWISE = 3
"""Other links with the same mistake that are named."""


def groups(tape: Tape) -> list[list[Place]]:
    """Edges in which a mistake may have been made together: each alone, then those that are alike."""
    places = [place for place in tape.places if not isinstance(tape.declared(place), float)]
    found: dict[tuple[Place, ...], None] = {(place,): None for place in places}
    for kind in (_by_name, _by_operation):
        alike: dict[Hashable, list[Place]] = defaultdict(list)
        for place in places:
            alike[kind(tape, place)].append(place)
        found |= {tuple(group): None for group in alike.values() if len(group) > 1}
    return [list(group) for group in found]


def _by_name(tape: Tape, place: Place) -> Hashable:
    node = tape.graph[place[0]]
    names = family_of(node), family_of(tape.operand(place))
    return (node.operation, place[1], *names) if any(names) else place


def _by_operation(tape: Tape, place: Place) -> Hashable:
    return tape.graph[place[0]].operation, place[1]


def with_rules(group: list[Place], altered: Altered, tape: Tape) -> list[Data] | None:
    """The gradients where the rules of some edges are altered."""
    changes = {}
    for place in group:
        rule = tape.rule(place)
        term = altered(tape, place, rule) if rule else None
        if rule is None or term is None:
            return None
        changes[place] = partial(_instead, tape, place, term, rule.whole)
    return tape.changed(changes)


def _instead(tape: Tape, place: Place, term: Term, whole: bool, g: Data, c: Data) -> Data:
    return tape.contributed(place, term, whole, g)


# -- a link missing, or counted twice ----------------------------------------------------------------


def missing_links(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """A link is left out, or counted twice."""
    tape = attempts[0].tape
    for group in groups(tape):
        place = group[0]
        words = partial(_link_in_words, tape, place)
        yield Mistake(partial(words, "is missing"), partial(_without_links, group))
        yield Mistake(partial(words, "is counted twice"), partial(_twice, group))
    for chain in _chains(tape):
        yield Mistake(partial(_chain_in_words, tape, chain), partial(_without_links, chain))


def _chains(tape: Tape) -> Iterator[list[Place]]:
    """The edges from a value with a name down to the next one, where several follow each other."""
    below: dict[int, list[Place]] = defaultdict(list)
    for place in tape.places:
        below[place[0]].append(place)
    for place in tape.places:
        chain = [place]
        while not tape.operand(chain[-1]).name and len(below[tape.operand(chain[-1]).id]) == 1:
            chain += below[tape.operand(chain[-1]).id]
        ends = tape.graph[place[0]], tape.operand(chain[-1])
        several = sum(tape.declared(link) != 1.0 for link in chain) > 1
        if several and all(node.name for node in ends) and is_used_once(tape, *ends):
            yield chain


def _chain_in_words(tape: Tape, chain: list[Place]) -> str:
    rules = [rule for place in chain if (rule := tape.rule(place))]
    text = written(tape, product([rule.opened for rule in rules]))
    is_short = len(text) <= LONGEST and len(rules) == len(chain) and not any(rule.whole for rule in rules)
    name = derivative_name(tape.graph[chain[0][0]], tape.operand(chain[-1]))
    return f"the link {name}{f' = {text}' if is_short else ''} is missing"


def _link_in_words(tape: Tape, place: Place, what: str, beside: Term | None = None) -> str:
    return f"the link {link_name(tape, place)}{rule_text(tape, place, beside)} {what}"


def _without_links(group: list[Place], tape: Tape) -> list[Data] | None:
    return tape.changed(dict.fromkeys(group, _passed))


def _passed(g: Data, c: Data) -> Data:
    return g


def _twice(group: list[Place], tape: Tape) -> list[Data] | None:
    rules = {place: tape.rule(place) for place in group}
    if any(rule is None or rule.whole for rule in rules.values()):
        return None
    return tape.changed({place: partial(_again, tape, place, rule) for place, rule in rules.items() if rule})


def _again(tape: Tape, place: Place, rule: LinkRule, g: Data, c: Data) -> Data:
    return tape.contributed(place, rule.term, False, c)


def wrong_multipliers(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """A value of the graph as a factor that is missing in the whole gradient, or is too many."""
    tape = attempts[0].tape
    for node in tape.graph:
        if _is_value(node) and node.shape in ((), attempts[0].variables[k].shape):
            for power, words in ((1.0, "is too many"), (-1.0, "is missing")):
                yield Mistake(
                    partial(_multiplier, node, words),
                    partial(_multiplied, node.id, power),
                    family_of(node) or node.id,
                )


def _multiplier(node: Node, words: str) -> str:
    return f"the factor {name_of(node)} {words}"


def _multiplied(id: int, power: float, tape: Tape) -> list[Data]:
    factor = np.float64(1.0) * tape.graph[id].data
    return [g * factor**power for g in tape.right]


# -- a rule that is wrong ----------------------------------------------------------------------------


def wrong_rules(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """A rule with a slip of the pen, or of another place than it is to be evaluated at."""
    return _misread(attempts[0].tape, lambda rule: rule.readings)


def wrong_definitions(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """The same where the formula that defines an operation is derived, as that of σ on the slides."""
    return _misread(attempts[0].tape, lambda rule: rule.readings_by_definition)


def _misread(tape: Tape, readings: Callable[[LinkRule], list[Term]]) -> Iterator[Mistake]:
    for group in groups(tape):
        rule = tape.rule(group[0])
        for number in range(len(readings(rule)) if rule else 0):
            yield _mistaken(tape, group, partial(_reading, readings, number))


def _mistaken(tape: Tape, group: list[Place], altered: Altered) -> Mistake:
    return Mistake(partial(_all_taken, tape, group, altered), partial(with_rules, group, altered))


def _reading(
    readings: Callable[[LinkRule], list[Term]], number: int, tape: Tape, place: Place, rule: LinkRule
) -> Term | None:
    known = readings(rule)
    return known[number] if number < len(known) else None


def _all_taken(tape: Tape, group: list[Place], altered: Altered) -> str:
    """What was taken for the first rule, and which others are wrong in the same way."""
    others = list(dict.fromkeys(link_name(tape, place) for place in group))[1:]
    named = ", ".join(others) if len(others) <= LIKEWISE else f"{len(others)} other links"
    return _taken(tape, group[0], altered) + (f", and likewise {named}" if others else "")


def _taken(tape: Tape, place: Place, altered: Altered) -> str:
    """What was taken for the rule, and what it is."""
    rule = tape.rule(place)
    assert rule is not None
    term = altered(tape, place, rule)
    assert term is not None
    operand = tape.operand(place)
    whole = rule.right_beside(term)
    wrong, right, missing = written(tape, term), written(tape, whole), left_out(term, whole)
    if not rule.whole and missing is not None:
        what = f"is incomplete: the factor {written(tape, missing)} is missing"
        return _link_in_words(tape, place, what, term)
    if not rule.whole:
        return f"{link_name(tape, place)} is taken as {wrong}, but is {right}"
    lower = bar_of(operand) or f"the gradient of {name_of(operand)}"
    return f"{lower} is taken as {wrong}, but is {right}{_explained(tape, place)}"


def _explained(tape: Tape, place: Place) -> str:
    """What g is, where the gradient of a result has no name of its own."""
    node = tape.graph[place[0]]
    return "" if bar_of(node) else f", with g the gradient of {name_of(node)}"


# -- another value -----------------------------------------------------------------------------------


def wrong_values(attempts: Sequence[Attempt], k: int) -> Iterator[Mistake]:
    """A rule into which another value of the graph is put: a in place of z, one of another index."""
    tape = attempts[0].tape
    for group in groups(tape):
        rule = tape.rule(group[0])
        for position, symbol in enumerate(provisional(rule.opened, UNNAMED) if rule else ()):
            own = _own(tape, group, position)
            for others in _others(tape, symbol, len(group)):
                if len(others) == 1 and others[0] in own:
                    continue  # this is no mistake for that edge, and tried for those without it
                yield _mistaken(tape, group, partial(_replaced, group, position, others))


def _own(tape: Tape, group: list[Place], position: int) -> set[int]:
    """The ids of the values that the rules of some edges have in a place."""
    found = [provisional(rule.opened, UNNAMED) for place in group if (rule := tape.rule(place))]
    return {node_of(values[position]) for values in found if position < len(values)}


def _others(tape: Tape, symbol: Symbol, count: int) -> Iterator[list[int]]:
    """The ids of values to take in place of one: for several edges as many of one name, or one.

    They are in the order of the edges, the last first.
    """
    alike: dict[Hashable, list[int]] = defaultdict(list)
    for node in tape.graph:
        if node.shape == symbol.shape and node.id != node_of(symbol) and _is_value(node):
            alike[family_of(node) or node.id].append(node.id)
    yield from (ids[::-1] for ids in alike.values() if len(ids) in (1, count))


def _is_value(node: Node) -> bool:
    return not isinstance(node.data, tuple) and not (node.operation is None and not node.name)


def _replaced(
    group: list[Place], position: int, others: list[int], tape: Tape, place: Place, rule: LinkRule
) -> Term | None:
    """The rule of an edge with another value in it, in a place that is the same in all rules of one form."""
    values = provisional(rule.opened, UNNAMED)
    other = tape.graph[others[group.index(place) % len(others)]]
    if position >= len(values) or other.shape != values[position].shape:
        return None
    return substituted(rule.opened, values[position], symbol_of(other))
