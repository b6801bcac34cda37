"""How figures of matplotlib are saved."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .files import write

__all__ = ["save_figure"]


def save_figure(savefig: Callable[..., Any], file: Any, options: dict[str, Any]) -> None:
    """What matplotlib's `savefig` does, but a path gets a file that is complete, or keeps what it has.

    As there, the suffix tells the kind if `format` does not; a path without one gets the usual.
    """
    if not isinstance(file, (str, os.PathLike)):
        savefig(file, **options)
        return
    from matplotlib import rcParams

    path = os.fspath(file)
    kind = options.get("format") or Path(path).suffix[1:]
    if not kind:
        kind = rcParams["savefig.format"]
        path = f"{path.rstrip('.')}.{kind}"
    content = io.BytesIO()
    savefig(content, **{**options, "format": kind})
    write(path, content.getvalue())
