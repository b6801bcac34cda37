"""A storyboard as one page that needs nothing else: no network, no other file.

What the story says is data in the page, never markup; the browser is told to run one script, that of
the page, and to load nothing.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from string import Template

from ..text.escaping import html, script
from ..text.notation import printable
from .caption import picture_style, resource
from .steps import Detail, Sign, Step
from .svg import Element, markup

HEIGHT = 760

ASK = ", <kbd>Tab</kbd> and <kbd>Enter</kbd> on a node for its derivation"


def page(
    title: str,
    drawn: Element,
    steps: Sequence[Step],
    details: Mapping[str, Detail],
    legend: Sequence[Sign],
) -> str:
    """The page as the text of an HTML file."""
    style = resource("colours.css") + picture_style() + resource("page.css")
    code = resource("page.js")
    data = {"steps": list(map(vars, steps)), "details": {id: vars(said) for id, said in details.items()}}
    return Template(resource("page.html")).substitute(
        title=html(title),
        picture=_named(title, drawn),
        legend="".join(map(_sign, legend)),
        last=len(steps) - 1,
        ask=ASK if details else "",
        data=script(data),
        style=style,
        script=code,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(code)}; "
        "base-uri 'none'; form-action 'none'",
    )


def embedded(title: str, content: str) -> str:
    """The page as a part of another one, from which it is kept apart."""
    return (
        f'<iframe srcdoc="{escape(content)}" title="{html(title)}" sandbox="allow-scripts" '
        f'style="width:100%;height:{HEIGHT}px;border:1px solid rgba(128,128,128,.45)"></iframe>'
    )


def _hash(text: str) -> str:
    """How a policy names a script or style that may be used."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _named(title: str, drawn: Element) -> str:
    """The picture, named by an attribute: a title within it would pop up under the pointer."""
    named = copy.deepcopy(drawn)
    for inner in named.findall("title"):
        named.remove(inner)
    named.attrib.update({"role": "group", "aria-label": printable(title)})
    return markup(named)


SHAPES = {
    "card": '<g class="{classes}"><rect class="card" x="2" y="2" width="30" height="16" rx="{round}" /></g>',
    "line": '<path class="{classes}" d="M1 10H33" />',
    "dot": '<circle class="{classes}" cx="17" cy="10" r="4.5" />',
}


def _sign(sign: Sign) -> str:
    """A line of the legend."""
    shape = SHAPES[sign.shape].format(classes=html(sign.classes), round=8 if "leaf" in sign.classes else 2)
    return (
        '<li><svg class="storyboard" viewBox="0 0 34 20" width="34" height="20" aria-hidden="true">'
        f"{shape}</svg> {html(sign.text)}</li>"
    )
