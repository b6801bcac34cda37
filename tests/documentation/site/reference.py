"""The pages of the reference: every public name of the packages, by the file that defines it."""

from __future__ import annotations

import ast
import inspect
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
    rows = (
        f"## [{page.title}]({name}.md)\n\n"
        + " · ".join(f"[`{one}`]({name}.md#{identifier(page.module, one)})" if documented(page.module, one) else f"`{one}`" for one in page.names)
        for name, page in contents().items()
    )
    return "# Reference\n\nEvery public name, from its docstring: `help` shows the same.\n\n" + "\n\n".join(rows)


def _written(page: Page) -> str:
    """A page: a section for each file, with what it defines."""
    sections: dict[str, list[str]] = {}
    rest = []
    for name in page.names:
        if documented(page.module, name):
            sections.setdefault(_file(getattr(page.module, name)), []).append(name)
        else:
            rest.append(name)
    parts = [f"# {page.title}", _about(page.module) if page.title == page.module.__name__ else ""]
    for file, names in sorted(sections.items()):
        parts.append(f"## {_heading(file)}")
        kept = dict.fromkeys(identifier(page.module, name) for name in names)
        parts += [f"::: {one}" for one in kept]
    if rest:
        parts += ["## Without derivative", "As in NumPy: " + ", ".join(f"`{name}`" for name in rest) + "."]
    return "\n\n".join(filter(None, parts)) + "\n"


def documented(module: ModuleType, name: str) -> bool:
    """Whether it has a docstring of its own here, and is not NumPy's function handed on."""
    return bool(_file(getattr(module, name)))


def _defined(thing: Any) -> Any:
    """The function or class behind decorators and callable objects."""
    if isinstance(thing, ModuleType) or inspect.isclass(thing) or inspect.isfunction(thing):
        return inspect.unwrap(thing) if callable(thing) else thing
    return inspect.unwrap(thing) if hasattr(thing, "__wrapped__") else type(thing)


def _file(thing: Any) -> str:
    try:
        path = inspect.getsourcefile(_defined(thing))
    except TypeError:
        return ""
    inside = path and Path(path).is_relative_to(ROOT)
    return Path(path).relative_to(ROOT).as_posix() if path and inside else ""


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
    """What a file is about: the beginning of its docstring."""
    text = (ROOT / file).read_text(encoding="utf-8")
    first = text.partition('"""')[2].partition('"""')[0].partition("\n")[0]
    return first.rstrip(".")


def _about(module: ModuleType) -> str:
    return ""
