"""Files from anybody: loaded whole or refused by one ValueError, at no cost, and the model unchanged."""

from __future__ import annotations

import io
import json
import struct
import time
import tracemalloc
import warnings
import zipfile
from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest

from nn import MLP, BatchNorm, Dropout, Linear, Sequential, fit, load, save
from nn.activations import relu
from nn.losses import mean_squared_error
from nn.training.archive import opened, write_arrays
from nn.training.packing import pack, unpack

WEIGHT, BIAS = "layers.0.weight", "layers.0.bias"
GOOD = {WEIGHT: np.zeros((1, 2)), BIAS: np.zeros(1)}


def same_state(a, b):
    a, b = a.state_dict(), b.state_dict()
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array))
    return file.getvalue()


def crafted(header, data=b"", version=(1, 0)):
    """An .npy file with any text as its header."""
    text = header.encode() if isinstance(header, str) else header
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def written(path, entries, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in entries:
            archive.writestr(name, content if isinstance(content, bytes) else npy(content))
    return path


def refused(path, match=None):
    """That a model does not load the file, and stays as it is; the error."""
    model = MLP(2, [1], seed=1)
    with pytest.raises(ValueError, match=match) as caught:
        load(model, path)
    assert "not loaded, the model is unchanged" in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 5000
    assert same_state(model, MLP(2, [1], seed=1))


def header(descr="'<f8'", order="False", shape="(1, 2)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


HEADERS = {
    "huge": (header(shape=f"({2**70},)"), "shape"),
    "huge and empty": (header(shape=f"(0, {2**70})"), "shape"),
    "beyond all digits": (header(shape=f"(0x{'f' * 9000},)"), None),
    "negative": (header(shape="(-1, -2)"), "shape"),
    "negative in part": (header(shape="(1, -2)"), "shape"),
    "more than there is": (header(shape="(1, 2)"), "16 bytes; there are 8"),
    "fractions": (header(shape="(1.0, 2.0)"), "shape"),
    "no tuple": (header(shape="2"), "shape"),
    "objects": (header("'|O'"), "Object arrays cannot be loaded"),
    "fields with objects": (header("[('a', '|O')]"), "Object arrays cannot be loaded"),
    "fields": (header("[('a', '<f8')]", shape="(1,)"), "expected shape"),
    "no dtype": (header("'nothing'"), "descr"),
    "a dtype of anything": (header("{'a': 1}"), None),
    "strings": (header("'<U1'", shape="(1, 2)"), "dtype <U1"),
    "nothing at all": (header("'|V0'", shape="(1, 1000000000000)"), None),
    "an order of anything": (header(order="3"), "fortran_order"),
    "a call": ("__import__('os').abort()", "header"),
    "a key too few": ("{'descr': '<f8', 'shape': (1, 2)}", "keys"),
    "no dict": ("[1, 2]", "dictionary"),
    "no expression": ("{'descr': ", None),
    "brackets": ("(" * 5000, None),
    "minuses": ("-" * 9000 + "1", None),
    "an open string": ("{'''", None),
    "null bytes": (b"\0" * 100, None),
    "no letters": (b"\xff\xfe" * 100, None),
    "nothing": ("", None),
    "too long": (header() + " " * 20_000, None),
}


@pytest.mark.filterwarnings("ignore")  # what Python says of the expressions
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0), (9, 9)])
@pytest.mark.parametrize("what", HEADERS)
def test_a_crafted_header_is_refused(tmp_path, what, version):
    text, told = HEADERS[what]
    entries = [(f"{WEIGHT}.npy", crafted(text, bytes(8), version)), (f"{BIAS}.npy", np.zeros(1))]
    refused(written(tmp_path / "model.npz", entries), told if version[0] < 3 else None)


def test_the_longest_header_is_not_read_to_its_end(tmp_path):
    content = crafted(b" " * 10, version=(2, 0))[:8] + struct.pack("<I", 2**31) + b" " * 100_000_000
    path = written(tmp_path / "model.npz", [(WEIGHT, content), (BIAS, np.zeros(1))], zipfile.ZIP_DEFLATED)
    assert peak(partial(refused, path)) < 2_000_000


def peak(call):
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


