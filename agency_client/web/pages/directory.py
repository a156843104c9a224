"""The directory: who there is, one address with its machines, and the words to compare by phone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from agency_client.record.facts import Compared
from agency_client.use_cases.joining import DirectoryLines, MemberLine
from agency_client.web.asked import Asked
from agency_client.web.fields import Field, Shape, Word
from agency_client.web.in_time import in_time
from agency_client.web.naming import number_of
from agency_client.web.pages.people import checked
from agency_client.web.paging import pages_of
from agency_client.web.people_words import Tag, agency_facts, role_of, standing_of, who_of
from agency_client.web.simple_forms import Asking, Filled, empty, filled
from agency_client.web.table import get, post
from phoenix_protocol.errors import PhoenixError
from phoenix_protocol.identifiers import Address, EndpointId, Seconds

_MOST: Final = 50
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One address with its machines. ``address`` and ``name`` are None where this home may not know them."""

    address: Address | None
    name: str | None
    agency: str
    lines: tuple[MemberLine, ...]

    @property
    def acting(self) -> tuple[MemberLine, ...]:
        """The machines that act now."""
        return tuple(line for line in self.lines if line.standing == "in force")

    @property
    def key(self) -> str:
        """What its page is called: the id of a machine, which says nothing to whoever sees an address bar."""
        return (self.acting or self.lines)[0].endpoint.hex()

    @property
    def tag(self) -> Tag:
        """How it stands: as its machine that acts, if there is one."""
        return standing_of((self.acting or self.lines)[0])

    @property
    def role(self) -> str:
        """What it is for."""
        return role_of((self.acting or self.lines)[0].role)

    @property
    def valid_until(self) -> Seconds:
        """When the first of its certificates that hold ends."""
        return min(line.valid_until for line in self.acting or self.lines)


def entries(lines: Iterable[MemberLine], names: Mapping[str, str]) -> tuple[Entry, ...]:
    """Machines by their address, and that by agency and name. ``names`` are those of agencies."""
    found: dict[Any, list[MemberLine]] = {}
    for line in lines:
        found.setdefault(line.address or line.endpoint, []).append(line)
    made = [_entry(each, names) for each in found.values()]
    return tuple(sorted(made, key=lambda e: (e.agency, e.name or "~", e.address or "~")))


def _entry(lines: Sequence[MemberLine], names: Mapping[str, str]) -> Entry:
    acting = [line for line in lines if line.standing == "in force"]
    first = (acting or lines)[0]
    agency = names.get(first.agency, first.agency)
    return Entry(address=first.address, name=first.name, agency=agency, lines=tuple(lines))


async def _known(asked: Asked) -> DirectoryLines:
    if not who_of(asked).is_known:
        raise web.HTTPFound("/members/joining")
    found: DirectoryLines = await asked.client.directory(offline=True)
    return found


async def directory(asked: Asked) -> web.StreamResponse:
    """Everybody, fifty on a page, or those who fit what is sought."""
    found = await _known(asked)
    name = asked.query("search")
    kept = asked.desk.sought.get(name) or {}
    sought, everybody = str(kept.get("people", "")), asked.query("all") == "yes"
    names = {str(line.id): line.name for line in found.agencies}
    every = [e for e in entries(found.members, names) if everybody or e.acting]
    fitting = [entry for entry in every if fits(entry, sought)]
    number = number_of(asked.query("page"))
    shown = fitting[(number - 1) * _MOST : number * _MOST]
    addresses = [entry.address for entry in shown if entry.address is not None]
    path = _path(name if sought else "", everybody=everybody)
    return asked.page(
        "people/directory.html",
        title="Directory",
        entries=shown,
        whole=len(fitting),
        sought=sought,
        is_forgotten=bool(name) and not sought,
        everybody=everybody,
        compared=asked.client.compared_here(addresses),
        own=asked.client.whose(),
        checked=checked(asked),
        pagination=pages_of(len(fitting), _MOST, number, path + "page="),
    )


