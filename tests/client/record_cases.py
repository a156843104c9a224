"""One case for each thing that a rule says: an edit of the complete document, and exactly what is found then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from agency_client.record.catalogue import Whose
from agency_client.record.copied import Copied
from agency_client.record.facts import AttachedFile, Compared
from agency_client.record.local_catalogue import with_local
from agency_client.record.shipped import shipped_catalogue
from agency_client.record.sources import Protected
from phoenix_protocol import limits, record
from phoenix_protocol.directory.statements import Assurance
from phoenix_protocol.identifiers import Address, AgencyId, ItemId, ObjectHash, PackageId, Seconds
from tests.client.record_values import COMPLETE, COUNCIL, NOW, NURSE, OWN, POLICE, Edit, own

FIRST = '"mash@ardenfold-police" = "To compare"\n'
STATEMENT = "[[section.statement]]\n"
DECISION = COMPLETE[COMPLETE.index("[decision]") : COMPLETE.index("[legal]")]
PEOPLE = COMPLETE[COMPLETE.index("[[people]]") : COMPLETE.index("[[section]]")]
CONSENT = '[consent]\nneeded = "no_lawful_basis"\n'
RELIED_ON = """\
[consent]
needed = "yes_consent_is_basis"
evidence = "File"
freely_given = "The nurse"
understanding = "Told us back"
explained = { why = "said", who = "said", how_much = "said", implications = "said" }
given_by = [{ who = "Jordan", capacity = "child" }]
"""
#: What the consent covers: exactly this package.
COVERED = (
    'scope = { purposes = ["Ask for a strategy discussion"], '
    'recipients = ["mash@ardenfold-police", "school.nurse@quillmere-health"], data_types = ["personal"] }\n'
)
RELIED_ON += COVERED
ON_CONSENT = (
    ('article_6 = "e_public_task"', 'article_6 = "a_consent"'),
    ('consent = "not_needed"', 'consent = "yes_explicit"'),
)
WARNED = "warning W_DOC_CODE legal.article_6"
PART_3 = (
    'regime = "uk_gdpr_part2"\narticle_6 = "e_public_task"',
    'regime = "dpa2018_part3_law_enforcement"\n'
    'part3_lawful = "necessary_for_task_by_competent_authority"\nother_use_authority = "CA 2004"',
)
POLICE_SENDER = {"own": own(kind="police")}
QUALITY = (
    "[quality]\n",
    '[quality]\naccuracy = "a"\ncompleteness = "b"\nreliability = "c"\nup_to_date = "d"\n',
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """Edits of the complete document, changed facts, and what is found."""

    name: str
    edits: tuple[Edit, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    found: frozenset[str] = frozenset()


def case(name: str, *edits: Edit, found: set[str] | None = None, **facts: Any) -> Case:
    return Case(name=name, edits=edits, facts=facts, found=frozenset(found or set()))


def statement(old: str, new: str) -> Edit:
    return (old, new)


RECIPIENTS = [
    case(
        "nobody",
        (COMPLETE.splitlines()[0], "to = []"),
        found={"problem E_DOC_RECIPIENT to"},
    ),
    case(
        "unknown address",
        ('to = ["mash@', 'to = ["mush@'),
        ('"mash@ardenfold-police" = "To compare"', '"mush@ardenfold-police" = "To compare"'),
        ('"mash@ardenfold-police" = "To look', '"mush@ardenfold-police" = "To look'),
        found={"problem E_DOC_RECIPIENT to[1]"},
    ),
    case(
        "unknown reader",
        (FIRST, FIRST + '"nobody@nowhere" = "x"\n'),
        found={'problem E_DOC_RECIPIENT section[1].need_to_know."nobody@nowhere"'},
    ),
    case(
        "ended",
        ("to = [", 'to = ["left@quillmere-council", '),
        (FIRST, FIRST + '"left@quillmere-council" = "x"\n'),
        found={"problem E_DOC_ENDED to[1]"},
    ),
    case(
        "words compared before the keys changed",
        found={"warning W_DOC_KEYS to[1]"},
        compared={
            POLICE: Compared(address=Address(POLICE), at=NOW, has_changed=True),
            NURSE: Compared(address=Address(NURSE), at=NOW),
        },
    ),
    case(
        "suspended",
        ("to = [", 'to = ["office@paused-charity", '),
        (FIRST, FIRST + '"office@paused-charity" = "x"\n'),
        found={"problem E_DOC_AGENCY to[1]"},
    ),
    case(
        "closed",
        ("to = [", 'to = ["office@closed-charity", '),
        (FIRST, FIRST + '"office@closed-charity" = "x"\n'),
        found={"problem E_DOC_AGENCY to[1]"},
    ),
    case(
        "oneself",
        ("to = [", f'to = ["{OWN}", '),
        (FIRST, FIRST + f'"{OWN}" = "x"\n'),
        found={"problem E_DOC_RECIPIENT to[1]"},
    ),
    case(
        "twice",
        ('"]\npurpose', '", "mash@ardenfold-police"]\npurpose'),
        found={"problem E_DOC_DUPLICATE to[3]"},
    ),
    case(
        "no section for a recipient",
        ("to = [", 'to = ["front.door@quillmere-council", '),
        found={"problem E_DOC_AUDIENCE to[1]"},
    ),
    case(
        "reader who is no recipient",
        (FIRST, FIRST + '"front.door@quillmere-council" = "x"\n'),
        found={
            'problem E_DOC_AUDIENCE section[1].need_to_know."front.door@quillmere-council"',
        },
    ),
    case(
        "no readers",
        ('"mash@ardenfold-police" = "To look for the car"\n', ""),
        found={"problem E_DOC_NEED_TO_KNOW section[2].need_to_know"},
    ),
    case(
        "no reason",
        ('"To compare"', '" "'),
        found={'owed O_SH5 section[1].need_to_know."mash@ardenfold-police"'},
    ),
]

SECTIONS = [
    case(
        "no purpose",
        ('"Ask for a strategy discussion"', '""'),
        found={"problem E_DOC_PURPOSE purpose"},
    ),
    case(
        "nothing in a section",
        (
            COMPLETE[
                COMPLETE.index('[[section.statement]]\nkind = "reported"') : COMPLETE.index(
                    "[decision]"
                )
            ],
            "",
        ),
        found={"problem E_DOC_EMPTY section[2].statement"},
    ),
    case("no id", ('id = "heard"\n', ""), found={"problem E_DOC_MISSING section[2].id"}),
    case(
        "id twice",
        ('id = "heard"', 'id = "attendance"'),
        found={"problem E_DOC_DUPLICATE section[2].id"},
    ),
    case(
        "id taken",
        ('id = "heard"', 'id = "legal"'),
        found={"problem E_DOC_DUPLICATE section[2].id"},
    ),
    case(
        "no marking",
        ('classification = "OFFICIAL-SENSITIVE"\n', ""),
        found={"warning W_DOC_MARKING classification"},
    ),
    case(
        "secret", ("OFFICIAL-SENSITIVE", "SECRET"), found={"problem E_DOC_MARKING classification"}
    ),
    case(
        "secret section",
        ('id = "heard"', 'id = "heard"\nmarking = "TOP SECRET"'),
        found={"problem E_DOC_MARKING section[2].marking"},
    ),
    case(
        "section above its package",
        ("OFFICIAL-SENSITIVE", "OFFICIAL"),
        ('id = "heard"', 'id = "heard"\nmarking = "OFFICIAL-SENSITIVE"'),
        found={"warning W_DOC_MARKING section[2].marking"},
    ),
    case("no urgency", ('urgency = "amber"\n', ""), found={"warning W_DOC_URGENCY urgency"}),
    case(
        "no way to reach the sender",
        ('phone = "01632 960 001"\n', ""),
        found={"warning W_DOC_CONTACT contact"},
    ),
    case(
        "not classified",
        ('confidential = ["private"]\nsensitivity = ["personal"]\n', ""),
        found={"owed O_CF1 section[1].confidential", "owed O_Q2 section[1].sensitivity"},
    ),
    case(
        "confided by nobody",
        ('confidential = ["private"]', 'confidential = ["given_in_confidence"]'),
        found={"owed O_CF1 section[1].confider"},
    ),
    case(
        "no permitted action",
        ('permitted_action = ["own_agency_planning"]\n', ""),
        ('id = "heard"', 'id = "heard"\npermitted_action = "information_only"'),
        found={"owed O_Q13 section[1].permitted_action"},
    ),
    case(
        "supersedes a stranger's",
        ('thread = "QM', 'supersedes = "00ff"\nthread = "QM'),
        found={"problem E_DOC_SUPERSEDES supersedes"},
    ),
    case(
        "a name on the cover",
        ("Ask for a strategy discussion", "Discuss JORDAN T today"),
        found={"warning W_DOC_COVER purpose"},
    ),
    case(
        "a number on the cover",
        ("RECIPIENTS_ONLY", "About 9990417008 only"),
        ('role = "child"', 'role = "child"\nidentifiers = { nhs_number = "999 041 7008" }'),
        found={"warning W_DOC_COVER handling[1]"},
    ),
    case(
        "whoever was told before is left out",
        ('thread = "QM', 'supersedes = "00ff"\nthread = "QM'),
        sent={"00ff": ObjectHash(bytes(32))},
        told=("school.nurse@quillmere-health", "mash@ardenfold-police", "The GP"),
        found={"warning W_DOC_TOLD supersedes"},
    ),
    case(
        "supersedes one's own",
        ('thread = "QM', 'supersedes = "00ff"\nthread = "QM'),
        sent={"00ff": ObjectHash(bytes(32))},
    ),
]

PERSONS = [
    case("no name", ('name = "Jordan T"\n', ""), found={"problem E_DOC_MISSING people[1].name"}),
    case(
        "no id and role",
        ('id = "child"\n', ""),
        ('role = "child"\n', ""),
        ('about = ["child"]', 'about = ["not applicable: a car"]'),
        ('about = ["child"]', 'about = ["not applicable: a car"]'),
        ('about = ["child"]', 'about = ["not applicable: a car"]'),
        ('person = "child"\n', ""),
        found={"problem E_DOC_MISSING people[1].id", "problem E_DOC_MISSING people[1].role"},
    ),
    case(
        "person twice",
        (PEOPLE, PEOPLE + PEOPLE),
        found={"problem E_DOC_DUPLICATE people[2].id"},
    ),
    case(
        "about nobody known",
        ('about = ["child"]', 'about = ["chidl"]'),
        found={"problem E_DOC_PERSON section[1].statement[1].about[1]"},
    ),
    case(
        "capacity of nobody known",
        ('person = "child"', 'person = "uncle"'),
        found={"problem E_DOC_PERSON capacity[1].person"},
    ),
    case(
        "nobody means them",
        (PEOPLE, PEOPLE + '[[people]]\nid = "aunt"\nname = "A"\nrole = "family"\n'),
        found={"warning W_DOC_PERSON people[2]"},
    ),
    case(
        "about whom",
        ('about = ["child"]\nas_of = 2026-11-20\n', "as_of = 2026-11-20\n"),
        found={"owed O_Q6 section[1].statement[1].about"},
    ),
    case(
        "no category",
        PART_3,
        QUALITY,
        found={"owed O_OB1 people[1].part3_category"},
        **POLICE_SENDER,
    ),
]

STATEMENTS = [
    case(
        "untyped",
        ('kind = "record"\n', ""),
        found={"problem E_DOC_UNTYPED section[1].statement[1].kind"},
    ),
    case(
        "unknown kind",
        ('kind = "record"', 'kind = "rumour"'),
        found={"problem E_DOC_KIND section[1].statement[1].kind"},
    ),
    case(
        "no text",
        ('text = "Absent 11 of 30 sessions"\n', ""),
        found={"problem E_DOC_MISSING section[1].statement[1].text"},
    ),
    *(
        case(
            f"{kind} without author",
            ('kind = "professional_assessment"', f'kind = "{kind}"'),
            ('author = "Form tutor"\n', ""),
            found={"problem E_DOC_AUTHOR section[1].statement[2].author"},
        )
        for kind in ("professional_assessment", "professional_concern", "hypothesis")
    ),
    case(
        "report without author",
        ('author = "Pastoral lead"\n', ""),
        found={"owed O_SH4 section[2].statement[1].author"},
    ),
    *(
        case(
            f"{kind} without source",
            ('kind = "reported"', f'kind = "{kind}"\ngrade = {{ scheme = "5x5x5", code = "B24" }}'),
            ('source = { type = "public_named" }\n', ""),
            found={
                "problem E_DOC_SOURCE section[2].statement[1].source",
                "warning W_DOC_CODE section[2].statement[1].grade.scheme",
            },
        )
        for kind in ("reported", "hearsay", "intelligence")
    ),
    case(
        "a child's words need no other source",
        ('kind = "reported"', 'kind = "child_said"'),
        ('source = { type = "public_named" }\n', ""),
    ),
    *(
        case(f"{kind} source is one", ('type = "public_named"', f'type = "{kind}"'))
        for kind in ("public_anonymous", "protected")
    ),
    case(
        "source without type",
        ('source = { type = "public_named" }', "source = { first_hand = true }"),
        found={"problem E_DOC_SOURCE section[2].statement[1].source.type"},
    ),
    case(
        "intelligence without grade",
        ('kind = "reported"', 'kind = "intelligence"'),
        found={"owed O_SH4 section[2].statement[1].grade"},
    ),
    case(
        "half a grade",
        ('kind = "reported"', 'kind = "reported"\ngrade = {}'),
        found={
            "problem E_DOC_MISSING section[2].statement[1].grade.scheme",
            "problem E_DOC_MISSING section[2].statement[1].grade.code",
        },
    ),
    case(
        "rests on nothing there",
        ("basis = [1]", "basis = [1, 4]"),
        found={"problem E_DOC_BASIS section[1].statement[2].basis[2]"},
    ),
    case(
        "rests on itself",
        ("basis = [1]", "basis = [2]"),
        found={"problem E_DOC_BASIS section[1].statement[2].basis[1]"},
    ),
    case(
        "rests on what others get",
        ("basis = [1]", "basis = [3]"),
        found={"problem E_DOC_BASIS section[1].statement[2].basis[1]"},
    ),
    case("rests on what more people get", ('kind = "reported"', 'kind = "reported"\nbasis = [1]')),
    case(
        "rests on nothing",
        ("basis = [1]\n", ""),
        found={"owed O_SH4 section[1].statement[2].basis"},
    ),
    case(
        "as of when",
        ("as_of = 2026-11-20\n", ""),
        found={"owed O_OB2 section[1].statement[1].as_of"},
    ),
    case("not known when", ("as_of = 2026-11-20\n", 'as_of = "not known: no date"\n')),
    case(
        "not checked",
        ("checked_on = 2026-11-20\n", ""),
        found={"warning W_DOC_CHECKED quality.checked_on"},
    ),
]

DECISIONS = [
    case(
        "no outcome",
        ('outcome = "share_part"\n', ""),
        found={"problem E_DOC_DECISION decision.outcome"},
    ),
    case(
        "nobody decided",
        ('decided_by = "Safeguarding lead"', 'decided_by = "not known"'),
        found={"problem E_DOC_DECISION decision.decided_by", "owed O_SH6 decision.decided_by"},
    ),
    case(
        "not decided in an emergency",
        ('outcome = "share_part"\ndecided_by = "Safeguarding lead"\n', ""),
        found={"owed O_SH6 decision.outcome", "owed O_SH6 decision.decided_by"},
        urgent=True,
    ),
    case(
        "decided not to",
        ('"share_part"', '"do_not_share"'),
        found={"warning W_DOC_OUTCOME decision.outcome"},
    ),
]

LAW = [
    case(
        "no basis",
        ('article_6 = "e_public_task"\n', ""),
        found={"problem E_DOC_LEGAL legal.article_6"},
    ),
    case(
        "a basis that is none",
        ('"e_public_task"', '"not known: new here"'),
        found={"problem E_DOC_LEGAL legal.article_6"},
    ),
    case(
        "no basis in an emergency",
        ('article_6 = "e_public_task"\n', ""),
        found={"owed O_OB1 legal.article_6"},
        urgent=True,
    ),
    case(
        "no Part 3 basis",
        (
            PART_3[0],
            PART_3[1].replace('part3_lawful = "necessary_for_task_by_competent_authority"\n', ""),
        ),
        QUALITY,
        ('role = "child"\n', 'role = "child"\npart3_category = "none"\n'),
        found={"problem E_DOC_LEGAL legal.part3_lawful"},
        **POLICE_SENDER,
    ),
    case(
        "Part 3",
        PART_3,
        QUALITY,
        ('role = "child"\n', 'role = "child"\npart3_category = "none"\n'),
        **POLICE_SENDER,
    ),
    case(
        "special category",
        ("basis = [1]", 'basis = [1]\nspecial_category = "health"'),
        found={"problem E_DOC_LEGAL legal.article_9"},
    ),
    case(
        "special category in Part 3",
        PART_3,
        QUALITY,
        ('role = "child"\n', 'role = "child"\npart3_category = "none"\n'),
        ("basis = [1]", 'basis = [1]\nspecial_category = "health"'),
        found={"problem E_DOC_LEGAL legal.schedule_8"},
        **POLICE_SENDER,
    ),
    case(
        "special category in an emergency",
        ("basis = [1]", 'basis = [1]\nspecial_category = "health"'),
        found={"owed O_OB1 legal.article_9"},
        urgent=True,
    ),
    case(
        "special category with a condition",
        ("basis = [1]", 'basis = [1]\nspecial_category = "health"'),
        ("[legal]\n", '[legal]\narticle_9 = "h_health_or_social_care"\n'),
    ),
    case(
        "not kept by any rule",
        ('retention = "safeguarding_default"\n', ""),
        found={"problem E_DOC_RETENTION legal.retention"},
    ),
    case(
        "not kept by any rule in an emergency",
        ('retention = "safeguarding_default"\n', ""),
        found={"owed O_RT1 legal.retention"},
        urgent=True,
    ),
    case("kept by a rule in words", ('"safeguarding_default"', '"Until the child is 25"')),
    *(
        case(
            f"{basis} is not for schools",
            ('"e_public_task"', f'"{basis}"'),
            (
                "[legal]\n",
                '[legal]\narticle_6_condition = "crime"\nlegitimate_interests_assessment = "A"\n',
            ),
            found={"problem E_DOC_LEGAL legal.article_6"},
        )
        for basis in ("ea_recognised_legitimate_interest", "f_legitimate_interests")
    ),
    case(
        "serious violence is not for health",
        ('"ca2004_s10"', '"pcsca2022_s16_serious_violence"'),
        found={"problem E_DOC_LEGAL legal.gateway[1]"},
        own=own(kind="health"),
    ),
    case(
        "a charity may use what a school may not",
        ('"e_public_task"', '"ea_recognised_legitimate_interest"'),
        ("[legal]\n", '[legal]\nacting_for = "not applicable: own work"\n'),
        found={"owed O_OB1 legal.article_6_condition"},
        own=own(kind="voluntary"),
    ),
    case(
        "conditions of conditions",
        ('"e_public_task"', '"f_legitimate_interests"'),
        ("[legal]\n", '[legal]\narticle_9 = "g_substantial_public_interest"\n'),
        ("basis = [1]", 'basis = [1]\nflags = ["criminal_offence"]'),
        found={
            "owed O_OB1 legal.legitimate_interests_assessment",
            "owed O_OB1 legal.schedule_1",
            "owed O_OB1 legal.article_10",
        },
        own=own(kind="housing"),
    ),
    case(
        "paragraph 18",
        ("[legal]\n", '[legal]\nschedule_1 = "p18_safeguarding"\n'),
        found={"owed O_OB1 legal.safeguarding_reason"},
    ),
    case(
        "used for something else than law enforcement",
        (PART_3[0], PART_3[1].replace('\nother_use_authority = "CA 2004"', "")),
        QUALITY,
        ('role = "child"\n', 'role = "child"\npart3_category = "none"\n'),
        found={"owed O_OB1 legal.other_use_authority"},
        **POLICE_SENDER,
    ),
    case("court order", ('"ca2004_s10"', '"court_order"'), found={"owed O_CO12 legal.court_order"}),
    case(
        "a charity acts for somebody",
        found={"owed O_PR3 legal.acting_for"},
        own=own(kind="voluntary"),
    ),
    case(
        "public interest",
        ('"statutory_duty"', '"overriding_public_interest"'),
        found={
            "owed O_CF4 legal.public_interest_ground",
            "owed O_CF3 decision.public_interest_reasons",
        },
    ),
    case(
        "no privacy notice",
        ('privacy_notice = "Pupil notice 2026"\n', ""),
        found={"warning W_DOC_NOTICE legal.privacy_notice"},
    ),
    case("overdue review", found={"warning W_DOC_REVIEW"}, review_due=Seconds(NOW - 1)),
]


def covering(name: str, *edits: Edit, found: set[str], **facts: Any) -> Case:
    """A case that relies on consent: what it covers is edited last."""
    return case(name, *ON_CONSENT, (CONSENT, RELIED_ON), *edits, found={WARNED, *found}, **facts)


SOON, PAST = Seconds(NOW + 86_400), Seconds(NOW - 1)


def assuring(*said: tuple[str, str, Seconds | None]) -> tuple[Assurance, ...]:
    """Schemes with the status and the last second of each."""
    return tuple(Assurance(scheme=s, status=status, valid_to=to) for s, status, to in said)


MET = assuring(("DSPT", "met", SOON))
#: By which everybody in the document holds something.
ALL_MET = {name.partition("@")[2]: MET for name in (OWN, POLICE, NURSE)}


def assured(name: str, *found: str, **agencies: tuple[Assurance, ...]) -> Case:
    """A case in which some agencies (police, health, own) assure something else."""
    ids = {"police": "ardenfold-police", "health": "quillmere-health", "own": "fennick-academy"}
    said = {**ALL_MET, **{ids[agency]: what for agency, what in agencies.items()}}
    return case(name, found={f"warning W_DOC_ASSURANCE {at}".strip() for at in found}, assured=said)


def numbered(name: str, written: str, *found: str) -> Case:
    """A case in which the child has a number."""
    at = {f"warning W_DOC_NUMBER people[1].identifiers.{each}" for each in found}
    edit = ('role = "child"', f'role = "child"\nidentifiers = {{ {written} }}')
    return case(name, edit, found=at)


NUMBERS = [
    numbered("an NHS number that holds", 'nhs_number = "999 041 7008"'),
    numbered("an NHS number with dashes", 'nhs_number = "999-041-7008", upn = "K123"'),
    numbered("a wrong last digit", 'nhs_number = "999 041 7009"', "nhs_number"),
    numbered("two digits changed about", 'nhs_number = "999 014 7008"', "nhs_number"),
    numbered("a digit too few", 'NHS = "999 041 700"', "NHS"),
    numbered("no check digit can be ten", 'nhs_number = "1000000010"', "nhs_number"),
    numbered("a CHI number that holds", 'chi_number = "0101010001"'),
    numbered("a CHI number that does not", 'chi_number = "0101010009"', "chi_number"),
    numbered("a number without a check digit", 'police_reference = "999 041 7009"'),
]

SECURITY = [
    assured("two agencies, said once", "to[1]", police=(), health=()),
    assured("everybody, said once", "", police=(), health=(), own=()),
    assured("everybody assures their security"),
    assured("a recipient's assurance has ended", "to[1]", police=assuring(("CE+", "met", PAST))),
    assured("one of two has ended", "to[2]", health=(*MET, *assuring(("PSN", "met", PAST)))),
    assured("a recipient declares nothing", "to[1]", police=()),
    assured("we declare nothing", "", own=()),
    assured("they say that they have none", "to[1]", police=assuring(("none", "not_met", None))),
    assured("applied for", "to[1]", police=assuring(("ISO27001", "applied", None))),
    assured("partly met", police=assuring(("DSPT", "partly_met", SOON))),
    assured("its last second", police=assuring(("DSPT", "met", NOW))),
    case("training has ended", found={"warning W_DOC_TRAINING"}, training_ended=True),
]

PURPOSES = 'purposes = ["Ask for a strategy discussion"]'
WHO = 'recipients = ["mash@ardenfold-police", "school.nurse@quillmere-health"]'
WHAT = 'data_types = ["personal"]'
CODED = (
    'expires = "14d"',
    'purpose_code = ["strategy_discussion", "promote_welfare"]\nexpires = "14d"',
)
HEALTH = ("basis = [1]", 'basis = [1]\nspecial_category = "health"')
ARTICLE_9 = ("[legal]\n", '[legal]\narticle_9 = "h_health_or_social_care"\n')
KINDS = {"ardenfold-police": "police", "quillmere-health": "health"}
SCOPES = [
    covering(
        "consent for another purpose",
        CODED,
        (PURPOSES, 'purposes = ["promote_welfare"]'),
        found={"problem E_DOC_CONSENT consent.scope.purposes"},
    ),
    covering(
        "consent for all purposes",
        CODED,
        (PURPOSES, 'purposes = ["promote_welfare", "strategy_discussion", "assess_need"]'),
        found=set(),
    ),
    covering(
        "consent for a purpose in other words",
        (PURPOSES, 'purposes = ["Help Jordan"]'),
        found={"prompt P_CO4 consent.scope.purposes"},
    ),
    covering(
        "consent for purposes partly in other words",
        CODED,
        (PURPOSES, 'purposes = ["promote_welfare", "Help Jordan"]'),
        found={"prompt P_CO4 consent.scope.purposes"},
    ),
    covering(
        "consent for the purpose in capitals",
        (PURPOSES, 'purposes = [" ASK FOR A STRATEGY DISCUSSION "]'),
        found=set(),
    ),
    covering(
        "consent for another kind of information",
        HEALTH,
        ARTICLE_9,
        found={"problem E_DOC_CONSENT consent.scope.data_types"},
    ),
    covering(
        "consent for another special category",
        HEALTH,
        ARTICLE_9,
        (WHAT, 'data_types = ["personal", "genetic"]'),
        found={"problem E_DOC_CONSENT consent.scope.data_types"},
    ),
    *(
        covering(
            f"consent for {kind} information",
            HEALTH,
            ARTICLE_9,
            ('sensitivity = ["personal"]', 'sensitivity = ["personal", "special_category"]'),
            (WHAT, f'data_types = ["{kind}"]'),
            found=set(),
        )
        for kind in ("health", "special_category")
    ),
    covering(
        "consent for nobody else's information",
        ('sensitivity = ["personal"]', 'sensitivity = ["third_party"]'),
        found={"problem E_DOC_CONSENT consent.scope.data_types"},
    ),
    covering(
        "consent without offences",
        ("basis = [1]", 'basis = [1]\nflags = ["criminal_offence", "uncertain"]'),
        ("[legal]\n", '[legal]\narticle_10 = "p18_via_p36"\n'),
        found={"problem E_DOC_CONSENT consent.scope.data_types"},
    ),
    covering(
        "nothing personal needs consent",
        ('sensitivity = ["personal"]', 'sensitivity = ["not_personal"]'),
        found=set(),
    ),
    covering(
        "consent for information in other words",
        HEALTH,
        ARTICLE_9,
        (WHAT, 'data_types = ["What the nurse knows"]'),
        found={"prompt P_CO4 consent.scope.data_types"},
    ),
    covering(
        "consent for others",
        (WHO, 'recipients = ["mash@ardenfold-police"]'),
        found={"problem E_DOC_CONSENT consent.scope.recipients"},
    ),
    covering(
        "consent for agencies",
        (WHO, 'recipients = ["ardenfold-police", "quillmere-health"]'),
        found=set(),
        kinds=KINDS,
    ),
    covering(
        "consent for kinds of agency",
        (WHO, 'recipients = ["health", "police"]'),
        found=set(),
        kinds=KINDS,
    ),
    covering(
        "consent for another kind of agency",
        (WHO, 'recipients = ["health", "council"]'),
        found={"problem E_DOC_CONSENT consent.scope.recipients"},
        kinds=KINDS,
    ),
    covering(
        "consent for recipients in other words",
        (WHO, 'recipients = ["health", "Whoever helps"]'),
        found={"prompt P_CO4 consent.scope.recipients"},
        kinds=KINDS,
    ),
    covering(
        "consent for nobody knows what",
        (COVERED, ""),
        found={
            "prompt P_CO4 consent.scope.purposes",
            "prompt P_CO4 consent.scope.data_types",
            "prompt P_CO4 consent.scope.recipients",
        },
    ),
    case(
        "what a consent covers does not matter where nothing rests on it",
        (
            CONSENT,
            RELIED_ON.replace('"yes_consent_is_basis"', '"no_lawful_basis"')
            .replace(WHO, 'recipients = ["front.door@quillmere-council"]')
            .replace(PURPOSES, 'purposes = ["review_or_audit"]')
            .replace(WHAT, 'data_types = ["genetic"], expires = 2020-01-01'),
        ),
    ),
]

#: A child who can decide and does not agree, and a parent who does.
CHILD_REFUSES = (
    'position = [{ who = "Jordan", capacity = "child", says = "refuses" }, '
    '{ who = "Alex", capacity = "parental_responsibility", says = "agrees" }]\n'
)
#: Two parents, one of whom does not agree.
PARENT_OBJECTS = CHILD_REFUSES.replace('"child"', '"parental_responsibility"')
WEIGHED = ("scope = {", 'disagreement = "Weighed: see the note"\nscope = {')
DISAGREE = "prompt P_CO7 consent.disagreement"
POSITIONS = [
    case(
        "they do not agree, and consent is not the basis",
        (CONSENT, CONSENT + CHILD_REFUSES),
        found={DISAGREE},
    ),
    case(
        "they do not agree, and it was weighed",
        (CONSENT, CONSENT + 'disagreement = "Weighed: see the note"\n' + CHILD_REFUSES),
    ),
    case(
        "they agree",
        (CONSENT, CONSENT + CHILD_REFUSES.replace("refuses", "agrees")),
    ),
    case(
        "nobody has agreed",
        (CONSENT, CONSENT + CHILD_REFUSES.replace("agrees", "undecided")),
    ),
    covering(
        "one parent's consent, and another objects",
        (COVERED, COVERED + PARENT_OBJECTS),
        WEIGHED,
        found={"warning W_DOC_CONSENT consent.position[1].says"},
    ),
    covering(
        "a parent's consent, and the child refuses",
        (COVERED, COVERED + CHILD_REFUSES),
        WEIGHED,
        found={"warning W_DOC_CONSENT consent.position[1].says"},
    ),
    covering(
        "consent that somebody has withdrawn",
        (COVERED, COVERED + CHILD_REFUSES.replace("refuses", "withdrew")),
        found={"warning W_DOC_CONSENT consent.position[1].says", DISAGREE},
    ),
    *(
        covering(
            f"consent {status} in this thread before",
            found={"warning W_DOC_CONSENT legal.consent"},
            thread_consent=status,
        )
        for status in ("refused", "withdrawn")
    ),
    covering("consent given in this thread before", found=set(), thread_consent="yes_explicit"),
    case("consent withdrawn before, and not relied on now", thread_consent="withdrawn"),
]

CONSENTS = [
    *(
        case(
            f"consent {status}",
            ON_CONSENT[0],
            ('"not_needed"', f'"{status}"'),
            ("[legal]\n", '[legal]\nconsent_not_sought_reason = "statutory_duty"\n'),
            (CONSENT, RELIED_ON),
            found={"problem E_DOC_CONSENT legal.article_6", WARNED},
        )
        for status in ("refused", "withdrawn", "not_sought", "cannot_be_given", "not_needed")
    ),
    *(
        case(
            f"consent as {field}",
            ("[legal]\n", f'[legal]\n{field} = "{word}"\n'),
            ('"not_needed"', '"refused"'),
            (CONSENT, RELIED_ON),
            found={f"problem E_DOC_CONSENT legal.{field}"},
            own=own(kind="other"),
        )
        for field, word in (("article_9", "a_explicit_consent"),)
    ),
    case(
        "consent in every place",
        ON_CONSENT[0],
        ("[legal]\n", '[legal]\narticle_9 = "a_explicit_consent"\n'),
        ('"statutory_duty"', '["explicit_consent", "implied_consent_direct_care"]'),
        ('"not_needed"', '"withdrawn"'),
        (CONSENT, RELIED_ON),
        found={
            "problem E_DOC_CONSENT legal.article_6",
            "problem E_DOC_CONSENT legal.article_9",
            "problem E_DOC_CONSENT legal.confidence_basis",
            WARNED,
        },
    ),
    case(
        "consent lifts confidence",
        ('"statutory_duty"', '"explicit_consent"'),
        ('"not_needed"', '"withdrawn"'),
        (CONSENT, RELIED_ON),
        found={"problem E_DOC_CONSENT legal.confidence_basis"},
    ),
    *(
        case(
            f"Part 3 {field}",
            (
                PART_3[0],
                PART_3[1].replace("part3_lawful", "#").rstrip() + f'\n{field} = "consent"\n{other}',
            ),
            QUALITY,
            ('role = "child"\n', 'role = "child"\npart3_category = "none"\n'),
            (CONSENT, RELIED_ON),
            found={f"problem E_DOC_CONSENT legal.{field}"},
            **POLICE_SENDER,
        )
        for field, other in (
            ("part3_lawful", ""),
            ("part3_sensitive", 'part3_lawful = "necessary_for_task_by_competent_authority"'),
        )
    ),
    *(
        case(
            f"implied consent {status}",
            ('"statutory_duty"', '"implied_consent_direct_care"'),
            ('"not_needed"', f'"{status}"'),
            found={"problem E_DOC_CONSENT legal.confidence_basis"},
        )
        for status in ("refused", "withdrawn")
    ),
    case("implied consent", ('"statutory_duty"', '"implied_consent_direct_care"')),
    case("consent relied on, complete", *ON_CONSENT, (CONSENT, RELIED_ON), found={WARNED}),
    *(
        case(
            f"not explained: {name}",
            *ON_CONSENT,
            (CONSENT, RELIED_ON.replace(f'{name} = "said"', f'{name} = ""')),
            found={f"problem E_DOC_CONSENT consent.explained.{name}", WARNED},
        )
        for name in ("why", "who", "how_much", "implications")
    ),
    case(
        "perhaps coerced",
        *ON_CONSENT,
        (CONSENT, RELIED_ON.replace('freely_given = "The nurse"\n', "")),
        found={"problem E_DOC_CONSENT consent.freely_given", WARNED},
    ),
    case(
        "consent has ended",
        *ON_CONSENT,
        (CONSENT, RELIED_ON.replace('"personal"] }', '"personal"], expires = 2026-11-01 }')),
        found={"problem E_DOC_CONSENT consent.scope.expires", WARNED},
    ),
    case(
        "consent that ends later",
        *ON_CONSENT,
        (CONSENT, RELIED_ON.replace('"personal"] }', '"personal"], expires = 2027-01-01 }')),
        found={WARNED},
    ),
    case(
        "consent without details",
        *ON_CONSENT,
        (
            CONSENT,
            RELIED_ON.replace('understanding = "Told us back"\n', "").replace(
                'given_by = [{ who = "Jordan", capacity = "child" }]\n', ""
            ),
        ),
        found={"owed O_Q5 consent.given_by", "owed O_Q16 consent.understanding", WARNED},
    ),
    case(
        "consent on behalf of a child",
        *ON_CONSENT,
        (CONSENT, RELIED_ON.replace('"child" }]', '"parental_responsibility" }]')),
        found={"owed O_CO9 consent.parental_responsibility", WARNED},
    ),
    case("no status", ('consent = "not_needed"\n', ""), found={"owed O_KM5 legal.consent"}),
    case(
        "not sought",
        ('"not_needed"', '"not_sought"'),
        found={"owed O_KM5 legal.consent_not_sought_reason"},
    ),
    case(
        "given, not filed", ('"not_needed"', '"yes_explicit"'), found={"owed O_Q1 consent.evidence"}
    ),
    case(
        "given within limits",
        ('"not_needed"', '"yes_limited"'),
        (CONSENT, CONSENT + 'evidence = "File"\n'),
        found={"owed O_SH3 consent.limits"},
    ),
    case(
        "each person's own answer stands for the one for all",
        ('informed = "informed_before"\n', ""),
        (
            "[quality]",
            '[[informing]]\nperson = "child"\nstatus = "informed_before"\nhow = "In person"\n[quality]',
        ),
    ),
    case(
        "informed?",
        ('informed = "informed_before"\n', ""),
        found={"owed O_CO11 legal.informed"},
    ),
    *(
        case(
            f"{word}, how",
            ('"informed_before"', f'"{word}"'),
            ('informed_how = "In person, 20 November"\n', ""),
            found={"owed O_Q14 legal.informed_how"},
        )
        for word in ("informed_before", "informed_after")
    ),
    case(
        "will inform",
        ('"informed_before"', '"will_inform_by"'),
        found={"owed O_Q14 legal.inform_by"},
    ),
    case(
        "not informed",
        ('"informed_before"', '"not_informed"'),
        found={"owed O_CO11 legal.not_informed_reason", "owed O_CO11 legal.inform_review"},
    ),
    case(
        "one person not informed",
        ("[quality]", '[[informing]]\nperson = "child"\nstatus = "not_informed"\n[quality]'),
        found={"owed O_CO11 informing[1].reason", "owed O_CO11 informing[1].review"},
    ),
    case(
        "one person, informed or not",
        ("[quality]", '[[informing]]\nperson = "child"\n[quality]'),
        found={"owed O_CO11 informing[1].status"},
    ),
]

TIMES = [
    case("no end", ('expires = "14d"\n', ""), found={"warning W_DOC_EXPIRES expires"}),
    *(
        case(f"end {end}", ('"14d"', end), found={"problem E_DOC_TIME expires"})
        for end in (
            '"2026-11-22T11:59:59Z"',
            "2026-11-21",
            '"0d"',
            '"13w"',
            '"soon"',
        )
    ),
    case(
        "end in UK time",
        ('"14d"', "2026-11-30T10:00:00"),
        found={"warning W_DOC_ZONE expires"},
    ),
    # It is noon on a Sunday: an amber package is dealt with by the end of Monday.
    case(
        "end of today",
        ('"14d"', "2026-11-22"),
        found={"warning W_DOC_SHORT expires"},
    ),
    case("end after one working day", ('"14d"', '"2026-11-23T17:00:00Z"')),
    case(
        "end within the working day",
        ('"14d"', '"2026-11-23T16:59:59Z"'),
        found={"warning W_DOC_SHORT expires"},
    ),
    case("end within four hours", ('"14d"', '"4h"'), ('"amber"', '"red"')),
    case(
        "end sooner than is urgent",
        ('"14d"', '"239m"'),
        ('"amber"', '"red"'),
        found={"warning W_DOC_SHORT expires"},
    ),
    case(
        "end of something that is not urgent",
        ('"14d"', '"3d"'),
        ('"amber"', '"green"'),
        found={"warning W_DOC_SHORT expires"},
    ),
    case(
        "end within the hour, with no urgency",
        ('"14d"', '"59m"'),
        ('urgency = "amber"\n', ""),
        found={"warning W_DOC_SHORT expires", "warning W_DOC_URGENCY urgency"},
    ),
    case("end chosen with the command", found={"warning W_DOC_SHORT --expires"}, expires="1s"),
    case(
        "end chosen badly with the command",
        found={"problem E_DOC_TIME --expires"},
        expires="1999-01-01",
    ),
    *(
        case(
            f"{table} {name} is over",
            (f"[{table}]\n", f"[{table}]\n{name} = 2026-11-21\n"),
            found={f"warning W_DOC_TIME {table}.{name}"},
        )
        for table, name in (
            ("legal", "inform_by"),
            ("legal", "inform_review"),
            ("legal", "retention_review"),
            ("decision", "review_at"),
        )
    ),
    case(
        "one person's review is over",
        (
            "[quality]",
            '[[informing]]\nperson = "child"\nstatus = "not_informed"\nreason = "already_has_information"\n'
            "review = 2026-11-01\n[quality]",
        ),
        found={"warning W_DOC_TIME informing[1].review"},
    ),
    case(
        "not yet",
        ("as_of = 2026-11-20", "as_of = 2026-12-20"),
        found={"warning W_DOC_TIME section[1].statement[1].as_of"},
    ),
    case(
        "born tomorrow",
        ('role = "child"\n', 'role = "child"\nborn = 2027\n'.replace("2027", '"2027"')),
        found={"warning W_DOC_TIME people[1].born"},
    ),
    case(
        "ends before it begins",
        ("as_of = 2026-11-20", "event_from = 2026-11-20\nevent_to = 2026-11-02"),
        found={"problem E_DOC_TIME section[1].statement[1].event_to"},
    ),
]


def file(**changes: Any) -> AttachedFile:
    values: dict[str, Any] = {"section": "heard", "name": "a.pdf", "size": 10} | changes
    return AttachedFile(**values)


FILES = [
    case("a file", attachments=(file(), file())),
    case(
        "a file for no section",
        found={"problem E_DOC_ATTACHMENT --attach[1]"},
        attachments=(file(section="herd"),),
    ),
    case(
        "a file that is not there",
        found={"problem E_DOC_ATTACHMENT --attach[2].file"},
        attachments=(file(), file(size=None)),
    ),
    case(
        "a file beyond the limit",
        found={"problem E_DOC_ATTACHMENT --attach[1].file"},
        attachments=(file(size=limits.MIB + 1),),
    ),
    case("a file at the limit", attachments=(file(size=limits.MIB),)),
    *(
        case(
            f"a file named {name!r}",
            found={"problem E_DOC_ATTACHMENT --attach[1].name"},
            attachments=(file(name=name),),
        )
        for name in ("", "a\0b", "\udcff.pdf", "x" * (limits.LINE + 1))
    ),
    case(
        "files beyond the limit together",
        found={"problem E_DOC_ATTACHMENT --attach.files"},
        attachments=(file(size=limits.MIB),) * 2 + (file(size=1),),
    ),
    case(
        "too many files",
        found={"problem E_DOC_ATTACHMENT --attach"},
        attachments=(file(size=1),) * (limits.ATTACHMENTS + 1),
    ),
]

CODES = [
    case(
        "unknown word",
        ('"e_public_task"', '"e_public_tusk"'),
        found={"problem E_DOC_CODE legal.article_6"},
    ),
    case(
        "unknown word in a list",
        ('["ca2004_s10"]', '["ca2004_s10", "ca2004_s99"]'),
        found={"problem E_DOC_CODE legal.gateway[2]"},
    ),
    case("unknown role is a word of one's own", ('role = "child"', 'role = "pupil"')),
    case(
        "unknown source",
        ('type = "public_named"', 'type = "somebody"'),
        found={"problem E_DOC_CODE section[2].statement[1].source.type"},
    ),
    case("unknown urgency", ('"amber"', '"yellow"'), found={"problem E_DOC_CODE urgency"}),
    case("not known, with the reason", ('"ca2004_s10"', '"not known: asked for advice"')),
    case(
        "not in force",
        ('"ca2004_s10"', '"ca2004_s16LA"'),
        found={
            "warning W_DOC_CODE legal.gateway[1]",
            "warning W_DOC_TIME section[1].statement[1].as_of",
            "warning W_DOC_TIME section[2].statement[1].as_of",
            "warning W_DOC_TIME decision.decided_at",
            "warning W_DOC_TIME decision.information_known_at",
            "warning W_DOC_TIME quality.checked_on",
        },
        now=Seconds(NOW - 90 * 86400),
    ),
    case(
        "not here",
        ('"ca2004_s10"', '"ca2004_s11"'),
        found={"warning W_DOC_CODE legal.gateway[1]"},
        own=own(jurisdiction="scotland"),
    ),
    case("not for us", ('"ca2004_s10"', '"dvds"'), found={"warning W_DOC_CODE legal.gateway[1]"}),
    case(
        "kinds and places that no catalogue knows are not judged",
        ('"ca2004_s10"', '"dvds"'),
        own=own(kind="agency", jurisdiction=""),
    ),
]

ANSWERS = [
    *(
        case(f"{clause} {table}.{name}", (line, ""), found={f"owed O_{clause} {table}.{name}"})
        for clause, table, name, line in (
            ("KM1", "decision", "welfare", 'welfare = "Safety first"\n'),
            ("CF5", "decision", "if_shared", 'if_shared = "They act"\n'),
            ("CF5", "decision", "if_not_shared", 'if_not_shared = "They do not"\n'),
            ("OB1", "legal", "regime", 'regime = "uk_gdpr_part2"\n'),
            ("OB1", "legal", "article_8", 'article_8 = "Necessary"\n'),
            ("Q4", "legal", "gateway", 'gateway = ["ca2004_s10"]\n'),
        )
    ),
    case(
        "not known, without a reason",
        ('"Safety first"', '"Not known"'),
        found={"owed O_SH6 decision.welfare"},
    ),
    case(
        "no child's words",
        ('words = "I want it to stop"\n', ""),
        found={"owed O_CO6 child_voice.words"},
    ),
    case("why nobody asked", ('words = "I want it to stop"', 'not_sought_reason = "Missing"')),
    case("police say how reliable", found={"owed O_OB2 quality"}, **POLICE_SENDER),
]

PROMPTS = [
    case(
        "somebody has asked about them",
        found={"warning W_DOC_ASKED people"},
        asked=("5eedfeed5eed",),
    ),
    *(
        case(f"{clause} {table}.{name}", (line, ""), found={f"prompt P_{clause} {table}.{name}"})
        for clause, table, name, line in (
            (
                "KM2",
                "decision",
                "consequence_of_not_sharing",
                'consequence_of_not_sharing = "The pattern"\n',
            ),
            ("KM3", "decision", "why_this_much", 'why_this_much = "Enough for the task"\n'),
            ("KM3", "decision", "why_enough", 'why_enough = "Dates are there"\n'),
            ("Q9", "decision", "withheld", 'withheld = "Sibling\'s records"\n'),
            ("CF6", "decision", "relationship_impact", 'relationship_impact = "Some"\n'),
            ("CF6", "decision", "information_known_at", "information_known_at = 2026-11-19\n"),
            ("Q8", "decision", "more_harm", 'more_harm = "no"\n'),
            ("Q15", "decision", "labels_checked_by", 'labels_checked_by = "Deputy"\n'),
            ("Q3", "consent", "needed", 'needed = "no_lawful_basis"\n'),
            ("Q7", "consent", "seeking_would_risk", 'seeking_would_risk = "no"\n'),
            ("Q7", "consent", "seeking_would_prejudice", 'seeking_would_prejudice = "no"\n'),
            ("Q7", "consent", "seeking_would_delay", 'seeking_would_delay = "no"\n'),
        )
    ),
    case(
        "unsure about confidence",
        ('confidence_basis = "statutory_duty"\n', ""),
        found={"prompt P_CF2 advice", "owed O_OB1 legal.confidence_basis"},
    ),
    case(
        "can the child decide",
        (
            '[[capacity]]\nperson = "child"\noutcome = "can_decide"\nhow_explained = "With pictures"\n',
            "",
        ),
        found={"prompt P_CO5 capacity"},
    ),
    case(
        "how was it explained",
        ('how_explained = "With pictures"\n', ""),
        found={"prompt P_CO8 capacity[1].how_explained"},
    ),
    case(
        "nobody is asked how it was explained where capacity was not assessed",
        ('outcome = "can_decide"\nhow_explained = "With pictures"\n', 'outcome = "not_assessed"\n'),
        found=set(),
    ),
    case(
        "do they agree",
        (CONSENT, CONSENT + 'given_by = [{ who = "Jordan" }, { who = "Alex" }]\n'),
        found={"prompt P_CO7 consent.disagreement"},
    ),
]

#: A copy after the first section's assessment, which is its statement 3.
COPY = '[[section.statement]]\ncopy_of = { package = "aa11", statement = 2 }\n'
HEARD = '\n[[section]]\nid = "heard"'
CAME = Copied(
    core=ObjectHash(bytes(32)),
    package=PackageId(b"\xaa\x11" * 8),
    item=ItemId(bytes(16)),
    called="view.1",
    sent_from=Address("mash@ardenfold-police"),
    said=record.Statement(
        kind=record.Kind.PROFESSIONAL_ASSESSMENT,
        text="Exploitation cannot be excluded",
        about=(ItemId(b"b" * 16),),
        author="Detective sergeant",
        origin=AgencyId("ardenfold-police"),
        chain_depth=0,
        basis=(),
        as_of="2026-11-20",
        grade=record.Grade(scheme="3x5x2", code="2C"),
        special_category=(),
        flags=("a word of another catalogue",),
    ),
    people=(
        (
            ItemId(b"b" * 16),
            record.Person(
                label="child", name="Jordan T", role="child", identifiers={}, part3_category=()
            ),
        ),
    ),
    handling=(),
)


def copies(**changes: Any) -> dict[tuple[str, str], Copied | str]:
    """What a document with :data:`COPY` copies, with ``changes``."""
    return {("aa11", "2"): replace(CAME, **changes)}


def copying(name: str, *edits: Edit, found: set[str], **facts: Any) -> Case:
    """A case of a document with a copy."""
    return case(name, (HEARD, "\n" + COPY + HEARD), *edits, found=found, **facts)


COPIES = [
    copying("a copy", found=set(), copies=copies()),
    copying(
        "a copy with a name of our own for the child",
        (COPY, COPY + 'about = ["child"]\n'),
        found=set(),
        copies=copies(),
    ),
    copying(
        "whoever got what was replaced is left out",
        found={"warning W_DOC_TOLD section[1].statement[3].copy_of"},
        copies=copies(),
        passed_on=("clinic@quillmere-health",),
    ),
    copying(
        "a copy of nothing",
        found={"problem E_DOC_COPY section[1].statement[3].copy_of"},
    ),
    copying(
        "a copy of nothing in particular",
        (", statement = 2", ""),
        found={"problem E_DOC_MISSING section[1].statement[3].copy_of.statement"},
    ),
    copying(
        "an opinion made a fact",
        (COPY, COPY + 'kind = "observed"\n'),
        found={"problem E_DOC_COPY section[1].statement[3].kind"},
        copies=copies(),
    ),
    copying(
        "a copy in other words",
        (COPY, COPY + 'text = "Exploitation is certain"\n'),
        found={"problem E_DOC_COPY section[1].statement[3].text"},
        copies=copies(),
    ),
    copying(
        "a copy with another grade",
        (COPY, COPY + 'grade = { scheme = "3x5x2", code = "1A" }\n'),
        found={"problem E_DOC_COPY section[1].statement[3].grade"},
        copies=copies(),
    ),
    copying(
        "a copy that rests on something else",
        (COPY, COPY + "basis = [1]\n"),
        found={"problem E_DOC_COPY section[1].statement[3].basis"},
        copies=copies(),
    ),
    copying(
        "a copy about one more",
        (COPY, COPY + 'about = ["child", "child"]\n'),
        found={"problem E_DOC_COPY section[1].statement[3].about"},
        copies=copies(),
    ),
    copying(
        "passed on too often",
        found={"problem E_DOC_COPY section[1].statement[3].copy_of"},
        copies=copies(said=replace(CAME.said, chain_depth=64)),
    ),
    copying(
        "withdrawn since",
        found={"warning W_DOC_COPY section[1].statement[3].copy_of"},
        copies=copies(marks=("withdrawn",)),
    ),
    copying(
        "controlled by its agency",
        found={"problem E_DOC_CONTROLLED section[1].statement[3].copy_of"},
        copies=copies(handling=("C",), sent_from=Address(COUNCIL)),
    ),
    copying(
        "released by its agency",
        found=set(),
        copies=copies(handling=("C",), released=("C",), sent_from=Address(COUNCIL)),
    ),
    copying(
        "passed on to protect somebody now",
        ("[decision]", '[onward]\nsafety_override = "She is in the car now"\n[decision]'),
        found={"warning W_DOC_OVERRIDE section[1].statement[3].copy_of"},
        copies=copies(handling=("C",), sent_from=Address(COUNCIL)),
    ),
    copying(
        "an override that does not say why",
        ("[decision]", '[onward]\nsafety_override = "not known"\n[decision]'),
        found={
            "problem E_DOC_CONTROLLED section[1].statement[3].copy_of",
            "owed O_SH6 onward.safety_override",
        },
        copies=copies(handling=("C",), sent_from=Address(COUNCIL)),
    ),
    case(
        "nothing to override",
        ("[decision]", '[onward]\nsafety_override = "She is in the car now"\n[decision]'),
        found={"warning W_DOC_OVERRIDE onward.safety_override"},
    ),
]

#: The friend who saw the car, known to the police alone, in the section that only the police get.
FRIEND = (
    '[[section]]\nid = "attendance"',
    '[[people]]\nid = "friend"\nname = "Robin S"\nrole = "peer"\n'
    'source_known_to = ["mash@ardenfold-police"]\n\n[[section]]\nid = "attendance"',
)
MEANT = ('text = "A friend saw a car"\nabout = ["child"]', 'text = "Saw a car"\nabout = ["friend"]')

#: The same as a package says it that came from the council.
THEIRS = Protected(
    label="friend", name="Robin S", known_to=frozenset({POLICE, COUNCIL}), ours=False
)

PROTECTED = [
    *(
        case(
            f"a source of whom nobody is named to know: {source}",
            ('type = "public_named"', source),
            found={"warning W_DOC_SOURCE section[2].statement[1].source"},
        )
        for source in ('type = "peer"', 'type = "protected", identity_protected = true')
    ),
    case(
        "a protected source that only a reference names",
        ('type = "public_named"', 'type = "peer", reference = "N-14", identity_protected = true'),
    ),
    case(
        "a protected source and somebody who may know",
        FRIEND,
        MEANT,
        ('type = "public_named"', 'type = "peer", identity_protected = true'),
    ),
    case(
        "the child's first name on the cover",
        ("Ask for a strategy discussion", "Ask for a strategy discussion about jordan"),
        found={"warning W_DOC_COVER purpose"},
    ),
    case(
        "a duty lead who has the child's first name",
        ('name = "Duty lead"', 'name = "Jordan Lee, duty lead"'),
    ),
    case("a protected source told to those who may know", FRIEND, MEANT),
    case(
        "a protected source in a section for others",
        FRIEND,
        MEANT,
        ('about = ["child"]\nas_of', 'about = ["child", "friend"]\nas_of'),
        found={"problem E_DOC_PROTECTED section[1].statement[1].about"},
    ),
    case(
        "a protected source named in a text",
        FRIEND,
        MEANT,
        ("Out of character", "Out of character, says robin s."),
        found={"problem E_DOC_PROTECTED section[1].statement[2].text"},
    ),
    case(
        "another name that begins alike",
        FRIEND,
        MEANT,
        ("Out of character", "Out of character, says Robin Smith"),
        found={"warning W_DOC_PROTECTED section[1].statement[2].text"},
    ),
    case(
        "a protected source named to everybody",
        FRIEND,
        MEANT,
        ("Ask for a strategy discussion", "Ask about what Robin S saw"),
        found={"problem E_DOC_PROTECTED purpose"},
    ),
    case(
        "a protected source in somebody's notes",
        FRIEND,
        MEANT,
        ('role = "child"\n', 'role = "child"\nnotes = "Sits beside Robin S"\n'),
        found={"problem E_DOC_PROTECTED people[1].notes"},
    ),
    case(
        "a part of a protected source's name for others",
        FRIEND,
        MEANT,
        ("Out of character", "Out of character, says ROBIN"),
        found={"warning W_DOC_PROTECTED section[1].statement[2].text"},
    ),
    case(
        "a part of a protected source's name for everybody, and a letter of it",
        FRIEND,
        MEANT,
        ("Ask for a strategy", "Ask about s and Robin, and a strategy"),
        found={"warning W_DOC_PROTECTED purpose"},
    ),
    case(
        "a part of a name that another person has too",
        FRIEND,
        MEANT,
        ('name = "Jordan T"', 'name = "Jordan Robin"'),
        ("Out of character", "Out of character for Robin"),
    ),
    case(
        "a protected source named in the reason of whoever may know, which nobody else reads",
        FRIEND,
        MEANT,
        (
            '"mash@ardenfold-police" = "To compare"',
            '"mash@ardenfold-police" = "Ask Robin S, or Robin"',
        ),
        found=set(),
    ),
    case(
        "a protected source named in the reason of somebody who may not know",
        FRIEND,
        MEANT,
        ('"To arrange a check"', '"To visit Robin S"'),
        found={'problem E_DOC_PROTECTED section[1].need_to_know."school.nurse@quillmere-health"'},
    ),
    case(
        "a protected source named to somebody who is told outside the sections",
        FRIEND,
        MEANT,
        ('needed = "no_lawful_basis"', 'needed = "no_lawful_basis"\nlimits = "As Robin S wants"'),
        found={"problem E_DOC_PROTECTED consent.limits"},
    ),
    case(
        "a source that another agency protects, named to those who may not know",
        ("Out of character", "Out of character, says Robin S"),
        found={"problem E_DOC_PROTECTED section[1].statement[2].text"},
        sources=(THEIRS,),
    ),
    case(
        "a source that another agency protects, among the people",
        (FRIEND[0], FRIEND[1].replace('source_known_to = ["mash@ardenfold-police"]\n', "")),
        ('about = ["child"]\nas_of', 'about = ["child", "friend"]\nas_of'),
        found={"problem E_DOC_PROTECTED section[1].statement[1].about"},
        sources=(THEIRS,),
    ),
    case(
        "a source of our own that need not be protected any more",
        (FRIEND[0], FRIEND[1].replace('source_known_to = ["mash@ardenfold-police"]\n', "")),
        ('about = ["child"]\nas_of', 'about = ["child", "friend"]\nas_of'),
        sources=(replace(THEIRS, ours=True),),
    ),
    copying(
        "a protected source named to the agency that controls a statement",
        (FRIEND[0], FRIEND[1]),
        ('about = ["child"]\nas_of', 'about = ["child"]\nas_of'),
        ("[decision]", '[onward]\nsafety_override = "Robin S is in the car"\n[decision]'),
        found={
            "problem E_DOC_PROTECTED onward.safety_override",
            "warning W_DOC_OVERRIDE section[1].statement[3].copy_of",
            "warning W_DOC_PERSON people[2]",
        },
        copies=copies(handling=("C",), sent_from=Address(COUNCIL)),
    ),
    copying(
        "a protected source passed on",
        found={"problem E_DOC_PROTECTED section[1].statement[3].about"},
        copies=copies(
            people=(
                (
                    CAME.people[0][0],
                    replace(CAME.people[0][1], optional={"source_known_to": [COUNCIL]}),
                ),
            )
        ),
    ),
]

ASKED_HERE = with_local(
    shipped_catalogue(),
    b"""\
