"""What an endpoint may fetch of a package, and when: the offer first, grant and body only after it accepted (§6.1)."""

from __future__ import annotations

from collections.abc import Sequence

from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.package.lifecycle import STORED, State
from phoenix_relay.rules.addresses import AddressBook
from phoenix_relay.rules.audience import senders_side
from phoenix_relay.storage.rows import Package, Recipient

_OFFERED = frozenset({State.OFFERED, State.ACCEPTED})


def check_offer(package: Package | None, recipient: Recipient | None, now: Seconds) -> bool:
    """Whether the offer has to be marked as made. Raises as :func:`check_release`."""
    _, state = _found(package, recipient, now)
    if state is State.HELD:
        return True
    if state not in _OFFERED:
        raise _gone(state)
    return False


def check_release(package: Package | None, recipient: Recipient | None, now: Seconds) -> Package:
    """The package, when its grant and body are released: after this endpoint's acceptance, until it has committed.

    Raises RefusedError ``E_NOT_FOUND`` when the package is not for this endpoint, ``E_EXPIRED`` from its expiry on,
    ``E_RECEIPT_STATE`` before acceptance and after the end.
    """
    found, state = _found(package, recipient, now)
    if state is not State.ACCEPTED:
        raise _gone(state)
    return found


def check_states(
    package: Package | None,
    recipients: Sequence[Recipient],
    asker: EndpointId,
    book: AddressBook,
    now: Seconds,
) -> None:
    """Only the sender's side may ask where a package is. Raises RefusedError ``E_NOT_FOUND`` for everybody else."""
    if package is None or asker not in senders_side(package.sender, recipients, book, now):
        raise RefusedError("E_NOT_FOUND", "There is nothing here for you under this name.")


def _found(
    package: Package | None, recipient: Recipient | None, now: Seconds
) -> tuple[Package, State]:
    if package is None or recipient is None:
        raise RefusedError("E_NOT_FOUND", "There is nothing here for you under this name.")
    if recipient.state is State.EXPIRED or package.expires <= now:
        raise RefusedError("E_EXPIRED", "The package has expired.")
    return package, recipient.state


def _gone(state: State) -> RefusedError:
    if state in STORED:
        return RefusedError(
            "E_RECEIPT_STATE", "You have committed this package: the relay keeps it no longer."
        )
    return RefusedError("E_RECEIPT_STATE", f"A package that is {state.value} is not released.")
