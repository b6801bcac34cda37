"""The command line: what may be asked, how answers are printed, and how mistakes are reported.

Exit status 0: done; 1: it failed, or the minimisation did not converge; 2: the question contains a mistake.
"""

from __future__ import annotations

import json
import math
import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ..school.misreading import pointed
from ..text.console import print_anything
from .answers import (
    Answer,
    answer_animate,
    answer_draw,
    answer_explain,
    answer_grad,
    answer_minimize,
    answer_play,
)
from .drawing import add_drawing
from .homework import answer_exercise
from .lecture_tables import answer_lecture
from .problem import Misuse

DESCRIPTION = "Derivatives of expressions, by reverse-mode automatic differentiation."
EXAMPLES = """\
examples:
  autodiff grad "3*x**4 + 5*x**3 - 20*x**2 + 8*x + 10" x=2
  autodiff grad "x²·y − sin(x)" x=pi/2 y=-1 --order 2
  autodiff explain "z = w*x + b; a = sigmoid(z); (y - a)^2" w=0.2 x=3 b=0.1 y=1
  autodiff exercise "a = sigmoid(w*x); (y - a)^2" w=0.2 x=3 y=1 --answer "-2(y - a)·a·x"
  autodiff draw "tanh(2x + y)" x=1 y=0.5 -o graph.png --size 1920x1080
  autodiff animate "tanh(2x + y)" x=1 y=0.5 -o page.html
  autodiff play "(y - sigmoid(w*x + b))^2" w=0.2 x=3 b=0.1 y=1 -o play.html
  autodiff minimize "(x - 1)^2 + 100(y - x^2)^2" x=-1.2 y=1 --method newton

Expressions: + - * / ^, 3x^4, 2(x+1), x², functions of the engine with brackets, pi and e; parts
with names are separated by semicolons. Exit status: 0 done, 1 failed or not converged, 2 misused.
"""
FAILURES = (OSError, ValueError, TypeError, RuntimeError, ArithmeticError, ImportError, MemoryError)


def _version() -> str:
    """As installed; of a checkout that is not, there is none."""
    try:
        return version("autodiff-lecture")
    except PackageNotFoundError:
        return "(not installed)"


def _parser() -> ArgumentParser:
    from ..pictures.picture import GraphPicture

    parser = ArgumentParser(
        "autodiff",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    grad = _added(commands, "grad", answer_grad, "the value and all partial derivatives")
    grad.add_argument("--order", type=int, choices=(1, 2), default=1, help="2: second derivatives, too")
    explain = _added(commands, "explain", answer_explain, "derive one partial derivative, link by link")
    explain.add_argument("--wrt", metavar="NAME", help="with respect to which name (default: the first)")
    explain.add_argument("--no-put", action="store_true", help="the finished formula alone")
    explain.add_argument("--format", choices=("text", "latex", "markdown"), default="text")
    draw = _added(commands, "draw", answer_draw, "draw the graph with data and gradients")
    formats = ", ".join(GraphPicture.formats())
    draw.add_argument("-o", "--output", metavar="FILE", help=f"{formats} (default: a tree)")
    add_drawing(draw)
    animate = _added(commands, "animate", answer_animate, "forward and backward pass, step by step")
    formats = ".html, .md, .gif, .png or .txt (default: text)"
    animate.add_argument("-o", "--output", metavar="FILE", help=formats)
    play = _added(commands, "play", answer_play, "a page in which every number can be moved")
    play.add_argument("-o", "--output", metavar="FILE", default="play.html", help="default: play.html")
    exercise = _added(commands, "exercise", answer_exercise, "ask for a derivative, and mark an answer")
    exercise.add_argument("--wrt", metavar="NAME", help="with respect to which name (default: the first)")
    exercise.add_argument("--answer", dest="typed", metavar="FORMULA", help="mark this, Python or LaTeX")
    exercise.add_argument("--hints", metavar="COUNT", type=int, default=0, help="show so many hints")
    exercise.add_argument("--solution", action="store_true", help="show the derivation")
    minimum = _added(commands, "minimize", answer_minimize, "find a local minimum from the numbers given")
    minimum.add_argument("--method", default="bfgs", help="bfgs, newton, steepest-descent, … (default: bfgs)")
    minimum.add_argument(
        "--plot",
        metavar="FILE",
        help="draw the way into a .png, .svg or .pdf, or step by step into an .html page",
    )
    _added(commands, "lecture", answer_lecture, "the numbers of the lecture's network", takes=False)
    return parser


def _added(
    commands: Any, name: str, answer: Callable[[Namespace], Answer], what: str, takes: bool = True
) -> Any:
    """A command's own parser; most commands take an expression and numbers."""
    added = commands.add_parser(name, help=what, description=what, allow_abbrev=False)
    added.set_defaults(answer=answer, takes=takes)
    if takes:
        added.add_argument("expression", help='as "3x^4 - 2(x + 1)"')
        added.add_argument("givens", nargs="*", metavar="NAME=NUMBER", help="a number for each name")
    added.add_argument("--json", action="store_true", help="print JSON")
    return added


def _asked(words: Sequence[str]) -> Namespace:
    """The question. An expression may begin with a minus, and numbers may follow options."""
    parser = _parser()
    signed = [f"−{w[1:]}" if w[:1] == "-" and w[:2] != "--" and w not in ("-h", "-o") else w for w in words]
    asked, rest = parser.parse_known_args(signed)
    unknown = [word for word in rest if word.startswith("-") or not asked.takes]
    if unknown:
        parser.error(f"{asked.command} has no {unknown[0]}")
    if asked.takes:
        asked.givens += rest
    return asked


def main(words: Sequence[str] | None = None) -> int:
    """Answer the question on the command line, and return the exit status."""
    print_anything()
    asked = _asked(sys.argv[1:] if words is None else words)
    try:
        answer = asked.answer(asked)
        print(json.dumps(_plain(answer.data)) if asked.json else answer.text, flush=True)
    except SyntaxError as error:
        return _reported(pointed(error), 2)
    except Misuse as error:
        return _reported(str(error), 2)
    except BrokenPipeError:  # the reader, as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    except FAILURES as error:
        return _reported(str(error) or type(error).__name__, 1)
    return 0 if answer.success else 1


def _reported(message: str, status: int) -> int:
    print(f"autodiff: {message}", file=sys.stderr)
    return status


def _plain(data: Any) -> Any:
    """Data as JSON holds it, which has no infinities: these become "Infinity", "-Infinity" and "NaN"."""
    if isinstance(data, dict):
        return {key: _plain(entry) for key, entry in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(entry) for entry in data]
    if isinstance(data, float) and not math.isfinite(data):
        return json.dumps(data)
    return data