BOMB = bytes(300_000_000)
BOMBS = {
    "an unknown name": ([("other.npy", npy(np.zeros(1)) + BOMB)], r"other: unknown"),
    "a wrong shape": (
        [(f"{WEIGHT}.npy", crafted(header(shape="(37500000,)"), BOMB))], r"expected shape \(1, 2\)"
    ),
    "a longer entry": ([(f"{WEIGHT}.npy", crafted(header(), BOMB))], r"16 bytes; there are 300000000"),
    "a larger dtype": (
        [(f"{WEIGHT}.npy", crafted(header("'<U37500000'"), BOMB))], "float64 numbers, got dtype <U37500000"
    ),
    "no array": ([(f"{WEIGHT}.npy", BOMB)], "magic"),
}  # fmt: skip


@pytest.mark.parametrize("what", BOMBS)
def test_an_archive_that_would_unpack_to_gigabytes_costs_nothing(tmp_path, what):
    entries, told = BOMBS[what]
    others = [(f"{name}.npy", array) for name, array in GOOD.items() if f"{name}.npy" != entries[0][0]]
    path = written(tmp_path / "model.npz", entries + others, zipfile.ZIP_DEFLATED)
    begin = time.process_time()
    assert peak(partial(refused, path, told)) < 2_000_000
    assert time.process_time() - begin < 0.5


def test_a_checkpoint_that_would_unpack_to_gigabytes_costs_nothing(tmp_path):
    content = {"tree.npy": npy(np.full(50_000_000, ord("["), np.uint8))}
    path = written(tmp_path / "run.npz", content.items(), zipfile.ZIP_DEFLATED)
    assert peak(partial(no_checkpoint, path, "its arrays are longer than the file")) < 4_000_000


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    entries = [(f"{name}.npy", array) for name, array in GOOD.items()]
    for other in (f"{WEIGHT}.npy", WEIGHT, f"{WEIGHT}.npy\0x"):
        path = written(tmp_path / "model.npz", [*entries, (other, np.ones((1, 2)))])
        refused(path, rf"{WEIGHT} occurs twice")


def test_a_name_that_is_twice_in_a_safetensors_file_is_refused(tmp_path):
    pytest.importorskip("safetensors")
    part = '{"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}'
    content = f'{{"a": {part}, "a": {part}}}'.encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(content)) + content + bytes(8))
    refused(path, "a occurs twice")


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 50_000, b"", b"{}", b"{} ", b"null", b"[]"])
def test_a_crafted_safetensors_header_is_refused(tmp_path, content):
    pytest.importorskip("safetensors")
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(content)) + content)
    refused(path)


@pytest.mark.parametrize("dtype", ["BF16", "F8_E4M3", "F64"])
def test_what_a_safetensors_file_holds_is_read_where_it_fits(tmp_path, dtype):
    pytest.importorskip("safetensors")
    size = {"BF16": 2, "F8_E4M3": 1, "F64": 8}[dtype]
    parts = {
        WEIGHT: {"dtype": dtype, "shape": [1, 2], "data_offsets": [0, 2 * size]},
        BIAS: {"dtype": "F64", "shape": [1], "data_offsets": [2 * size, 2 * size + 8]},
    }
    content = json.dumps(parts).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(struct.pack("<Q", len(content)) + content + bytes(2 * size + 8))
    if dtype == "F64":
        assert not load(MLP(2, [1]), path).state_dict()[WEIGHT].any()
    else:
        refused(path, f"NumPy has no {dtype} numbers")


def test_many_unknown_entries_are_counted_and_not_listed(tmp_path):
    entries = [(f"{name}.npy", array) for name, array in GOOD.items()]
    path = written(tmp_path / "model.npz", [*entries, *((f"x{i}", b"") for i in range(50_000))])
    refused(path, r"x9: unknown\n  and 49,990 more: unknown$")


def test_names_from_a_file_are_told_on_a_line_and_not_too_long(tmp_path):
    path = written(tmp_path / "model.npz", [("a\n\x1b[2Jb", b""), ("n" * 60_000, b"")])
    refused(path, rf"a\\n\\x1b\[2Jb: unknown\n  {'n' * 100}…: unknown$")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_numpy_does_not_write_is_refused(tmp_path, compression):
    entries = [(f"{name}.npy", array) for name, array in GOOD.items()]
    refused(written(tmp_path / "model.npz", entries, compression), "compressed in a way")