def _path(search: str, *, everybody: bool) -> str:
    return f"/members/directory?{'all=yes&' if everybody else ''}{f'search={search}&' if search else ''}"


def fits(entry: Entry, sought: str) -> bool:
    """Whether every word that is sought is somewhere in a name, an address or the name of the agency."""
    there = " ".join((entry.name or "", entry.address or "", entry.agency)).casefold()
    return all(word in there for word in sought.casefold().split())


async def search(asked: Asked) -> web.StreamResponse:
    """Look for somebody. What was typed stays out of the address."""
    sought = asked.form.text("sought").strip()[:_LONGEST]
    everybody = asked.form.has("all")
    name = asked.desk.sought.put({"people": sought}) if sought else ""
    return asked.go(_path(name, everybody=everybody).rstrip("?&"))


# -- one address -------------------------------------------------------------------------------------------------------

_COMPARED: Final = (
    Asking(
        field=Field(
            at=("same",),
            shape=Shape.MANY,
            label="Have you compared them?",
            words=(
                Word(
                    code="same",
                    label="We compared all eight words on a number that I knew already, and they are the same",
                ),
            ),
        ),
        missing="Tick this once you have compared the words, and they are the same",
    ),
    Asking(field=Field(at=("by",), shape=Shape.LINE, label="Who compared them? (optional)")),
)
_SAID: Final = {"compared": "That the words were compared is recorded."}


async def find_entry(asked: Asked) -> Entry:
    """The address that a machine belongs to, with all its machines. Raises HTTPNotFound."""
    found = await _known(asked)
    try:
        wanted = EndpointId(bytes.fromhex(asked.part("endpoint")))
    except ValueError:
        raise web.HTTPNotFound from None
    names = {str(line.id): line.name for line in found.agencies}
    for entry in entries(found.members, names):
        if any(line.endpoint == wanted for line in entry.lines):
            return entry
    raise web.HTTPNotFound


async def one(asked: Asked) -> web.StreamResponse:
    """Who it is, its agency, its machines, and when its words were last compared."""
    entry = await find_entry(asked)
    found, who = await _known(asked), who_of(asked)
    line = next(each for each in found.agencies if each.id == entry.lines[0].agency)
    compared: dict[str, Compared] = (
        asked.client.compared_here([entry.address]) if entry.address is not None else {}
    )
    return asked.page(
        "people/address.html",
        title="An address",
        said=_SAID.get(asked.query("said")),
        entry=entry,
        standing=standing_of,
        agency=agency_facts(line, await asked.client.catalogue(), Seconds(asked.now)),
        compared=compared.get(entry.address or ""),
        is_own=entry.address == asked.client.whose(),
        may_end=who.agency == line.id and bool(entry.acting) and entry.address is not None,
    )


async def words(asked: Asked) -> web.StreamResponse:
    """The eight words, which both sides read to each other."""
    return await _words(asked, await find_entry(asked), empty(_COMPARED))


async def _words(asked: Asked, entry: Entry, form: Filled) -> web.Response:
    if entry.address is None:
        raise web.HTTPNotFound
    found = await in_time(asked.client.fingerprint(entry.address))
    return asked.page(
        "people/words_of.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        title="Words to compare by phone",
        problem=bool(form.errors) or None,
        entry=entry,
        found=found,
        form=form,
        is_own=entry.address == asked.client.whose(),
    )


async def compared(asked: Asked) -> web.StreamResponse:
    """The words that were shown were compared."""
    entry = await find_entry(asked)
    form = filled(_COMPARED, asked.form, asked.now)
    if form.problems or entry.address is None:
        return await _words(asked, entry, form)
    try:
        await in_time(asked.client.compared(entry.address, form.text("by") or None))
    except PhoenixError as error:
        return await _words(asked, entry, form.with_failure(error))
    return asked.go(f"/members/address/{entry.key}?said=compared")


PAGES = (
    get("/members/directory", directory),
    post("/members/directory", search),
    get("/members/address/{endpoint}", one),
    get("/members/address/{endpoint}/words", words),
    post("/members/address/{endpoint}/words", compared),
)
