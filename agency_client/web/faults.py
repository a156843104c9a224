"""What is kept and logged of a fault: its kind and where it was. Never its values: people's words are among them."""

from __future__ import annotations


def where(error: BaseException) -> str:
    """The kind of a fault and the place in the code."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"
    return f"{type(error).__name__} at {place}"


def forget_frames(error: BaseException | None) -> None:
    """Let go of what a fault holds on to: the frames it came through have keys and contents in their variables."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            waiting += [each.__cause__, each.__context__]
            each.__traceback__ = None