format = 1
version = "Fennick 1"
[[question]]
id = "officer"
text = "Say whether the attendance officer was told."
required = true
[[question]]
id = "siblings"
text = "Are there brothers or sisters at this school?"
[[required]]
answer = "legal.policy_document"
text = "Name the policy document."
""",
    Whose.AGENCY,
)

LOCAL = [
    case(
        "the agency's own questions",
        found={
            "owed O_SH1 local.officer",
            "prompt P_SH1 local.siblings",
            "owed O_SH1 legal.policy_document",
        },
        catalogue=ASKED_HERE,
    ),
    case(
        "the agency's own questions are answered",
        ("[quality]\n", '[local]\nofficer = "On Monday"\nsiblings = "None"\n[quality]\n'),
        ("[legal]\n", '[legal]\npolicy_document = "APD 2026"\n'),
        catalogue=ASKED_HERE,
    ),
    case(
        "an answer to nobody's question",
        ("[quality]\n", '[local]\nofficer = "On Monday"\n[quality]\n'),
        found={"warning W_DOC_LOCAL local.officer"},
    ),
]

CASES = [
    *RECIPIENTS,
    *SECTIONS,
    *PERSONS,
    *STATEMENTS,
    *COPIES,
    *PROTECTED,
    *DECISIONS,
    *LAW,
    *CONSENTS,
    *SECURITY,
    *NUMBERS,
    *SCOPES,
    *POSITIONS,
    *TIMES,
    *FILES,
    *CODES,
    *ANSWERS,
    *PROMPTS,
    *LOCAL,
]
