"""Docstrings as mkdocstrings reads them."""

from __future__ import annotations

from typing import Any

from griffe import Extension

from .docstring_text import as_markdown


class Docstrings(Extension):
    """Rewrites each docstring as it is loaded."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """A module, function or attribute; the parameters of a class are not known yet."""
        if not obj.is_class:
            _rewrite(obj)

    def on_class_members(self, *, cls: Any, **_: Any) -> None:
        """A class with its members."""
        _rewrite(cls)


def _rewrite(documented: Any) -> None:
    if documented.docstring:
        names = [parameter.name for parameter in getattr(documented, "parameters", ())]
        text = as_markdown(documented.docstring.value, [name for name in names if len(name) > 1])
        documented.docstring.value = text
