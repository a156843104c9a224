"""The information sharing protocol that the partnership signed: its version, and the copy of its text kept here.

docs/protocol.md §4.3. The partnership names the text by its SHA-256; a copy is kept only if it is that text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from agency_client.ports.vault import Families
from agency_client.ports.vault.settings import Setting
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.talking import known_here
from phoenix_protocol.directory.statements import AgencyKeys, Partnership
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Seconds
from phoenix_protocol.suite.hashing import sha256

#: The largest text of a protocol, in bytes.
LARGEST: Final = 1 << 22


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolVersion:
    """One version of the protocol: its name, the SHA-256 of its text where it is named, and since when."""

    number: int
    name: str
    text: bytes | None
    since: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolHere:
    """The newest version, all of them oldest first, and the newest's text if a copy is here."""

    newest: ProtocolVersion
    versions: tuple[ProtocolVersion, ...]
    text: bytes | None = field(repr=False)


def versions_of(known: Known) -> tuple[ProtocolVersion, ...]:
    """Every version of the protocol that the directory names, oldest first."""
    return tuple(_versions(known.directory.partnerships()))


def _versions(partnerships: tuple[Partnership, ...]) -> Iterator[ProtocolVersion]:
    number = 0
    for said in partnerships:
        if said.protocol_version != number:
            number = said.protocol_version
            yield ProtocolVersion(
                number=number, name=said.protocol, text=said.protocol_text, since=said.issued
            )


def has_adopted(keys: AgencyKeys | None, version: ProtocolVersion) -> bool:
    """Whether an agency has signed a version of the protocol."""
    adopted = keys.adopted if keys is not None else None
    return adopted is not None and (adopted.version, adopted.text) == (version.number, version.text)


async def protocol_here(
    home: Home, text: bytes | None = None, *, offline: bool = False
) -> ProtocolHere:
    """The protocol as this home knows it, having asked the relay unless ``offline``; ``text`` is a copy to keep.

    Raises RefusedError ``E_PROTOCOL_TEXT`` when ``text`` is not the text of the newest version, LockedError
    ``E_KEY_MISSING`` for a home that knows no partnership.
    """
    known = await known_here(home, offline=offline)
    versions = versions_of(known)
    if text is not None:
        keep_text(home, versions, text)
    with home.vault.reading() as view:
        kept = kept_text(view, versions[-1])
    return ProtocolHere(newest=versions[-1], versions=versions, text=kept)


def keep_text(home: Home, versions: tuple[ProtocolVersion, ...], text: bytes) -> None:
    """Keep a copy of the newest version's text. Raises RefusedError ``E_PROTOCOL_TEXT``; then nothing is kept."""
    digest, newest = sha256(text), versions[-1]
    if newest.text is None:
        raise RefusedError(
            "E_PROTOCOL_TEXT",
            "The partnership does not name the text of its protocol yet, so no copy can be compared with it.",
            next="Ask whoever governs the partnership to name it: partnership amend --protocol-text.",
        )
    if digest != newest.text:
        older = next((v.number for v in versions if v.text == digest), None)
        which = f"It is the text of version {older}. " if older is not None else ""
        raise RefusedError(
            "E_PROTOCOL_TEXT",
            f"This is not the text of version {newest.number} of the protocol. {which}Nothing was kept.",
        )
    with home.vault.transaction() as tx:
        if tx.settings.get(_setting(digest)) is None:
            tx.settings.put(_setting(digest), text)
            tx.audit.append(
                time=home.clock.now(), actor=home.actor(), action="protocol.kept", on=digest
            )


def kept_text(view: Families, version: ProtocolVersion) -> bytes | None:
    """The text of a version, if a copy of it is here."""
    return view.settings.get(_setting(version.text)) if version.text is not None else None


def require_text(home: Home, version: ProtocolVersion) -> None:
    """Raise RefusedError ``E_PROTOCOL_TEXT`` unless the text of a version that names one is here."""
    with home.vault.reading() as view:
        if version.text is not None and kept_text(view, version) is None:
            raise RefusedError(
                "E_PROTOCOL_TEXT", "There is no copy of the protocol's text in this home."
            )


def _setting(digest: bytes) -> Setting[bytes]:
    return Setting(f"protocol_text:{digest.hex()}", bytes)
