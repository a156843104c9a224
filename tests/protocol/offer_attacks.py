"""What a relay, a stranger or a dishonest sender may try before acceptance, and with which code it is refused.

Each attack makes an offer out of an honest parcel that exactly one check of docs/protocol.md §5.12 is there for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from phoenix_protocol import limits, schema
from phoenix_protocol.encoding import encode
from phoenix_protocol.identifiers import Address, Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.package.envelope import GRANTED, Granted, Sealed, Why
from phoenix_protocol.package.events import Event
from phoenix_protocol.sealing.capsules import CapsuleBinding
from phoenix_protocol.sealing.contents import Cover, SegmentType
from phoenix_protocol.sealing.manifest import cover_commitment
from phoenix_protocol.sealing.padding import frame
from phoenix_protocol.sealing.segments import COVER_SEGMENT, SegmentKey
from phoenix_protocol.signed import Signed, sign
from phoenix_protocol.suite.content import encrypt
from phoenix_protocol.suite.hashing import sha256
from phoenix_protocol.suite.sealing_keys import SealingKey
from tests.protocol.workshop import (
    DAY,
    EPOCH,
    HEALTH,
    HELD,
    MADE,
    NOW,
    POLICE,
    RECEIPT_KEY,
    SENDER,
    SENDER_KEY,
    STRANGER_KEY,
    Offered,
    Parcel,
    Register,
    hold,
)

Attack: TypeAlias = Callable[[Parcel], Offered]
_Made: TypeAlias = Callable[[Parcel], Parcel | Offered]

#: Code and attack by name.
OFFERED: Final[dict[str, tuple[str, Attack]]] = {}

_ELSEWHERE: Final = Anchor(b"B" * 32)
_SKEW: Final = limits.CLOCK_SKEW


def _refused(code: str) -> Callable[[_Made], _Made]:
    def register(attack: _Made) -> _Made:
        def attempt(p: Parcel) -> Offered:
            made = attack(p)
            return made if isinstance(made, Offered) else made.offered()

        assert attack.__name__ not in OFFERED
        OFFERED[attack.__name__] = (code, attempt)
        return attack

    return register


def flip(data: bytes, at: int = -1) -> bytes:
    """``data`` with one bit changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


# -- O1, O2: core and envelope --------------------------------------------------------------------------------------


@_refused("E_SUITE")
def another_suite(p: Parcel) -> Parcel:
    return p.with_core(suite="PHX0")


@_refused("E_PARSE")
def an_address_twice(p: Parcel) -> Parcel:
    both = [replace(p.core.recipients[0], why=why) for why in (Why.TO, Why.OWN)]
    return p.with_core(recipients=tuple(both))


@_refused("E_PARSE")
def a_core_that_is_none(p: Parcel) -> Offered:
    return replace(p.offered(), offer=replace(p.offer(), core=b"\xff"))


@_refused("E_CRITICAL")
def a_core_that_depends_on_what_is_not_known(p: Parcel) -> Parcel:
    return p.with_core(critical={"new": True})


@_refused("E_SIG_TYPE")
def another_type(p: Parcel) -> Parcel:
    return _delivery(p, replace(p.delivery.signed, type=Event.TYPE))


@_refused("E_SIG_TYPE")
def another_type_and_another_partnership(p: Parcel) -> Parcel:
    """The type comes first."""
    changed = p.with_core(anchor=_ELSEWHERE)
    return _delivery(changed, replace(changed.delivery.signed, type=Event.TYPE))


@_refused("E_SUITE")
def another_version(p: Parcel) -> Parcel:
    return _delivery(p, replace(p.delivery.signed, type="phoenix/2/delivery"))


def _delivery(p: Parcel, signed: Signed) -> Parcel:
    return replace(p, delivery=replace(p.delivery, signed=signed))


# -- O3 to O5: partnership, checkpoint, sender ----------------------------------------------------------------------


@_refused("E_ANCHOR")
def another_partnership(p: Parcel) -> Parcel:
    return p.with_core(anchor=_ELSEWHERE)


@_refused("E_ANCHOR")
def another_relay(p: Parcel) -> Parcel:
    return p.with_core(relay="another.relay")


