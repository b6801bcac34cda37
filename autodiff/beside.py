"""The packages beside this one, by names that no file of a user's hides: `autodiff.nn` and `autodiff.optim`.

They are the packages `nn` and `optim` themselves where Python finds those. Where it finds another first,
such as a file `optim.py` in the current directory, they are loaded from their folders by the longer name, and
the shorter stays with the other. This project imports them by the longer names, so it works in both places.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
WITHIN = f"{__name__.partition('.')[0]}."
NAMES = ("nn", "optim")


class _Beside(MetaPathFinder, Loader):
    """Finds the packages and what is in them, and loads each as the very module that has the shorter name.

    It is asked before files are looked for, since those of a package would be found, and run, a second time.
    """

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, inside = name.removeprefix(WITHIN).partition(".")
        if package not in NAMES or not name.startswith(WITHIN):
            return None
        if inside:
            return ModuleSpec(name, self) if sys.modules[WITHIN + package].__name__ == package else None
        return _by_its_folder(name, ROOT / package) if _is_hidden(package) else ModuleSpec(name, self)

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(module.__name__.removeprefix(WITHIN))


def _is_hidden(package: str) -> bool:
    """Whether its name is that of something else, which was imported before or is found first."""
    module = sys.modules.get(package)
    spec = find_spec(package) if module is None else None
    file = getattr(module, "__file__", None) if spec is None else spec.origin
    return file is None or Path(file).parent.resolve() != (ROOT / package).resolve()


def _by_its_folder(name: str, folder: Path) -> ModuleSpec | None:
    return spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])


def install() -> None:
    """Let Python ask here first."""
    sys.meta_path.insert(0, _Beside())
