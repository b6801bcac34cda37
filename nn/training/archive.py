"""Arrays in files: `.npz` without pickle, and `.safetensors`.

A file may come from anybody. Its list of contents is read first, the header of an array when its shape is
asked for, its data when they are: what is not wanted costs nothing, however large it says it is. Whatever is
wrong with a file is a ValueError that names it.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeAlias

import numpy as np

from autodiff.files.writing import replacing
from autodiff.lazy_names import needing
from autodiff.text.notation import visible

from ..state import LONGEST

Array: TypeAlias = np.ndarray[Any, Any]
Arrays: TypeAlias = Mapping[str, Any]
Head: TypeAlias = tuple[tuple[int, ...], np.dtype[Any]]
"""Shape and dtype, which are there before the data are read."""


class Format(NamedTuple):
    """How a kind of file is written and read."""

    write: Callable[[IO[bytes], Arrays], None]
    entries: Callable[[Path, IO[bytes]], AbstractContextManager[list[Stored]]]


@dataclass
class Stored:
    """An array in a file that is open, for NumPy to read: `np.asarray(stored)`.

    `length` is that of its bytes when unpacked. Raises ValueError where the file is damaged there.
    """

    name: str
    length: int
    _read_head: Callable[[], Head]
    _read: Callable[[], Array]

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its axes."""
        return self._head[0]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers."""
        return self._head[1]

    @cached_property
    def _head(self) -> Head:
        with _sound("this is no complete array"):
            return self._read_head()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        with _sound("this is no complete array"):
            return np.array(self._read(), dtype, copy=copy)


def write_arrays(path: str | os.PathLike[str], arrays: Arrays) -> None:
    """Write arrays by their names; the suffix of the path, .npz or .safetensors, decides the format.

    Raises ValueError for another suffix and ImportError where safetensors is missing.
    """
    form = _format(Path(path))
    # A 0-d array stays one, which ascontiguousarray would not let it.
    regular = {name: np.array(array, order="C", copy=None) for name, array in arrays.items()}
    with replacing(path) as file:
        form.write(file, regular)


@contextmanager
def opened(path: str | os.PathLike[str], compressed: bool = True) -> Iterator[dict[str, Stored]]:
    """The arrays of a file by their names, to be read while it is open.

    Raises ValueError for a file that is truncated, damaged or of another kind, that has a name twice, or,
    unless `compressed`, would become longer by unpacking it.
    """
    place = Path(path)
    form = _format(place)
    with place.open("rb") as file, ExitStack() as stack:
        with _sound(f"{place} is not a complete {place.suffix} file of arrays"):
            entries = stack.enter_context(form.entries(place, file))
            if twice := [name for name, n in Counter(entry.name for entry in entries).items() if n > 1]:
                raise ValueError(f"{visible(twice[0], LONGEST)} occurs twice")
            if not compressed and sum(entry.length for entry in entries) > os.fstat(file.fileno()).st_size:
                raise ValueError("its arrays are longer than the file")
        yield {entry.name: entry for entry in entries}


def _format(path: Path) -> Format:
    if path.suffix not in FORMATS:
        raise ValueError(f"{path}: the suffix must be {' or '.join(FORMATS)}, got {path.suffix!r}")
    return FORMATS[path.suffix]


@contextmanager
def _sound(what: str) -> Iterator[None]:
    """Make one error of whatever zipfile, NumPy and safetensors run into while they read hostile bytes."""
    try:
        yield
    except ImportError:
        raise
    except Exception as error:
        told = str(error) or type(error).__name__
        raise ValueError(f"{what}: it is truncated, damaged or something else ({told})") from error


# -- .npz --------------------------------------------------------------------------------------


def _write_npz(file: IO[bytes], arrays: Arrays) -> None:
    # np.savez takes the names as keyword arguments, so that a parameter could not be called "file".
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            # A ZipInfo has a fixed date: equal arrays give equal files.
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


@contextmanager
def _npz(place: Path, file: IO[bytes]) -> Iterator[list[Stored]]:
    with zipfile.ZipFile(file) as archive:
        yield [
            Stored(
                info.filename.removesuffix(".npy"),
                info.file_size,
                partial(_npy_head, archive, info),
                partial(_npy, archive, info),
            )
            for info in archive.infolist()
        ]


LONGEST_HEADER = 12 + 10_000
"""Bytes: what NumPy takes for safe to parse, after the magic string and two lengths."""

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""How a header of a version is parsed. Version 3 is for fields with names, which numbers have none of."""


