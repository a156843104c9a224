"""Private keys of endpoints, managers and signatories: made, kept, rolled and destroyed.

:func:`open_keystore` is the way in. The rest is by room: ``keys.holders`` makes keys,
``keys.epochs`` rolls them, ``keys.backup`` copies them, ``keys.status`` shows what there is.
"""

from __future__ import annotations

from keys.content import Content
from keys.keystore import (
    Keystore,
    create_keystore,
    has_keystore,
    open_keystore,
)
from keys.passphrase import Passphrase
from keys.recovery import recover_previous
from keys.wrapping import Cost, MasterKey

__all__ = [
    "Content",
    "Cost",
    "Keystore",
    "MasterKey",
    "Passphrase",
    "create_keystore",
    "has_keystore",
    "open_keystore",
    "recover_previous",
]
