"""What reads a graph: replay, pictures, derivations and formulas."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np

import autodiff as ad
from autodiff import Value
from autodiff.checking.replay import Replay
from autodiff.graph import Graph
from autodiff.naming import shown_names
from autodiff.school import read
from autodiff.text.digits import with_minus
from autodiff.text.letters import alike
from autodiff.text.notation import text_of

from .agreement import agree, arrays, largest
from .case import Case
from .modes import LeftOut, mode

FORMAT = ".17g"


@mode(share=0.5)
def replay(case: Case) -> None:
    """A replayed graph gives its value; with other data for its leaves, that of the function there."""
    y, xs = case.recorded()
    replayed = Replay(y)
    agree(replayed([]), case.value, case.slacks[:1], "replayed as it was")
    inputs = case.moved(2.0**-20)
    with np.errstate(all="ignore"):
        wanted = case.loss(*inputs)
        found = replayed(zip(xs, inputs, strict=True))
    agree(found, wanted, case.slacks[0], f"replayed at {inputs}")
    agree(y, case.value, case.slacks[:1], "the graph, after the replay")


def backpropagated(case: Case) -> Value:
    """The loss after `backward()`."""
    y, _ = case.recorded()
    if y.constant:
        raise LeftOut("depends on no input")
    y.backward()
    return y


def drawn(y: Value) -> Any:
    """A picture with a card for each node, however many they are; above 60 by default it has fewer."""
    return ad.draw(
        y,
        number_format=FORMAT,
        max_nodes=len(Graph(y)) + 1,
        collapse=False,
        each_operation=True,
        legend=False,
    )


def _cards(y: Value) -> list[str]:
    """The numbers that must stand on the cards; constants have no gradient."""
    shown = []
    for node in Graph(y):
        if isinstance(node.data, tuple) or (node.kind == "number" and node.shape):
            continue
        shown.append(_number(node.data))
        if node.grad is not None and node.kind != "constant":
            shown.append(f"grad {_number(node.grad)}")
    return shown


def _number(data: Any) -> str:
    """A number as on a card: 0 has no sign there, and infinity its own."""
    plain = data + 0.0 if type(data) is float else data
    return with_minus(text_of(plain, FORMAT)).replace("inf", "∞")


@mode(share=0.1)
def pictures_as_text(case: Case) -> None:
    """DOT, Mermaid, text and tree are written; the cards show data and gradient of each node."""
    y = backpropagated(case)
    picture = drawn(y)
    for text in (picture.dot, picture.mermaid, picture.text, str(ad.tree(y))):
        assert text
    for number in _cards(y):
        assert number in picture.text, f"no card shows {number}"
    assert len(picture.text.splitlines()) == len(Graph(y))


@mode(share=0.02)
def pictures_laid_out(case: Case) -> None:
    """SVG, PNG and PDF are drawn; the SVG shows data and gradients."""
    y = backpropagated(case)
    picture = drawn(y)
    texts = [
        text.text or "" for text in ElementTree.fromstring(picture.svg).iter() if text.tag.endswith("text")
    ]
    for number in _cards(y):
        assert any(number in text for text in texts), f"no card shows {number}"
    assert picture.png.startswith(b"\x89PNG")
    assert picture.pdf.startswith(b"%PDF")


@mode(share=0.1)
def explained(case: Case) -> None:
    """A derivation has the gradient as its value, and its formula evaluates to it."""
    y, xs = case.recorded()
    for x, g, granted in zip(xs, case.gradient, case.slacks[1:], strict=True):
        derivation = ad.explain(y, x)
        assert derivation.text
        assert derivation.latex
        assert derivation.markdown
        agree(derivation.value, g, granted, f"explain: ∂/∂{x.name}")
        if not case.kinks:  # the slope chosen at a kink is no quotient: x/hypot(x, x)
            agree(derivation.formula.evaluate(), g, granted, f"the formula of ∂/∂{x.name}")


@mode(share=0.2)
def formulas(case: Case) -> None:
    """The formula evaluates to the value, here and at another point."""
    y, _ = case.recorded()
    formula = ad.formula(y, expand=True)
    assert formula.latex
    agree(formula.evaluate(), case.value, case.slacks[:1], f"the formula {formula.text}")
    inputs = dict(zip(case.names, case.moved(2.0**-20), strict=True))
    known = {name: x for name, x in inputs.items() if alike(name, formula.names)}
    with np.errstate(all="ignore"):
        wanted = case.loss(*inputs.values())
    agree(formula.evaluate(known), wanted, case.slacks[:1], f"the formula {formula.text} at {known}")


@mode(share=0.3)
def read_back(case: Case) -> None:
    """The printed formula, read as school notation, has the value, and its derivative is the gradient.

    It is printed with six digits.
    """
    if any(np.ndim(x) for x in case.inputs):
        raise LeftOut("of arrays")
    y, xs = case.recorded()
    named = {node.name: node.source for node in Graph(y) if node.name}
    values = {shown: named[typed] for typed, shown in shown_names(named).items()}
    text = written(ad.formula(y, expand=True))
    result = calculated(text, values)
    granted = [SIX_DIGITS / ONE_UNIT * s + SIX_DIGITS * _scale(case) for s in case.slacks]
    agree(result, case.value, granted[:1], f"read: {text}")
    if isinstance(result, Value) and not result.constant:
        agree(ad.gradients(result, xs), case.gradient, granted[1:], f"the gradient of what was read: {text}")
    numbers = {name: x.data for name, x in values.items()}
    for x, g, more in zip(xs, case.gradient, granted[1:], strict=True):
        derived = written(ad.explain(y, x).formula)
        agree(calculated(derived, numbers), g, more, f"∂/∂{x.name}, read: {derived}")


SIX_DIGITS, ONE_UNIT = 1e-5, float(np.finfo(float).eps)


def _scale(case: Case) -> float:
    return max(1.0, largest(arrays([case.value, *case.gradient])))


def written(formula: Any) -> str:
    """A formula as it is printed, its parts first."""
    parts = [f"{name} = {meaning.text}" for name, meaning in formula.definitions.items()]
    text = "; ".join([*parts, formula.text])
    for n, name in enumerate(sorted(filter(lambda name: "∂" in name, formula.definitions), key=len)[::-1]):
        text = text.replace(name, f"g{n}")  # as it is typed: a derivative is no name there
    return text


def calculated(text: str, numbers: dict[str, Any]) -> Any:
    """What a text says to compute; left out where it has no words for it."""
    try:
        calculation = read(text)
    except SyntaxError as error:
        raise LeftOut("no school notation") from error
    if unknown := [name for name in calculation.names if name not in numbers]:
        raise LeftOut(f"no school notation of {unknown[0]}")
    return calculation.evaluate({name: numbers[name] for name in calculation.names})
