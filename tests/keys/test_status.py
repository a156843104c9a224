"""What `keys status` shows: enough to act on, nothing to steal."""

from __future__ import annotations

from keys import content as contents
from keys import epochs, holders
from keys.content import Standing
from keys.epochs import Phase
from keys.status import status
from phoenix_protocol.identifiers import EndpointId, Seconds
from phoenix_protocol.signed import signer_id
from tests.keys.rings import DESK, NOW, POLICE, SYSTEM, full

FULL = full()


def test_every_kind_of_key_is_shown_with_its_fingerprint() -> None:
    shown = status(FULL, NOW)
    assert [(key.kind, key.subject) for key in shown.keys] == [
        ("governance", "partnership"),
        ("root", POLICE),
        ("manager", POLICE),
        ("endpoint", DESK),
    ]
    assert shown.keys[2].fingerprint == signer_id(holders.manager(FULL).key).hex()
    assert len({key.code for key in shown.keys}) == 4
    assert all(len(key.code) == 19 for key in shown.keys)


def test_epoch_keys_are_shown_with_their_times() -> None:
    later = Seconds(NOW + 6 * epochs.WEEK)
    shown = status(FULL, later)
    assert [row.phase for row in shown.epochs[:7]] == [
        Phase.DUE,
        *[Phase.OPENING] * 5,
        Phase.CURRENT,
    ]
    assert (shown.overdue, shown.unpublished) == (1, 13)
    assert shown.reach == FULL.epochs[-1].valid_until
    assert shown.next_due == FULL.epochs[0].opens_until


def test_approval_and_standing_show() -> None:
    assert status(FULL, NOW).waiting_for_approval
    approved = holders.approved(FULL, EndpointId(bytes([1]) * 32))
    shown = status(contents.restored(approved, NOW), NOW)
    assert not shown.waiting_for_approval
    assert shown.unpublished == 0
    assert (shown.standing, shown.backup_taken) == (Standing.RESTORED, NOW)


def test_an_empty_keystore_has_a_status() -> None:
    shown = status(contents.empty(NOW, SYSTEM), NOW)
    assert (shown.keys, shown.epochs, shown.reach, shown.next_due) == ((), (), None, None)


def test_no_secret_is_shown() -> None:
    shown = repr(status(FULL, NOW))
    for secret in contents.secrets_of(FULL):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown
    assert "Sam Reeve" not in shown
