"""What nobody needs is neither handed on, nor collected, nor computed."""

from __future__ import annotations

from .blocks import Block, Item, OpenLoop, needed_for


def pruned(loop: OpenLoop) -> None:
    """Drop the results of a loop that nothing uses, and all in its step that was for them alone."""
    used = used_in(loop.around)
    wanted = {place for place, item in loop.parts.items() if item in used}
    kept = _handed_on(loop, wanted)
    places = [
        place
        for place in range(len(loop.block.outputs))
        if place in (kept if place < loop.carries else wanted)
    ]
    new = {old: place for place, old in enumerate(places)}
    loop.parts = {new[old]: item for old, item in loop.parts.items() if old in new}
    for place, item in loop.parts.items():
        item.line = item.line._replace(metadata={"index": place, "count": len(places)})
    loop.block.outputs = [loop.block.outputs[place] for place in places]
    inputs, carries = loop.block.inputs, loop.carries
    needed = needed_for(loop.block.outputs)
    stay = [i in kept if i < carries else x in needed for i, x in enumerate(inputs)]
    gone = {x for x, stays in zip(inputs, stay, strict=True) if not stays}
    loop.block.items = [
        x for x in loop.block.items if (x not in gone if x.line.kind == "input" else x in needed)
    ]
    loop.item.inputs = [x for x, stays in zip(loop.item.inputs, stay, strict=True) if stays]
    loop.rows = sum(stay[carries : carries + loop.rows])
    loop.carries = len(kept)


def _handed_on(loop: OpenLoop, wanted: set[int]) -> set[int]:
    """The carries that a result depends on."""
    inputs, outputs = loop.block.inputs[: loop.carries], loop.block.outputs
    kept = {place for place in wanted if place < loop.carries}
    while True:
        needed = needed_for([outputs[place] for place in wanted | kept])
        more = kept | {place for place, item in enumerate(inputs) if item in needed}
        if more == kept:
            return kept
        kept = more


def used_in(block: Block) -> set[Item]:
    """What a line of a block is computed from, or is a result."""
    return {x for item in needed_for(block.outputs) for x in item.inputs} | {*block.outputs}
