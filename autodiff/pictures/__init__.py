"""Recorded graphs as cards, boxes and arrows, in any format, and as a tree of text.

`draw` is in `picture`, `tree` in `text_tree`.
"""
