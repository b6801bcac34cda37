"""Text as it may come from anywhere: of all Unicode, and of fragments of the languages that are written."""

from hypothesis import strategies as st

__all__ = ["FOREIGN", "FRAGMENTS", "LINE_ENDS"]

LINE_ENDS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""What ends a line for `str.splitlines`."""

FRAGMENTS = (
    *LINE_ENDS, "\0", "\ud800", "\udfff", "\u202e", "\u2066", "\u200d", "\ufeff", "\ufffe", "\U000e0001",
    "²", "x̄", '"', "'", '"""', "'''", "\\", "\\N{DIGIT ONE}", "\\u0022", "{", "}", "{{", "{x}", "#", "# ",
    "%", "%%{init: {}}%%", "*/", "-->", "<!--", "</script>", "<script>", "<img src=x onerror=alert(1)>",
    "<![CDATA[", "]]>", "&lt;", "&#34;", "$", "$$", "`", "```", "|", "[", "]", "](javascript:alert(1))",
    "![x](", "https://", "www.", "---", "===", "1. ", "; ", ": ", ", ", " = ", "print(1)", "import os",
    "\nimport os\n", '"""; print(1); """', "def f(): pass", "lambda: 0", "__import__('os')", "None",
    "class", "match", "_", "__init__", "np", "memory", "float", "given with this text",
)  # fmt: skip

FOREIGN = st.one_of(
    st.text(st.characters(), max_size=30),  # half characters, too
    st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(st.characters(), max_size=3)), max_size=6).map(
        "".join
    ),
)
"""Any text, with what has a meaning somewhere often."""
