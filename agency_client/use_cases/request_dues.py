"""What falls due of requests, by kind: its own module because every command reminds, and few take requests in."""

from __future__ import annotations

from typing import Final

#: An answer that others owe this home; an answer that this home owes.
OWED_TO_US: Final = "request_owed"
OWED_BY_US: Final = "request_answer"
