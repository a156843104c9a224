"""Files that an author attaches to sections: what is known of them before they are sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from phoenix_protocol.identifiers import ItemId
from phoenix_protocol.sealing.drafts import AttachmentDraft

_MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "heic": "image/heic",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "eml": "message/rfc822",
    "zip": "application/zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSource:
    """A file to attach to the section with this id. ``read`` gives its ``size`` bytes each time it is called."""

    section: str
    name: str
    size: int
    read: Callable[[], Iterator[bytes]]


def media_type_of(name: str) -> str:
    """The media type that the ending of a file name stands for."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def attachment_draft(file: AttachmentSource, id_: ItemId) -> AttachmentDraft:
    """``file`` under its random id, for sealing."""
    return AttachmentDraft(
        id=id_, name=file.name, media_type=media_type_of(file.name), size=file.size, read=file.read
    )
