"""The catalogue that a home goes by: the shipped one, and what its partnership and its agency have added to it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from agency_client.ports.vault import Families
from agency_client.ports.vault.settings import Setting
from agency_client.record.catalogue import Catalogue, Whose
from agency_client.record.local_catalogue import with_local
from agency_client.record.shipped import shipped_catalogue
from agency_client.use_cases.home import Home
from phoenix_protocol.errors import UsageError

#: The files of a partnership and an agency, byte for byte, as they were adopted here.
ADDED: Final = {
    Whose.PARTNERSHIP: Setting("local_catalogue", bytes),
    Whose.AGENCY: Setting("agency_catalogue", bytes),
}


def catalogue_of(home: Home) -> Catalogue:
    """The words and questions that this home goes by.

    Raises UsageError ``E_CATALOGUE`` when what was adopted does not fit the shipped catalogue of this version any more.
    """
    with home.vault.reading() as view:
        return _layered(*(view.settings.get(ADDED[whose]) for whose in Whose))


@lru_cache(maxsize=2)
def _layered(*files: bytes | None) -> Catalogue:
    """The shipped catalogue with a partnership's file and then an agency's, where there are such."""
    catalogue = shipped_catalogue()
    for whose, data in zip(Whose, files, strict=True):
        if data is not None:
            catalogue = with_local(catalogue, data, whose)
    return catalogue


def adopt_catalogue(home: Home, data: bytes, whose: Whose = Whose.PARTNERSHIP) -> Catalogue:
    """Go by a file of the partnership or of the agency from now on; it takes the place of the one before.

    Raises UsageError ``E_CATALOGUE`` for what cannot be used or would loosen anything; then nothing is changed.
    """
    with home.vault.transaction() as tx:
        catalogue = _with(tx, whose, data)
        tx.settings.put(ADDED[whose], data)
        tx.audit.append(
            time=home.clock.now(),
            actor=home.actor(),
            action="catalogue.adopted",
            on=_digest(catalogue, whose),
            detail={"of": whose.name.lower()},
        )
    return catalogue


def drop_catalogue(home: Home, whose: Whose = Whose.PARTNERSHIP) -> Catalogue:
    """Go by what is left without that file. Raises UsageError ``E_CATALOGUE`` while an agency's file needs it."""
    with home.vault.transaction() as tx:
        catalogue = _with(tx, whose, None)
        tx.settings.forget(ADDED[whose])
        tx.audit.append(
            time=home.clock.now(),
            actor=home.actor(),
            action="catalogue.dropped",
            detail={"of": whose.name.lower()},
        )
    return catalogue


def _with(tx: Families, whose: Whose, data: bytes | None) -> Catalogue:
    """The catalogue as it would be. The agency's file has to fit whatever its partnership's says."""
    files = {each: tx.settings.get(ADDED[each]) for each in Whose} | {whose: data}
    if whose is Whose.PARTNERSHIP and files[Whose.AGENCY] is not None:
        _layered(data, None)  # what is wrong with this file itself is told as such
        try:
            return _layered(*files.values())
        except UsageError as error:
            raise UsageError(
                error.code,
                "Your agency's own catalogue does not fit this. Nothing was changed.",
                next="Put the agency's file right first: phoenix catalogue --drop --agency, then --adopt it again.",
                problems=error.problems,
            ) from None
    return _layered(*files.values())


def _digest(catalogue: Catalogue, whose: Whose) -> bytes:
    named = catalogue.named(whose)
    return named[1] if named is not None else b""
