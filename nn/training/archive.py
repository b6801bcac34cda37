"""Arrays in files that are complete or not there: `.npz` without pickle, and `.safetensors`.

A file is written beside its place, flushed to the disk and moved there. A reader finds the old file or
the new one, and a process that is killed while it writes costs at most what it was writing.
"""

from __future__ import annotations

import io
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeAlias

import numpy as np

__all__ = ["Arrays", "pack", "read_arrays", "temporary_name", "unpack", "write_arrays"]

Array: TypeAlias = np.ndarray[Any, Any]
Arrays: TypeAlias = Mapping[str, Array]


class Format(NamedTuple):
    """How a kind of file is written and read."""

    write: Callable[[IO[bytes], Arrays], None]
    read: Callable[[IO[bytes]], dict[str, Array]]


def write_arrays(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> None:
    """Write arrays by their names; the suffix of the path, .npz or .safetensors, decides the format.

    Raises ValueError for another suffix and ImportError where safetensors is missing.
    """
    place = Path(path).resolve()  # a link stays a link
    form = _format(place)
    # A 0-d array stays one, which ascontiguousarray would not let it.
    regular = {name: np.array(array, order="C", copy=None) for name, array in arrays.items()}
    temporary = place.with_name(temporary_name(place, uuid.uuid4().hex))
    try:
        with temporary.open("wb") as file:
            form.write(file, regular)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(place.parent)


def temporary_name(place: Path, owner: str) -> str:
    """The name under which a file is written; the owner `*` gives a pattern for all such names."""
    return f".{place.name}.{owner}.tmp"


def read_arrays(path: str | os.PathLike[str]) -> dict[str, Array]:
    """The arrays of a file by their names.

    Raises ValueError for a file that is truncated, damaged or of another kind.
    """
    place = Path(path)
    form = _format(place)
    content = io.BytesIO(place.read_bytes())
    try:
        return form.read(content)
    except UNREADABLE as error:
        raise ValueError(
            f"{place} is no complete {place.suffix} file of arrays: it is truncated, damaged "
            f"or something else ({error})"
        ) from error


def _format(path: Path) -> Format:
    if path.suffix not in FORMATS:
        raise ValueError(f"{path}: the suffix must be {' or '.join(FORMATS)}, got {path.suffix!r}")
    return FORMATS[path.suffix]


def _flush_folder(folder: Path) -> None:
    """Make the new name last as the file does; only POSIX can flush a folder."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# What zipfile, NumPy and safetensors raise for contents that they cannot read.
UNREADABLE = (
    ValueError, TypeError, LookupError, EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error
)  # fmt: skip


# -- formats -----------------------------------------------------------------------------------


def _write_npz(file: IO[bytes], arrays: Arrays) -> None:
    # np.savez takes the names as keyword arguments, so that a parameter could not be called "file".
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            # A ZipInfo has a fixed date: equal arrays give equal files.
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _read_npz(file: IO[bytes]) -> dict[str, Array]:
    # Whole entries, so that their checksums are compared.
    with zipfile.ZipFile(file) as archive:
        return {name.removesuffix(".npy"): _array(archive.read(name)) for name in archive.namelist()}


def _array(content: bytes) -> Array:
    array: Array = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    return array


def _write_safetensors(file: IO[bytes], arrays: Arrays) -> None:
    file.write(_safetensors().numpy.save(dict(arrays)))


def _read_safetensors(file: IO[bytes]) -> dict[str, Array]:
    library = _safetensors()
    try:
        arrays: dict[str, Array] = library.numpy.load(file.read())
    except library.SafetensorError as error:
        raise ValueError(str(error)) from error
    return arrays


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "a .safetensors file needs safetensors: pip install 'autodiff-lecture[safetensors]'"
        ) from error
    return safetensors


FORMATS = {
    ".npz": Format(_write_npz, _read_npz),
    ".safetensors": Format(_write_safetensors, _read_safetensors),
}


# -- nested data -------------------------------------------------------------------------------


def pack(tree: Any) -> dict[str, Array]:
    """Nested dicts, lists and tuples of numbers, strings and arrays as named arrays.

    Numbers come back to the last bit: Python writes floats such that they are read back exactly.

    >>> unpack(pack({"steps": 3, "weights": [np.array([0.1, 0.2])]}))
    {'steps': 3, 'weights': [array([0.1, 0.2])]}
    """
    arrays: dict[str, Array] = {}
    text = json.dumps(_described(tree, arrays))
    return {"tree": np.frombuffer(text.encode(), np.uint8), **arrays}


def unpack(arrays: Arrays) -> Any:
    """What `pack` took. Raises ValueError for other arrays."""
    try:
        return _restored(json.loads(arrays["tree"].tobytes()), arrays)
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"these arrays hold no packed tree ({error})") from error


def _described(tree: Any, arrays: dict[str, Array]) -> Any:
    """What JSON can hold: an array is set aside and named; the other kinds say what they are."""
    if isinstance(tree, (np.ndarray, np.generic)):
        name = f"array{len(arrays)}"
        arrays[name] = np.asarray(tree)
        return {"array": name}
    if isinstance(tree, dict):
        return {"dict": [[key, _described(entry, arrays)] for key, entry in tree.items()]}
    if isinstance(tree, (list, tuple)):
        return {type(tree).__name__: [_described(entry, arrays) for entry in tree]}
    return tree


def _restored(node: Any, arrays: Arrays) -> Any:
    if not isinstance(node, dict):
        return node
    ((kind, content),) = node.items()
    if kind == "array":
        return arrays[content][()]
    if kind == "dict":
        return {key: _restored(entry, arrays) for key, entry in content}
    return {"list": list, "tuple": tuple}[kind](_restored(entry, arrays) for entry in content)
