"""A storyboard as one page, through whose steps a reader moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template

from .caption import resource
from .document import document, listed, named
from .document import embedded as embedded  # programs of earlier versions find it here
from .steps import Detail, Sign, Step
from .svg import Element

ASK = ", <kbd>Tab</kbd> and <kbd>Enter</kbd> on a node for its derivation"


def page(
    title: str,
    drawn: Element,
    steps: Sequence[Step],
    details: Mapping[str, Detail],
    legend: Sequence[Sign],
) -> str:
    """The page as the text of an HTML file."""
    body = Template(resource("page.html")).substitute(
        picture=named(title, drawn),
        legend=listed(legend),
        last=len(steps) - 1,
        ask=ASK if details else "",
    )
    data = {"steps": list(map(vars, steps))}
    return document(title, body, resource("page.css"), resource("page.js"), data, details)
