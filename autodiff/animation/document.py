"""What pages have in common: one file that needs nothing else, no network and no other file.

What a page says is data in it, never markup; the browser is told to run one script, that of the page,
and to load nothing.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from string import Template
from typing import Any

from ..text.escaping import html, script
from ..text.notation import printable
from .caption import picture_style, resource
from .steps import Detail, Sign
from .svg import Element, markup

HEIGHT = 760


def document(
    title: str,
    body: str,
    style: str,
    code: str,
    data: Mapping[str, Any],
    details: Mapping[str, Detail],
    tools: str = "",
) -> str:
    """A page as the text of an HTML file: its body, and its own style and script besides what pages share."""
    style = resource("colours.css") + picture_style() + resource("document.css") + style
    code = f'"use strict";\n(() => {{\n{resource("document.js")}{code}}})();\n'
    return Template(resource("document.html")).substitute(
        title=html(title),
        body=body,
        tools=tools,
        data=script({**data, "details": {id: vars(said) for id, said in details.items()}}),
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


def named(title: str, drawn: Element) -> str:
    """The picture, named by an attribute: a title within it would pop up under the pointer."""
    without = copy.deepcopy(drawn)
    for inner in without.findall("title"):
        without.remove(inner)
    without.attrib.update({"role": "group", "aria-label": printable(title)})
    return markup(without)


SHAPES = {
    "card": '<g class="{classes}"><rect class="card" x="2" y="2" width="30" height="16" rx="{round}" /></g>',
    "line": '<path class="{classes}" d="M1 10H33" />',
    "dot": '<circle class="{classes}" cx="17" cy="10" r="4.5" />',
}


def listed(legend: Iterable[Sign]) -> str:
    """The legend, a line for each sign."""
    return "".join(map(_sign, legend))


def _sign(sign: Sign) -> str:
    shape = SHAPES[sign.shape].format(classes=html(sign.classes), round=8 if "leaf" in sign.classes else 2)
    return sample(shape, sign.text)


def sample(drawn: str, text: str) -> str:
    """A line of a legend: what is drawn in 34 by 20 pixels, and what it means."""
    return (
        '<li><svg class="storyboard" viewBox="0 0 34 20" width="34" height="20" aria-hidden="true">'
        f"{drawn}</svg> {html(text)}</li>"
    )
