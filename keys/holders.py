"""Making the keys of people and machines, and saying their public halves (docs/protocol.md §4).

Every function takes a content and gives a new one; nothing is saved here.
"""

from __future__ import annotations

from dataclasses import replace

from keys import epochs
from keys.content import (
    Content,
    Endpoint,
    GovernanceKeys,
    ManagerKeys,
    Person,
    RootKeys,
    missing,
    with_anchor,
)
from keys.epochs import WEEKLY, Schedule
from phoenix_protocol.api import Joining
from phoenix_protocol.commitments import SALT_BYTES, commit
from phoenix_protocol.directory.statements import Holder, Manager, Opening, Role
from phoenix_protocol.errors import RefusedError
from phoenix_protocol.identifiers import Address, AgencyId, Anchor, EndpointId, ObjectHash, Seconds
from phoenix_protocol.joining import JoinRequest
from phoenix_protocol.randomness import Randomness
from phoenix_protocol.signed import parse_signed, read_unverified, sign
from phoenix_protocol.suite import (
    DOCUMENT_SEED_BYTES,
    ED25519_SEED_BYTES,
    DocumentPrivateKey,
    RequestPrivateKey,
)

PERSON_ID_BYTES = 16


# -- people who decide -----------------------------------------------------------------------------


def with_person(content: Content, name: str, randomness: Randomness) -> Content:
    """Whose home this is. Again with the same name changes nothing.

    Raises RefusedError ``E_KEY_EXISTS`` for another name: a home is one person's, because
    thresholds count people.
    """
    if content.person is not None:
        if content.person.name.text != name:
            raise _exists("keys of another person")
        return content
    opening = Opening(kind="name", salt=randomness.random_bytes(SALT_BYTES), text=name)
    person = Person(id=randomness.random_bytes(PERSON_ID_BYTES), name=opening)
    return replace(content, person=person)


def with_governance(content: Content, randomness: Randomness) -> Content:
    """A key of the partnership's governance. Raises RefusedError ``E_KEY_EXISTS``."""
    if content.governance is not None:
        raise _exists("a governance key")
    return replace(content, governance=GovernanceKeys(document_seed=_document_seed(randomness)))


def with_root(content: Content, agency: AgencyId, randomness: Randomness) -> Content:
    """A key of an agency's root. Raises RefusedError ``E_KEY_EXISTS``."""
    if content.root is not None:
        raise _exists("a root key")
    root = RootKeys(agency=agency, document_seed=_document_seed(randomness))
    return replace(content, root=root)


def with_manager(content: Content, agency: AgencyId, randomness: Randomness) -> Content:
    """An information manager's keys. Raises RefusedError ``E_KEY_EXISTS``."""
    if content.manager is not None:
        raise _exists("a manager's keys")
    keys = ManagerKeys(
        agency=agency,
        document_seed=_document_seed(randomness),
        request_seed=randomness.random_bytes(ED25519_SEED_BYTES),
    )
    return replace(content, manager=keys)


def governance_holder(content: Content) -> Holder:
    """What the partnership statement says of this holder. Raises LockedError ``E_KEY_MISSING``."""
    if content.governance is None:
        raise missing("a governance key")
    return _holder(content, content.governance.document_key())


def root_holder(content: Content) -> Holder:
    """What the signatory statement says of this holder. Raises LockedError ``E_KEY_MISSING``."""
    if content.root is None:
        raise missing("a root key")
    return _holder(content, content.root.document_key())


def manager(content: Content) -> Manager:
    """What ``agency-keys`` says of this manager. Raises LockedError ``E_KEY_MISSING``."""
    if content.manager is None:
        raise missing("a manager's keys")
    holder = _holder(content, content.manager.document_key())
    return Manager(
        key=holder.key,
        person=holder.person,
        name=holder.name,
        request_key=content.manager.request_key().public_bytes(),
    )


def _holder(content: Content, key: DocumentPrivateKey) -> Holder:
    person = content.person
    if person is None:
        raise missing("a person's keys")
    name = commit(person.name.kind, person.name.salt, person.name.text.encode())
    return Holder(key=key.public_bytes(), person=person.id, name=name)


