"""Sums, products and powers that simplify as they are made.

Like terms are collected, powers of one base joined, 0 and 1 left out; nothing is multiplied out.

>>> x, y = Symbol("x"), Symbol("y")
>>> product([x, Number(2.0), x]) == product([Number(2.0), power(x, Number(2.0))])
True
>>> total([x, y, x]) == total([product([Number(2.0), x]), y])
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from .expression import (
    MINUS_ONE,
    ONE,
    ZERO,
    Call,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Term,
    evaluated,
    multiplied,
    parts,
    shape_of_term,
)

# -- sums --------------------------------------------------------------------------------------


def total(terms: Iterable[Term]) -> Term:
    """Sum, with like terms collected: x + y + x = 2x + y."""
    alike: dict[object, tuple[float, Term]] = {}
    for coefficient, term in _summands(terms):
        factors = frozenset(term.factors) if isinstance(term, Product) else term  # x·y is y·x
        before, first = alike.get(factors, (0.0, term))
        alike[factors] = before + coefficient, first
    kept = [
        _scaled(coefficient, term)
        for coefficient, term in alike.values()
        if coefficient != 0.0 or shape_of_term(term)
    ]
    return Sum(tuple(kept)) if len(kept) > 1 else kept[0] if kept else ZERO


def grouped(terms: Sequence[Term], kinds: type | tuple[type, ...] = object) -> Term:
    """A sum with the factors in front that all terms share: a·b + a·c = a(b + c)."""
    factors = [list(_factors([term])) for term in terms]
    shared = [
        factor
        for factor in dict.fromkeys(factors[0] if len(terms) > 1 else [])
        if isinstance(factor, kinds) and all(factor in own for own in factors[1:])
    ]
    for own in factors:
        for factor in shared:
            own.remove(factor)
    if not shared:
        return total(terms)
    rests = [product(own) for own in factors]
    common = Number(_common([_parted(rest)[0] for rest in rests]))
    return product([common, *shared, total([product([rest, power(common, MINUS_ONE)]) for rest in rests])])


def descending(terms: tuple[Term, ...]) -> tuple[Term, ...] | None:
    """The terms of a polynomial, the highest power first: 3x² − 2x + 8.   None for other sums, as 1 − x²."""
    powers = [_monomial(term) for term in terms]
    names = {base for base, _ in powers if base is not None}
    degrees = [degree for _, degree in powers]
    known = all(map(math.isfinite, degrees)) and len(names) == 1
    if not known or max(degrees) < 2.0 or (len(terms) == 2 and min(degrees) == 0.0):
        return None
    return tuple(sorted(terms, key=lambda term: -_monomial(term)[1]))


def _monomial(term: Term) -> tuple[Symbol | None, float]:
    """The name that a term is a power of, and the exponent; nan for other terms."""
    base, exponent = _raised(_parted(term)[1])
    if base == ONE:
        return None, 0.0
    return (base, exponent) if isinstance(base, Symbol) else (None, math.nan)


def bare(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms of a sum, numbers not spread out to the shape that it has without that."""
    numbers = [spread_number(term) for term in terms]
    others = [shape_of_term(term) for term, number in zip(terms, numbers, strict=True) if number is None]
    if not others or np.broadcast_shapes(*others) != np.broadcast_shapes(*map(shape_of_term, terms)):
        return terms
    return tuple(term if number is None else number for term, number in zip(terms, numbers, strict=True))


def spread_number(term: Term) -> Number | None:
    """The number that is spread out to a shape."""
    if isinstance(term, Call) and term.operation.typeset == "{}" and isinstance(term.arguments[0], Number):
        return term.arguments[0]
    return None


def _common(coefficients: Sequence[float]) -> float:
    """The greatest whole number that divides all coefficients, negative where they all are."""
    if not all(map(float.is_integer, coefficients)):
        return 1.0
    sign = -1.0 if all(coefficient < 0.0 for coefficient in coefficients) else 1.0
    return sign * (math.gcd(*map(int, coefficients)) or 1)


def _summands(terms: Iterable[Term]) -> Iterator[tuple[float, Term]]:
    """All that is added up, each with its coefficient; −(x + y) is −x − y."""
    for term in terms:
        coefficient, rest = _parted(term)
        if isinstance(rest, Sum) and abs(coefficient) == 1.0:
            for inner, summand in map(_parted, rest.terms):
                yield coefficient * inner, summand
        else:
            yield coefficient, rest


def _parted(term: Term) -> tuple[float, Term]:
    """A term as a number times the rest of it."""
    if isinstance(term, Number):
        return term.value, ONE
    if isinstance(term, Product) and isinstance(term.factors[0], Number):
        return term.factors[0].value, multiplied(term.factors[1:])
    return 1.0, term


def _scaled(coefficient: float, term: Term) -> Term:
    return term if coefficient == 1.0 else product([Number(coefficient), term])


