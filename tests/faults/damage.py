"""What happens to a file that lies on a disk, or crosses a network: one damage at one place, or several."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

__all__ = ["DAMAGES"]

Damage = Callable[[bytes, Random], bytes]


def cut(content: bytes, rng: Random) -> bytes:
    """Truncated."""
    return content[: rng.randrange(len(content))]


def bit(content: bytes, rng: Random) -> bytes:
    """One bit flipped."""
    i = rng.randrange(len(content))
    return content[:i] + bytes([content[i] ^ 1 << rng.randrange(8)]) + content[i + 1 :]


def overwritten(content: bytes, rng: Random) -> bytes:
    """Up to eight bytes at random."""
    new = rng.randbytes(rng.randint(1, 8))
    i = rng.randrange(len(content))
    return (content[:i] + new + content[i + len(new) :])[: len(content)]


def inserted(content: bytes, rng: Random) -> bytes:
    """Up to eight bytes too many."""
    i = rng.randrange(len(content) + 1)
    return content[:i] + rng.randbytes(rng.randint(1, 8)) + content[i:]


def deleted(content: bytes, rng: Random) -> bytes:
    """Up to eight bytes lost."""
    i = rng.randrange(len(content))
    return content[:i] + content[i + rng.randint(1, 8) :]


def repeated(content: bytes, rng: Random) -> bytes:
    """A piece that was sent twice."""
    i, n = rng.randrange(len(content)), rng.randint(1, 64)
    return content[: i + n] + content[i:]


def zeros(content: bytes, rng: Random) -> bytes:
    """A block that was never written."""
    i, n = rng.randrange(len(content)), rng.randint(16, 512)
    return (content[:i] + bytes(n) + content[i + n :])[: len(content)]


def several(content: bytes, rng: Random) -> bytes:
    """Two to six of the others, one after the other."""
    for _ in range(rng.randint(2, 6)):
        content = rng.choice(AT_ONE_PLACE)(content, rng) if content else content
    return content


AT_ONE_PLACE = [cut, bit, overwritten, inserted, deleted, repeated, zeros]

DAMAGES: dict[str, Damage] = {
    "cut": cut, "a bit": bit, "overwritten": overwritten, "inserted": inserted, "deleted": deleted,
    "repeated": repeated, "zeros": zeros, "several": several,
}  # fmt: skip
