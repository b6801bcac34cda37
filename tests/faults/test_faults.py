"""A few of the faults of `python -m tests.faults`; and that it would notice."""

from random import Random

import pytest

from .campaign import BAD, Campaign, Fault, faults
from .damage import DAMAGES
from .formats import FORMATS, Format, Outcome
from .interruption import INTERRUPTIONS


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_damaged_file_is_refused_or_gives_the_same(form):
    if ".safetensors" in form.name:
        pytest.importorskip("safetensors")
    if form.name.endswith((".png", ".gif")):
        pytest.importorskip("resvg_py")
    campaign = Campaign()
    for fault in faults(25, 1, 0, f"{form.name}: "):
        campaign.run(fault)
    assert campaign.bad == [], campaign.table()
    assert campaign.counts.keys() == {(form.name, kind) for kind in form.kinds(DAMAGES, INTERRUPTIONS)}


def test_a_format_without_checksums_is_caught():
    def careless(path):
        return Outcome.UNAFFECTED if path.read_bytes() == b"12345678" else Outcome.WRONG

    form = Format("careless .bin", lambda path, k: path.write_bytes(b"12345678"), careless)
    assert {Fault(form, "a bit", 0).outcome(), Fault(form, "disk full", 0).outcome()} <= set(BAD)


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damage_comes_out_the_same_again_and_changes_something(kind):
    content = bytes(range(1, 250))
    changed = [DAMAGES[kind](content, Random(seed)) for seed in (3, 3, *range(9))]
    assert changed[0] == changed[1]
    assert content not in changed
    assert len(set(changed)) > 5