# -- endpoints -------------------------------------------------------------------------------------


def with_endpoint(
    content: Content,
    *,
    anchor: Anchor,
    address: Address,
    name: str,
    now: Seconds,
    randomness: Randomness,
    personal: bool = False,
    role: Role = Role.PRACTITIONER,
    schedule: Schedule = WEEKLY,
) -> Content:
    """This home as an endpoint of ``address`` that waits for approval, with its first epoch keys.

    :func:`joining` then says what to send. Raises RefusedError ``E_KEY_EXISTS`` when there is an
    endpoint already, TamperError ``E_ANCHOR`` when the home belongs to another partnership.
    """
    if content.endpoint is not None:
        raise _exists("an endpoint's keys")
    waiting = Endpoint(
        address=address,
        name=name,
        personal=personal,
        role=role,
        document_seed=_document_seed(randomness),
        request_seed=randomness.random_bytes(ED25519_SEED_BYTES),
        request=b"",
    )
    content = replace(with_anchor(content, anchor), endpoint=waiting, epochs=())
    content = epochs.with_missing(content, now, randomness, schedule)
    request = _request(waiting, anchor, tuple(e.hash for e in content.epochs), now)
    encoded = sign(request, [waiting.document_key()]).encoded()
    return replace(content, endpoint=replace(waiting, request=encoded))


def joining(content: Content) -> Joining:
    """The join request and its epoch keys, to send; the same request each time.

    Raises LockedError ``E_KEY_MISSING`` (not an endpoint) and RefusedError ``E_EXPIRED`` when it
    has waited so long that epoch keys of it are destroyed.
    """
    endpoint, _ = epochs.endpoint_of(content)
    wanted = read_unverified(parse_signed(endpoint.request), JoinRequest).epoch_keys
    held = {epoch.hash: epoch for epoch in content.epochs}
    if any(key_hash not in held for key_hash in wanted):
        raise RefusedError(
            "E_EXPIRED",
            "The request to join has waited so long that its first keys are destroyed.",
            next="Withdraw it and ask to join again.",
        )
    signed = epochs.signed(content, [held[key_hash] for key_hash in wanted])
    return Joining(request=endpoint.request, epoch_keys=tuple(s.encoded() for s in signed))


def approved(content: Content, endpoint_id: EndpointId) -> Content:
    """A manager has approved: this endpoint has its id, and its first epoch keys are live."""
    endpoint, _ = epochs.endpoint_of(content)
    first = read_unverified(parse_signed(endpoint.request), JoinRequest).epoch_keys
    content = replace(content, endpoint=replace(endpoint, id=endpoint_id))
    return epochs.published(content, first)


def withdrawn(content: Content) -> Content:
    """Without an endpoint that was never approved, so that this home can ask again.

    Raises RefusedError ``E_KEY_EXISTS`` when it was approved.
    """
    if content.endpoint is not None and content.endpoint.id is not None:
        raise _exists("keys of an approved endpoint")
    return replace(content, endpoint=None, epochs=())


def _request(
    endpoint: Endpoint, anchor: Anchor, first: tuple[ObjectHash, ...], now: Seconds
) -> JoinRequest:
    return JoinRequest(
        anchor=anchor,
        address=endpoint.address,
        name=endpoint.name,
        personal=endpoint.personal,
        role=endpoint.role,
        document_key=endpoint.document_key().public_bytes(),
        request_key=endpoint.request_key().public_bytes(),
        epoch_keys=first,
        created=now,
    )


def bootstrap_key(randomness: Randomness) -> RequestPrivateKey:
    """A request key for those who are nobody yet: used for one conversation, never kept."""
    return RequestPrivateKey.from_seed(randomness.random_bytes(ED25519_SEED_BYTES))


def _document_seed(randomness: Randomness) -> bytes:
    return randomness.random_bytes(DOCUMENT_SEED_BYTES)


def _exists(what: str) -> RefusedError:
    return RefusedError(
        "E_KEY_EXISTS",
        f"This home already holds {what}.",
        next="Use another home (--home) for other keys. Nothing was changed.",
    )
