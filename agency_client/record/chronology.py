"""A chronology of what several agencies said: by when it happened, and each in its own voice (clause PR1). Pure.

Nothing is merged: a statement that came twice, from its agency and passed on by another, stands there twice, each time
with its agency of origin. Nothing is in it but what this home may read, and nothing says what it may not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from agency_client.record.copied import source_known_to
from agency_client.record.dated import USUAL, Gap, When, gaps, when_of
from agency_client.record.noticed import Noticed, as_corrected, is_withdrawn, marks, resting_on
from agency_client.record.opened import ReadSection, ReadStatement
from agency_client.record.pointing import called
from agency_client.record.when import DAY
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, PackageId, Seconds
from phoenix_protocol.package.events import EventKind
from phoenix_protocol.record import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a recipient said that they do, or what came of a package."""

    by: str
    kind: EventKind
    time: Seconds
    words: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """The package in which a statement is read here.

    ``is_own`` where it was sent from here, ``state`` how far it is, ``do_not_alert`` whom its sender says not to alert,
    ``replaced_by`` the packages of its sender that took its place, ``responses`` what its recipients said to it,
    ``readers`` who may read each section, by its head: nobody answers for a section that they cannot read.
    """

    core: ObjectHash
    package: PackageId
    sent_from: Address
    sent: Seconds
    is_own: bool
    state: str
    thread: str = field(repr=False, default="")
    do_not_alert: tuple[str, ...] = field(repr=False, default=())
    replaced_by: tuple[PackageId, ...] = ()
    responses: tuple[Response, ...] = ()
    readers: Mapping[ItemId, Collection[str]] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement as one package has it, with what was said of it since.

    ``people`` are name and role of those whom it is about, ``protected`` the names of those who are protected sources.
    ``responses`` are those of addresses that may read it. ``names`` is what the statements of its package are called;
    ``rests_on_withdrawn`` and ``relied_on_by`` are such names.
    """

    carrier: Carrier
    called: str
    position: int  # in its package, from 0
    statement: ReadStatement
    people: tuple[tuple[str, str], ...] = field(repr=False)
    protected: frozenset[str] = field(repr=False, default=frozenset())
    responses: tuple[Response, ...] = ()
    names: Mapping[ItemId, str] = field(repr=False, default_factory=dict)
    notices: tuple[Noticed, ...] = ()
    rests_on_withdrawn: tuple[str, ...] = ()
    relied_on_by: tuple[str, ...] = ()

    @property
    def stands(self) -> Statement:
        """What it says by the newest correction; as it was sent without one."""
        return as_corrected(self.statement.said, self.notices)

    @property
    def in_its_place(self) -> Statement | None:
        """What stands in the place of what was sent; None where nothing does, and where it was withdrawn."""
        is_corrected = any(each.replacement is not None for each in self.notices)
        return self.stands if is_corrected and not is_withdrawn(self.notices) else None

    @property
    def when(self) -> When | None:
        """When it happened, as far as that is known by now."""
        return when_of(self.stands)

    @property
    def marks(self) -> tuple[str, ...]:
        """Whether it was withdrawn, corrected, disputed: every word that applies."""
        return marks(self.notices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """From and to which second it may have happened (``until`` is the first after), and when a stretch is a gap.

    Days after ``now`` are no gap: nothing is missing from them.
    """

    since: int | None = None
    until: int | None = None
    now: int | None = None
    gap_days: int = USUAL

    @property
    def last_day(self) -> int | None:
        """The last day that can lie in a gap at the end; None where the end is open."""
        if self.until is None:
            return None
        last = (self.until - 1) // DAY
        return last if self.now is None else min(last, self.now // DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronology:
    """Entries in order, those that nobody can put in an order, and the stretches without any."""

    dated: tuple[Entry, ...]
    undated: tuple[Entry, ...]
    gaps: tuple[Gap, ...]
    gap_days: int

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All of them: the undated last."""
        return (*self.dated, *self.undated)

    @property
    def do_not_alert(self) -> tuple[str, ...]:
        """Everybody whom a sender of something in it says not to alert, each once."""
        lines = (line for entry in self.entries for line in entry.carrier.do_not_alert)
        return tuple(dict.fromkeys(lines))


