"""The pages of the reference: every public name of the packages, by the file that defines it."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import autodiff
import autodiff.testing
import nn
import optim
from autodiff import linalg, ops
from autodiff.ops import plain

ROOT = Path(__file__).parents[3]


ROOMS = {
    "values": "Values, and operations of your own",
    "differentiation": "Derivatives",
    "programs": "Programs",
    "pictures": "Pictures",
    "derivations": "Derivations",
    "live": "Pages",
    "animation": "Pages",
    "homework": "Homework",
    "checking": "Checks",
}
"""Headings of what is in the rooms of autodiff, in the order in which they are read."""


class Page(NamedTuple):
    """A page: the names of a module."""

    module: ModuleType
    title: str
    names: list[str]


def contents() -> dict[str, Page]:
    """What is on which page, by its file."""
    operations = {*ops.NAMES, *plain.__all__} & {*dir(autodiff)} - {"linalg"}
    return {
        "autodiff": Page(autodiff, "autodiff", sorted({*dir(autodiff)} - operations - {"linalg"})),
        "operations": Page(autodiff, "Operations", sorted(operations)),
        "linalg": Page(linalg, "autodiff.linalg", sorted(linalg.__all__)),
        "optim": Page(optim, "optim", dir(optim)),
        "nn": Page(nn, "nn", dir(nn)),
        "testing": Page(autodiff.testing, "autodiff.testing", sorted(autodiff.testing.__all__)),
    }


def pages() -> dict[str, str]:
    """The Markdown of each page by its path."""
    found = {f"reference/{name}.md": _written(page) for name, page in contents().items()}
    return {"reference/index.md": _index(), **found}


def _index() -> str:
    parts = ["# Reference", "Every public name, from its docstring. `help` shows the same."]
    for file, page in contents().items():
        links = (
            f"[`{name}`]({file}.md#{identifier(page.module, name)})"
            if documented(page.module, name)
            else f"`{name}`"
            for name in page.names
        )
        parts += [f"## [{page.title}]({file}.md)", " ".join(links)]
    return "\n\n".join(parts) + "\n"


def _link(file: str, module: ModuleType, name: str) -> str:
    return f"[`{name}`]({file}.md#{identifier(module, name)})" if documented(module, name) else f"`{name}`"


def _written(page: Page) -> str:
    """A page: sections with what is defined in them."""
    sections: dict[str, list[str]] = {}
    for name in filter(lambda name: documented(page.module, name), page.names):
        sections.setdefault(_section(page, name), []).append(name)
    parts = [f"# {page.title}"]
    for heading in sorted(sections, key=_order):
        parts.append(f"## {heading}")
        parts += dict.fromkeys(_directive(page.module, name) for name in sections[heading])
    rest = [name for name in page.names if not documented(page.module, name)]
    if rest:
        parts += ["## Constants", *(f"`{name} = {getattr(page.module, name)!r}`" for name in rest)]
    return "\n\n".join(parts) + "\n"


def _directive(module: ModuleType, name: str) -> str:
    """What mkdocstrings is told; of a module, its own text alone."""
    alone = isinstance(getattr(module, name), ModuleType)
    return f"::: {identifier(module, name)}" + ("\n    options:\n      members: false" if alone else "")


def _section(page: Page, name: str) -> str:
    """The heading under which a name is found: of its room, or what its file is about."""
    file = _file(getattr(page.module, name))
    room = file.split("/")[1]
    return ROOMS[room] if page.title == "autodiff" and room in ROOMS else _heading(file)


def _order(heading: str) -> tuple[int, str]:
    known = [*dict.fromkeys(ROOMS.values())]
    return (known.index(heading) if heading in known else len(known)), heading


def documented(module: ModuleType, name: str) -> bool:
    """Whether it is a module, a class or a function, and so has a docstring."""
    return bool(_file(getattr(module, name)))


def _defined(thing: Any) -> Any:
    """The function or class behind decorators and callable objects; None for what is only data."""
    if isinstance(thing, ModuleType) or inspect.isclass(thing):
        return thing
    if not callable(thing):
        return None
    return (
        inspect.unwrap(thing) if inspect.isfunction(thing) or hasattr(thing, "__wrapped__") else type(thing)
    )


def _file(thing: Any) -> str:
    """The file of the repository in which it is written; "" for what is only data."""
    defined = _defined(thing)
    if defined is None:
        return ""
    try:
        path = Path(inspect.getsourcefile(defined) or "")
    except TypeError:
        return ""
    if not path.is_relative_to(ROOT):  # made by another library's decorator
        path = Path(sys.modules[thing.__module__].__file__ or "")
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""


def identifier(module: ModuleType, name: str) -> str:
    """Where the name is defined: autodiff.ops.elementary.tanh."""
    thing = getattr(module, name)
    if isinstance(thing, ModuleType):
        return thing.__name__
    file = _file(thing)
    where = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"{where}.{name if name in _names(file) else _defined(thing).__name__}"


@cache
def _names(file: str) -> set[str]:
    """The functions and classes that a file defines."""
    body = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _heading(file: str) -> str:
    """What a file is about, in short: the beginning of its docstring."""
    text = (ROOT / file).read_text(encoding="utf-8")
    first = text.partition('"""')[2].partition('"""')[0].partition("\n")[0]
    return re.split(r"[:,;.]| that | x_", first)[0]
