"""A second look before something is said of a statement: only where something about it is worth one.

What the rules hint at is shown with the form as it was filled in. Pressing the button again says it; words that were
changed since are looked at anew.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from agency_client.web.asked import Asked
from agency_client.web.in_time import in_time
from phoenix_protocol.errors import Problem

#: The field that says which words somebody has been warned of.
_SEEN: Final = "seen"


async def hints_of(asked: Asked, wanted: Any) -> tuple[Problem, ...]:
    """What somebody has not seen yet of a notice (use_cases/notice_subjects.py); empty when it may be said now."""
    preview = await in_time(asked.client.look_at_notice(wanted))
    hints: tuple[Problem, ...] = preview.hints
    return unseen(asked, hints, digest_of(wanted))


async def hints_of_document(asked: Asked, document: bytes) -> tuple[Problem, ...]:
    """The same of a document: where it has a part of a protected source's name."""
    from agency_client.use_cases.document_options import Options

    found = (await in_time(asked.client.check(document, Options()))).warnings
    hints = tuple(each for each in found if each.code == "W_DOC_PROTECTED")
    return unseen(asked, hints, digest(document))


def unseen(asked: Asked, hints: tuple[Problem, ...], seen: str) -> tuple[Problem, ...]:
    """``hints``, unless somebody has seen them with just these words."""
    return hints if asked.form.text(_SEEN) != seen else ()


def digest_of(wanted: Any) -> str:
    """Which words a notice has: the same words give the same."""
    said = repr((wanted.text, wanted.why, wanted.conditions))
    return digest(said.encode("utf-8", "surrogatepass"))


def digest(said: bytes) -> str:
    """Which words were said, without them."""
    return hashlib.sha256(said).hexdigest()