def test_only_what_is_wanted_is_read(tmp_path, monkeypatch):
    write_arrays(tmp_path / "all.npz", {"a": np.arange(3.0), "b": np.arange(4.0)})
    read, original = [], zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile,
        "open",
        lambda self, info, *rest: read.append(info.filename) or original(self, info, *rest),
    )
    with opened(tmp_path / "all.npz") as arrays:
        assert read == []
        assert (arrays["b"].shape, arrays["b"].dtype) == ((4,), float)
        assert np.asarray(arrays["b"]).tolist() == [0.0, 1.0, 2.0, 3.0]
    assert set(read) == {"b.npy"}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float32, ">f8", np.int16, bool, np.float16])
@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_loaded(tmp_path, order, dtype, write):
    weight = np.array([[1, 0]]).astype(dtype, order=order)
    write(tmp_path / "model.npz", **{WEIGHT: weight, BIAS: np.ones(1, dtype)})
    narrower = dtype in (np.float32, np.float16)
    with pytest.warns(UserWarning, match="become float64") if narrower else nullcontext():
        model = load(MLP(2, [1]), tmp_path / "model.npz")
    assert model.state_dict()[WEIGHT].tolist() == [[1.0, 0.0]]


def test_a_link_to_a_file_of_any_name_is_saved_and_loaded(tmp_path):
    (tmp_path / "model.npz").symlink_to("content")
    save(MLP(2, [1], seed=0), tmp_path / "model.npz")
    assert (tmp_path / "model.npz").is_symlink()
    assert same_state(load(MLP(2, [1], seed=1), tmp_path / "model.npz"), MLP(2, [1], seed=0))


def test_a_folder_and_a_missing_file_are_told_as_such(tmp_path):
    (tmp_path / "model.npz").mkdir()
    with pytest.raises(IsADirectoryError, match=r"model\.npz"):
        load(MLP(2, [1]), tmp_path / "model.npz")
    with pytest.raises(FileNotFoundError, match=r"none\.npz"):
        load(MLP(2, [1]), tmp_path / "none.npz")


def test_numbers_of_a_safetensors_file_are_compared_with_its_checksums(tmp_path):
    peer = pytest.importorskip("safetensors.numpy")
    path, model = tmp_path / "model.safetensors", MLP(2, [1], seed=0)
    save(model, path)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    refused(path, r"the checksum of layers\.0\.\w+ is another")
    for sums in ("[]", "3", '{"layers.0.weight": 0}', "{"):
        for name, text in (("checksums", sums), ("another name", f"crc32 {sums}")):
            peer.save_file(model.state_dict(), path, {name: text})
            refused(path)
    peer.save_file(model.state_dict(), path, {"format": "pt"})
    assert same_state(load(MLP(2, [1], seed=1), path), model)


# -- checkpoints -------------------------------------------------------------------------------

X = np.random.default_rng(0).normal(size=(8, 3))
Y = X @ [1.0, -2.0, 0.5]


def noisy(seed=0):
    return Sequential(
        Linear(3, 2, seed=seed), BatchNorm(2), relu, Dropout(0.3, seed=1), Linear(2, 1, seed=seed)
    )


def trained(path, model=None, epochs=2):
    model = noisy() if model is None else model
    options = {
        "loss": mean_squared_error,
        "seed": 0,
        "batch_size": 4,
        "progress": False,
        "metrics": {"m": mean_squared_error},
    }
    return fit(model, X, Y, epochs=epochs, checkpoint=path, **options)


def no_checkpoint(path, match=None):
    """That a training does not take the file, and the model stays as it is."""
    before, model = path.read_bytes(), noisy(seed=7)
    for p in model.parameters():
        p.grad = np.ones_like(p.data)
    with pytest.raises(ValueError, match=match) as caught:
        trained(path, model)
    assert f"checkpoint: {path} " in str(caught.value)
    assert "delete the file to begin anew" in str(caught.value)
    assert same_state(model, noisy(seed=7))
    assert path.read_bytes() == before


def changed(path, change):
    """A checkpoint with something wrong in its tree."""
    trained(path)
    with opened(path) as arrays:
        content = unpack(arrays)
    change(content)
    write_arrays(path, pack(content))
    return path


def put(*keys, new):
    """What sets an entry deep within."""

    def change(content):
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = new

    return change