@_refused("E_DIR_FORK")
def another_past(p: Parcel) -> Parcel:
    return p.with_core(checkpoint="another past")


@_refused("E_DIR_STALE")
def an_old_directory(p: Parcel) -> Offered:
    return replace(p.offered(), register=Register(checkpoint_time=Seconds(MADE - 2 * DAY)))


@_refused("E_KEY_UNCERTIFIED")
def an_unknown_sender(p: Parcel) -> Parcel:
    return p.with_core(sender=b"Q" * 32)


# -- O6: the delivery -----------------------------------------------------------------------------------------------


@_refused("E_SIG_DELIVERY")
def a_broken_signature(p: Parcel) -> Parcel:
    (signature,) = p.delivery.signed.signatures
    broken = replace(signature, signature=flip(signature.signature))
    return _delivery(p, replace(p.delivery.signed, signatures=(broken,)))


@_refused("E_SIG_DELIVERY")
def a_strangers_signature(p: Parcel) -> Parcel:
    return _delivery(p, sign(p.message, [STRANGER_KEY]))


@_refused("E_SIG_DELIVERY")
def a_strangers_signature_beside_the_senders(p: Parcel) -> Parcel:
    return _delivery(p, sign(p.message, [SENDER_KEY, STRANGER_KEY]))


@_refused("E_SIG_DELIVERY")
def a_recipient_added_by_the_relay(p: Parcel) -> Parcel:
    extra = replace(p.message.endpoints[0], endpoint=EndpointId(b"Z" * 32))
    payload = schema.encode(replace(p.message, endpoints=(*p.message.endpoints, extra)))
    return _delivery(p, replace(p.delivery.signed, payload=payload))


@_refused("E_SIG_DELIVERY")
def a_core_changed_under_the_signature(p: Parcel) -> Parcel:
    core = schema.encode(replace(p.core, expires=Seconds(p.core.expires + 1)))
    return replace(p, package=replace(p.package, core=core))


@_refused("E_SIG_DELIVERY")
def a_delivery_of_another_core(p: Parcel) -> Parcel:
    return p.resigned(core=ObjectHash(bytes(32)))


@_refused("E_SIG_DELIVERY")
def a_delivery_in_another_partnership(p: Parcel) -> Parcel:
    return p.resigned(anchor=_ELSEWHERE)


# -- O7, O8: held ---------------------------------------------------------------------------------------------------


@_refused("E_RECEIPT_BINDING")
def a_forged_held(p: Parcel) -> Parcel:
    return replace(p, held=hold(p.package.core_hash, p.delivery.signed.hash, STRANGER_KEY))


@_refused("E_RECEIPT_BINDING")
def a_held_of_another_core(p: Parcel) -> Parcel:
    return replace(p, held=hold(ObjectHash(bytes(32)), p.delivery.signed.hash))


@_refused("E_RECEIPT_BINDING")
def a_held_of_another_delivery(p: Parcel) -> Parcel:
    return replace(p, held=hold(p.package.core_hash, ObjectHash(bytes(32))))


@_refused("E_RECEIPT_BINDING")
def a_held_in_another_partnership(p: Parcel) -> Parcel:
    held = hold(p.package.core_hash, p.delivery.signed.hash, anchor=_ELSEWHERE)
    return replace(p, held=held)


@_refused("E_SIG_TYPE")
def a_held_that_is_something_else(p: Parcel) -> Parcel:
    return replace(p, held=sign(p.message, [RECEIPT_KEY]))


@_refused("E_KEY_REVOKED")
def a_sender_that_had_ended(p: Parcel) -> Offered:
    return replace(p.offered(), register=Register(ended={SENDER: HELD}))


@_refused("E_AGENCY_CLOSED")
def an_agency_that_was_closed(p: Parcel) -> Offered:
    return replace(p.offered(), register=Register(closed={"fennick-academy": HELD}))


# -- O9: addressed to this endpoint ---------------------------------------------------------------------------------


@_refused("E_NOT_ADDRESSED")
def somebody_elses_package(p: Parcel) -> Offered:
    others = tuple(g for g in p.message.endpoints if g.endpoint != POLICE)
    offer = replace(p.resigned(endpoints=others).offer(HEALTH), capsule=p.offer().capsule)
    return replace(p.offered(), offer=offer)


