"""An extension of Markdown: $…$ and $$…$$ as MathML, which browsers typeset without a script."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

PATTERN = r"(?<![\\$])(?P<mark>\$\$?)(?P<formula>[^$]+?)(?P=mark)(?!\$)"
ALIGNED = {r"\begin{aligned}": r"\begin{array}{rl}", r"\end{aligned}": r"\end{array}"}


class Formula(InlineProcessor):
    """A formula between dollars."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:  # noqa: N802
        """Its MathML, kept from further reading."""
        formula = m["formula"]
        for ours, theirs in ALIGNED.items():
            formula = formula.replace(ours, theirs)
        text = convert(formula.strip(), display="block" if m["mark"] == "$$" else "inline")
        ElementTree.fromstring(text)
        return self.md.htmlStash.store(text), m.start(0), m.end(0)


class Mathematics(Extension):
    """Formulas before all other inline patterns but code."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register it."""
        md.inlinePatterns.register(Formula(PATTERN, md), "mathematics", 185)


def makeExtension(**options: Any) -> Mathematics:  # noqa: N802
    """The name by which Markdown asks for it."""
    return Mathematics(**options)
