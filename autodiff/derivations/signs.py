"""Signs and divisors of terms: what is written with a minus, and what below the line."""

from __future__ import annotations

from .expression import ONE, Number, Power, Product, Term
from .simplification import product


def positive_first(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    first = next((i for i, term in enumerate(terms) if not is_negative(term)), 0)
    return (terms[first], *terms[:first], *terms[first + 1 :])


def is_negative(term: Term) -> bool:
    first = term.factors[0] if isinstance(term, Product) else term
    return isinstance(first, Number) and first.value < 0.0


def negated(term: Term) -> Term:
    return product([Number(-1.0), term])


def divisor_of(factor: Term) -> Term | None:
    """What is written below the line for a factor; None for one that is written above it."""
    if not isinstance(factor, Power) or not is_negative(factor.exponent):
        return None
    exponent = negated(factor.exponent)
    return factor.base if exponent == ONE else Power(factor.base, exponent)


def compared(template: str, operands: tuple[Term, ...]) -> tuple[Term, ...]:
    """The operands of a template; of a comparison without their signs: −y > −x is x > y."""
    if ">" in template and all(map(is_negative, operands)):
        return tuple(map(negated, operands[::-1]))
    return operands
