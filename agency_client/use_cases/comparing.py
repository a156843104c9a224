"""Words to compare by phone, and keeping when they were compared, for which keys. Nothing waits for it (clause Q10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agency_client.ports.vault import Comparison, Families
from agency_client.record import listed
from agency_client.record.facts import Compared
from agency_client.use_cases.home import Home
from agency_client.use_cases.knowing import Known, recall_directory
from agency_client.use_cases.talking import in_step
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, Seconds, SignerId
from phoenix_protocol.signed import signer_id
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.words import fingerprint_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """The words of an address, the keys that they stand for, and when they were last compared."""

    address: Address
    words: tuple[str, ...]
    keys: tuple[SignerId, ...]
    compared: Compared
    compared_keys: tuple[SignerId, ...] = ()


async def fingerprint(home: Home, address: Address) -> Fingerprint:
    """The words of an address, over the document keys of its machines. Raises RefusedError ``E_NOT_FOUND``."""
    documents, _ = await _document_keys(home, address)
    with home.vault.transaction() as tx:
        tx.comparisons.show(address, _signers(documents))
    return _fingerprint(home, address, documents)


async def compared(home: Home, address: Address, by: str | None = None) -> Fingerprint:
    """Keep that the words that were shown last were compared, and were the same.

    Raises RefusedError ``E_NOT_FOUND``, and ``E_WORDS_CHANGED`` when these are not the words that were shown here.
    """
    documents, now = await _document_keys(home, address)
    keys = _signers(documents)
    with home.vault.transaction() as tx:
        if tx.comparisons.shown(address) != keys:
            raise RefusedError(
                "E_WORDS_CHANGED",
                "The words of this address were not shown here yet, or have changed since. Nothing was kept.",
            )
        tx.comparisons.add(Comparison(address=address, time=now, keys=keys, by=by))
        tx.audit.append(
            time=now, actor=home.actor(), action="words.compared", on=sha256(b"".join(keys))
        )
    return _fingerprint(home, address, documents)


def last_compared(home: Home, address: Address) -> Compared:
    """When the words of an address were last compared, by what this home knows. Asks nobody."""
    known, now = recall_directory(home), home.now()
    keys = _signers(acting_keys(known, address, now)) if known is not None else ()
    with home.vault.reading() as view:
        return _compared(view, address, keys)


def compared_here(home: Home, addresses: Iterable[Address]) -> dict[str, Compared]:
    """The same of several addresses. Asks nobody."""
    known = recall_directory(home)
    return of_recipients(home, known, addresses, home.now()) if known is not None else {}


def of_recipients(
    home: Home, known: Known, names: Iterable[str], now: Seconds
) -> dict[str, Compared]:
    """The same of every name that is an address with machines that act."""
    keys = {name: _signers(acting_keys(known, Address(name), now)) for name in names if name}
    with home.vault.reading() as view:
        return {
            name: _compared(view, Address(name), acting) for name, acting in keys.items() if acting
        }


def acting_keys(known: Known, address: Address, now: Seconds) -> tuple[bytes, ...]:
    """The document keys of the machines that act at an address."""
    acting = known.directory.acting_at(address, now, known.openings)
    return tuple(m.document_key for e in acting if (m := e.in_force_at(now)) is not None)


async def _document_keys(home: Home, address: Address) -> tuple[tuple[bytes, ...], Seconds]:
    async with in_step(home) as (_, known):
        now = home.now()
        keys = acting_keys(known, address, now)
    if not keys:
        raise RefusedError("E_NOT_FOUND", "Nobody acts at this address.", next=listed.ADDRESSES)
    return keys, now


def _signers(document_keys: Iterable[bytes]) -> tuple[SignerId, ...]:
    return tuple(sorted({signer_id(key) for key in document_keys}))


def _fingerprint(home: Home, address: Address, documents: tuple[bytes, ...]) -> Fingerprint:
    keys = _signers(documents)
    with home.vault.reading() as view:
        last = view.comparisons.newest(address)
        return Fingerprint(
            address=address,
            words=fingerprint_words(address, documents),
            keys=keys,
            compared=_compared(view, address, keys),
            compared_keys=last.keys if last is not None else (),
        )


def _compared(view: Families, address: Address, keys: tuple[SignerId, ...]) -> Compared:
    last = view.comparisons.newest(address)
    if last is None:
        return Compared(address=address)
    return Compared(address=address, at=last.time, by=last.by, has_changed=last.keys != keys)
