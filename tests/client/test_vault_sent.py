"""What was sent: kept before it leaves, finished once, moved as the table says, numbered without
repeats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import (
    AddressProgress,
    Families,
    Progress,
    SentDelivery,
    SequenceUse,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import Why
from phoenix_protocol.package.events import VoidReason
from phoenix_protocol.package.lifecycle import (
    TABLE,
    UNFINISHED,
    State,
    Step,
    address_state,
)
from tests.client.vault_values import (
    NOW,
    NURSE,
    POLICE,
    RECORDS,
    core_hash,
    digest,
    endpoint,
    new_home,
    opened,
    package_id,
    send,
    sent,
    sent_endpoint,
    sent_record,
    undone,
)

LATER = Seconds(NOW + 100)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path_factory.mktemp("shared") / "home")) as vault:
        yield vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def states(tx: Families, n: int = 1) -> dict[Address, State]:
    return {a.address: a.state for a in tx.sent.addresses(core_hash(n))}


def test_a_sealed_package_comes_back_as_it_was_kept(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1, (1, POLICE, False), (2, NURSE, False))
    with vault.reading() as view:
        assert view.sent.get(core_hash(1)) == sent(1)
        assert view.sent.by_package(package_id(1)) == sent(1)
        assert view.sent.record(core_hash(1)) == sent_record(1)
        assert view.sent.deliveries(core_hash(1)) == (
            SentDelivery(number=1, delivery=b"delivery 1"),
        )
        assert view.sent.endpoints(core_hash(1)) == (
            sent_endpoint(1, 1),
            sent_endpoint(2, 1, address=NURSE),
        )
        assert view.sent.addresses(core_hash(1)) == (
            AddressProgress(address=POLICE, why=Why.TO, state=State.SENT, since=NOW),
            AddressProgress(address=NURSE, why=Why.TO, state=State.SENT, since=NOW),
        )
        assert view.sent.get(core_hash(2)) is None
        assert view.sent.by_package(package_id(2)) is None
        assert view.sent.record(core_hash(2)) is None


def test_one_id_is_sealed_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
    twin = replace(sent(2), package=package_id(1))
    for again in (sent(1), twin):
        delivery = SentDelivery(number=1, delivery=b"")
        with pytest.raises(RefusedError) as refused, vault.transaction() as tx:
            tx.sent.add(again, sent_record(2), delivery, [sent_endpoint(1, 2)])
        assert refused.value.code == "E_CONFLICT"


def test_an_unfinished_send_is_found_by_its_input(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        assert [p.core for p in tx.sent.unfinished()] == [core_hash(1)]
        tx.sent.hold(core_hash(1), 1, b"held", LATER)
        assert tx.sent.unfinished() == ()
        found = tx.sent.by_fingerprint(sent(1).fingerprint)
        assert [(p.progress, p.since) for p in found] == [(Progress.HELD, LATER)]
        assert tx.sent.by_fingerprint(digest("other")) == ()


def test_the_same_input_again_is_another_package(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        tx.sent.hold(core_hash(1), 1, b"held", LATER)
        number = tx.sequences.allocate([endpoint(1)])[endpoint(1)]
        tx.sent.add(
            sent(2, fingerprint=1),
            sent_record(2),
            SentDelivery(number=1, delivery=b""),
            [sent_endpoint(1, number)],
        )
        found = tx.sent.by_fingerprint(sent(1).fingerprint)
        assert [p.progress for p in found] == [Progress.SEALED, Progress.HELD]


def test_held_moves_the_endpoints_of_its_delivery_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        number = tx.sequences.allocate([endpoint(9)])[endpoint(9)]
        late = sent_endpoint(9, number, address=NURSE, delivery=2)
        tx.sent.add_delivery(core_hash(1), SentDelivery(number=2, delivery=b"second"), [late])
        tx.sent.hold(core_hash(1), 1, b"held", LATER)
        tx.sent.hold(core_hash(1), 1, b"held by other signature bytes", Seconds(LATER + 9))
        assert states(tx) == {POLICE: State.HELD, NURSE: State.SENT}
        tx.sent.hold(core_hash(1), 2, b"held too", LATER)
        assert states(tx) == {POLICE: State.HELD, NURSE: State.HELD}
        assert [d.held for d in tx.sent.deliveries(core_hash(1))] == [b"held", b"held too"]
        kept = tx.sent.get(core_hash(1))
        assert kept is not None
        assert kept.since == LATER
        with pytest.raises(RefusedError):
            tx.sent.hold(core_hash(1), 3, b"held", LATER)


def test_a_held_package_cannot_be_given_up(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        send(tx, 2)
        tx.sent.give_up(core_hash(1), LATER)
        tx.sent.hold(core_hash(2), 1, b"held", LATER)
        with pytest.raises(RefusedError) as refused:
            tx.sent.give_up(core_hash(2), LATER)
        assert refused.value.code == "E_RECEIPT_STATE"
        assert tx.sent.unfinished() == ()


@given(
    moves=st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([*Step, Step.OFFER, Step.ACCEPT])), max_size=25
    )
)
def test_an_address_is_as_far_as_its_furthest_endpoint(
    shared: SqlcipherVault, moves: list[tuple[int, Step]]
) -> None:
    readers = ((0, POLICE, False), (1, POLICE, False), (2, POLICE, True), (3, RECORDS, True))
    with undone(shared) as tx:
        send(tx, 1, *readers)
        tx.sent.hold(core_hash(1), 1, b"held", NOW)
        model = dict.fromkeys(range(4), State.HELD)
        for at, (k, step) in enumerate(moves, LATER):
            if (model[k], step) in TABLE:
                model[k] = TABLE[(model[k], step)]
                assert tx.sent.step(core_hash(1), endpoint(k), step, Seconds(at)) is model[k]
            else:
                with pytest.raises(RefusedError):
                    tx.sent.step(core_hash(1), endpoint(k), step, Seconds(at))
            assert states(tx) == {
                POLICE: address_state([model[0], model[1]]),
                RECORDS: model[3],
            }
        assert [e.state for e in tx.sent.endpoints(core_hash(1))] == list(model.values())


def test_an_address_says_since_when(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1, (1, POLICE, False), (2, POLICE, False))
        tx.sent.hold(core_hash(1), 1, b"held", LATER)
        tx.sent.step(core_hash(1), endpoint(1), Step.OFFER, Seconds(LATER + 1))
        tx.sent.step(core_hash(1), endpoint(2), Step.OFFER, Seconds(LATER + 2))
        assert tx.sent.addresses(core_hash(1))[0].since == LATER + 1


def test_listings_are_newest_first_and_expiring_soonest_first(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        for n in range(4):
            send(tx, n, (1, POLICE, False), (2, NURSE, False))
            tx.sent.hold(core_hash(n), 1, b"held", NOW)
        for k in (1, 2):
            for step in (Step.OFFER, Step.ACCEPT, Step.COMMIT):
                tx.sent.step(core_hash(1), endpoint(k), step, LATER)
        listing = tx.sent.listing()
        assert [s.package.core for s in listing] == [core_hash(n) for n in (3, 2, 1, 0)]
        assert [a.state for a in listing[2].addresses] == [State.COMMITTED, State.COMMITTED]
        assert [a.address for a in listing[0].addresses] == [POLICE, NURSE]
        assert [s.package.core for s in tx.sent.listing(limit=1)] == [core_hash(3)]
        early = tx.sent.listing(before=Seconds(NOW + 2))
        assert [s.package.core for s in early] == [core_hash(1), core_hash(0)]
        due = tx.sent.expiring(Seconds(NOW + 86400 + 3), UNFINISHED)
        assert [s.package.core for s in due] == [core_hash(0), core_hash(2)]
        assert tx.sent.expiring(Seconds(NOW + 86400 + 3), []) == ()


def test_what_is_owed_warned_of_and_waiting_changes(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        tx.sent.set_owed(core_hash(1), ["decision.welfare", "legal.regime"])
        tx.sent.set_warned(core_hash(1), LATER)
        tx.sent.forget_outbox(core_hash(1))
    with vault.reading() as view:
        assert view.sent.get(core_hash(1)) == replace(
            sent(1), owed=("decision.welfare", "legal.regime"), warned=LATER, outbox=""
        )


def test_a_send_is_over_when_somebody_was_told(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        assert tx.sent.untold() == ()
        tx.sent.hold(core_hash(1), 1, b"held", LATER)
        assert [p.core for p in tx.sent.untold()] == [core_hash(1)]
        assert tx.sent.unfinished() == ()
        tx.sent.forget_outbox(core_hash(1))
        assert tx.sent.untold() == ()


def test_what_is_not_there_is_refused(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        with pytest.raises(RefusedError) as refused:
            tx.sent.step(core_hash(1), endpoint(2), Step.HOLD, NOW)
        assert refused.value.code == "E_NOT_FOUND"
        with pytest.raises(RefusedError):
            tx.sent.give_up(core_hash(2), NOW)
        with pytest.raises(RefusedError):
            tx.sent.hold(core_hash(2), 1, b"", NOW)


# -- sequence numbers --------------------------------------------------------------------------


def test_numbers_are_given_once_even_when_they_were_not_used(tmp_path: Path) -> None:
    home = new_home(tmp_path / "home")
    with opened(home) as vault:
        with vault.transaction() as tx:
            assert tx.sequences.allocate([endpoint(1), endpoint(2), endpoint(1)]) == {
                endpoint(1): 1,
                endpoint(2): 1,
            }
        with vault.transaction() as tx:
            assert tx.sequences.allocate([endpoint(1)]) == {endpoint(1): 2}
    with opened(home) as vault, vault.transaction() as tx:
        assert tx.sequences.allocate([endpoint(1)]) == {endpoint(1): 3}
        assert {(u.recipient, u.sequence) for u in tx.sequences.unused()} == {
            (endpoint(1), 1),
            (endpoint(1), 2),
            (endpoint(1), 3),
            (endpoint(2), 1),
        }


@given(rounds=st.lists(st.tuples(st.sets(st.integers(0, 3)), st.booleans()), max_size=12))
def test_no_endpoint_ever_gets_a_number_twice(
    shared: SqlcipherVault, rounds: Sequence[tuple[set[int], bool]]
) -> None:
    given_out: set[tuple[bytes, int]] = set()
    for readers, fails in rounds:
        numbers: dict[EndpointId, int] = {}
        try:
            with shared.transaction() as tx:
                numbers.update(tx.sequences.allocate([endpoint(k) for k in readers]))
                if fails:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            continue
        assert not given_out & set(numbers.items())
        given_out |= set(numbers.items())


def test_a_number_goes_with_one_package(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        send(tx, 1)
        assert tx.sequences.unused() == ()
    for sequence in (1, 7):
        with pytest.raises(ValueError, match="sequence"), vault.transaction() as tx:
            tx.sent.add(
                sent(2),
                sent_record(2),
                SentDelivery(number=1, delivery=b""),
                [sent_endpoint(1, sequence)],
            )


def test_numbers_that_lead_nowhere_are_voided_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.sequences.allocate([endpoint(5)])
        for n in range(4):
            send(tx, n)
        for n in range(3):
            tx.sent.hold(core_hash(n), 1, b"held", NOW)
        tx.sent.step(core_hash(1), endpoint(1), Step.RECALL, LATER)
        tx.sent.step(core_hash(2), endpoint(1), Step.EXPIRE, LATER)
        tx.sent.give_up(core_hash(3), LATER)
        uses = tx.sequences.to_void()
        assert uses == tuple(
            SequenceUse(recipient=endpoint(1), sequence=n + 1, core=core_hash(n), voided=None)
            for n in (1, 2, 3)
        )
        unused = tx.sequences.unused()
        for use in (*uses, *unused):
            tx.sequences.void(use, VoidReason.GIVEN_UP)
        assert (tx.sequences.to_void(), tx.sequences.unused()) == ((), ())
        with pytest.raises(RefusedError) as refused:
            tx.sequences.void(uses[0], VoidReason.RECALLED)
        assert refused.value.code == "E_RECEIPT_STATE"


def test_a_number_that_was_used_meanwhile_is_not_voided_as_unused(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        number = tx.sequences.allocate([endpoint(1)])[endpoint(1)]
        (unused,) = tx.sequences.unused()
        tx.sent.add(
            sent(1),
            sent_record(1),
            SentDelivery(number=1, delivery=b""),
            [sent_endpoint(1, number)],
        )
        with pytest.raises(RefusedError):
            tx.sequences.void(unused, VoidReason.GIVEN_UP)


def test_a_voided_number_is_never_used(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        number = tx.sequences.allocate([endpoint(1)])[endpoint(1)]
        (unused,) = tx.sequences.unused()
        tx.sequences.void(unused, VoidReason.GIVEN_UP)
        with pytest.raises(ValueError, match="sequence"):
            tx.sent.add(
                sent(1),
                sent_record(1),
                SentDelivery(number=1, delivery=b""),
                [sent_endpoint(1, number)],
            )
        assert ObjectHash(core_hash(1)) == core_hash(1)
