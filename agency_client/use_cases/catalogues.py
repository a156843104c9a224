"""The catalogue that a home goes by: the shipped one, and what its partnership has added and tightened."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from agency_client.ports.vault.settings import Setting
from agency_client.record.catalogue import Catalogue
from agency_client.record.local_catalogue import with_local
from agency_client.record.shipped import shipped_catalogue
from agency_client.use_cases.home import Home

#: The partnership's own file, byte for byte, as it was adopted here.
LOCAL_CATALOGUE: Final = Setting("local_catalogue", bytes)


def catalogue_of(home: Home) -> Catalogue:
    """The words that this home goes by.

    Raises UsageError ``E_CATALOGUE`` when what was adopted does not fit the shipped catalogue of this version any more.
    """
    with home.vault.reading() as view:
        data = view.settings.get(LOCAL_CATALOGUE)
    return shipped_catalogue() if data is None else _local(data)


@lru_cache(maxsize=2)
def _local(data: bytes) -> Catalogue:
    return with_local(shipped_catalogue(), data)


def adopt_catalogue(home: Home, data: bytes) -> Catalogue:
    """Go by the partnership's catalogue from now on. Raises UsageError ``E_CATALOGUE``; then nothing is changed."""
    catalogue = with_local(shipped_catalogue(), data)
    with home.vault.transaction() as tx:
        tx.settings.put(LOCAL_CATALOGUE, data)
        tx.audit.append(
            time=home.clock.now(), actor=home.actor(), action="catalogue.adopted", on=_on(catalogue)
        )
    return catalogue


def drop_catalogue(home: Home) -> Catalogue:
    """Go by the shipped catalogue alone again."""
    with home.vault.transaction() as tx:
        tx.settings.forget(LOCAL_CATALOGUE)
        tx.audit.append(time=home.clock.now(), actor=home.actor(), action="catalogue.dropped")
    return shipped_catalogue()


def _on(catalogue: Catalogue) -> bytes:
    return catalogue.local[1] if catalogue.local is not None else b""
