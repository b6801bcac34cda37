"""Python cut into words, with the kind of each by which it is coloured."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

WORD = re.compile(
    r"""
    (?P<string> \"{3} (?: [^\\] | \\. )*? \"{3}  |  " (?: [^"\\\n] | \\. )* "  |  ' (?: [^'\\\n] | \\. )* ' )
    | (?P<comment> \#.* )
    | (?P<prompt> ^(?: >>> | \.\.\. )\ )
    | (?P<number> (?<!\w) \d[\d_]* (?: \.[\d_]* )? (?: [eE][+-]?\d+ )? )
    | (?P<name> [^\W\d]\w* )
    | (?P<rest> [^\w"'\#\n]+ | . | \n )
    """,
    re.VERBOSE | re.MULTILINE,
)


def highlighted(code: str) -> Iterator[tuple[str, str]]:
    """The kind of each word, "" where it has none, and the word; together the words are the code.

    >>> list(highlighted("def f(): # 1"))
    [('keyword', 'def'), ('', ' '), ('function', 'f'), ('', '(): '), ('comment', '# 1')]
    """
    before = ""
    for found in WORD.finditer(code):
        kind, word = found.lastgroup or "", found[0]
        if kind == "name":
            defined = before in ("def", "class")
            kind = "keyword" if keyword.iskeyword(word) else "function" if defined else ""
        if word.strip():
            before = word
        yield "" if kind == "rest" else kind, word
