"""Keeping what proves later what was said and sealed: words with their keys, files as they were sent (§6.11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
from phoenix_protocol.sealing.contents import Place
from phoenix_protocol.sealing.drafts import SealedPackage, SealedPart
from phoenix_protocol.sealing.words import Bound, Purpose, open_words


def keep_words(
    tx: Families,
    home: Home,
    said: ObjectHash,
    message: Event | Recall | NoticeAnswer,
    sealed: SealedDetail | None,
) -> None:
    """Keep the words of something said, if this machine can open them: the ciphertext that is signed, and its key."""
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


def keep_files(home: Home, sealed: SealedPackage, parcel: Parcel) -> None:
    """Keep the attachments of a package of our own, each as a blob of the bytes that travel.

    Before the package is kept, which refers to them. Raises UnavailableError ``E_STORE_FULL``, ``E_STORE_WRITE``.
    """
    for part in _files(sealed):
        with home.vault.blobs.create(part.entry.digest) as blob:
            for piece in _sealed_bytes(parcel, part.place):
                blob.write(piece)


def forget_files(home: Home, sealed: SealedPackage) -> None:
    """The package was not kept after all: nothing refers to its files."""
    for part in _files(sealed):
        home.vault.blobs.remove(part.entry.digest)


def _files(sealed: SealedPackage) -> Iterator[SealedPart]:
    return (part for section in sealed.sections for part in section.attachments)


def _sealed_bytes(parcel: Parcel, place: Place) -> Iterator[bytes]:
    """What lies at a place of a parcel's body; whoever writes it down compares its digest."""
    offset, end = place.offset, place.offset + place.length
    while offset < end:
        piece = parcel.block(offset // BLOCK)[offset % BLOCK :][: end - offset]
        if not piece:
            break
        yield piece
        offset += len(piece)
