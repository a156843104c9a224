"""A checked document as a draft: each part goes where the placement table says, whole, and comes back as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agency_client.record.attachments import AttachmentSource, media_type_of
from agency_client.record.copying import with_copies
from agency_client.record.drafting import (
    AGENCY_RECORD,
    FOR_EVERYBODY,
    NO_URGENCY,
    OWN_COPY,
    Setting,
    draft_package,
)
from agency_client.record.opened import ReadSection, read_section, section_json
from agency_client.record.placement import Rules
from agency_client.record.reading import read_document
from agency_client.record.rules import check_document
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.wording import answer_lines
from phoenix_protocol import encoding, limits
from phoenix_protocol.identifiers import (
    Address,
    AgencyId,
    Anchor,
    EndpointId,
    ItemId,
    ObjectHash,
    PackageId,
    Seconds,
)
from phoenix_protocol.package.envelope import Recipient, Why
from phoenix_protocol.record import CLASS_OF, Kind, StatementClass
from phoenix_protocol.sealing.contents import ItemType
from phoenix_protocol.sealing.drafts import (
    Circumstances,
    MemoryBody,
    PackageDraft,
    SealedPackage,
    SectionDraft,
)
from phoenix_protocol.sealing.seal import seal_package
from tests.client.record_cases import CAME, COPY, HEARD, copies
from tests.client.record_values import (
    COMPLETE,
    COUNCIL,
    NOW,
    NURSE,
    OWN,
    POLICE,
    check,
    edited,
    facts,
)
from tests.protocol.seeded_randomness import SeededRandomness

RECORDS = Address("records@ardenfold-police")
OWN_RECORDS = Address("records@fennick-academy")


def setting(**changes: Any) -> Setting:
    values: dict[str, Any] = {
        "own": OWN,
        "records": {
            AgencyId("ardenfold-police"): (RECORDS,),
            AgencyId("fennick-academy"): (OWN_RECORDS,),
            AgencyId("elsewhere"): (Address("records@elsewhere"),),
        },
        "rules": Rules(protocol="Quillmere 1", catalogue=shipped_catalogue()),
    }
    return Setting(**values | changes)


def drafted(
    text: str, *attachments: AttachmentSource, given: Setting | None = None, seed: int = 0
) -> PackageDraft:
    assert check(text).problems == ()
    document = read_document(text.encode())
    return draft_package(document, given or setting(), attachments, SeededRandomness(seed))


def sealed(draft: PackageDraft, seed: int = 1) -> SealedPackage:
    names = {name for section in draft.sections for name in section.readers}
    readers = sorted(names, key=encoding.encode)
    where = Circumstances(
        anchor=Anchor(bytes(32)),
        relay="relay.example",
        package=PackageId(bytes(16)),
        sender=EndpointId(bytes(32)),
        recipients=tuple(Recipient(address=name, why=Why.TO) for name in readers),
        created=NOW,
        expires=Seconds(NOW + 60),
        checkpoint="a checkpoint",
    )
    return seal_package(draft, where, MemoryBody(), SeededRandomness(seed))


def opened(draft: PackageDraft) -> dict[str, ReadSection]:
    """What readers find in each section once it is sealed."""
    sections = [read_section(section.items) for section in sealed(draft).sections]
    assert len({section.id for section in sections}) == len(sections)
    return {section.id: section for section in sections}


def readers(draft: PackageDraft) -> dict[str, Mapping[Address, str]]:
    return {str(s.head.optional["id"]): s.readers for s in draft.sections}


def everything(section: ReadSection) -> str:
    return json.dumps(section_json(section), ensure_ascii=False)


def test_the_cover_has_what_everybody_reads_first_and_nothing_else() -> None:
    draft = drafted(COMPLETE)
    assert draft.sent_from == OWN
    assert draft.purpose == "Ask for a strategy discussion"
    assert draft.classification == "OFFICIAL-SENSITIVE"
    assert draft.handling == ("RECIPIENTS_ONLY",)
    assert draft.urgency == "amber"
    assert draft.contact == {"name": "Duty lead", "phone": "01632 960 001"}
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", draft.reference)
    assert draft.reference != drafted(COMPLETE, seed=1).reference
    cover = repr(sealed(draft).cover_content)
    assert not [word for word in ("QM-0417", "Jordan", "Absent", "share_part") if word in cover]


def test_the_senders_reference_and_what_is_superseded_are_sealed() -> None:
    draft = drafted(COMPLETE, given=setting(supersedes=ObjectHash(b"\1" * 32)))
    assert draft.thread == "QM-0417"
    assert draft.supersedes == b"\1" * 32
    assert drafted(edited(('thread = "QM-0417"\n', ""))).thread == ""


def test_a_bare_cover_says_so() -> None:
    bare = edited(
        ('classification = "OFFICIAL-SENSITIVE"\n', ""),
        ('urgency = "amber"\n', ""),
        ('handling = ["RECIPIENTS_ONLY"]\n', ""),
    )
    draft = drafted(bare)
    assert (draft.classification, draft.urgency, draft.handling) == (
        "OFFICIAL-SENSITIVE",
        NO_URGENCY,
        (),
    )
    sealed(draft)


def test_each_section_has_exactly_its_readers_their_reasons_and_the_records_of_their_agencies() -> (
    None
):
    assert readers(drafted(COMPLETE)) == {
        "attendance": {
            POLICE: "To compare",
            NURSE: "To arrange a check",
            OWN: OWN_COPY,
            RECORDS: AGENCY_RECORD,
            OWN_RECORDS: AGENCY_RECORD,
        },
        "heard": {
            POLICE: "To look for the car",
            OWN: OWN_COPY,
            RECORDS: AGENCY_RECORD,
            OWN_RECORDS: AGENCY_RECORD,
        },
        "legal": {
            POLICE: FOR_EVERYBODY,
            NURSE: FOR_EVERYBODY,
            OWN: OWN_COPY,
            RECORDS: AGENCY_RECORD,
            OWN_RECORDS: AGENCY_RECORD,
        },
        "decision": {OWN: OWN_COPY, OWN_RECORDS: AGENCY_RECORD},
    }


def test_without_records_addresses_only_the_sender_is_added() -> None:
    found = readers(drafted(COMPLETE, given=setting(records={})))
    assert found["decision"].keys() == {OWN}
    assert found["heard"].keys() == {POLICE, OWN}


FULL = edited(
    (
        'role = "child"\n',
        'role = "child"\nborn = 2011-03-02\nidentifiers = { nhs_number = "999 041 7008" }\n'
        'notes = "Jay"\nlocation_sensitive = true\nidentifier_absent_reason = "unknown_would_delay"\n',
    ),
    ("[[section]]", '[[people]]\nid = "friend"\nname = "Robin S"\nrole = "peer"\n[[section]]'),
    (
        'kind = "reported"\ntext = "A friend saw a car"\nabout = ["child"]\n',
        'kind = "reported"\ntext = "A friend saw a car"\nabout = ["child", "friend"]\n'
        'author_role = "Teacher"\nevent_from = "2026-11-19T15:20:00Z"\nevent_to = "2026-11-19T15:21:00Z"\n'
        'recorded_at = "2026-11"\nverification = "unverified"\nverified_by = "Nobody"\ntest = "Ask"\n'
        'grade = { scheme = "5x5x5", code = "B24" }\nspecial_category = ["health"]\n'
        'flags = ["third_party", "uncertain"]\n',
    ),
    (
        "[legal]\n",
        '[legal]\narticle_9 = "g_substantial_public_interest"\nschedule_1 = "p18_safeguarding"\n',
    ),
    (
        'type = "public_named"',
        'type = "peer", detail = "D", relation = "R", reference = "F", first_hand = false, identity_protected = true',
    ),
    (
        'id = "heard"',
        'id = "heard"\nmarking = "OFFICIAL"\nhandling = "Do not copy"\nconfider = "The friend"',
    ),
    ('how_explained = "With pictures"', 'how_explained = "With pictures"\nassessed_by = "Nurse"'),
    (
        "[quality]\n",
        '[[informing]]\nperson = "child"\nstatus = "informed_before"\nhow = "In person"\n'
        '[quality]\naccuracy = "Good"\n',
    ),
    (
        "[consent]\n",
        '[[advice]]\nasked_of = "Information manager"\nquestion = "May we?"\nanswer = "Yes"\n'
        '[consent]\nlimits = "Not to the press"\nfreely_given = "The nurse"\n'
        'explained = { why = "Said why" }\ngiven_by = [{ who = "Jordan T" }]\n',
    ),
    ("[legal]\n", '[legal]\ndo_not_alert = ["Everybody at home"]\n'),
)


def test_statements_come_back_as_they_were_written() -> None:
    section = opened(drafted(FULL))["heard"]
    (statement,) = section_json(section)["statements"]
    assert re.fullmatch("[0-9a-f]{32}", statement.pop("id"))
    assert statement == {
        "kind": "reported",
        "class": "REPORTED",
        "text": "A friend saw a car",
        "source": {
            "type": "peer",
            "detail": "D",
            "relation": "R",
            "reference": "F",
            "identity_protected": True,
            "first_hand": False,
        },
        "author": "Pastoral lead",
        "author_role": "Teacher",
        "about": ["child", "friend"],
        "origin": "fennick-academy",
        "chain_depth": 0,
        "basis": [],
        "as_of": "2026-11-19",
        "event_from": "2026-11-19T15:20:00Z",
        "event_to": "2026-11-19T15:21:00Z",
        "recorded_at": "2026-11",
        "verification": "unverified",
        "verified_by": "Nobody",
        "test": "Ask",
        "grade": {"scheme": "5x5x5", "code": "B24"},
        "special_category": ["health"],
        "flags": ["third_party", "uncertain"],
    }
    assert (section.title, section.marking, section.handling) == (
        "What was heard",
        "OFFICIAL",
        ("Do not copy",),
    )
    assert section.kind == "statements"


def test_people_travel_only_with_the_sections_that_name_them() -> None:
    sections = opened(drafted(FULL))
    assert [p.said.name for p in sections["attendance"].people] == ["Jordan T"]
    assert [p.said.name for p in sections["heard"].people] == ["Jordan T", "Robin S"]
    assert sections["legal"].people == ()
    assert "Robin" not in everything(sections["attendance"])
    assert section_json(sections["attendance"])["people"] == [
        {
            "id": "child",
            "name": "Jordan T",
            "role": "child",
            "born": "2011-03-02",
            "identifiers": {"nhs_number": "999 041 7008"},
            "part3_category": [],
            "notes": "Jay",
            "location_sensitive": True,
            "source_known_to": [],
        }
    ]


def test_ids_are_random_and_a_basis_names_them() -> None:
    draft = drafted(FULL)
    sections = opened(draft)
    first, second = sections["attendance"].statements
    assert second.said.basis == (first.id,)
    others = opened(drafted(FULL, seed=7))
    assert {s.id for s in others["attendance"].statements}.isdisjoint({first.id, second.id})
    child = {p.id for s in sections.values() for p in s.people if p.said.label == "child"}
    assert len(child) == 1


def test_the_protocol_is_cited_by_its_version_and_the_hash_of_its_text() -> None:
    rules = Rules(
        protocol="Quillmere",
        protocol_version=3,
        protocol_text=bytes(range(32)),
        catalogue=shipped_catalogue(),
    )
    answers = opened(drafted(FULL, given=setting(rules=rules)))["legal"].answers
    assert answers["protocol"] == ("Quillmere",)
    assert answers["protocol.version"] == ("3",)
    assert answers["protocol.hash"] == (bytes(range(32)).hex(),)
    shown = dict(answer_lines(answers, shipped_catalogue()))
    assert shown["Protocol version"] == "3"
    assert shown["Protocol hash"] == bytes(range(32)).hex()


def test_what_everybody_must_know_is_in_the_legal_section() -> None:
    legal = opened(drafted(FULL))["legal"]
    catalogue = shipped_catalogue()
    assert legal.kind == "legal"
    assert legal.statements == ()
    assert legal.do_not_alert == ("Everybody at home",)
    assert legal.answers == {
        "permitted_action": ("own_agency_planning",),
        "consent.limits": ("Not to the press",),
        "protocol": ("Quillmere 1",),
        "protocol.version": ("1",),
        "catalogue.version": (catalogue.version,),
        "catalogue.digest": (catalogue.digest.hex(),),
        "legal.regime": ("uk_gdpr_part2",),
        "legal.article_6": ("e_public_task",),
        "legal.article_9": ("g_substantial_public_interest",),
        "legal.schedule_1": ("p18_safeguarding",),
        "legal.gateway": ("ca2004_s10",),
        "legal.confidence_basis": ("statutory_duty",),
        "legal.article_8": ("Necessary",),
        "legal.consent": ("not_needed",),
        "legal.informed": ("informed_before",),
        "legal.informed_how": ("In person, 20 November",),
        "legal.privacy_notice": ("Pupil notice 2026",),
        "legal.retention": ("safeguarding_default",),
        "quality.accuracy": ("Good",),
        "quality.checked_on": ("2026-11-20",),
        "informing[1].person": ("child",),
        "informing[1].status": ("informed_before",),
        "informing[1].how": ("In person",),
    }


def test_people_are_told_of_by_their_role_where_not_everybody_may_know_them() -> None:
    text = FULL.replace('person = "child"\nstatus', 'person = "friend"\nstatus')
    legal = opened(drafted(text))["legal"]
    assert legal.answers["informing[1].person"] == ("peer",)
    assert "friend" not in everything(legal)


def test_the_decision_and_the_details_of_consent_stay_with_the_senders_agency() -> None:
    sections = opened(
        drafted(
            FULL,
            given=setting(rules=Rules(protocol="P", catalogue=shipped_catalogue(), urgent=True)),
        )
    )
    decision = sections["decision"]
    assert decision.kind == "decision"
    assert {p.said.name for p in decision.people} == {"Jordan T", "Robin S"}
    expected = {
        "urgent": "yes",
        "decision.outcome": "share_part",
        "decision.decided_by": "Safeguarding lead",
        "decision.if_shared": "They act",
        "decision.withheld": "Sibling's records",
        "consent.freely_given": "The nurse",
        "consent.explained.why": "Said why",
        "consent.given_by[1].who": "Jordan T",
        "capacity[1].assessed_by": "Nurse",
        "child_voice.words": "I want it to stop",
        "advice[1].answer": "Yes",
        "section[2].confider": "The friend",
        "people[1].identifier_absent_reason": "unknown_would_delay",
    }
    assert expected.items() <= {k: v[0] for k, v in decision.answers.items()}.items()
    assert "consent.limits" not in decision.answers
    told_to_others = "".join(everything(s) for name, s in sections.items() if name != "decision")
    for secret in (
        "share_part",
        "Safeguarding lead",
        "They act",
        "Sibling",
        "The nurse",
        "Said why",
    ):
        assert secret not in told_to_others
    for secret in ("I want it to stop", "May we?", "The friend", "unknown_would_delay"):
        assert secret not in told_to_others


def test_what_is_said_of_a_section_stays_in_it() -> None:
    sections = opened(drafted(FULL))
    assert sections["heard"].answers == {"confidential": ("private",), "sensitivity": ("personal",)}


def test_a_childs_words_come_from_the_child() -> None:
    text = edited(
        ('kind = "reported"', 'kind = "child_said"'),
        ('source = { type = "public_named" }\n', ""),
    )
    (statement,) = opened(drafted(text))["heard"].statements
    assert statement.said.source is not None
    assert statement.said.source.type == "child"


def test_what_is_not_known_travels_with_its_reason() -> None:
    text = edited(
        ("as_of = 2026-11-20", 'as_of = "not known: no date in the register"'),
        ('about = ["child"]', 'about = "not applicable: about the building"'),
    )
    statement = opened(drafted(text))["attendance"].statements[0]
    assert statement.about == ()
    assert statement.said.as_of is None
    assert statement.said.optional == {
        "as_of_not_known": "not known: no date in the register",
        "about_not_known": "not applicable: about the building",
    }


def source(section: str, name: str, content: bytes) -> AttachmentSource:
    def read() -> Iterator[bytes]:
        yield content

    return AttachmentSource(section=section, name=name, size=len(content), read=read)


def test_files_go_into_their_section() -> None:
    files = (source("heard", "Plan ☃.PDF", b"plan"), source("attendance", "x.unknown", b""))
    sections = opened(drafted(COMPLETE, *files))
    (plan,) = section_json(sections["heard"])["attachments"]
    assert (plan["name"], plan["media_type"], plan["size"]) == ("Plan ☃.PDF", "application/pdf", 4)
    assert len(plan["digest"]) == 64
    (other,) = sections["attendance"].attachments
    assert other.said.media_type == "application/octet-stream"
    assert sections["legal"].attachments == ()


def test_media_types_follow_the_ending() -> None:
    assert media_type_of("a.b.JPG") == "image/jpeg"
    assert media_type_of("pdf") == "application/pdf"
    assert media_type_of("") == "application/octet-stream"


def test_an_urgent_package_without_decision_or_law_has_both_sections() -> None:
    least = """
        to = ["mash@ardenfold-police"]
        purpose = "Find a child now"
        [[section]]
        id = "now"
        need_to_know = { "mash@ardenfold-police" = "" }
        [[section.statement]]
        kind = "observed"
        text = "She got into a car at ten past three"
    """
    draft = draft_package(read_document(least.encode()), setting(), (), SeededRandomness(3))
    sections = opened(draft)
    assert sections.keys() == {"now", "legal", "decision"}
    assert sections["now"].title == "now"
    assert readers(draft)["now"][Address(POLICE)] == ""


def test_the_longest_answers_are_split_over_several_items() -> None:
    long = "x" * (limits.LONG_TEXT - 1)
    many = ", ".join(f'"{n:02}{long[2:]}"' for n in range(16))
    text = edited(
        ('withheld = "Sibling\'s records"', f"withheld = [{many}]"),
        ('if_shared = "They act"', f'if_shared = "{long}"'),
    )
    draft = drafted(text)
    items = [i for i in draft.sections[-1].items if i.type is ItemType.ENTRIES]
    assert all(len(item.content) < limits.STATEMENT_BYTES for item in items)
    decision = opened(draft)["decision"]
    assert decision.answers["decision.if_shared"] == (long,)
    assert len(decision.answers["decision.withheld"]) == 16


def test_naughty_texts_are_kept_through_drafting_sealing_and_reading(vectors: Path) -> None:
    naughty = json.loads((vectors / "naughty-strings.json").read_text("utf-8"))
    texts = [s for s in naughty if s.strip() and "\0" not in s and len(s.encode()) <= limits.LINE]
    document = {
        "to": [POLICE],
        "purpose": texts[0],
        "people": [{"id": "p", "name": texts[3], "role": "child", "notes": texts[4]}],
        "section": [
            {
                "id": "s",
                "title": texts[5],
                "need_to_know": {POLICE: texts[6]},
                "statement": [
                    {
                        "kind": "hypothesis",
                        "text": text,
                        "author": text,
                        "about": ["p"],
                        "source": {"type": "child", "detail": text},
                    }
                    for text in texts
                ],
            }
        ],
        "decision": {"outcome": "share_part", "decided_by": texts[7], "withheld": texts[:16]},
        "legal": {
            "article_6": "e_public_task",
            "retention": "local_default",
            "do_not_alert": texts[:64],
        },
    }
    draft = drafted(json.dumps(document))
    assert draft.purpose == texts[0]
    sections = opened(draft)
    assert sections["s"].title == texts[5]
    said = [statement.said for statement in sections["s"].statements]
    assert [s.text for s in said] == texts
    assert [s.author for s in said] == texts
    assert [s.source.detail for s in said if s.source] == texts
    assert sections["s"].people[0].said.notes == texts[4]
    assert sections["decision"].answers["decision.withheld"] == tuple(texts[:16])
    assert sections["legal"].do_not_alert == tuple(texts[:64])
    shown = json.loads(json.dumps(section_json(sections["s"])))
    assert [s["text"] for s in shown["statements"]] == texts


WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))
STATEMENTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind.value for kind in Kind]),
        "text": WORDS,
        "author": WORDS,
        "source": st.fixed_dictionaries({"type": st.just("protected")}, optional={"detail": WORDS}),
    },
    optional={
        "about": st.lists(st.sampled_from(["child", "friend"]), max_size=3),
        "as_of": st.sampled_from(["2026", "2026-11", "2026-11-20", "2026-11-20T10:00:00Z"]),
        "flags": st.lists(st.sampled_from(["third_party", "uncertain"]), max_size=2),
    },
)
READERS = st.dictionaries(st.sampled_from([POLICE, NURSE, COUNCIL]), WORDS, min_size=1)
SECTIONS = st.lists(
    st.fixed_dictionaries(
        {"need_to_know": READERS, "statement": st.lists(STATEMENTS, min_size=1, max_size=3)},
        optional={"title": WORDS, "handling": st.lists(WORDS, max_size=2)},
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=30)
@given(SECTIONS, WORDS, st.integers(0, 99))
def test_any_valid_document_comes_back_as_it_was(
    sections: list[dict[str, Any]], purpose: str, seed: int
) -> None:
    for n, section in enumerate(sections):
        section["id"] = f"s{n}"
    document = {
        "to": sorted({name for section in sections for name in section["need_to_know"]}),
        "purpose": purpose,
        "people": [{"id": p, "name": p.title(), "role": "child"} for p in ("child", "friend")],
        "section": sections,
        "decision": {"outcome": "share_part", "decided_by": "me"},
        "legal": {"article_6": "e_public_task", "retention": "local_default"},
    }
    draft = drafted(json.dumps(document), seed=seed)
    assert draft.purpose == purpose
    found = opened(draft)
    for section in sections:
        read = found[section["id"]]
        assert read.title == section.get("title", section["id"])
        assert [s.said.text for s in read.statements] == [s["text"] for s in section["statement"]]
        for statement, written in zip(read.statements, section["statement"], strict=True):
            assert statement.said.kind.value == written["kind"]
            assert statement.class_ is CLASS_OF[statement.said.kind]
            assert statement.said.author == written["author"]
            assert statement.about == tuple(dict.fromkeys(written.get("about", ())))
            assert statement.said.flags == tuple(written.get("flags", ()))
        named = {name for s in section["statement"] for name in s.get("about", ())}
        assert {p.said.label for p in read.people} == named
        reasons = readers(draft)[section["id"]]
        assert {a: reasons[Address(a)] for a in section["need_to_know"]} == section["need_to_know"]


def test_the_demonstration_package_keeps_its_secrets(repository: Path) -> None:
    text = (repository / "config" / "demo" / "p1.toml").read_text("utf-8")
    draft = drafted(text)
    sections = opened(draft)

    def seen_by(address: str) -> dict[str, ReadSection]:
        granted = readers(draft)
        return {name: s for name, s in sections.items() if Address(address) in granted[name]}

    police, nurse, council = seen_by(POLICE), seen_by(NURSE), seen_by(COUNCIL)
    assert police.keys() == {"attendance", "observed", "legal"}
    assert nurse.keys() == {"attendance", "attendance-before", "view", "legal"}
    assert council.keys() == sections.keys() - {"decision", "protected"}
    assert seen_by("manager@quillmere-council").keys() == {"observed", "protected", "legal"}
    assert [name for name, s in sections.items() if "Robin" in everything(s)] == [
        "protected",
        "decision",
    ]
    kinds = [s.said.kind.value for name in council for s in council[name].statements]
    assert len(kinds) == 8


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_can_be_drafted(kind: Kind) -> None:
    text = edited(
        ('kind = "professional_assessment"', f'kind = "{kind.value}"\nsource = {{ type = "peer" }}')
    )
    statement = opened(drafted(text))["attendance"].statements[1]
    assert (statement.said.kind, statement.class_) == (kind, CLASS_OF[kind])


def test_a_draft_is_for_sections_of_this_package_only() -> None:
    draft = drafted(COMPLETE)
    assert all(isinstance(section, SectionDraft) for section in draft.sections)
    ids = [item.id for s in draft.sections for item in s.items if item.type is not ItemType.PERSON]
    assert len(ids) == len(set(ids))


def test_a_copy_goes_on_as_it_came_one_step_further_from_its_origin() -> None:
    text = edited((HEARD, "\n" + COPY + HEARD))
    document = with_copies(read_document(text.encode()), copies())
    draft = draft_package(document, setting(), (), SeededRandomness(0))
    (*_, copy) = opened(draft)["attendance"].statements
    assert copy.said == replace(
        CAME.said, about=copy.said.about, chain_depth=CAME.said.chain_depth + 1
    )
    assert copy.said.origin == "ardenfold-police"
    assert copy.class_ is StatementClass.OPINION
    assert copy.id != CAME.item
    assert copy.about == ("child-2",), "theirs is not ours, unless the author says so"
    ours = edited((HEARD, "\n" + COPY + 'about = ["child"]\n' + HEARD))
    document = with_copies(read_document(ours.encode()), copies())
    draft = draft_package(document, setting(), (), SeededRandomness(0))
    (*_, copy) = opened(draft)["attendance"].statements
    assert copy.about == ("child",)


def test_what_readers_were_told_of_a_statement_goes_on_with_its_copy() -> None:
    told = {
        "handling": ("P", "No overt action"),
        "do_not_alert": ("All household contacts",),
        "quality": "One untested source",
        "subject_access": "Ask us first",
    }
    own = ("[quality]", 'do_not_alert = ["Neighbours"]\n\n[quality]')
    text = edited((HEARD, "\n" + COPY + HEARD), own)
    given = copies(**told)
    document = with_copies(with_copies(read_document(text.encode()), given), given)
    sections = opened(draft_package(document, setting(), (), SeededRandomness(0)))
    copied = sections["attendance"]
    assert copied.answers["quality"] == ("mash@ardenfold-police: One untested source",)
    assert copied.answers["subject_access"] == ("mash@ardenfold-police: Ask us first",)
    assert sections["legal"].do_not_alert == ("Neighbours", "All household contacts")
    assert "No overt action" in copied.handling
    assert "P" not in copied.handling, "a permission of somebody else's is none of ours"


def test_a_copy_rests_on_what_is_copied_with_it_for_the_same_readers() -> None:
    """A basis that some readers do not get is not told to them."""
    fact = replace(CAME, item=ItemId(b"f" * 16), said=replace(CAME.said, kind=Kind.OBSERVED))
    resting = replace(CAME, said=replace(CAME.said, basis=(fact.item, ItemId(b"?" * 16))))
    found = {("aa11", "1"): fact, ("aa11", "2"): resting}
    other = COPY.replace("statement = 2", "statement = 1")

    def bases(text: str) -> list[int]:
        document = with_copies(read_document(text.encode()), found)
        assert check_document(document, facts(copies=found)).problems == ()
        draft = draft_package(document, setting(), (), SeededRandomness(0))
        return [
            len(s.said.basis) for s in opened(draft)["attendance"].statements if s.said.chain_depth
        ]

    assert bases(edited((HEARD, "\n" + COPY + other + HEARD))) == [1, 0]
    assert bases(edited((HEARD, "\n" + COPY + HEARD), ("[decision]", other + "[decision]"))) == [0]