@_refused("E_NOT_ADDRESSED")
def an_address_that_the_core_does_not_name(p: Parcel) -> Offered:
    offered = p.offered()
    return replace(offered, reader=replace(offered.reader, address=Address("cid@ardenfold-police")))


@_refused("E_PARSE")
def an_endpoint_that_is_named_twice(p: Parcel) -> Parcel:
    own = p.message.granted_to(POLICE)
    assert own is not None
    again = replace(own, grant=bytes(32))
    return p.resigned(endpoints=GRANTED.arranged([*p.message.endpoints, again]))


@_refused("E_KEY_SUPERSEDED")
def a_key_that_is_gone(p: Parcel) -> Parcel:
    return _granted(p, lambda g: replace(g, epoch_key=ObjectHash(bytes(32))))


def _granted(p: Parcel, change: Callable[[Granted], Granted]) -> Parcel:
    return p.resigned(endpoints=tuple(map(change, p.message.endpoints)))


# -- O10: times, each side of each comparison -----------------------------------------------------------------------


def _at(p: Parcel, created: int, held: int, expires: int) -> Parcel:
    changed = p.with_core(created=Seconds(created), expires=Seconds(expires))
    again = hold(changed.package.core_hash, changed.delivery.signed.hash, time=Seconds(held))
    return replace(changed, held=again)


@_refused("E_TIME")
def an_end_before_the_beginning(p: Parcel) -> Parcel:
    return _at(p, NOW + 200, NOW, NOW + 100)


@_refused("E_TIME")
def a_life_beyond_the_partnerships(p: Parcel) -> Parcel:
    return _at(p, NOW - 60, NOW, NOW - 60 + 84 * DAY + 1)


@_refused("E_TIME")
def made_after_it_was_held(p: Parcel) -> Parcel:
    return _at(p, NOW, NOW - _SKEW - 1, NOW + DAY)


@_refused("E_TIME")
def held_after_its_end(p: Parcel) -> Parcel:
    return _at(p, NOW - 60, NOW + 100, NOW + 100)


@_refused("E_TIME")
def made_in_the_future(p: Parcel) -> Parcel:
    return _at(p, NOW + _SKEW + 1, NOW + _SKEW, NOW + DAY)


@_refused("E_TIME")
def held_in_the_future(p: Parcel) -> Parcel:
    return _at(p, NOW, NOW + _SKEW + 1, NOW + DAY)


@_refused("E_EXPIRED")
def an_end_that_is_now(p: Parcel) -> Offered:
    return replace(p.offered(), now=p.core.expires)


# -- O11: received before -------------------------------------------------------------------------------------------


@_refused("E_REPLAY")
def the_same_again(p: Parcel) -> Offered:
    return replace(p.offered(), seen=lambda _sender, _package: p.package.core_hash)


@_refused("E_CONFLICT")
def another_under_the_same_id(p: Parcel) -> Offered:
    return replace(p.offered(), seen=lambda _sender, _package: ObjectHash(bytes(32)))


# -- O12: the capsule -----------------------------------------------------------------------------------------------


@_refused("E_CAPSULE_DIGEST")
def capsules_swapped_by_the_relay(p: Parcel) -> Parcel:
    capsules = tuple(reversed(p.delivery.capsules))
    return replace(p, delivery=replace(p.delivery, capsules=capsules))


@_refused("E_CAPSULE")
def capsules_swapped_by_the_sender(p: Parcel) -> Parcel:
    return _with_capsules(p, tuple(reversed(p.delivery.capsules)))


@_refused("E_CAPSULE")
def a_capsule_that_holds_more(p: Parcel) -> Parcel:
    return _with_capsules(p, _capsules(p, bytes(73)))


@_refused("E_CAPSULE")
def a_capsule_that_holds_nothing(p: Parcel) -> Parcel:
    return _with_capsules(p, _capsules(p, b""))


def _capsules(p: Parcel, plaintext: bytes) -> tuple[bytes, ...]:
    return tuple(
        SealingKey(EPOCH[g.endpoint].public_bytes()).seal(plaintext, _binding(p, g).info())
        for g in p.message.endpoints
    )


