"""How pictures are asked for on the command line: their shape, size, direction, colours and cards."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from typing import Any

from .problem import Misuse

NAMES = ("aspect", "size", "direction", "theme", "each_operation", "legend")
NUMBER = r"(\d+(?:\.\d*)?|\.\d+)"


def add_drawing(parser: ArgumentParser) -> None:
    """The options that a file takes; what is not given is left to `draw`."""
    from ..pictures.picture import DIRECTIONS
    from ..pictures.theme import THEMES

    parser.add_argument("--aspect", type=_aspect, metavar="W:H", help="the shape to fit into (default: 16:9)")
    parser.add_argument("--size", type=_size, metavar="WIDTHxHEIGHT", help="in pixels, as 1920x1080 or 1920")
    parser.add_argument("--direction", choices=DIRECTIONS, help="where the arrows point (default: LR)")
    parser.add_argument("--theme", choices=tuple(THEMES), help="the colours (default: auto, for any page)")
    parser.add_argument(
        "--each-operation",
        action=BooleanOptionalAction,
        help="a card for each operation, or for named parts only (default: up to a dozen values)",
    )
    parser.add_argument(
        "--legend", action=BooleanOptionalAction, help="what the signs mean (default: above a dozen values)"
    )


def drawing(asked: Namespace) -> dict[str, Any]:
    """The options of `draw` that were given. Raises Misuse for any without a file."""
    given = {name: getattr(asked, name) for name in NAMES if getattr(asked, name) is not None}
    if given and not asked.output:
        raise Misuse(f"--{next(iter(given)).replace('_', '-')} is of a picture: add -o FILE")
    return given


def _aspect(text: str) -> float:
    """A shape: 16:9, 16/9, 1.78."""
    found = re.fullmatch(rf"{NUMBER}(?:[:/]{NUMBER})?", text)
    if not found or not float(found[1]) or not float(found[2] or 1.0):
        raise ArgumentTypeError(f"expected a shape such as 16:9, got {text!r}")
    return float(found[1]) / float(found[2] or 1.0)


def _size(text: str) -> float | tuple[float, float]:
    """Pixels: 1920, 1920x1080."""
    found = re.fullmatch(rf"{NUMBER}(?:[x×]{NUMBER})?", text)
    if not found or not float(found[1]) or not float(found[2] or 1.0):
        raise ArgumentTypeError(f"expected pixels such as 1920x1080, got {text!r}")
    return float(found[1]) if found[2] is None else (float(found[1]), float(found[2]))
