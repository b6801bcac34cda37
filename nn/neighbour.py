"""Whether `nn` finds the package that it stands on, or a stranger's of the same name."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def check_neighbour(package: str, beside: str) -> None:
    """Raise ImportError where a package that lies beside another is hidden by something of the same name.

    What is found first, such as a file `optim.py` in the current directory, is what `import optim` imports.
    """
    spec, folder = find_spec(package), Path(beside).parents[1] / package
    found = [folder] if spec is None else [*(spec.submodule_search_locations or [spec.origin or "built in"])]
    if folder.resolve() != Path(found[0]).resolve():
        raise ImportError(
            f"import {Path(beside).parent.name}: `import {package}` finds {found[0]}, which hides the "
            f"package in {folder}; rename it, or start Python in another folder"
        )
