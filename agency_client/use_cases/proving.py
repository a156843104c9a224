"""Keeping what proves later what was said and sealed: words with their keys, files as they were sent (§6.11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from agency_client.ports.outbox import Parcel
from agency_client.ports.vault import Families, KeptObject, KeptWords, ObjectKind
from agency_client.use_cases.home import Home, endpoint_of
from agency_client.use_cases.recipients import Target
from phoenix_protocol.api import SealedDetail
from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import ObjectHash, Seconds
from phoenix_protocol.limits import BLOCK
from phoenix_protocol.package.events import Event, Recall
from phoenix_protocol.package.notices import NoticeAnswer
from phoenix_protocol.sealing.attachments import read_blocks
from phoenix_protocol.sealing.drafts import SealedPackage
from phoenix_protocol.sealing.words import Bound, Purpose, open_words


def keep_words(
    tx: Families,
    home: Home,
    said: ObjectHash,
    message: Event | Recall | NoticeAnswer,
    sealed: SealedDetail | None,
) -> None:
    """Keep the words of something said, where this machine can open them: the ciphertext that is signed, and its key."""
    if sealed is None or message.detail is None:
        return
    _, own_id = endpoint_of(home)
    bound = Bound(
        purpose=Purpose.DETAIL, anchor=message.anchor, core=message.core, maker=message.endpoint
    )
    keys = {secret.hash: secret.key() for secret in home.content.epochs}
    try:
        opened = open_words(sealed, message.detail, bound, own_id, keys)
    except TamperError:
        return  # not sealed to this machine, or to a key that it has no more: what was said stands without its words
    words = KeptWords(ciphertext=sealed.ciphertext, key=opened.key)
    tx.said_words.keep(said, message.core, words)


def keep_sealing_keys(tx: Families, targets: Iterable[Target], at: Seconds) -> None:
    """Keep the signed epoch keys that a package was sealed to: the relay forgets them when they end."""
    for target in targets:
        key = target.epoch_key.hash
        tx.objects.keep(
            KeptObject(
                hash=key, kind=ObjectKind.EPOCH_KEY, core=None, time=at, signed=target.published
            )
        )


class _SealedBody:
    """The body of a parcel, read at any place."""

    def __init__(self, parcel: Parcel) -> None:
        self._block: Final = parcel.block

    def write_at(self, offset: int, data: bytes | bytearray | memoryview) -> None:
        """What is sealed stays as it is. Raises TypeError."""
        raise TypeError("A sealed body is only read.")

    def read_at(self, offset: int, length: int) -> bytes:
        """``length`` bytes from ``offset``, fewer at the end."""
        first, last = offset // BLOCK, (offset + length - 1) // BLOCK
        data = b"".join(self._block(number) for number in range(first, last + 1))
        return data[offset - first * BLOCK :][:length]


def keep_files(home: Home, sealed: SealedPackage, parcel: Parcel) -> None:
    """Keep the attachments of a package of our own, each as a blob of the bytes that travel."""
    body = _SealedBody(parcel)
    for section in sealed.sections:
        for part in section.attachments:
            if home.vault.blobs.has(part.entry.digest):
                continue
            with home.vault.blobs.create(part.entry.digest) as blob:
                for block in read_blocks(body, part.place):
                    blob.write(block)
