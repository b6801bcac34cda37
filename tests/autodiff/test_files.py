"""Files are old or new at every moment, whoever writes, fails or is killed."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from autodiff import Value, animate, draw, nudges
from autodiff import compile as compiled
from autodiff.files import writing as writing
from autodiff.files.unfinished import DAY, new_name, remove_abandoned
from autodiff.files.writing import replacing, write
from nn import MLP, History, save
from nn.lecture import demonstration_1
from optim import newton
from tests.benchmarks.page import BEGIN, END, rewrite


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def litter(folder, name=None, age=0.0):
    path = folder / (name or new_name())
    path.write_bytes(b"half")
    os.utime(path, (time.time() - age,) * 2)
    return path


# -- the file itself ---------------------------------------------------------------------------


def test_until_the_block_ends_the_old_content_is_there(tmp_path):
    path = tmp_path / "file.txt"
    write(path, b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["file.txt"]


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(), ValueError(), OSError(errno.ENOSPC, "full")]
)
@pytest.mark.parametrize("existed", [True, False])
def test_a_block_that_fails_changes_nothing_and_leaves_nothing(tmp_path, error, existed):
    path = tmp_path / "file.txt"
    if existed:
        path.write_bytes(b"old")
    with pytest.raises(type(error)):
        _begin(path, error)
    assert names(tmp_path) == ["file.txt"] * existed
    assert not existed or path.read_bytes() == b"old"


def _begin(path, error):
    with replacing(path) as file:
        file.write(b"new")
        raise error


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_is_told_with_the_path_that_was_asked_for(tmp_path, monkeypatch, step):
    path = tmp_path / "file.txt"
    write(path, b"old")
    monkeypatch.setattr(os, step, partial(_fail, OSError(errno.ENOSPC, "No space left on device", "other")))
    with pytest.raises(OSError, match=rf"No space left on device: '{re.escape(str(path))}'") as caught:
        write(path, b"new")
    assert caught.value.filename == str(path)
    assert (names(tmp_path), path.read_bytes()) == (["file.txt"], b"old")


def _fail(error, *_, **__):
    raise error


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_real_full_device_is_told_and_stays_a_device():
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        write("/dev/full", b"new")
    assert Path("/dev/full").is_char_device()


def test_a_directory_that_cannot_be_written_is_told_by_the_path_asked_for(tmp_path, monkeypatch):
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # root may write everywhere
        refusal = PermissionError(errno.EACCES, "Permission denied", "temporary")
        monkeypatch.setattr(os, "open", partial(_fail, refusal))
        monkeypatch.setattr(writing, "open", partial(_fail, refusal), raising=False)
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError) as caught:
        write(tmp_path / "file.txt", b"new")
    tmp_path.chmod(0o700)
    assert caught.value.filename == str(tmp_path / "file.txt")
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o755, 0o666])
def test_a_file_keeps_its_mode(tmp_path, mode):
    path = tmp_path / "file.txt"
    write(path, b"old")
    path.chmod(mode)
    with replacing(path) as file:
        unfinished = next(other for other in tmp_path.iterdir() if other != path)
        assert unfinished.stat().st_mode & 0o777 == mode  # private while it is written, too
        file.write(b"new")
    assert path.stat().st_mode & 0o777 == mode


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_usual_mode(tmp_path, mask):
    before = os.umask(mask)
    try:
        write(tmp_path / "file.txt", b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "file.txt").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize("existed", [True, False])
def test_a_link_stays_one_and_its_target_is_replaced(tmp_path, existed):
    (tmp_path / "far").mkdir()
    target, link, chain = tmp_path / "far" / "target", tmp_path / "link", tmp_path / "chain"
    if existed:
        target.write_bytes(b"old")
    link.symlink_to(Path("far", "target"))
    chain.symlink_to(link)
    write(chain, b"new")
    assert (chain.is_symlink(), link.is_symlink(), target.is_symlink()) == (True, True, False)
    assert target.read_bytes() == link.read_bytes() == b"new"
    assert (names(tmp_path), names(tmp_path / "far")) == (["chain", "far", "link"], ["target"])


def test_another_hard_link_keeps_the_old_content(tmp_path):
    write(tmp_path / "a", b"old")
    os.link(tmp_path / "a", tmp_path / "b")
    write(tmp_path / "a", b"new")
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()) == (b"new", b"old")


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("name", ["n" * 255, "ä" * 127, "*.txt", "[a]?", " ", "new\nline", ".hidden", "-"])
def test_any_name_that_the_file_system_takes_is_saved(tmp_path, name, kind):
    for content in (b"old", b"new"):
        write(kind(tmp_path / name), content)
    assert names(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == b"new"


def test_a_name_that_is_too_long_is_told(tmp_path):
    with pytest.raises(OSError, match=f"{'n' * 256}") as caught:
        write(tmp_path / ("n" * 256), b"")
    assert caught.value.errno == errno.ENAMETOOLONG
    assert names(tmp_path) == []


def test_a_relative_path_is_told_as_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("file.txt", b"new")
    with pytest.raises(FileNotFoundError, match=r"no directory '.*nowhere'; make it first: 'nowhere/f.txt'"):
        write("nowhere/f.txt", b"new")
    with pytest.raises(FileNotFoundError, match=r"no directory '.*file.txt'; make it first: 'file.txt/f'"):
        write("file.txt/f", b"new")
    with pytest.raises(IsADirectoryError, match=r"cannot save '\.': it is a directory: '\.'"):
        write(".", b"new")
    assert names(tmp_path) == ["file.txt"]


def test_links_in_a_circle_are_told(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(OSError, match=r"'.*/a'"):
        write(tmp_path / "a", b"new")
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write(tmp_path / "pipe", b"new")
    reader.join()
    assert read == [b"new"]
    assert (tmp_path / "pipe").is_fifo()


# -- several writers ---------------------------------------------------------------------------


def test_threads_that_write_one_path_never_fail_and_readers_see_whole_files(tmp_path):
    path, failed, done = tmp_path / "file", [], threading.Event()
    contents = [bytes([k]) * 100_000 for k in range(4)]
    write(path, contents[0])

    def watched(work):
        try:
            work()
        except Exception as error:
            failed.append(error)

    def read():
        while not done.is_set():
            assert path.read_bytes() in contents

    reader = threading.Thread(target=watched, args=(read,))
    writers = [
        threading.Thread(target=watched, args=(lambda c=content: [write(path, c) for _ in range(25)],))
        for content in contents
    ]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert failed == []
    assert names(tmp_path) == ["file"]


def test_of_two_writers_the_last_to_finish_wins(tmp_path):
    path = tmp_path / "file"
    with replacing(path) as slow:
        slow.write(b"slow")
        with replacing(path) as quick:
            quick.write(b"quick")
        assert path.read_bytes() == b"quick"
    assert path.read_bytes() == b"slow"


KILLED = """
import sys, time
from autodiff.files import replacing
with replacing(sys.argv[1]) as file:
    file.write(b"half")
    print("writing", flush=True)
    time.sleep(600)
