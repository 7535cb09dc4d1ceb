"""Ids that can stand in links."""

from __future__ import annotations


def clean_id(text: str) -> str:
    """The text with a hyphen for each run of characters that cannot stand in an id.

    Letters and digits of any script, ``-``, ``_`` and ``.`` can. ``""`` if nothing is left.
    """
    kept = (character if character.isalnum() or character in "-_." else " " for character in text)
    return "-".join("".join(kept).split()).strip("-")
