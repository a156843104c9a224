"""Requests in the vault: what is asked whom, what became of it, who was asked instead, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agency_client.adapters.vault import SqlcipherVault
from agency_client.ports.vault import (
    AskedOf,
    Escalation,
    QuestionAnswer,
    Reply,
    Side,
    StoredRequest,
)
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, ItemId, ObjectHash, Seconds
from tests.client.vault_values import NOW, core_hash, new_home, opened

NURSE = Address("school.nurse@quillmere-health")
CHARITY = Address("lead@lantern-youth")
DEPUTY = Address("trustees@lantern-youth")
FRONT = Address("front.door@quillmere-council")
QUESTION = ItemId(b"q" * 16)
OTHER = ItemId(b"o" * 16)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[SqlcipherVault]:
    with opened(new_home(tmp_path / "home")) as vault:
        yield vault


def request(n: int, side: Side = Side.OURS, **more: object) -> StoredRequest:
    values = {
        "core": core_hash(n),
        "side": side,
        "asker": FRONT,
        "asked_at": Seconds(NOW + n),
        "due": Seconds(NOW + n + 60),
        **more,
    }
    return StoredRequest(**values)  # type: ignore[arg-type]


def asked(address: Address, *questions: ItemId) -> list[AskedOf]:
    return [AskedOf(address=address, question=q, position=n) for n, q in enumerate(questions)]


def answer(n: int, word: str, **more: object) -> QuestionAnswer:
    values = {
        "request": core_hash(1),
        "question": QUESTION,
        "address": CHARITY,
        "by": CHARITY,
        "answer": word,
        "response": core_hash(9),
        "position": n,
        "time": Seconds(NOW + 5),
        **more,
    }
    return QuestionAnswer(**values)  # type: ignore[arg-type]


def escalation(address: Address = CHARITY, core: ObjectHash | None = None) -> Escalation:
    return Escalation(
        request=core_hash(1),
        address=address,
        deputy=DEPUTY,
        core=core or core_hash(8),
        time=Seconds(NOW + 100),
    )


def test_a_request_comes_back_as_it_was_kept(vault: SqlcipherVault) -> None:
    escalated = request(2, Side.THEIRS, escalates=core_hash(1), instead_of=CHARITY)
    with vault.transaction() as tx:
        assert tx.requests.add(
            request(1), asked(NURSE, QUESTION) + asked(CHARITY, QUESTION, OTHER), {CHARITY: DEPUTY}
        )
        assert tx.requests.add(escalated, asked(DEPUTY, OTHER), {})
        assert tx.requests.add(request(3), asked(NURSE, QUESTION), {})
    with vault.reading() as view:
        assert view.requests.get(core_hash(1)) == request(1)
        assert view.requests.get(core_hash(2)) == escalated
        assert view.requests.get(core_hash(7)) is None
        assert view.requests.asked(core_hash(1)) == (
            *asked(CHARITY, QUESTION, OTHER),
            *asked(NURSE, QUESTION),
        )
        assert view.requests.deputies(core_hash(1)) == {CHARITY: DEPUTY}
        assert [r.core for r in view.requests.listing(Side.OURS)] == [core_hash(3), core_hash(1)]
        assert view.requests.listing(Side.THEIRS) == (escalated,)


def test_a_request_is_kept_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        assert tx.requests.add(request(1), asked(NURSE, QUESTION), {})
        assert not tx.requests.add(request(1, Side.THEIRS), asked(CHARITY, OTHER), {})
        assert tx.requests.get(core_hash(1)) == request(1)
        assert tx.requests.asked(core_hash(1)) == tuple(asked(NURSE, QUESTION))


def test_answers_are_kept_as_they_came_and_once(vault: SqlcipherVault) -> None:
    shared, withheld = answer(0, "shared"), answer(1, "withheld")
    later = answer(0, "not_held", response=core_hash(4), by=DEPUTY, time=Seconds(NOW + 9))
    with vault.transaction() as tx:
        tx.requests.add(request(1), asked(CHARITY, QUESTION), {})
        tx.requests.add_answers([shared, withheld])
        tx.requests.add_answers([later, shared])
    with vault.reading() as view:
        assert view.requests.answers(core_hash(1)) == (shared, withheld, later)
        assert view.requests.answers(core_hash(2)) == ()


def test_that_a_reply_has_come_is_kept_before_it_is_read(vault: SqlcipherVault) -> None:
    reply = Reply(request=core_hash(1), response=core_hash(9), by=CHARITY, time=NOW)
    with vault.transaction() as tx:
        tx.requests.note_reply(reply)
        tx.requests.note_reply(reply)
        assert tx.requests.replies(core_hash(1)) == (reply,)


def test_a_deputy_is_asked_once(vault: SqlcipherVault) -> None:
    with vault.transaction() as tx:
        tx.requests.add(request(1), asked(CHARITY, QUESTION), {CHARITY: DEPUTY})
        tx.requests.add_escalation(escalation())
    with pytest.raises(RefusedError) as caught:
        ask_again(vault)
    assert caught.value.code == "E_CONFLICT"
    with vault.transaction() as tx:
        assert tx.requests.replies(core_hash(1)) == (), "nothing of a refused transaction stays"
        tx.requests.add_escalation(escalation(NURSE, core_hash(7)))
        assert tx.requests.escalations(core_hash(1)) == (
            escalation(),
            escalation(NURSE, core_hash(7)),
        )
        assert tx.requests.escalated_by(core_hash(8)) == escalation()
        assert tx.requests.escalated_by(core_hash(1)) is None


def ask_again(vault: SqlcipherVault) -> None:
    """A transaction that notes a reply, and then asks a deputy a second time."""
    with vault.transaction() as tx:
        tx.requests.note_reply(
            Reply(request=core_hash(1), response=core_hash(9), by=CHARITY, time=NOW)
        )
        tx.requests.add_escalation(escalation(core=core_hash(7)))
