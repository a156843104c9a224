"""Verifying a bundle file, as programs do it: no home, no passphrase, no relay (docs/protocol.md §6.11).

::

    proved = verify_file(Path("QM-0417.evidence"), anchor)
    print(proved.sender.address, proved.core.created)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from agency_client.named_files import open_named
from phoenix_protocol.errors import TamperError, UnavailableError, UsageError
from phoenix_protocol.evidence.parts import VerifiedAttachment
from phoenix_protocol.evidence.verify import VerifiedBundle, verify_bundle
from phoenix_protocol.identifiers import Anchor

_PIECE = 1 << 20


def verify_file(path: Path, anchor: Anchor) -> VerifiedBundle:
    """What a bundle proves. Raises :class:`~phoenix_protocol.evidence.damage.DamagedError`; UsageError ``E_FILE``."""
    try:
        with open_named(path, "The bundle") as file:
            return verify_bundle(file, anchor)
    except OSError as error:
        raise UsageError(
            "E_FILE", f"The bundle cannot be read: {error.strerror}.", next="Check its name."
        ) from None


def save_attachment(bundle: Path, attachment: VerifiedAttachment, target: Path) -> None:
    """Write an attachment of a bundle that was verified to a file; it is compared with its digest once more.

    Raises TamperError ``E_COMMITMENT`` when the bundle is another one now, UnavailableError ``E_STORE_WRITE``.
    """
    part = target.with_name(target.name + ".part")
    digest = hashlib.sha256()
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file, bundle.open("rb") as source:
            for piece in _content(source, attachment):
                digest.update(piece)
                file.write(piece)
        if digest.digest() != attachment.entry.content:
            raise TamperError("E_COMMITMENT", "The bundle is not the one that was verified.")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UnavailableError(
            "E_STORE_WRITE", f"An attachment could not be written: {error.strerror}."
        ) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _content(source: BinaryIO, attachment: VerifiedAttachment) -> Iterator[bytes]:
    source.seek(attachment.offset or 0)
    left = attachment.said.size
    while left and (piece := source.read(min(left, _PIECE))):
        left -= len(piece)
        yield piece
