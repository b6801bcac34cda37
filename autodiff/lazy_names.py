"""Names that are not imported until they are asked for: those of a package, and those of another library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


class Library:
    """A module of another library, imported when a name of it is first asked for.

    Raises ImportError there, naming the extra that installs it.
    """

    def __init__(self, module: str, extra: str) -> None:
        self._module, self._extra = module, extra

    def __getattr__(self, name: str) -> Any:
        try:
            module = import_module(self._module)
        except ImportError as error:
            raise ImportError(
                f"{self._module}.{name} is needed: pip install 'autodiff-lecture[{self._extra}]'",
                name=self._module,
            ) from error
        found = getattr(module, name)
        setattr(self, name, found)  # at once the next time
        return found