"""


def writer(path):
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "writing\n"
    return process


@pytest.mark.skipif(os.name != "posix", reason="elsewhere other processes cannot be seen")
@pytest.mark.parametrize("waited_for", [True, False])
def test_what_a_killed_process_left_is_removed_by_the_next_writer_but_never_what_a_live_one_has(
    tmp_path, waited_for
):
    dead, live = writer(tmp_path / "a"), writer(tmp_path / "a")
    try:
        write(tmp_path / "b", b"")
        assert len(names(tmp_path)) == 3
        dead.send_signal(signal.SIGKILL)
        if waited_for:
            dead.wait()
        else:
            os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
        for other in tmp_path.glob(".*"):
            os.utime(other, (0.0, 0.0))  # however long it takes
        write(tmp_path / "b", b"")  # whatever the next one writes
        left = [name for name in names(tmp_path) if name != "b"]
        assert len(left) == 1
        assert f"-{live.pid}-" in left[0]
    finally:
        for process in (dead, live):
            process.kill()
            process.communicate()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no start of processes is known")
def test_a_process_that_has_the_number_of_a_dead_one_does_not_keep_its_file(tmp_path):
    host, pid, start, unique = new_name().rsplit("-", 3)
    litter(tmp_path, f"{host}-{pid}-{int(start) - 1}-{unique}")
    write(tmp_path / "file", b"")
    assert names(tmp_path) == ["file"]


def test_the_files_of_another_host_are_left_alone_for_a_day(tmp_path, monkeypatch):
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(socket, "gethostname", lambda: "other/host-ä" * 20)
        recent, old = litter(tmp_path, age=DAY - 60.0), litter(tmp_path, age=DAY + 60.0)
    write(tmp_path / "file", b"")
    assert names(tmp_path) == sorted([recent.name, "file"])
    assert len(recent.name.encode()) < 140
    assert not old.exists()


@pytest.mark.parametrize(
    "name", [".autodiff-host-1-2-3.tmp", "x.tmp", ".run.npz.0123.tmp", ".autodiff-h-0-0-0123456789abcdef.tmp"]
)
def test_files_of_others_are_never_removed(tmp_path, name):
    litter(tmp_path, name, age=10 * DAY)
    write(tmp_path / "file", b"")
    assert name in names(tmp_path)


def test_what_cannot_be_removed_keeps_nobody_from_saving(tmp_path):
    host, _, start, unique = new_name().rsplit("-", 3)
    (tmp_path / f"{host}-999999999-{start}-{unique}").mkdir()
    write(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"new"
    remove_abandoned(tmp_path / "nowhere", now=0.0)


# -- all that is saved -------------------------------------------------------------------------


def program():
    run = compiled(lambda x: x * 2.0)
    run(1.0)
    return run


def product():
    x = Value(2.0, "x")
    y = x * 3.0
    y.backward()
    return x, y


SAVERS = {
    "model.npz": lambda path: save(MLP(2, [1], seed=0), path),
    "model.safetensors": lambda path: save(MLP(2, [1], seed=0), path),
    "program.py": lambda path: program().save(path),
    "graph.dot": lambda path: draw(product()[1]).save(path),
    "graph.mmd": lambda path: draw(product()[1]).save(path),
    "page.html": lambda path: animate(product()[1]).save(path),
    "story.txt": lambda path: animate(product()[1]).save(path),
    "moving.gif": lambda path: animate(product()[1]).save(path),
    "way.html": lambda path: newton(demonstration_1, 2.0).animate().save(path),
    "way.png": lambda path: newton(demonstration_1, 2.0).plot().savefig(path),
    "way.svg": lambda path: newton(demonstration_1, 2.0).plot().savefig(path),
    "nudges.png": lambda path: _nudged().savefig(path),
    "history.pdf": lambda path: History(loss=[2.0, 1.0]).plot().savefig(path),
}


def _nudged():
    x, y = product()
    return nudges(y, x).plot()


@pytest.mark.parametrize("name", SAVERS)
def test_whatever_is_saved_is_complete_or_not_there(tmp_path, monkeypatch, name):
    pytest.importorskip("safetensors")
    pytest.importorskip("resvg_py")
    path, saver = tmp_path / name, SAVERS[name]
    saver(path)
    content = path.read_bytes()
    assert content
    assert names(tmp_path) == [name]
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", partial(_fail, OSError(errno.ENOSPC, "full")))
        with pytest.raises(OSError, match=f"full: '.*{name}'"):
            saver(path)
    assert (names(tmp_path), path.read_bytes()) == ([name], content)
    with pytest.raises(FileNotFoundError, match=f"no directory '.*none'.*'.*none.{name}'"):
        saver(tmp_path / "none" / name)
    folder = tmp_path / "folder" / name
    folder.mkdir(parents=True)
    with pytest.raises(IsADirectoryError, match=f"'.*folder.{name}'"):
        saver(folder)
    long = tmp_path / f"{'n' * (255 - len(path.suffix))}{path.suffix}"
    saver(str(long))
    assert long.stat().st_size > 0


def test_the_table_in_the_readme_is_written_the_same_way(tmp_path, monkeypatch):
    (tmp_path / "README.md").write_text(f"{BEGIN}\n{END}\n")
    (tmp_path / "README.md").chmod(0o640)
    (tmp_path / "link.md").symlink_to("README.md")
    rewrite(tmp_path / "link.md", "| table |")
    assert (tmp_path / "link.md").is_symlink()
    assert "| table |" in (tmp_path / "README.md").read_text()
    assert (tmp_path / "README.md").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("figure", [_nudged, History(loss=[1.0]).plot])
def test_a_figure_is_saved_to_whatever_matplotlib_takes(tmp_path, figure):
    file = BytesIO()
    figure().savefig(file, format="png")
    assert file.getvalue().startswith(b"\x89PNG")
    figure().savefig(str(tmp_path / "without"))
    figure().savefig(tmp_path / "as.dat", format="svg", transparent=True)
    assert names(tmp_path) == ["as.dat", "without.png"]
    assert b"<svg" in (tmp_path / "as.dat").read_bytes()
    with pytest.raises(ValueError, match="not supported"):
        figure().savefig(tmp_path / "x.nothing")