def _npy_head(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Head:
    """Shape and dtype, which agree with the length of the entry."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("it is compressed in a way that NumPy does not use")
    with archive.open(info) as entry:
        start = io.BytesIO(entry.read(LONGEST_HEADER))
    shape, _, dtype = HEADERS[np.lib.format.read_magic(start)](start)
    if dtype.hasobject:
        raise ValueError("Object arrays cannot be loaded: they are pickles, which can run code")
    expected, there = math.prod(shape) * dtype.itemsize, info.file_size - start.tell()
    if min(shape, default=0) < 0 or expected != there:
        raise ValueError(f"the header says {dtype} of shape {shape}, {expected} bytes; there are {there}")
    return tuple(map(int, shape)), dtype


def _npy(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Array:
    """The array. The entry is read to its end, so that its checksum is compared."""
    _npy_head(archive, info)
    return np.asarray(np.lib.format.read_array(io.BytesIO(archive.read(info)), allow_pickle=False))


# -- .safetensors ------------------------------------------------------------------------------


CHECKSUMS, CRC = "checksums", "crc32 "
"""The entry of the metadata that has the checksums, and how it begins; others' files have none.

The format has no checksums of its own. It writes entries in any order, so that one alone lets equal arrays
give equal files; and it is known by either mark, so that damage to one does not hide it.
"""


def _write_safetensors(file: IO[bytes], arrays: Arrays) -> None:
    sums = json.dumps({name: _checksum(name, array) for name, array in arrays.items()})
    file.write(_safetensors().numpy.save(dict(arrays), metadata={CHECKSUMS: CRC + sums}))


def _checksums(metadata: Mapping[str, str]) -> dict[str, int]:
    """Those of all arrays by name; none in others' files."""
    for key, text in metadata.items():
        if key == CHECKSUMS or text.startswith(CRC):
            sums = json.loads(text.removeprefix(CRC))
            if not isinstance(sums, dict):
                raise ValueError("the checksums are damaged")
            return sums
    return {}


def _checksum(name: str, array: Array) -> int:
    """Of the numbers, and of what they are read as."""
    return zlib.crc32(array.tobytes(), zlib.crc32(f"{name} {array.dtype.str} {array.shape}".encode()))


@contextmanager
def _safetensors_entries(place: Path, file: IO[bytes]) -> Iterator[list[Stored]]:
    """The library has compared all shapes with the length of the file; it takes the last of equal names."""
    with _safetensors().safe_open(place, framework="np") as archive:
        sums = _checksums(archive.metadata() or {})
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")), object_pairs_hook=list)
        yield [
            Stored(name, 0, partial(_tensor_head, archive, name), partial(_tensor, archive, name, sums))
            for name, _ in header
            if name != "__metadata__"
        ]


DTYPES = {
    "BOOL": "?", "I8": "i1", "I16": "i2", "I32": "i4", "I64": "i8", "U8": "u1", "U16": "u2", "U32": "u4",
    "U64": "u8", "F16": "f2", "F32": "f4", "F64": "f8", "C64": "c8",
}  # fmt: skip


def _tensor_head(archive: Any, name: str) -> Head:
    part = archive.get_slice(name)
    if part.get_dtype() not in DTYPES:
        raise ValueError(f"NumPy has no {part.get_dtype()} numbers")
    return tuple(part.get_shape()), np.dtype(DTYPES[part.get_dtype()])


def _tensor(archive: Any, name: str, sums: Mapping[str, int]) -> Array:
    """The array, compared with its checksum where the file has checksums."""
    array: Array = archive.get_tensor(name)
    if sums and sums.get(name) != _checksum(name, array):
        raise ValueError(f"the checksum of {visible(name, LONGEST)} is another")
    return array


def _safetensors() -> Any:
    with needing("safetensors", "a .safetensors file needs safetensors"):
        import safetensors.numpy
    return safetensors


FORMATS = {
    ".npz": Format(_write_npz, _npz),
    ".safetensors": Format(_write_safetensors, _safetensors_entries),
}
