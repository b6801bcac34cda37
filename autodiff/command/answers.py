"""What the commands answer: text for people, and the same as data for programs."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..differentiation.engine import gradients
from ..naming import shown_names
from ..settings import chosen
from ..values.value import Value
from .drawing import drawing
from .problem import Misuse, Problem

DIFFERENTIATE = "differentiate with respect to"
PLOTS = (".png", ".svg", ".pdf", ".html")


class Answer(NamedTuple):
    """Text, the same as data for JSON, and whether what was asked for was achieved."""

    text: str
    data: dict[str, Any]
    success: bool = True


# -- grad --------------------------------------------------------------------------------------


def answer_grad(asked: Namespace) -> Answer:
    """The value and all partial derivatives, those of second order too if asked for."""
    problem = Problem(asked.expression, asked.givens)
    output, leaves = problem.recorded()
    f, names, variables = problem.output, list(leaves), list(leaves.values())
    slopes = gradients(output, variables, create_graph=asked.order == 2)
    data: dict[str, Any] = {"value": output.item(), "gradient": _by_name(names, slopes)}
    shown = shown_names([f, *names])
    f = shown[f]
    lines = [(f, data["value"]), *((f"∂{f}/∂{shown[x]}", slope) for x, slope in data["gradient"].items())]
    if asked.order == 2:
        rows = [_by_name(names, gradients(slope, variables)) for slope in slopes]
        data["hessian"] = dict(zip(names, rows, strict=True))
        lines += [(_second(f, shown[x], shown[y]), data["hessian"][x][y]) for x in names for y in names]
    return Answer("\n".join(f"{left} = {right:.10g}" for left, right in lines), data)


def _by_name(names: Sequence[str], numbers: Sequence[Any]) -> dict[str, float]:
    plain = (number.item() if isinstance(number, Value) else float(number) for number in numbers)
    return dict(zip(names, plain, strict=True))


def _second(f: str, x: str, y: str) -> str:
    return f"∂²{f}/∂{x}²" if x == y else f"∂²{f}/∂{x}∂{y}"


# -- explain, draw and animate -----------------------------------------------------------------


def answer_explain(asked: Namespace) -> Answer:
    """The derivation of one partial derivative; a `wrt` before the first number is ignored."""
    from ..derivations.derivation import explain

    problem = Problem(asked.expression, asked.givens[asked.givens[:1] == ["wrt"] :], DIFFERENTIATE)
    output, leaves = problem.recorded()
    name = chosen_leaf(asked, leaves)
    derivation = explain(output, leaves[name], put=not asked.no_put)
    data = {
        "value": output.item(),
        "wrt": name,
        "derivative": derivation.value,
        "formula": derivation.formula.text,
        "text": derivation.text,
        "latex": derivation.latex,
    }
    return Answer(getattr(derivation, asked.format), data)


def chosen_leaf(asked: Namespace, leaves: Collection[str]) -> str:
    """The name to derive with respect to: that of `--wrt`, or the first."""
    name: str = asked.wrt or next(iter(leaves))
    if name not in leaves:
        raise Misuse(f"--wrt: expected one of {', '.join(leaves)}, got {name!r}")
    return name


def answer_draw(asked: Namespace) -> Answer:
    """The graph with data and gradients, as a file; as a tree of text without one."""
    from ..pictures.picture import GraphPicture, draw
    from ..pictures.text_tree import tree

    _check_file("-o", asked.output, GraphPicture.formats())
    options = drawing(asked)
    output, _ = Problem(asked.expression, asked.givens).recorded()
    if not output.constant:
        output.backward()
    return _saved(draw(output, **options), asked.output) if asked.output else _shown(str(tree(output)))


def answer_animate(asked: Namespace) -> Answer:
    """The forward and the backward pass step by step, as a page or moving picture; as text without a file."""
    from ..animation import animate
    from ..animation.storyboard import FORMATS

    _check_file("-o", asked.output, FORMATS)
    output, _ = Problem(asked.expression, asked.givens, DIFFERENTIATE).recorded()
    story = animate(output)
    return _saved(story, asked.output) if asked.output else _shown(story.text)


def answer_play(asked: Namespace) -> Answer:
    """A page in which every number can be moved."""
    from ..live.document_page import FORMATS
    from ..live.playing import play

    _check_file("-o", asked.output, FORMATS)
    output, _ = Problem(asked.expression, asked.givens, DIFFERENTIATE).recorded()
    return _saved(play(output), asked.output)


def _shown(text: str) -> Answer:
    return Answer(text.rstrip("\n"), {"text": text})


def _saved(picture: Any, path: str) -> Answer:
    saved = str(picture.save(path))
    return Answer(saved, {"file": saved})


def _check_file(option: str, path: str | None, known: Collection[str]) -> None:
    if path is None:
        return
    if Path(path).suffix.lower() not in known:
        raise Misuse(f"{option}: the name must end in one of {', '.join(known)}, got {path!r}")
    if not Path(path).parent.is_dir():
        raise Misuse(f"{option}: there is no directory {str(Path(path).parent)!r}")


# -- minimize ----------------------------------------------------------------------------------


def answer_minimize(asked: Namespace) -> Answer:
    """A local minimum of the expression, searched for from these numbers."""
    from ..optim import minimization

    try:
        method = chosen(
            "method", minimization.OTHER_NAMES.get(asked.method.lower(), asked.method), minimization.METHODS
        )
    except ValueError as error:
        raise Misuse(f"--method: {error}") from None
    _check_file("--plot", asked.plot, PLOTS)
    problem = Problem(asked.expression, asked.givens, "minimise over")
    page = bool(asked.plot) and asked.plot.lower().endswith(".html")
    if len(problem.numbers) > 2 and page:
        raise Misuse(
            f"--plot: an .html page shows one or two unknowns, there are {len(problem.numbers)}; "
            "take .png, .svg or .pdf"
        )
    result = method(problem.calculation.evaluate, problem.numbers)
    if page:
        result.animate().save(asked.plot)
    elif asked.plot:
        result.plot().savefig(asked.plot)
    fields = ("method", "x", "value", "gradient", "steps", "evaluations", "converged", "reason")
    data = {name: getattr(result, name) for name in fields} | ({"file": asked.plot} if asked.plot else {})
    return Answer(str(result), data, result.converged)
