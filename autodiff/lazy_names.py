"""Names that are imported when they are asked for, of a package and of libraries that may be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a package: for each name, the module in it that has it."""

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f".{modules[name]}", package), name)

    return load, lambda: sorted(modules)


@contextmanager
def needing(extra: str, what: str, instead: str = "") -> Iterator[None]:
    """Import a library in the block. Raises ImportError where it is missing: what needs it, and its extra."""
    try:
        yield
    except ImportError as error:
        told = f"{what}: pip install 'autodiff-lecture[{extra}]'{instead}"
        raise ImportError(told, name=error.name) from error


class Library:
    """A module of another library, imported when a name of it is first asked for.

    Raises ImportError there, naming the extra that installs it.
    """

    def __init__(self, module: str, extra: str) -> None:
        self._module, self._extra = module, extra

    def __getattr__(self, name: str) -> Any:
        with needing(self._extra, f"{self._module}.{name} is needed"):
            module = import_module(self._module)
        found = getattr(module, name)
        setattr(self, name, found)  # at once the next time
        return found
