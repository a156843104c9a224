"""Words as they travelled and their keys, in their table."""

from __future__ import annotations

from agency_client.adapters.vault.session import Session
from agency_client.ports.vault.said_words import KeptWords
from phoenix_protocol.identifiers import ObjectHash


class SaidWordsTable:
    """Implements :class:`agency_client.ports.vault.SaidWords`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, said: ObjectHash, core: ObjectHash, words: KeptWords) -> None:
        self._session.run(
            "INSERT OR IGNORE INTO said_words VALUES (?, ?, ?, ?)",
            said,
            core,
            words.ciphertext,
            words.key,
        )

    def of(self, said: ObjectHash) -> KeptWords | None:
        row = self._session.one("SELECT ciphertext, key FROM said_words WHERE said = ?", said)
        return None if row is None else KeptWords(ciphertext=row[0], key=row[1])

    def erase(self, core: ObjectHash) -> None:
        self._session.run("DELETE FROM said_words WHERE core = ?", core)