def entries_of(
    carrier: Carrier,
    sections: Sequence[ReadSection],
    notices: Mapping[ItemId, tuple[Noticed, ...]],
) -> Iterator[Entry]:
    """Every statement of an opened package."""
    names = {pointed.item: pointed.called for pointed in called(sections)}
    statements = [each for section in sections for each in section.statements]
    basis = {each.id: each.said.basis for each in statements}
    gone = {item for item, said in notices.items() if is_withdrawn(said)}
    resting = resting_on(basis, gone) if gone else {}
    relied = _relied_on(statements, names)
    position = count()
    for section in sections:
        people = {p.said.label: (p.said.name, p.said.role) for p in section.people}
        protected = {p.said.label: p.said.name for p in section.people if source_known_to(p.said)}
        readers = carrier.readers.get(section.item, ())
        responses = tuple(each for each in carrier.responses if each.by in readers)
        for each in section.statements:
            yield Entry(
                carrier=carrier,
                called=names[each.id],
                position=next(position),
                statement=each,
                people=tuple(people.get(label, (label, "")) for label in each.about),
                protected=frozenset(protected[label] for label in each.about if label in protected),
                responses=responses,
                names=names,
                notices=notices.get(each.id, ()),
                rests_on_withdrawn=tuple(names.get(i, i.hex()) for i in resting.get(each.id, ())),
                relied_on_by=tuple(relied.get(each.id, ())),
            )


def _relied_on(
    statements: Iterable[ReadStatement], names: Mapping[ItemId, str]
) -> dict[ItemId, list[str]]:
    """Which statements of the package rest on which, and whose they are: what somebody made of it."""
    found: dict[ItemId, list[str]] = {}
    for each in statements:
        who = f" ({each.said.author})" if each.said.author else ""
        for item in dict.fromkeys(each.said.basis):
            found.setdefault(item, []).append(f"{names[each.id]}{who}")
    return found


def chronology(entries: Iterable[Entry], wish: Wish) -> Chronology:
    """``entries`` in the order in which things happened, as far as they may lie in the time that is wished for.

    What starts first comes first; of what starts together the rougher time comes first, then what was sent first. What
    has no date, or none that can be read, may lie anywhere and is never left out.
    """
    timed = [(entry.when, entry) for entry in entries]
    dated = sorted(
        ((when, entry) for when, entry in timed if when is not None and _lies_in(when, wish)),
        key=_order,
    )
    undated = [entry for when, entry in timed if when is None or when.span is None]
    return Chronology(
        dated=tuple(entry for _, entry in dated),
        undated=tuple(sorted(undated, key=_place)),
        gaps=gaps(
            (when for when, _ in dated),
            wish.gap_days,
            None if wish.since is None else wish.since // DAY,
            wish.last_day,
        ),
        gap_days=wish.gap_days,
    )


def _lies_in(when: When, wish: Wish) -> bool:
    if when.span is None:
        return False
    return (wish.since is None or when.span.last >= wish.since) and (
        wish.until is None or when.span.first < wish.until
    )


_Place = tuple[int, bytes, int]


def _order(timed: tuple[When, Entry]) -> tuple[int, int, _Place]:
    when, entry = timed
    first, last = (when.span.first, when.span.last) if when.span is not None else (0, 0)
    return first, -last, _place(entry)


def _place(entry: Entry) -> _Place:
    return entry.carrier.sent, entry.carrier.core, entry.position


def with_gaps(found: Chronology) -> Iterator[Entry | Gap]:
    """Entries and gaps as they are read: a gap before the first entry that begins after it began."""
    waiting = list(found.gaps)
    for entry in found.dated:
        when = entry.when
        while (
            waiting and when is not None and when.span and when.span.first >= waiting[0].first * DAY
        ):
            yield waiting.pop(0)
        yield entry
    yield from waiting
    yield from found.undated
