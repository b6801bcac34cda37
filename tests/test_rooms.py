"""The rooms of the house: how deep imports go, and what `ls` shows. Contracts are in pyproject.toml."""

import ast
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import grimp
import pytest

import autodiff

MOST = 12
"""Levels of imports that a reader can hold in the head: between rooms, and between the files of a folder."""

ROOMS = {
    "animation",
    "checking",
    "command",
    "derivations",
    "differentiation",
    "files",
    "homework",
    "live",
    "naming",
    "ops",
    "pictures",
    "programs",
    "school",
    "testing",
    "text",
    "values",
}
FLAT = {
    "__init__",
    "__main__",
    "aliases",
    "beside",
    "elsewhere",
    "graph",
    "lazy_names",
    "nn",
    "optim",
    "settings",
}


def imports():
    """What imports what, without the exceptions that the contracts list: imports inside functions."""
    graph = grimp.build_graph("autodiff", "nn", "optim", cache_dir=None)
    project = tomllib.loads(Path("pyproject.toml").read_text())
    for contract in project["tool"]["importlinter"]["contracts"]:
        for expression in contract.get("ignore_imports", []):
            for one in graph.find_matching_direct_imports(expression):
                graph.remove_import(importer=one["importer"], imported=one["imported"])
    return graph


def levels(graph, among):
    """The most of these modules on a chain of imports. Without circles, which a contract refuses."""

    @cache
    def level(module):
        below = graph.find_modules_directly_imported_by(module) & among - {module}
        return 1 + max(map(level, below), default=0)

    return max(map(level, among))


def test_a_chain_of_three_imports_has_three_levels():
    graph = grimp.ImportGraph()
    graph.add_import(importer="a", imported="b")
    graph.add_import(importer="b", imported="c")
    graph.add_import(importer="a", imported="c")
    assert levels(graph, {"a", "b", "c"}) == 3
    assert levels(graph, {"a", "c"}) == 2


def test_the_rooms_are_on_few_levels():
    graph = imports()
    rooms = {*graph.find_children("autodiff"), "nn", "optim"}
    for room in rooms:
        graph.squash_module(room)
    assert levels(graph, frozenset(rooms)) <= MOST


FOLDERS = sorted(
    ".".join(path.parent.parts)
    for package in ("autodiff", "nn", "optim")
    for path in Path(package).rglob("__init__.py")
    if len([*path.parent.glob("*.py")]) > 1 and path.parent.parts != ("autodiff",)
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_files_of_a_folder_are_on_few_levels(folder):
    graph = imports()
    files = graph.find_children(folder)
    for inside in files:
        graph.squash_module(inside)
    assert levels(graph, frozenset(files)) <= MOST


def test_the_first_page_shows_rooms():
    folder = Path(autodiff.__file__).parent
    assert {path.name for path in folder.iterdir() if (path / "__init__.py").exists()} == ROOMS
    assert {path.stem for path in folder.glob("*.py")} == FLAT


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_each_room_says_what_it_is_in_one_sentence(room):
    text = (Path(autodiff.__file__).parent / room / "__init__.py").read_text()
    first = text.partition("\n")[0]
    assert first.startswith('"""')
    assert first.rstrip('"').endswith(".")
    assert ". " not in first


def test_a_class_name_means_one_thing():
    found = Counter(
        node.name
        for package in ("autodiff", "nn", "optim")
        for path in Path(package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in found.items() if count > 1] == ["Number"]  # of terms, and of programs
