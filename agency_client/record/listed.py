"""Which command lists what there is: the way out for whoever named something that is not there."""

from __future__ import annotations

from typing import Final

RECEIVED: Final = "Check the id: 'phoenix inbox' lists what has come."
SENT: Final = "Check the id: 'phoenix sent' lists what was sent."
PACKAGES: Final = "Check the id: 'phoenix inbox' and 'phoenix sent' list what there is."
STATEMENTS: Final = (
    "Give its number, its section and number such as attendance.2, or its id: 'phoenix open ID' "
    "shows them."
)
RECORDS: Final = "Check the number: 'phoenix register' lists what was recorded here."
HOLDS: Final = "Check the name: 'phoenix hold list' lists the holds that are known here."
ALARMS: Final = "Check the number: 'phoenix alarms' lists what nobody has seen."
ADDRESSES: Final = "Check the address: 'phoenix directory' lists everybody."
MEMBERS: Final = (
    "Check it: 'phoenix members list' lists your agency's machines, and who waits to join."
)
AGENCIES: Final = "Check the id: 'phoenix partnership status' lists the agencies."
