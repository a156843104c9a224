"""The examples of docs/protocol.md: one small value of every message, each naming the ones before it.

Keys come from seeds, SHAKE-256 of ``phoenix example `` and a label, so that anybody can make the same bytes.
Signatures, ciphertexts and their digests are stand-ins made in the same way: real ones differ in every run.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from typing import Any, Final

from phoenix_protocol import api, encoding, record, schema
from phoenix_protocol.commitments import Commitment
from phoenix_protocol.directory import building, statements
from phoenix_protocol.directory.openings import make_opening
from phoenix_protocol.epochs import EpochKey
from phoenix_protocol.evidence import messages as bundles
from phoenix_protocol.identifiers import (
    NO_ANCHOR,
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
    SegmentId,
)
from phoenix_protocol.joining import JoinRequest
from phoenix_protocol.key_ids import endpoint_key_id
from phoenix_protocol.merkle import root
from phoenix_protocol.notes import Checkpoint, LogSigner, sign_checkpoint
from phoenix_protocol.package import envelope, events
from phoenix_protocol.package import notices as handed
from phoenix_protocol.requests import RequestHead, sign_request
from phoenix_protocol.sealing import capsules, contents, holds, manifest, notices, recorded
from phoenix_protocol.signature_fields import LABEL, SIGNATURE_INPUT
from phoenix_protocol.signed import Signature, Signed, hash_of, signer_id
from phoenix_protocol.suite import (
    SIGNATURE_BYTES,
    DocumentPrivateKey,
    Ed25519PrivateKey,
    sha256,
)
from phoenix_protocol.suite.opening_keys import EpochPrivateKey

#: 2026-11-23T09:00:00Z, a Monday.
NOW: Final = Seconds(1_795_424_400)
DAY: Final = 86_400
WEEK: Final = 7 * DAY
ORIGIN: Final = "relay.quillmere.example/log"
POLICE: Final = AgencyId("ardenfold-police")
COUNCIL: Final = AgencyId("quillmere-council")
MASH: Final = Address("mash@ardenfold-police")
FRONT_DOOR: Final = Address("front.door@quillmere-council")


def seed(label: str, length: int = 32) -> bytes:
    return hashlib.shake_256(b"phoenix example " + label.encode()).digest(length)


def document_key(label: str) -> bytes:
    return DocumentPrivateKey.from_seed(seed(f"{label} document", 64)).public_bytes()


def request_key(label: str) -> bytes:
    return Ed25519PrivateKey.from_seed(seed(f"{label} request")).public_bytes()


def signed(message: Any, *labels: str) -> Signed:
    """``message`` in its envelope, with stand-ins for signatures."""
    signatures = [
        Signature(
            signer=signer_id(document_key(label)), signature=seed(f"{label} signs", SIGNATURE_BYTES)
        )
        for label in labels
    ]
    return Signed(
        type=message.TYPE,
        payload=schema.encode(message),
        signatures=tuple(sorted(signatures, key=lambda s: s.signer)),
    )


def _key_set(label: str) -> statements.KeySet:
    holder = statements.Holder(
        key=document_key(label),
        person=seed(f"{label} person", 16),
        name=make_opening("name", "A. Okafor", seed(f"{label} salt"))[0],
    )
    return statements.KeySet(holders=(holder,), threshold=1)


# -- the directory (§4) ---------------------------------------------------------------------------------------------

RELAY_KEYS: Final = statements.RelayKeys(
    origin=ORIGIN,
    url="https://relay.quillmere.example",
    log_key=request_key("log"),
    response_key=request_key("responses"),
    receipt_key=document_key("receipts"),
)
WITNESS: Final = statements.Witness(name="ardenfold-police.example", key=request_key("witness"))
PARTNERSHIP: Final = statements.Partnership(
    anchor=NO_ANCHOR,
    version=1,
    name="Quillmere",
    protocol="Information sharing protocol",
    protocol_version=1,
    protocol_text=seed("text of the protocol"),
    review_due=Seconds(NOW + 365 * DAY),
    governance=_key_set("governance"),
    minimum_version=1,
    bounds=statements.Bounds(attachment=2 << 30, package=8 << 30, life=12 * WEEK),
    relay=RELAY_KEYS,
    witnesses=(WITNESS,),
    witness_threshold=0,
    issued=Seconds(NOW - 30 * DAY),
)
ANCHOR: Final = Anchor(hash_of(PARTNERSHIP))
SIGNATORY: Final = building.signatory(
    anchor=ANCHOR,
    agency=POLICE,
    name="Ardenfold Constabulary",
    kind="police",
    jurisdiction="england",
    legal_scope="a",
    root=_key_set("police root"),
    issued=Seconds(NOW - 29 * DAY),
)
MANAGER: Final = statements.Manager(
    key=document_key("police manager"),
    person=seed("police manager person", 16),
    name=make_opening("name", "B. Lindqvist", seed("police manager salt"))[0],
    request_key=request_key("police manager"),
)
AGENCY_KEYS: Final = building.agency_keys(
    anchor=ANCHOR,
    agency=POLICE,
    root=_key_set("police root"),
    managers=(MANAGER,),
    records=(Address("records@ardenfold-police"),),
    policy={"retention_review": "P1Y"},
    assurances=(
        statements.Assurance(scheme="CE+", status="met", valid_to=Seconds(NOW + 200 * DAY)),
    ),
    adopted=statements.Adoption(
        version=1, text=seed("text of the protocol"), time=Seconds(NOW - 29 * DAY)
    ),
    issued=Seconds(NOW - 29 * DAY),
)
SIGNATORY_STATUS: Final = building.signatory_status(
    anchor=ANCHOR,
    agency=POLICE,
    standing=statements.Standing.SUSPENDED,
    previous=hash_of(SIGNATORY),
    issued=NOW,
)
EPOCH_KEY: Final = EpochKey(
    anchor=ANCHOR,
    number=1,
    valid_from=Seconds(NOW - 9 * 3600),
    valid_until=Seconds(NOW - 9 * 3600 + WEEK),
    opens_until=Seconds(NOW - 9 * 3600 + 6 * WEEK),
    speaks=(1,),
    key=EpochPrivateKey.from_seed(seed("mash epoch 1", 96)).public_bytes(),
)
JOIN_REQUEST: Final = JoinRequest(
    anchor=ANCHOR,
    address=MASH,
    name="MASH desk",
    personal=False,
    role=statements.Role.PRACTITIONER,
    document_key=document_key("mash"),
    request_key=request_key("mash"),
    epoch_keys=(hash_of(EPOCH_KEY),),
    created=Seconds(NOW - 28 * DAY),
)
MEMBER: Final = statements.Member(
    anchor=ANCHOR,
    agency=POLICE,
    address=MASH,
    name="MASH desk",
    role=statements.Role.PRACTITIONER,
    document_key=document_key("mash"),
    request_key=request_key("mash"),
    valid_from=Seconds(NOW - 28 * DAY),
    valid_until=Seconds(NOW + 702 * DAY),
    request=hash_of(JOIN_REQUEST),
    issued=Seconds(NOW - 28 * DAY),
)
MASH_ID: Final = EndpointId(hash_of(MEMBER))
FRONT_DOOR_ID: Final = EndpointId(seed("front door endpoint"))
MEMBER_END: Final = building.member_end(
    anchor=ANCHOR,
    agency=POLICE,
    endpoint=MASH_ID,
    previous=hash_of(MEMBER),
    reason=statements.EndReason.COMPROMISED,
    since=Seconds(NOW - 3600),
    issued=NOW,
)
OPENING: Final = make_opening("name", "A. Okafor", seed("governance salt"))[1]
STATEMENTS: Final = (PARTNERSHIP, SIGNATORY, AGENCY_KEYS, MEMBER)
CHECKPOINT: Final = sign_checkpoint(
    Checkpoint(origin=ORIGIN, size=4, root=root([hash_of(one) for one in STATEMENTS])),
    signer=LogSigner.from_seed(ORIGIN, seed("log request")),
    now=Seconds(NOW - 60),
)
ADMISSION_REQUEST: Final = building.admission_request(
    anchor=ANCHOR,
    agency=POLICE,
    name="Ardenfold Constabulary",
    kind="police",
    jurisdiction="england",
    legal_scope="a",
    root=_key_set("police root"),
    agency_keys=signed(AGENCY_KEYS, "police root"),
)
ENTRY: Final = api.LogEntry(
    statement=signed(PARTNERSHIP, "governance").encoded(), openings=(OPENING,)
)
JOINING: Final = api.Joining(
    request=signed(JOIN_REQUEST, "mash").encoded(),
    epoch_keys=(signed(EPOCH_KEY, "mash").encoded(),),
)

# -- inside a package (§5) ------------------------------------------------------------------------------------------

HEAD: Final = record.Head(
    kind="statements", title="Attendance", marking="OFFICIAL-SENSITIVE", handling=()
)
PERSON: Final = record.Person(
    label="child",
    name="Jordan T",
    role="child",
    born="2011-03-02",
    identifiers={"nhs_number": "999 041 7008"},
    part3_category=(),
)
CHILD: Final = ItemId(seed("child", 16))
STATEMENT: Final = record.Statement(
    kind=record.Kind.RECORD,
    text="Absent 11 of 30 sessions, 2 to 20 November 2026",
    about=(CHILD,),
    origin=COUNCIL,
    chain_depth=0,
    source=record.Source(type="own_record", detail="Register extract", identity_protected=False),
    basis=(),
    as_of="2026-11-20",
    grade=record.Grade(scheme="3x5x2", code="A1P"),
    special_category=(),
    flags=(),
)
SECTION_SEGMENT: Final = SegmentId(seed("section segment", 16))
FILE_SEGMENT: Final = SegmentId(seed("attachment segment", 16))
ATTACHMENT: Final = record.Attachment(
    name="register.pdf",
    media_type="application/pdf",
    size=48_213,
    digest=seed("attachment content"),
    segment=FILE_SEGMENT,
)
ENTRIES: Final = record.Entries(
    entries={"legal.article_6": ("e_public_task",), "legal.gateway": ("ca2004_s10",)},
    do_not_alert=(),
)


def _item(type_: contents.ItemType, id_: ItemId, message: Any) -> contents.Item:
    return contents.Item(
        type=type_, id=id_, salt=seed(f"{type_.value} salt"), content=schema.encode(message)
    )


SECTION: Final = contents.SectionContent(
    items=(
        _item(contents.ItemType.HEAD, ItemId(seed("head", 16)), HEAD),
        _item(contents.ItemType.PERSON, CHILD, PERSON),
        _item(contents.ItemType.STATEMENT, ItemId(seed("statement", 16)), STATEMENT),
    )
)
PACKAGE_ENTRY: Final = contents.Entry(
    type=contents.SegmentType.SECTION,
    segment=SECTION_SEGMENT,
    digest=seed("section ciphertext"),
    content=manifest.section_digest(SECTION.items),
    key_commitment=seed("section key commitment"),
    audience=(MASH, FRONT_DOOR),
)
MANIFEST: Final = contents.Manifest(
    anchor=ANCHOR,
    thread="QM-0417",
    entries=(
        Commitment(seed("decoy 1")),
        manifest.entry_commitment(PACKAGE_ENTRY, seed("entry salt")),
        Commitment(seed("decoy 2")),
        Commitment(seed("decoy 3")),
    ),
)
PLACE: Final = contents.Place(
    segment=SECTION_SEGMENT, key=seed("section key"), offset=1160, length=3144
)
GRANT: Final = contents.Grant(
    manifest=contents.Place(
        segment=SegmentId(seed("manifest segment", 16)),
        key=seed("manifest key"),
        offset=0,
        length=1160,
    ),
    manifest_salt=seed("manifest salt"),
    entries=(
        contents.GrantEntry(
            type=contents.SegmentType.SECTION,
            place=PLACE,
            salt=seed("entry salt"),
            audience=PACKAGE_ENTRY.audience,
            reason="To set the missing episodes against school absence",
        ),
    ),
)
COVER: Final = contents.Cover(
    anchor=ANCHOR,
    salt=seed("cover salt"),
    sent_from=FRONT_DOOR,
    purpose="Ask for a strategy discussion about missing episodes",
    classification="OFFICIAL-SENSITIVE",
    handling=("RECIPIENTS_ONLY",),
    urgency="amber",
    contact={"phone": "01632 960 001"},
    reference="K7QD-2MXA",
)

# -- around a package (§5, §6) --------------------------------------------------------------------------------------

CORE: Final = envelope.Core(
    anchor=ANCHOR,
    suite=envelope.SUITE,
    relay=ORIGIN,
    package=PackageId(seed("package", 16)),
    sender=FRONT_DOOR_ID,
    recipients=(
        envelope.Recipient(address=MASH, why=envelope.Why.TO),
        envelope.Recipient(address=FRONT_DOOR, why=envelope.Why.OWN),
    ),
    cover=envelope.Sealed(digest=seed("cover ciphertext"), length=1096),
    body=envelope.Sealed(digest=seed("body"), length=65_536),
    cover_commitment=manifest.cover_commitment(COVER),
    manifest_commitment=manifest.manifest_commitment(
        schema.encode(MANIFEST), seed("manifest salt")
    ),
    created=NOW,
    expires=Seconds(NOW + 14 * DAY),
    checkpoint=CHECKPOINT,
)
CORE_HASH: Final = hash_of(CORE)
DELIVERY: Final = envelope.Delivery(
    anchor=ANCHOR,
    core=CORE_HASH,
    number=1,
    endpoints=(
        envelope.Granted(
            endpoint=MASH_ID,
            epoch_key=hash_of(EPOCH_KEY),
            capsule=seed("capsule digest"),
            grant=seed("grant digest"),
        ),
    ),
)
BINDING: Final = capsules.CapsuleBinding(
    anchor=ANCHOR,
    package=CORE.package,
    sender=CORE.sender,
    recipient=MASH_ID,
    epoch_key=hash_of(EPOCH_KEY),
    core=CORE_HASH,
    delivery=1,
)
HELD: Final = envelope.Held(
    anchor=ANCHOR,
    core=CORE_HASH,
    delivery=hash_of(DELIVERY),
    time=Seconds(NOW + 1),
    checkpoint=CHECKPOINT,
)
DETAIL: Final = contents.Detail(
    owner="Duty sergeant", use="Strategy discussion", due=Seconds(NOW + DAY), opened=()
)
SEALED_DETAIL: Final = api.SealedDetail(
    ciphertext=seed("detail ciphertext", 1096),
    capsules=(
        api.DetailCapsule(
            endpoint=FRONT_DOOR_ID,
            epoch_key=ObjectHash(seed("front door epoch key")),
            capsule=seed("detail capsule", 1168),
        ),
    ),
)
EVENT: Final = events.Event(
    anchor=ANCHOR,
    core=CORE_HASH,
    delivery=hash_of(DELIVERY),
    endpoint=MASH_ID,
    kind=events.EventKind.ACKNOWLEDGED,
    counter=3,
    time=Seconds(NOW + 3600),
    checkpoint=CHECKPOINT,
    detail=sha256(SEALED_DETAIL.ciphertext),
)
RECALL: Final = events.Recall(
    anchor=ANCHOR,
    core=CORE_HASH,
    endpoint=FRONT_DOOR_ID,
    time=Seconds(NOW + 7200),
    checkpoint=CHECKPOINT,
)
VERDICT: Final = events.Verdict(
    anchor=ANCHOR,
    core=CORE_HASH,
    recall=hash_of(RECALL),
    answers=(events.AddressAnswer(address=MASH, answer=events.Answer.TOO_LATE),),
    time=Seconds(NOW + 7201),
    checkpoint=CHECKPOINT,
)
VOID: Final = events.Void(
    anchor=ANCHOR,
    sender=FRONT_DOOR_ID,
    recipient=MASH_ID,
    entries=(events.Voided(sequence=4, core=CORE_HASH, reason=events.VoidReason.RECALLED),),
    time=Seconds(NOW + 7300),
    checkpoint=CHECKPOINT,
)
TOMBSTONE: Final = events.Tombstone(
    anchor=ANCHOR,
    core=CORE_HASH,
    states=(events.AddressState(address=MASH, state="offered"),),
    expired=CORE.expires,
    time=Seconds(CORE.expires + 5),
    checkpoint=CHECKPOINT,
)
NOTICE: Final = notices.Notice(
    anchor=ANCHOR,
    core=CORE_HASH,
    section=manifest.entry_commitment(PACKAGE_ENTRY, seed("entry salt")),
    item=SECTION.items[2].id,
    digest=manifest.item_commitment(SECTION.items[2]),
    action=notices.NoticeAction.CORRECT,
    replacement=schema.encode(
        dataclasses.replace(STATEMENT, text="Absent 12 of 30 sessions, 2 to 20 November 2026")
    ),
    conditions=(),
    words="One session was entered late",
    endpoint=FRONT_DOOR_ID,
    number=1,
    time=Seconds(NOW + 8000),
    checkpoint=CHECKPOINT,
)
HANDED_NOTICE: Final = notices.HandedNotice(items=(), notice=signed(NOTICE, "front door").encoded())
NOTICE_DELIVERY: Final = handed.NoticeDelivery(
    anchor=ANCHOR,
    core=CORE_HASH,
    endpoint=FRONT_DOOR_ID,
    audience=(MASH, FRONT_DOOR),
    notice=seed("notice ciphertext digest"),
    time=Seconds(NOW + 8000),
    expires=Seconds(NOW + 8000 + 4 * WEEK),
    checkpoint=CHECKPOINT,
)
NOTICE_ANSWER: Final = handed.NoticeAnswer(
    anchor=ANCHOR,
    notice=hash_of(NOTICE),
    core=CORE_HASH,
    endpoint=MASH_ID,
    audience=(MASH, FRONT_DOOR),
    answer=handed.AnswerKind.DONE,
    counter=2,
    time=Seconds(NOW + 9000),
    checkpoint=CHECKPOINT,
    detail=seed("answer ciphertext digest"),
)
RECORDED: Final = recorded.Recorded(
    anchor=ANCHOR,
    salt=seed("record salt"),
    kind="decision",
    document=seed("the document of a decision"),
    packages=(CORE_HASH,),
    endpoint=FRONT_DOOR_ID,
    time=Seconds(NOW + 10000),
    checkpoint=CHECKPOINT,
)
HOLD: Final = holds.Hold(
    anchor=ANCHOR,
    agency=POLICE,
    salt=seed("hold salt"),
    authority=holds.HoldAuthority.INQUIRY,
    reference="Inquiry 7, request 12",
    thread="QM-0417",
    set_by="B. Lindqvist",
    review_at=Seconds(NOW + 365 * DAY),
    time=Seconds(NOW + 20000),
    checkpoint=CHECKPOINT,
)
HOLD_LIFT: Final = holds.HoldLift(
    anchor=ANCHOR,
    agency=POLICE,
    hold=hash_of(HOLD),
    lifted_by="B. Lindqvist",
    reason="The inquiry has ended",
    time=Seconds(NOW + 400 * DAY),
    checkpoint=CHECKPOINT,
)

# -- requests and answers (§9) --------------------------------------------------------------------------------------

CLAIM: Final = "phoenix-claim-" + (
    base64.b32encode(seed("claim", 20) + sha256(schema.encode(RELAY_KEYS))[:20]).decode().lower()
)
_LEAVES: Final = (seed("block 0"), seed("block 1"))
BODIES: Final[tuple[Any, ...]] = (
    api.RelayDescription(keys=RELAY_KEYS, anchor=ObjectHash(ANCHOR)),
    ENTRY,
    api.Claim(
        claim=CLAIM,
        entries=(ENTRY,),
    ),
    api.Append(
        entries=(api.LogEntry(statement=signed(MEMBER, "police manager").encoded(), openings=()),)
    ),
    api.LogPage(first=0, entries=(ENTRY,), checkpoint=CHECKPOINT),
    api.CheckpointNote(checkpoint=CHECKPOINT),
    api.Proof(hashes=(hash_of(SIGNATORY), seed("sibling"))),
    JOINING,
    api.Joinings(requests=(JOINING,)),
    api.EpochKeys(keys=(signed(EPOCH_KEY, "mash").encoded(),)),
    api.EpochQuery(endpoints=(MASH_ID,), at=NOW),
    api.EpochAnswer(
        endpoints=(
            api.EndpointEpochKeys(endpoint=MASH_ID, keys=(signed(EPOCH_KEY, "mash").encoded(),)),
        )
    ),
    api.UploadPlan(leaves=_LEAVES, length=1_500_000, expires=CORE.expires),
    api.UploadState(digest=root(_LEAVES), missing=(1,)),
    api.Submission(
        core=schema.encode(CORE),
        delivery=signed(DELIVERY, "front door").encoded(),
        cover=seed("cover", 1096),
        body=seed("body", 65_536),
        capsules=(seed("capsule", 1208),),
        grants=(seed("grant", 1096),),
    ),
    api.SignedObject(signed=signed(HELD, "receipts").encoded()),
    api.Offer(
        core=schema.encode(CORE),
        delivery=signed(DELIVERY, "front door").encoded(),
        held=signed(HELD, "receipts").encoded(),
        capsule=seed("capsule", 1208),
        cover=seed("cover", 1096),
    ),
    api.States(endpoints=(api.EndpointState(endpoint=MASH_ID, state="offered"),)),
    api.Released(grant=seed("grant", 1096), leaves=(seed("block 0"),)),
    SEALED_DETAIL,
    api.Saying(signed=signed(EVENT, "mash").encoded(), detail=SEALED_DETAIL),
    api.FeedPage(
        items=(api.FeedItem(cursor=17, kind=api.FeedKind.OFFER, core=CORE_HASH, time=HELD.time),),
        checkpoint=CHECKPOINT,
        whole_from=Seconds(HELD.time - 90 * 86400),
    ),
)

#: What the page shows, by the name of the message's class.
# -- evidence (§6.11) -----------------------------------------------------------------------------------------------

BUNDLE: Final = bundles.Bundle(
    anchor=ANCHOR,
    checkpoint=CHECKPOINT,
    statements=4,
    whole=True,
    core=schema.encode(CORE),
    deliveries=(signed(DELIVERY, "front door").encoded(),),
    held=(signed(HELD, "receipts").encoded(),),
    epoch_keys=(signed(EPOCH_KEY, "mash").encoded(),),
    cover=schema.encode(COVER),
    manifest=schema.encode(MANIFEST),
    manifest_salt=seed("manifest salt"),
    withheld=(),
    parts=1,
    said=1,
)
BUNDLE_STATEMENT: Final = bundles.BundleStatement(
    index=0, statement=signed(PARTNERSHIP, "governance").encoded(), openings=(OPENING,)
)
#: The person is left out.
BUNDLE_PART: Final = bundles.BundlePart(
    entry=schema.encode(PACKAGE_ENTRY),
    salt=seed("entry salt"),
    leaves=tuple(map(manifest.item_commitment, SECTION.items)),
    items=(
        bundles.BundleItem(index=0, item=SECTION.items[0]),
        bundles.BundleItem(index=2, item=SECTION.items[2]),
    ),
)
BUNDLE_SAYING: Final = bundles.BundleSaying(
    signed=signed(EVENT, "mash").encoded(),
    ciphertext=seed("detail ciphertext", 1096),
    key=seed("detail key"),
)

EXAMPLES: Final[dict[str, Any]] = {
    type(value).__name__: value
    for value in (
        PARTNERSHIP,
        SIGNATORY,
        SIGNATORY_STATUS,
        AGENCY_KEYS,
        MEMBER,
        MEMBER_END,
        OPENING,
        EPOCH_KEY,
        JOIN_REQUEST,
        ADMISSION_REQUEST,
        CORE,
        DELIVERY,
        HELD,
        COVER,
        SECTION,
        HEAD,
        PERSON,
        STATEMENT,
        ATTACHMENT,
        ENTRIES,
        PACKAGE_ENTRY,
        MANIFEST,
        GRANT,
        DETAIL,
        EVENT,
        RECALL,
        VERDICT,
        VOID,
        TOMBSTONE,
        NOTICE,
        HANDED_NOTICE,
        NOTICE_DELIVERY,
        NOTICE_ANSWER,
        RECORDED,
        HOLD,
        HOLD_LIFT,
        BUNDLE,
        BUNDLE_STATEMENT,
        BUNDLE_PART,
        BUNDLE_SAYING,
        *BODIES,
    )
}
SIGNED_EXAMPLE: Final = encoding.decode(signed(HELD, "receipts").encoded(), limit=1 << 20)

# -- a signed request (§8) ------------------------------------------------------------------------------------------

_REQUEST: Final = RequestHead(
    method="GET", authority="relay.quillmere.example", path="/v1/checkpoint"
)
_FIELDS: Final = sign_request(
    _REQUEST,
    key=Ed25519PrivateKey.from_seed(seed("mash request")),
    key_id=endpoint_key_id(MASH_ID),
    now=NOW,
    nonce=seed("nonce", 16),
)
REQUEST_TEXT: Final = "\n".join(
    (
        "GET /v1/checkpoint HTTP/1.1",
        f"Host: {_REQUEST.authority}",
        *(f"{name}: {value}" for name, value in _FIELDS.items()),
    )
)
#: Written out here, as RFC 9421 §2.5 says, and not by the code that signs.
SIGNATURE_BASE: Final = "\n".join(
    (
        '"@method": GET',
        '"@authority": relay.quillmere.example',
        '"@path": /v1/checkpoint',
        '"@query": ?',
        f'"@signature-params": {_FIELDS[SIGNATURE_INPUT].removeprefix(f"{LABEL}=")}',
    )
)
REQUEST_SIGNATURE: Final = base64.b64decode(
    _FIELDS["Signature"].removeprefix(f"{LABEL}=:").removesuffix(":")
)