def drop(*keys):
    def change(content):
        for key in keys[:-1]:
            content = content[key]
        del content[keys[-1]]

    return change


S, STATE = "state", ("seed", "model", "optimizer", "generators", "history", "progress")
WRONG = {
    "no format": drop("format"),
    "a format of another kind": put("format", new=np.zeros(3)),
    "no fingerprint": drop("fingerprint"),
    "an empty fingerprint": put("fingerprint", new={}),
    "a fingerprint of another kind": put("fingerprint", new=[1]),
    "an array in the fingerprint": put("fingerprint", "model", new=np.zeros(3)),
    "no state": drop(S),
    "a state of another kind": put(S, new=3),
    **{f"no {part}": drop(S, part) for part in STATE},
    **{f"{part} of another kind": put(S, part, new="x") for part in STATE},
    "a negative seed": put(S, "seed", new=-1),
    "a parameter of another shape": put(S, "model", "layers.0.weight", new=np.zeros(5)),
    "a parameter too few": drop(S, "model", "layers.0.weight"),
    "no groups": put(S, "optimizer", "groups", new=[]),
    "groups of another kind": put(S, "optimizer", "groups", new=3),
    "a group of another kind": put(S, "optimizer", "groups", new=[3]),
    "no rate": drop(S, "optimizer", "groups", 0, "lr"),
    "a rate that is none": put(S, "optimizer", "groups", 0, "lr", new="x"),
    "steps that are none": put(S, "optimizer", "groups", 0, "steps", new=["x"] * 6),
    "no generators": put(S, "generators", new=[]),
    "a generator of another kind": put(S, "generators", new=[{"bit_generator": "PCG64", "state": {}}]),
    "a loss that is no list": put(S, "history", "loss", new=3.0),
    "a loss that is no number": put(S, "history", "loss", new=["x"]),
    "metrics that are no dict": put(S, "history", "metrics", new=[]),
    "a metric that is no list": put(S, "history", "metrics", new={"m": 3.0}),
    "a reason that is none": put(S, "history", "reason", new=3),
    "a position that is none": put(S, "progress", "position", new="x"),
    "a negative position": put(S, "progress", "position", new=-1),
    "a position between two": put(S, "progress", "position", new=0.5),
    "totals too few": put(S, "progress", "totals", new=[]),
    "totals that are none": put(S, "progress", "totals", new=[None, None]),
    "a best that is none": put(S, "progress", "best", new={}),
    "a best of another shape": put(S, "progress", "best", "layers.0.weight", new=np.zeros(5)),
    "a best loss that is none": put(S, "progress", "best_loss", new=None),
    "a stop that is none": put(S, "progress", "stopped", new=3),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_checkpoint_with_a_wrong_tree_is_refused(tmp_path, what):
    no_checkpoint(changed(tmp_path / "run.npz", WRONG[what]))


TREES = [
    b"[" * 100_000, b'{"dict":' * 100_000, b'{"list":[' * 5_000 + b"]}" * 5_000, b"9" * 5000,
    b"", b"{}", b"null", b"3", b"NaN", b'"\\ud800"', b"\xff\xfe", b'{"array":"none"}', b'{"array":["a"]}',
    b'{"set":[]}', b'{"dict":[[[],1]]}', b'{"dict":[["a"]]}', b'{"dict":3}', b'{"list":3}', b'{"a":1,"b":2}',
    b'{"dict":[["a",1],["a",2]]}',
]  # fmt: skip


@pytest.mark.parametrize("tree", TREES)
def test_a_checkpoint_whose_tree_is_none_is_refused(tmp_path, tree):
    write_arrays(tmp_path / "run.npz", {"tree": np.frombuffer(tree, np.uint8)})
    no_checkpoint(tmp_path / "run.npz")


@pytest.mark.parametrize("tree", [3.0, ["a"], np.zeros((2, 2))])
def test_a_tree_of_another_kind_is_refused(tmp_path, tree):
    write_arrays(tmp_path / "run.npz", {"tree": tree})
    no_checkpoint(tmp_path / "run.npz")


def test_keys_that_are_there_twice_are_refused():
    tree = np.frombuffer(b'{"dict":[["a",1],["a",2]]}', np.uint8)
    with pytest.raises(ValueError, match="twice"):
        unpack({"tree": tree})
