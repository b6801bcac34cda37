"""compile: a function as a straight-line program."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from types import MethodType
from typing import Any, overload

from ..files.writing import format_of, write
from ..text import notebook
from ..text.digits import counted
from ..values import modes
from .arguments import Arguments, Signature, entered
from .calling import MISS, Direct, direct
from .chunks.calling import Chunked, has_chunks
from .differentiable import Recorder
from .pickling import Missing, name_of, portable
from .results import filled
from .saving import saved
from .source import Source
from .version import Version

Function = Callable[..., Any]
Static = str | int | Collection[str | int]

MOST_BYTES = 2**30
"""Memory of all versions together; the one used last stays in any case."""

SHORT_WAYS = 4
"""How many versions are tried before arguments are sorted."""


class Program:
    """A function compiled: it has f's signature and gives what f gives, faster. Made by `compile`."""

    def __init__(self, f: Function, static: Static = (), keep: int = 64) -> None:
        if not callable(f):
            raise TypeError(f"compile takes a function, got {f!r}")
        functools.update_wrapper(self, f)
        self._f = f
        self._parameters = Signature(f, static)
        self._keep = keep
        self._versions: OrderedDict[Hashable, Version] = OrderedDict()
        self._recorders: dict[Version, Recorder] = {}
        self._short: tuple[tuple[Version, Direct], ...] = ()
        self._way: Direct = _no_way
        self._last: Version | None = None
        self._lock = threading.RLock()

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """What f returns for these arguments."""
        if not kwargs and not modes.switch.on:
            result = self._way(args)
            if result is not MISS or (result := self._another_way(args)) is not MISS:
                return result
        elif modes.tracer() is not None or modes.inspector() is not None:
            return self._f(*args, **kwargs)  # one program inside another; and an anomaly is to be seen
        return self.evaluated(args, kwargs)

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As a method: `self` is an argument, to be declared static."""
        return self if instance is None else MethodType(self, instance)

    def _another_way(self, args: tuple[Any, ...]) -> Any:
        """What a version gives that was not used last; MISS where none is short."""
        for version, way in self._short:
            if version is not self._last and (result := way(args)) is not MISS:
                self._use(version)
                return result
        return MISS

    def evaluated(self, args: tuple[Any, ...], kwargs: dict[str, Any], record: bool = True) -> Any:
        """What a call returns, the long way; data alone, if nothing is to be recorded."""
        if has_chunks(args, kwargs):
            return Chunked((args, kwargs), self._entered).result(self._version)
        arguments = entered(args, kwargs, self._parameters)
        version = self._version(arguments)
        outputs: Any = version.outputs(arguments.data)
        if record and version.records:
            outputs = self._recorder(version, arguments)(arguments, outputs)
        return filled(version.result, outputs)

    def _entered(self, call: tuple[tuple[Any, ...], dict[str, Any]]) -> Arguments:
        return entered(*call, self._parameters)

    # -- elsewhere -----------------------------------------------------------------------------

    def __copy__(self) -> Program:
        return self

    def __deepcopy__(self, memo: object) -> Program:
        return self  # as a function is its own copy

    def __getstate__(self) -> dict[str, Any]:
        """The texts of the versions, and the name of f."""
        versions = portable(_identifier(self._f), self.versions)
        name = None if any(version.captured for version in versions) else name_of(self._f)
        if not (name or versions):
            raise ValueError(
                f"cannot pickle {self!r}, whose function has no name by which it is found: programs are "
                "pickled as their source, so call it first with arguments like those that it will be given"
            )
        return {
            "name": name,
            "called": _identifier(self._f),
            "versions": versions,
            "parameters": self._parameters,
            "keep": self._keep,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        name, versions = state["name"], state["versions"]
        f = (name and name.function()) or Missing(state["called"], versions)
        Program.__init__(self, f, keep=state["keep"])
        self._parameters = state["parameters"]
        self._versions.update((version.key, version) for version in versions)
        self._last = versions[-1] if versions else None

    # -- versions ------------------------------------------------------------------------------

    @property
    def versions(self) -> tuple[Version, ...]:
        """What was compiled so far and is kept, the one used last at the end."""
        with self._lock:
            return tuple(self._versions.values())

    def _version(self, arguments: Arguments) -> Version:
        """The version for arguments like these, compiled where there is none."""
        key = arguments.key, modes.inside_derivative()
        with self._lock:
            version = self._versions.get(key)
            if version is None or not version.is_current():
                self._forget(key)
                version = self._versions[key] = Version(self._f, key, arguments, _identifier(self._f))
                self._make_room()
            if not version.shortened:
                version.shortened = True
                if (way := direct(version, arguments)) is not None:
                    self._short = ((version, way), *self._short[: SHORT_WAYS - 1])
            self._use(version)
            return version

    def _make_room(self) -> None:
        """Let versions go that were not used for the longest time, while there are too many, or too large."""
        size = sum(version.nbytes for version in self._versions.values())
        while len(self._versions) > self._keep or (size > MOST_BYTES and len(self._versions) > 1):
            oldest = next(iter(self._versions))
            size -= self._versions[oldest].nbytes
            self._forget(oldest)

    def _use(self, version: Version) -> None:
        """Note which version was used last."""
        with self._lock:
            self._last = version
            self._way = next((way for short, way in self._short if short is version), _no_way)
            if version.key in self._versions:  # another thread may have made it go
                self._versions.move_to_end(version.key)

    def _forget(self, key: Hashable) -> None:
        """Let a version go, if there is one."""
        if (gone := self._versions.pop(key, None)) is not None:
            self._recorders.pop(gone, None)
            self._short = tuple([pair for pair in self._short if pair[0] is not gone])
            if gone is self._last:
                self._way = _no_way

    def _recorder(self, version: Version, arguments: Arguments) -> Recorder:
        """What records the calls of a version, made at the first."""
        with self._lock:
            if version not in self._recorders:
                self._recorders[version] = Recorder(self._f, version, arguments, _compiled)
            return self._recorders[version]

    # -- to be read ----------------------------------------------------------------------------

    @property
    def source(self) -> Source:
        """The Python source of the version used last. Raises ValueError before the first call."""
        return self._used.source

    def source_of(self, /, *args: Any, **kwargs: Any) -> Source:
        """The source of the version for these arguments, which is compiled if it was not yet."""
        return self._version(entered(args, kwargs, self._parameters)).source

    def save(self, path: str | Path) -> Path:
        """Write the version used last as a module that needs NumPy only. Returns the path.

        Its function takes the inputs one by one, numbers and arrays of those shapes and dtypes: the
        entries of the arguments in order, then the Values that f closes over. It returns the results one
        by one, as a tuple. Raises ValueError before the first call, for a suffix other than .py, and for
        what has no text: operations whose functions were not written in a file, or use what only their
        module has.
        """
        path = Path(path)
        format_of(path, (".py",))
        write(path, saved(self._used.whole_source).encode())
        return path

    @property
    def _used(self) -> Version:
        """The version used last."""
        if self._last is None:
            raise ValueError(
                f"{self!r} has no source yet: call it first, or source_of(arguments), since a program is "
                "written for the shapes of its arguments"
            )
        return self._last

    def __repr__(self) -> str:
        return f"<program {_identifier(self._f)}, {counted(len(self._versions), 'version')}>"

    def _repr_html_(self) -> str:
        """The source of the version used last, in colours."""
        title = f"program {_identifier(self._f)}, {counted(len(self._versions), 'version')}"
        if self._last is None:
            return notebook.block(notebook.heading(title), notebook.note("written at the first call"))
        return notebook.block(notebook.heading(title), notebook.listing(self.source))


def _compiled(f: Function) -> Callable[..., Any]:
    """A program, to be called the long way."""
    return Program(f).evaluated


def _no_way(args: tuple[Any, ...]) -> Any:
    """The short way of no version."""
    return MISS


def _identifier(f: Function) -> str:
    name = getattr(f, "__name__", None)
    return name if isinstance(name, str) and name.isidentifier() else "program"


@overload
def compile(f: Function, *, static: Static = (), keep: int = 64) -> Program: ...
@overload
def compile(f: None = None, *, static: Static = (), keep: int = 64) -> Callable[[Function], Program]: ...
def compile(f: Function | None = None, *, static: Static = (), keep: int = 64) -> Any:
    """A program with f's signature that computes what f does, as straight-line Python.

    At the first call with arguments of given shapes and dtypes, f runs on Values; values and gradients
    alike are recorded, shortened, and written down as source, one line per operation, which runs from
    then on. f may be `value_and_grad(g)`, `hessian(g)`, or call `gradients`. Arguments and results are
    numbers and arrays in tuples, lists and dicts; other arguments, and those that are declared `static`
    by name or position, choose what is computed.

    Values that f closes over, such as a model's parameters, are read anew at each call. Where the result
    depends on one that is a variable, or on an argument that is, it is a Value again, and the program one
    operation of its graph. Everything else is recorded once; if it has changed by the next call, the program
    is recorded again: what f and the user's functions that it calls read in their closures, among their
    globals, of `self`, and behind constant attributes and keys, `cfg.layers[0].scale`; defaults, and what a
    partial contains; the entries of what is looped over or passed on; arrays up to 1,000 bytes; the mode that
    `train()` and `eval()` set. At the first call f is called twice, to find out whether it does the same each
    time.

    Not noticed, so that a program becomes stale, are writes into arrays above 1,000 bytes, into what has
    more than 64 entries, and into the objects in an array (the head of `source` names them); what f reads in
    other ways, such as by attributes and keys that it computes from others, in objects that functions return,
    in files; attributes of Python's numbers, strings and containers; the settings of `nn`'s own
    layers, and Values put in place of their parameters (new `data` of parameters are read); what belongs to
    Python's own modules; and a new `__code__` of a function. Static arguments that are equal are the same.

    The last `keep` versions are kept, see `versions`, or fewer where they take more than a gigabyte together;
    threads can share a program. `source` is the text.
    Overflow, nan and kinks are those of the eager engine, but BLAS may keep ∞ where products that overflow
    cancel. So is 0·∞: 0 for structural zeros, decided anew at each call, else nan; in loops of more than 32
    steps such a zero of one step is not known in the next, and it is nan there. There are no warnings.

    A program is pickled as its source: it computes elsewhere what it computed before, with the data that the
    Values it closes over had then; pickled together with a model, it goes on reading that model. If it closes
    over none, a function found by its name in a module goes along, and is recorded there for other arguments.

    Dask arrays with rows in chunks are computed by one program per chunk, where f sums or averages over rows
    only; results are Dask arrays, and 0·∞ is nan there.

    Raises TypeError where f looks at a number: `if x > 0`, `float(x)`, `x.data`; and for arguments that are
    neither data nor settings; and for rows in chunks where f does not split, naming the operation. Raises
    ValueError where f does not do the same each time.

    >>> from autodiff import value_and_grad, where
    >>> program = compile(value_and_grad(lambda x: where(x > 0.0, x * x, -x)))
    >>> program(3.0), program(-3.0)
    ((9.0, 6.0), (3.0, -1.0))
    """
    if f is None:
        return functools.partial(Program, static=static, keep=keep)
    return Program(f, static, keep)


jit = compile
"""The same by JAX's name, which `from autodiff import *` brings along: `compile` is Python's own there."""
