"""The register: what was shared with whom, when and why, and what was not; by subject, person, agency and day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agency_client.ports.vault import (
    Families,
    ReceivedPackage,
    Record,
    RegisterLine,
    SentSummary,
    Standing,
    Wanted,
)
from agency_client.record.register_table import (
    ASKED_BY,
    RECEIVED,
    SAID_BY,
    SENT,
    Party,
    RegisterEntry,
)
from agency_client.record.subjects import is_named, reference, words
from agency_client.use_cases.home import Home
from agency_client.use_cases.record_names import record_name
from agency_client.use_cases.viewing import tidy
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why

#: Up to so many packages and records are asked for one by one.
_FEW: Final = 500
#: What falls due while an answer is owed.
_OWED_ANSWER: Final = "owed_answer"
#: Records that belong to the line of the package or record that they follow.
_FOLLOWING: Final = frozenset({"answer", "advice_answer", "breach_step"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What somebody looks for in the register; everything that is not None holds. ``until`` is the second after.

    ``kinds`` are those of lines, such as ``sent`` or ``decision``.
    """

    subject: str | None = field(repr=False, default=None)
    person: str | None = field(repr=False, default=None)
    agency: str | None = None
    since: Seconds | None = None
    until: Seconds | None = None
    kinds: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """Some lines of the register, newest first, and how many there are in all."""

    entries: tuple[RegisterEntry, ...]
    whole: int


def register(
    home: Home, sought: Sought, *, exported: tuple[str, ...] = ()
) -> tuple[RegisterEntry, ...]:
    """The lines that are sought, oldest first. That somebody looked, or took a copy away, is in the audit record."""
    tidy(home)
    with home.vault.reading() as view:
        lines = _lines(view, sought)
        entries = _shown(view, _entries(view, lines))
    _looked(home, sought, len(entries), exported)
    return entries


def register_page(home: Home, sought: Sought, *, start: int, most: int) -> RegisterPage:
    """``most`` of the lines that are sought, newest first, without the first ``start``. Only these are looked up."""
    tidy(home)
    with home.vault.reading() as view:
        lines, whole = _page(view, sought, start, most)
        entries = _shown(view, _entries(view, lines))
    _looked(home, sought, len(entries))
    return RegisterPage(entries=entries, whole=whole)


def newest_shown(view: Families, wanted: Wanted, most: int) -> tuple[RegisterEntry, ...]:
    """The newest lines that are wanted, without the words of what is restricted and without what is known by now."""
    lines = view.register.page(wanted, start=0, most=most)
    return _shown(view, tuple(RegisterEntry(line=n, reference="", parties=()) for n in lines))


def entries_of(home: Home, core: ObjectHash) -> tuple[RegisterEntry, ...]:
    """The lines that tell of a package, oldest first."""
    with home.vault.reading() as view:
        return _shown(view, _entries(view, view.register.of(core=core)))


def _looked(home: Home, sought: Sought, lines: int, exported: tuple[str, ...] = ()) -> None:
    """That somebody searched, saw lines or took a copy away is in the audit record. Who saw nothing did not look."""
    is_look = lines > 0 or bool(exported) or sought != Sought()
    if is_look and home.vault.standing is Standing.SOUND:
        with home.vault.transaction() as tx:
            tx.audit.append(
                time=home.clock.now(),
                actor=home.actor(),
                action="register.exported" if exported else "register.read",
                detail={"lines": str(lines), **dict.fromkeys(exported, "yes")},
            )


def _lines(view: Families, sought: Sought) -> tuple[RegisterLine, ...]:
    wanted = _wanted(sought)
    return _fitting(view.register.find(wanted), sought) if wanted is not None else ()


def _page(
    view: Families, sought: Sought, start: int, most: int
) -> tuple[tuple[RegisterLine, ...], int]:
    """Lines of one page and how many there are: counted by the index, unless more than the index has to be compared."""
    wanted = _wanted(sought)
    if wanted is None:
        return (), 0
    # One word of a name is a person's by the index alone; several have to be those of one person.
    if len(wanted.words) < 2 and "@" not in (sought.agency or ""):
        return view.register.page(wanted, start=start, most=most), view.register.count(wanted)
    found = _fitting(view.register.find(wanted), sought)[::-1]
    return found[start : start + most], len(found)


def _wanted(sought: Sought) -> Wanted | None:
    """What to ask of the index; None where nothing in it counts, and every line would be found."""
    names = words(sought.person) if sought.person is not None else ()
    subject = reference(sought.subject) if sought.subject is not None else None
    if subject == "" or (sought.person is not None and not names):
        return None
    return Wanted(
        kinds=sought.kinds,
        reference=subject,
        words=names,
        agency=_agency(sought.agency)[0],
        since=sought.since,
        until=sought.until,
    )


def _fitting(lines: tuple[RegisterLine, ...], sought: Sought) -> tuple[RegisterLine, ...]:
    """Of what the index found that which fits: a whole address, and one person who has all of the words."""
    _, address = _agency(sought.agency)
    names = words(sought.person) if sought.person is not None else ()
    return tuple(
        line
        for line in lines
        if (address is None or address in _named_in(line)) and is_about(line, names)
    )


def _named_in(line: RegisterLine) -> tuple[str, ...]:
    """Every address of a line: with whom it is shared, who asked, who said it."""
    return (*line.parties, *line.facts.get(ASKED_BY, ()), *line.facts.get(SAID_BY, ()))


def is_about(line: RegisterLine, names: tuple[str, ...]) -> bool:
    """Whether one person of a line has all of these words; whoever was named later is known to the index alone."""
    people = line.facts.get("people", ())
    return len(names) < 2 or not people or any(is_named(name, names) for name in people)


