"""What the commands answer: text for readers, and the same as data for machines."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..differentiation.engine import gradients
from ..settings import chosen
from ..values.value import Value
from .problem import Misuse, Problem

__all__ = ["Answer", "answer_animate", "answer_draw", "answer_explain", "answer_grad", "answer_minimize"]

PLOTS = (".png", ".svg", ".pdf", ".html")


class Answer(NamedTuple):
    """Text, the same as data that JSON can hold, and whether what was asked for came about."""

    text: str
    data: dict[str, Any]
    success: bool = True


# -- grad --------------------------------------------------------------------------------------


def answer_grad(asked: Namespace) -> Answer:
    """The value and all partial derivatives, of second order too where asked."""
    problem = Problem(asked.expression, asked.givens)
    output, leaves = problem.recorded()
    f, names, variables = problem.output, list(leaves), list(leaves.values())
    slopes = gradients(output, variables, create_graph=asked.order == 2)
    data: dict[str, Any] = {"value": output.item(), "gradient": _by_name(names, slopes)}
    lines = [(f, data["value"]), *((f"∂{f}/∂{x}", slope) for x, slope in data["gradient"].items())]
    if asked.order == 2:
        rows = [_by_name(names, gradients(slope, variables)) for slope in slopes]
        data["hessian"] = dict(zip(names, rows, strict=True))
        lines += [(_second(f, x, y), data["hessian"][x][y]) for x in names for y in names]
    return Answer("\n".join(f"{left} = {right:.10g}" for left, right in lines), data)


def _by_name(names: Sequence[str], numbers: Sequence[Any]) -> dict[str, float]:
    plain = (number.item() if isinstance(number, Value) else float(number) for number in numbers)
    return dict(zip(names, plain, strict=True))


def _second(f: str, x: str, y: str) -> str:
    return f"∂²{f}/∂{x}²" if x == y else f"∂²{f}/∂{x}∂{y}"


# -- explain, draw and animate -----------------------------------------------------------------


def answer_explain(asked: Namespace) -> Answer:
    """The derivation of one partial derivative; `wrt` may stand before the first number."""
    from ..derivations.derivation import explain

    problem = Problem(asked.expression, asked.givens[asked.givens[:1] == ["wrt"] :])
    output, leaves = problem.recorded()
    if not leaves:
        raise Misuse("there is no unknown to differentiate with respect to")
    name = asked.wrt or next(iter(leaves))
    if name not in leaves:
        raise Misuse(f"--wrt: expected one of {', '.join(leaves)}, got {name!r}")
    derivation = explain(output, leaves[name])
    data = {
        "value": output.item(),
        "wrt": name,
        "derivative": derivation.value,
        "formula": derivation.formula.text,
        "text": derivation.text,
        "latex": derivation.latex,
    }
    return Answer(getattr(derivation, asked.format), data)


def answer_draw(asked: Namespace) -> Answer:
    """The graph with data and gradients, as a file; without one as a tree of text."""
    from ..pictures.picture import GraphPicture, draw
    from ..pictures.text_tree import tree

    if asked.output is not None:
        _check_file("-o", asked.output, GraphPicture.formats())
    output, _ = Problem(asked.expression, asked.givens).recorded()
    if not output.constant:
        output.backward()
    if not asked.output:
        return Answer(str(tree(output)), {"text": str(tree(output))})
    path = str(draw(output).save(asked.output))
    return Answer(path, {"file": path})


def answer_animate(asked: Namespace) -> Answer:
    """The forward and the backward pass step by step, as a page or moving picture; without a file as text."""
    from ..animation import animate
    from ..animation.storyboard import FORMATS

    if asked.output is not None:
        _check_file("-o", asked.output, FORMATS)
    output, leaves = Problem(asked.expression, asked.givens).recorded()
    if not leaves:
        raise Misuse("there is no unknown to differentiate with respect to")
    story = animate(output)
    if not asked.output:
        return Answer(story.text.rstrip("\n"), {"text": story.text})
    path = str(story.save(asked.output))
    return Answer(path, {"file": path})


def _check_file(option: str, path: str, known: Collection[str]) -> None:
    if Path(path).suffix.lower() not in known:
        raise Misuse(f"{option}: the name must end in one of {', '.join(known)}, got {path!r}")
    if not Path(path).parent.is_dir():
        raise Misuse(f"{option}: there is no directory {str(Path(path).parent)!r}")


# -- minimize ----------------------------------------------------------------------------------


def answer_minimize(asked: Namespace) -> Answer:
    """Where the expression has a local minimum, from these numbers on."""
    from optim.minimization import METHODS, OTHER_NAMES

    try:
        method = chosen("method", OTHER_NAMES.get(asked.method.lower(), asked.method), METHODS)
    except ValueError as error:
        raise Misuse(f"--method: {error}") from None
    if asked.plot is not None:
        _check_file("--plot", asked.plot, PLOTS)
    problem = Problem(asked.expression, asked.givens)
    if not problem.numbers:
        raise Misuse("there is no unknown to minimise over")
    if len(problem.numbers) > 2 and _is_page(asked.plot):
        raise Misuse(
            f"--plot: an .html page shows one or two unknowns, there are {len(problem.numbers)}; "
            "take .png, .svg or .pdf"
        )
    result = method(problem.calculation.evaluate, problem.numbers)
    if asked.plot:
        _save_plot(result, asked.plot)
    told = ("method", "x", "value", "gradient", "steps", "evaluations", "converged", "reason")
    data = {name: getattr(result, name) for name in told} | ({"file": asked.plot} if asked.plot else {})
    return Answer(str(result), data, result.converged)


def _is_page(path: str | None) -> bool:
    return path is not None and path.lower().endswith(".html")


def _save_plot(result: Any, path: str) -> None:
    """The way as a picture, or as a page that goes it step by step."""
    if _is_page(path):
        result.animate().save(path)
    else:
        result.plot().savefig(path)
