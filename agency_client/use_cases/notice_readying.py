"""A notice before it is given: what it would say, to whom, and whether it may be said (docs/protocol.md §6.8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from agency_client.record.noticed import Noticed
from agency_client.use_cases.home import Home, endpoint_of, require_in_step
from agency_client.use_cases.notice_subjects import (
    Subject,
    Wanted,
    check_state,
    find_subject,
    replacement_for,
    said_before,
)
from agency_client.use_cases.protecting import refuse_naming, sources_of, without_records
from agency_client.use_cases.told_before import told_at_second_hand
from phoenix_protocol.errors import Problem
from phoenix_protocol.identifiers import Address, PackageId
from phoenix_protocol.record import Statement
from phoenix_protocol.sealing.notices import NoticeAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a notice would do: the words now and then, who would get it, who is known to have it from them.

    ``old`` is the name of a file where it is about one; ``new`` is there for a correction alone.
    """

    package: PackageId
    called: str
    action: NoticeAction
    old: str = field(repr=False)
    new: str = field(repr=False)
    why: str | None = field(repr=False)
    audience: tuple[Address, ...]
    second_hand: tuple[str, ...]
    hints: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A notice that may be given: what it is about, what it says instead, whether exactly this was said before."""

    subject: Subject
    replacement: Statement | None
    before: Noticed | None
    second_hand: tuple[str, ...]
    hints: tuple[Problem, ...]


def look_at_notice(home: Home, wanted: Wanted) -> Preview:
    """What a notice would say, and to whom. Says nothing to anybody. Raises as :func:`ready_notice`."""
    require_in_step(home)
    own, _ = endpoint_of(home)
    ready = ready_notice(home, wanted)
    return Preview(
        package=ready.subject.package,
        called=ready.subject.called,
        action=wanted.action,
        old=ready.subject.text_before(ready.before) or ready.subject.file_name,
        new=ready.replacement.text if ready.replacement is not None else "",
        why=wanted.why,
        audience=tuple(a for a in ready.subject.audience if a != own.address),
        second_hand=ready.second_hand,
        hints=ready.hints,
    )


def ready_notice(home: Home, wanted: Wanted) -> Ready:
    """The notice in its words, which add something and name no source (hard block 9) to whom it may reach.

    Raises what :func:`~agency_client.use_cases.noticing.give_notice` raises before it talks to anybody.
    """
    own, own_id = endpoint_of(home)
    subject = find_subject(home, wanted)
    replacement = replacement_for(subject, wanted)
    before = said_before(subject, own_id, wanted, replacement)
    if before is None:
        check_state(subject, own.address, wanted, replacement)
    with home.vault.reading() as view:
        second_hand = tuple(dict.fromkeys(told_at_second_hand(view, subject.core)))
        sources = sources_of(view, [subject.core])
        readers = without_records(view, subject.core, subject.audience)
    texts = (replacement.text if replacement else None, wanted.why, *wanted.conditions)
    audience = {*readers, *second_hand} - {own.address}
    hints = refuse_naming(sources, texts, audience) if before is None else ()
    return Ready(
        subject=subject,
        replacement=replacement,
        before=before,
        second_hand=second_hand,
        hints=hints,
    )