def _agency(text: str | None) -> tuple[str | None, str | None]:
    """The agency to look for, and the address if a whole one is given."""
    if text is None:
        return None, None
    wanted = text.strip().casefold()
    _, at, agency = wanted.partition("@")
    return (agency, wanted) if at else (wanted, None)


# -- what is known by now --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _ByNow:
    """What is known by now of packages and records: how far they are, what followed, what is owed of records."""

    sent: Mapping[ObjectHash, SentSummary]
    received: Mapping[ObjectHash, ReceivedPackage]
    of_core: Mapping[ObjectHash, Sequence[Record]]
    of_record: Mapping[int, Sequence[Record]]
    owed: Mapping[int, Sequence[str]]
    erased: Collection[ObjectHash]


def _entries(view: Families, lines: Sequence[RegisterLine]) -> tuple[RegisterEntry, ...]:
    cores = [line.core for line in lines if line.core is not None]
    records = [line.record for line in lines if line.record is not None]
    of_core, of_record = _followed(view, cores, records)
    by_now = _ByNow(
        sent={s.package.core: s for s in view.sent.summaries(cores)},
        received={p.core: p for p in view.received.of(cores)},
        of_core=of_core,
        of_record=of_record,
        owed=_owed(view, records),
        erased=view.erasure.whole(),
    )
    return tuple(_entry(line, by_now) for line in lines)


def _shown(view: Families, entries: tuple[RegisterEntry, ...]) -> tuple[RegisterEntry, ...]:
    """``entries`` without the words of what is restricted: that it is, since when and why stands in their place."""
    some = view.restrictions.parts()
    if not some:
        return entries
    return tuple(
        _without_words(view, entry, entry.line.core) if entry.line.core in some else entry
        for entry in entries
    )


def _without_words(view: Families, entry: RegisterEntry, core: ObjectHash | None) -> RegisterEntry:
    if core is None or entry.line.kind not in (SENT, RECEIVED):
        return entry
    # What reads sections takes a while to import, and a register needs it only here.
    from agency_client.record.restricted import RESTRICTED, covered, in_words
    from agency_client.use_cases.retaining import readable

    live, contents = view.restrictions.live(core), view.contents.get(core)
    sections = list(readable(contents.sections)) if contents is not None else []
    hidden = covered(sections, live)
    titles = {section.title for section in sections if section.item in hidden}
    told = tuple(
        replace(section, title=RESTRICTED) if None in live or section.title in titles else section
        for section in entry.line.sections
    )
    line = replace(entry.line, sections=told)
    if None not in live:
        return replace(entry, line=line)
    return replace(
        entry,
        line=replace(line, facts={"purpose": (in_words(live[None]),)}),
        answered=(),
    )


def _followed(
    view: Families, cores: Sequence[ObjectHash], records: Sequence[int]
) -> tuple[dict[ObjectHash, list[Record]], dict[int, list[Record]]]:
    """What followed on packages and on records: asked for each of few, read through for many."""
    few = len(cores) + len(records) <= _FEW
    found = (
        [
            *(each for core in cores for each in view.records.of(core, _FOLLOWING)),
            *(each for number in records for each in view.records.following(number, _FOLLOWING)),
        ]
        if few
        else view.records.listing(_FOLLOWING)
    )
    of_core: dict[ObjectHash, list[Record]] = {}
    of_record: dict[int, list[Record]] = {}
    for each in {record.number: record for record in found}.values():
        if each.about is not None:
            of_record.setdefault(each.about, []).append(each)
        else:
            for core in each.cores:
                of_core.setdefault(core, []).append(each)
    return of_core, of_record


def _owed(view: Families, records: Sequence[int]) -> dict[int, list[str]]:
    """What is owed of records, by their numbers."""
    dues = (
        [due for number in records for due in view.dues.of(record=number)]
        if len(records) <= _FEW
        else view.dues.open({_OWED_ANSWER})
    )
    found: dict[int, list[str]] = {}
    for due in dues:
        if due.kind == _OWED_ANSWER and due.closed is None and due.record is not None:
            found.setdefault(due.record, []).append(due.place)
    return found


def _entry(line: RegisterLine, by_now: _ByNow) -> RegisterEntry:
    sent = by_now.sent.get(line.core) if line.core is not None and line.kind == SENT else None
    received = (
        by_now.received.get(line.core) if line.core is not None and line.kind == RECEIVED else None
    )
    answers = [
        *(by_now.of_core.get(line.core, ()) if sent is not None and line.core else ()),
        *(by_now.of_record.get(line.record, ()) if line.record is not None else ()),
    ]
    return RegisterEntry(
        line=line,
        reference=_reference(line, by_now),
        parties=_parties(line, sent),
        state=_state(sent, received),
        owed=sent.package.owed
        if sent is not None
        else tuple(by_now.owed.get(line.record or 0, ())),
        answered=tuple(answer.summary for answer in answers),
        erased=line.kind in (SENT, RECEIVED) and line.core in by_now.erased,
    )


def _reference(line: RegisterLine, by_now: _ByNow) -> str:
    if line.record is not None:
        return record_name(line.record)
    if line.core is None:
        return ""
    sent, received = by_now.sent.get(line.core), by_now.received.get(line.core)
    if sent is not None:
        return sent.package.package.hex()
    return received.package.hex() if received is not None else ""


def _parties(line: RegisterLine, sent: SentSummary | None) -> tuple[Party, ...]:
    if sent is None:
        return tuple(Party(name=party) for party in line.parties)
    return tuple(
        Party(name=a.address, state=a.state.value) for a in sent.addresses if a.why is Why.TO
    )


def _state(sent: SentSummary | None, received: ReceivedPackage | None) -> str | None:
    if sent is not None:
        return sent.package.progress.value
    return received.state.value if received is not None else None
