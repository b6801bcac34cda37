"""What cases are drawn from: expressions of several kinds, and networks."""

from __future__ import annotations

from hypothesis.strategies import SearchStrategy

from autodiff.testing import expressions, networks

from .case import Case
from .networks import network_case

LARGE, SMALL = 12, 8


def _cases(**options: object) -> SearchStrategy[Case]:
    return expressions(**options).map(Case.of)  # type: ignore[arg-type]


KINDS: dict[str, SearchStrategy[Case]] = {
    "arrays": _cases(max_operations=SMALL),
    "numbers": _cases(max_operations=LARGE, arrays=False),
    "arrays of results": _cases(max_operations=SMALL, output="any"),
    "large": _cases(max_operations=LARGE),
    "on kinks": _cases(max_operations=SMALL, kinks=True),
    "networks": networks().map(network_case),
    "networks of numbers": networks(scalars=True).map(network_case),
}

_OFTEN = ("arrays", "numbers", "arrays of results", "large", "on kinks", "arrays", "numbers", "large")
TURNS = (*_OFTEN, "networks", *_OFTEN, "networks of numbers")
"""Blocks take turns at them; networks, which are larger, come up less often."""