# -- products and powers -----------------------------------------------------------------------


def product(factors: Iterable[Term]) -> Term:
    """Product, with the numbers in front and the powers of one base joined: x·2·x = 2x²."""
    over, under = 1.0, 1.0
    exponents: dict[Term, float] = {}
    for factor in _unspread(list(_factors(factors))):
        base, exponent = _raised(factor)
        if (number := spread_number(base)) and exponent == 1.0:
            over, base = over * number.value, _respread(base, 1.0)
        if isinstance(base, Number) and exponent == 1.0:
            over *= base.value
        elif isinstance(base, Number) and exponent == -1.0:
            under *= base.value
        else:
            exponents[base] = exponents.get(base, 0.0) + exponent
    if over == 0.0 and not any(map(shape_of_term, exponents)):
        return ZERO
    coefficient, divisor = _quotient(over, under)
    kept = [
        power(base, Number(exponent))
        for base, exponent in exponents.items()
        if exponent != 0.0 or shape_of_term(base)
    ]
    kept += [] if divisor == 1.0 else [Power(Number(divisor), MINUS_ONE)]
    if len(kept) == 1 and spread_number(kept[0]):
        return _respread(kept[0], coefficient)
    return multiplied(kept if coefficient == 1.0 else [Number(coefficient), *kept])


def _respread(term: Term, value: float) -> Term:
    """Another number, spread out as one is."""
    assert isinstance(term, Call)
    return replace(term, arguments=(Number(value),))


def _factors(factors: Iterable[Term]) -> Iterator[Term]:
    for factor in factors:
        if isinstance(factor, Product):
            yield from factor.factors
        else:
            yield factor


def _raised(factor: Term) -> tuple[Term, float]:
    """A factor as a base and a number that it is raised to."""
    if isinstance(factor, Power) and isinstance(factor.exponent, Number):
        return factor.base, factor.exponent.value
    return factor, 1.0


def _quotient(over: float, under: float) -> tuple[float, float]:
    """A coefficient and what it is divided by: a fraction of whole numbers in lowest terms stays one."""
    if under in (0.0, 1.0) or not math.isfinite(under):
        return over, under
    if under < 0.0:
        over, under = -over, -under
    if over.is_integer() and under.is_integer():
        shared = math.gcd(int(over), int(under))
        return over / shared, under / shared
    quotient = over / under
    return (quotient, 1.0) if quotient * under == over and len(repr(quotient)) <= 6 else (over, under)


def _unspread(factors: list[Term]) -> list[Term]:
    """Factors, and numbers in sums, without being spread out to a shape that the product has anyhow."""
    shape = np.broadcast_shapes(*map(shape_of_term, factors))
    for i, factor in enumerate(factors):
        if isinstance(factor, Call) and factor.operation.typeset == "{}":
            others = [*factors[:i], factor.arguments[0], *factors[i + 1 :]]
            if np.broadcast_shapes(*map(shape_of_term, others)) == shape:
                factors = list(_factors(others))
                return _unspread(factors)
        if isinstance(factor, Sum):
            plain = Sum(tuple(spread_number(term) or term for term in factor.terms))
            if (
                plain != factor
                and np.broadcast_shapes(*map(shape_of_term, [*factors[:i], plain, *factors[i + 1 :]]))
                == shape
            ):
                return _unspread([*factors[:i], plain, *factors[i + 1 :]])
    return factors


def power(base: Term, exponent: Term) -> Term:
    """Power: x¹ = x, and whole powers of products and of powers are multiplied out."""
    if not isinstance(exponent, Number):
        return Power(base, exponent)
    n = exponent.value
    if n == 1.0:
        return base
    if n == 0.0 and not shape_of_term(base):
        return ONE
    if isinstance(base, Number) and ((n.is_integer() and n > 0.0) or base == ONE):
        return Number(float(evaluated(Power(base, exponent), {})))
    if n.is_integer() and isinstance(base, Product):
        return product([power(factor, exponent) for factor in base.factors])
    if n.is_integer() and isinstance(base, Power) and isinstance(base.exponent, Number):
        return power(base.base, Number(base.exponent.value * n))
    return Power(base, exponent)


# -- replacing names -----------------------------------------------------------------------------


def substituted(term: Term, symbol: Symbol, new: Term) -> Term:
    """A term with another in the place of a name, simplified again."""
    return rewritten(term, lambda part: new if part == symbol else None)


def rewritten(term: Term, new: Callable[[Term], Term | None]) -> Term:
    """A term with what is new in the place of parts that there is something new for, simplified again."""
    found = new(term)
    if found is not None:
        return found
    inner = [rewritten(part, new) for part in parts(term)]
    match term:
        case Sum():
            return total(inner)
        case Product():
            return product(inner)
        case Power():
            return power(*inner)
        case Call():
            return Call(term.operation, tuple(inner), term.shape, term.metadata, term.name, term.told)
    return term
