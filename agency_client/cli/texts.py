"""Texts written on the command line: not empty, and no longer than a message takes (docs/protocol.md §2.9)."""

from __future__ import annotations

import click

from phoenix_protocol import limits


class Text(click.ParamType[str]):
    """A text of at most ``limit`` bytes of UTF-8. The option that is wrong is named; the text is not repeated."""

    name = "text"

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text as given. Fails for one that is empty, too long or not UTF-8."""
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            self.fail("This is not text: it has bytes that are not UTF-8.", param, ctx)
        if not value.strip():
            self.fail("This is empty.", param, ctx)
        if size > self.limit:
            self.fail(
                f"This is too long: {size:,} bytes, and {self.limit:,} is the most.", param, ctx
            )
        return value


#: A name, an owner: one line.
LINE = Text(limits.LINE)
#: A reason, a use, an outcome.
LONG = Text(limits.LONG_TEXT)
