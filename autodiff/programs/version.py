"""A version of a program: what was recorded for arguments of given shapes and dtypes, variables or not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from ..values import modes
from ..values.data import Data, dtype_of, shape_of
from ..values.value import Value, recasts
from .arguments import Arguments
from .guards.finding import Guarded, guards_of
from .guards.guard import changes
from .listing import Listing
from .loading import loaded
from .results import structure
from .rewrites.rewriting import rewritten
from .source import Source, written
from .tracing.repeating import check_repeats
from .tracing.trace import Recording, recorded_from

STAYS = ("_f", "_arguments", "_lock", "_absorbing", "main", "guarded", "changed", "in_chunks")
"""What a version has that is not pickled: f, what it reads around itself, and what follows from the text."""

TEXT = 50
"""Bytes that a letter of a source stands for: its listing and its compiled code are many times as large."""


class Form:
    """One recording of f, as a function of data."""

    def __init__(self, listing: Listing, captured: tuple[Value, ...], name: str, doc: str) -> None:
        self.captured = captured
        inputs = [line for line in listing.lines if line.kind == "input"]
        self.arguments = len(inputs) - len(captured)
        self.listing = rewritten(listing)
        self.source: Source = written(self.listing, name, doc)
        self.function = loaded(self.source)

    @classmethod
    def told(cls, source: Source, arguments: int, captured: tuple[Value, ...]) -> Form:
        """The form of a text, whose recording is elsewhere."""
        form = object.__new__(cls)
        form.source, form.arguments, form.captured = source, arguments, captured
        form.function = loaded(source)
        return form

    def __call__(self, data: list[Data]) -> tuple[Data, ...]:
        """All results for the data of the arguments, and of captured Values: as given, else as they are."""
        read = self.captured[len(data) - self.arguments :]
        return self.function(*data, *[value._data for value in read])


class Version:
    """The two forms of a program: one that is fast, and one that takes 0·∞ for 0 where a zero is structural.

    The second is recorded when a gradient holds nan for the first time, and serves from then on where
    one does, as the eager engine's second pass.
    """

    in_chunks: Source | None = None
    """The text for some rows of a chunk, where it was called with Dask arrays."""

    def __init__(self, f: Callable[..., Any], key: Hashable, arguments: Arguments, name: str) -> None:
        self.key, self.name, self.doc = key, name, f"{name}({_shapes_in_words(arguments)})"
        self.inside_derivative = modes.inside_derivative()
        self._f, self._arguments = f, arguments
        self._lock = threading.RLock()
        self._absorbing: Form | None = None
        listing = self._noted(self._recorded(absorbs=False, twice=True))
        self.guarded = guards_of(f, arguments.fixed)
        self.changed = changes(self.guarded.guards)
        self.main = Form(listing, self.captured, name, self.doc)
        self.shortened = False

    def _noted(self, recording: Recording) -> Listing:
        """The listing of a recording, whose nodes go when all else there is to know of it is noted."""
        self.captured = recording.captured
        self.recasts = recasts.on
        self.dtypes = tuple(value.dtype for value in self.captured)
        self.variable_captures = tuple(value._tracked for value in self.captured)
        self.tracked = tuple(value._tracked for value in recording.outputs)
        self.records = any(self.tracked)
        self.checks_nan = recording.checks_nan
        self.result = structure(recording.result)
        return recording.listing

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: the text of both forms, and what it is given. See `pickling`."""
        state = {name: x for name, x in vars(self).items() if name not in STAYS}
        return {**state, "text": self.whole_source, "arguments": self.main.arguments}

    def __setstate__(self, state: dict[str, Any]) -> None:
        text, arguments = state.pop("text"), state.pop("arguments")
        vars(self).update(state, recasts=recasts.on, checks_nan=False, shortened=False, _absorbing=None)
        self.main = Form.told(text, arguments, self.captured)
        self.guarded, self.changed = Guarded([], []), bool
        self._lock = threading.RLock()

    def _recorded(self, absorbs: bool, captured: Sequence[Value] = (), twice: bool = False) -> Recording:
        """Trace f; twice, to find out whether it does the same each time."""
        inputs = self._arguments.inputs()
        args, kwargs = self._arguments.filled(iter(inputs))
        with modes.inside(self.inside_derivative):
            found = recorded_from(self._f, args, kwargs, inputs, absorbs, captured)
            if twice:
                check_repeats(found.trace, self._f, *self._arguments.filled(iter(inputs)))
        return found

    @property
    def function(self) -> Callable[..., Any]:
        """What is recorded. Raises RuntimeError where it stayed behind, as the program was pickled."""
        if "_f" in vars(self):
            return self._f
        raise RuntimeError(
            f"the program {self.name} was pickled without its function, and takes no dask arrays here; it is "
            "sent to the workers as it is called"
        )

    def is_current(self) -> bool:
        """Whether captured Values are variables and of the dtypes that they were, and names mean the same."""
        now = recasts.on
        if self.recasts != now:
            if self.dtypes != tuple(value.dtype for value in self.captured):
                return False
            self.recasts = now
        variable = tuple(value._tracked for value in self.captured)
        return self.variable_captures == variable and not self.changed()

    def outputs(self, data: list[Data]) -> tuple[Data, ...]:
        """The results, in order, for the data of the arguments, and of captured Values where these follow."""
        found = self.main(data)
        if not self.checks_nan:
            return found
        return found[:-1] if found[-1] == found[-1] else self.absorbing(data)

    @property
    def absorbing(self) -> Form:
        """The second form."""
        with self._lock:
            if self._absorbing is None:
                recording = self._recorded(absorbs=True, captured=self.captured)
                self._absorbing = Form(recording.listing, recording.captured, self.name, self.doc)
            return self._absorbing

    @property
    def nbytes(self) -> int:
        """Bytes of arrays that are kept from call to call, by one thread; the text is counted with them."""
        forms = [form for form in (self.main, self._absorbing) if form]
        return sum(form.source.nbytes + TEXT * len(form.source) for form in forms)

    # -- to be read ----------------------------------------------------------------------------

    @property
    def source(self) -> Source:
        """The text of the first form, or that for rows in chunks, below what it takes to stay as it was."""
        return (self.in_chunks or self.main.source).below(self.guarded.told())

    @property
    def whole_source(self) -> Source:
        """The text of both forms, where there is a second."""
        if not self.checks_nan:
            return self.main.source.below(self.guarded.told())
        whole = written(self.main.listing, self.name, self.doc, self.absorbing.listing)
        return whole.below(self.guarded.told())

    def __repr__(self) -> str:
        return f"<version {self.doc}>"


def _shapes_in_words(arguments: Arguments) -> str:
    """The inputs of a version, with their shapes and with dtypes other than float64."""
    names = [value.name for value in arguments.inputs()]
    return ", ".join(f"{name}{_size(data)}" for name, data in zip(names, arguments.data, strict=True))


def _size(data: Data) -> str:
    dtype = "" if type(data) is float or dtype_of(data) == "f8" else f" {dtype_of(data)}"
    shape = shape_of(data)
    return f": {shape}{dtype}" if shape else f":{dtype}" if dtype else ""