def _binding(p: Parcel, granted: Granted) -> CapsuleBinding:
    return CapsuleBinding(
        anchor=p.core.anchor,
        package=p.core.package,
        sender=p.core.sender,
        recipient=granted.endpoint,
        epoch_key=granted.epoch_key,
        core=p.package.core_hash,
        delivery=p.message.number,
    )


def _with_capsules(p: Parcel, capsules: tuple[bytes, ...]) -> Parcel:
    digests = dict(
        zip((g.endpoint for g in p.message.endpoints), map(sha256, capsules), strict=True)
    )
    changed = _granted(p, lambda g: replace(g, capsule=digests[g.endpoint]))
    return replace(changed, delivery=replace(changed.delivery, capsules=capsules))


# -- O13: the cover -------------------------------------------------------------------------------------------------


@_refused("E_BODY_DIGEST")
def another_cover(p: Parcel) -> Parcel:
    return replace(p, package=replace(p.package, cover=flip(p.package.cover)))


@_refused("E_BODY_DIGEST")
def a_cover_of_another_length(p: Parcel) -> Parcel:
    return p.with_core(cover=replace(p.core.cover, length=p.core.cover.length + 1))


def _with_cover(p: Parcel, cover: bytes) -> Parcel:
    """The sender signs these bytes as the cover."""
    changed = replace(p, package=replace(p.package, cover=cover))
    return changed.with_core(cover=Sealed(digest=sha256(cover), length=len(cover)))


def _with_frame(p: Parcel, framed: bytes) -> Parcel:
    key = SegmentKey(segment=COVER_SEGMENT, type=SegmentType.COVER, key=p.package.cover_key)
    return _with_cover(p, encrypt(key.key, key.context(p.core.package), framed))


def _with_cover_of(p: Parcel, **changes: object) -> Parcel:
    cover: Cover = replace(p.package.cover_content, **changes)  # type: ignore[arg-type]
    return _with_frame(p, frame(schema.encode(cover)))


def _committed_to(p: Parcel, **changes: object) -> Parcel:
    """The sender commits to another cover."""
    cover: Cover = replace(p.package.cover_content, **changes)  # type: ignore[arg-type]
    return _with_cover_of(p, **changes).with_core(cover_commitment=cover_commitment(cover))


@_refused("E_LIMIT")
def a_cover_beyond_all_limits(p: Parcel) -> Parcel:
    return _with_frame(p, frame(bytes(3 * limits.COVER_BYTES)))


@_refused("E_KEY_COMMIT")
def a_cover_under_another_key(p: Parcel) -> Parcel:
    return _with_cover(p, flip(p.package.cover, 30))


@_refused("E_CHUNK")
def a_cover_with_a_changed_chunk(p: Parcel) -> Parcel:
    return _with_cover(p, flip(p.package.cover))


@_refused("E_TRUNCATED")
def a_cover_cut_short(p: Parcel) -> Parcel:
    return _with_cover(p, p.package.cover[:40])


@_refused("E_PADDING")
def a_cover_padded_with_something(p: Parcel) -> Parcel:
    return _with_frame(p, frame(schema.encode(p.package.cover_content))[:-1] + b"\x07")


@_refused("E_PADDING")
def a_cover_that_says_to_be_longer(p: Parcel) -> Parcel:
    return _with_frame(p, (2000).to_bytes(8, "big") + bytes(1016))


@_refused("E_PADDING")
def a_cover_without_a_length(p: Parcel) -> Parcel:
    return _with_frame(p, b"\0\0\0")


@_refused("E_PARSE")
def a_cover_that_is_none(p: Parcel) -> Parcel:
    return _with_frame(p, frame(encode(["not", "a", "cover"])))


@_refused("E_COMMITMENT")
def another_purpose_than_committed(p: Parcel) -> Parcel:
    return _with_cover_of(p, purpose="Something else")


@_refused("E_COMMITMENT")
def another_name_than_the_senders(p: Parcel) -> Parcel:
    return _committed_to(p, sent_from=Address("mash@ardenfold-police"))


@_refused("E_COMMITMENT")
def a_cover_in_another_partnership(p: Parcel) -> Parcel:
    return _committed_to(p, anchor=_ELSEWHERE)
