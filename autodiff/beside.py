"""The packages beside this one, by names that no file of a user's hides: `autodiff.nn` and `autodiff.optim`.

They are the packages `nn` and `optim` themselves where Python finds those. Where it finds another first,
such as a file `optim.py` in the current directory, they are loaded from their folders by the longer name, and
the shorter stays with the other. This project imports them by the longer names, so it works in both places.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader
    from pathlib import Path

WITHIN = f"{__name__.partition('.')[0]}."
NAMES = ("nn", "optim")


class _Beside:
    """Finds the packages and what is in them, and loads each as the very module that has the shorter name.

    It is asked before files are looked for, since those of a package would be found, and run, a second time.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, inside = name.removeprefix(WITHIN).partition(".")
        if package not in NAMES or not name.startswith(WITHIN):
            return None
        if inside and sys.modules[WITHIN + package].__name__ != package:
            return None
        if not inside and _is_hidden(package):
            return PathFinder.find_spec(name, [str(_folder(__file__).parent)])
        spec = find_spec(name.removeprefix(WITHIN))
        return spec and ModuleSpec(
            name, cast("Loader", self), is_package=spec.submodule_search_locations is not None
        )

    def create_module(self, spec: ModuleSpec) -> None:
        """An empty one, as usual."""

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(module.__name__.removeprefix(WITHIN))

    def get_code(self, name: str) -> Any:
        """What `python -m` runs."""
        loader: Any = getattr(find_spec(name.removeprefix(WITHIN)), "loader", None)
        return loader and loader.get_code(name.removeprefix(WITHIN))


def _is_hidden(package: str) -> bool:
    """Whether its name is that of something else, which was imported before or is found first."""
    module = sys.modules.get(package)
    spec = find_spec(package) if module is None else None
    file = getattr(module, "__file__", None) if spec is None else spec.origin
    return file is None or _folder(file) != (_folder(__file__).parent / package).resolve()


def _folder(file: str) -> Path:
    from pathlib import Path  # a tenth of the time of `import autodiff`

    return Path(file).parent.resolve()


def install() -> None:
    """Let Python ask here first."""
    sys.meta_path.insert(0, _Beside())
