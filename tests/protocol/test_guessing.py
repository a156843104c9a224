"""A guess game: what is withheld from a reader shows in nothing that the reader sees (docs/protocol.md §5.4, §5.7).

The police read one section and may look at all that reaches them: core, delivery, cover, capsule, grant, manifest, the
whole body. Does the package hold a section that they were not given? Beyond the buckets that the protocol names (a
power of two of entries, the size of the body, the size of the grants) they guess no better than chance.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from typing import Final

import pytest

from phoenix_protocol import schema
from phoenix_protocol.identifiers import SegmentId
from phoenix_protocol.sealing.contents import SectionContent
from phoenix_protocol.sealing.drafts import SealedPart
from phoenix_protocol.sealing.layout import lay_out
from phoenix_protocol.sealing.manifest import entry_commitment, entry_count, with_decoys
from phoenix_protocol.sealing.padding import MINIMUM, framed_length
from phoenix_protocol.suite.content import encrypted_length
from tests.protocol.seeded_randomness import SeededRandomness
from tests.protocol.workshop import (
    BOTH,
    HEALTH_ADDRESS,
    POLICE_ADDRESS,
    Parcel,
    draft,
    parcel,
    section,
)

_ONLY_HEALTH: Final = {HEALTH_ADDRESS: "To arrange a check"}
#: How much somebody writes in a section that the police do not get: a line, a page, three pages.
WITHHELD: Final = {"a line": 40, "a page": 2_500, "three pages": 7_500}


def package(*withheld: int) -> Parcel:
    """One section for both readers, and for each of ``withheld`` one of about so many bytes for health alone."""
    hidden = [
        section(
            f"Health {n}",
            _ONLY_HEALTH,
            *("x" * min(left, 9_000) for left in range(size, 0, -9_000)),
        )
        for n, size in enumerate(withheld)
    ]
    return parcel(draft(section("Attendance", BOTH, "Absent 11 of 30 sessions"), *hidden))


def hidden_parts(p: Parcel) -> list[SealedPart]:
    return [s.part for s in p.package.sections if POLICE_ADDRESS not in s.reasons]


# -- shapes: everything but the places is the same ------------------------------------------------------------------


def shape(p: Parcel) -> dict[str, object]:
    """All that the police see, but for values that are drawn at random or hash such ones."""
    opened, body = p.open(), p.read()
    return {
        "core": len(p.package.core),
        "recipients": p.core.recipients,
        "cover": p.core.cover.length,
        "body": p.core.body.length,
        "delivery": [(len(g.capsule), len(g.grant)) for g in p.message.endpoints],
        "signed": len(p.delivery.signed.payload),
        "capsules": [len(capsule) for capsule in p.delivery.capsules],
        "sequence": opened.capsule.sequence,
        "grants": [len(grant) for grant in p.delivery.grants],
        "granted": [(e.type, e.place.length, e.audience, e.reason) for e in body.grant.entries],
        "manifest": [len(body.manifest.entries), body.grant.manifest.length, body.manifest.thread],
        "sections": [[(i.type, len(i.content)) for i in s.items] for s in body.sections],
        "leaves": len(p.package.leaves),
    }


@pytest.mark.parametrize("size", WITHHELD.values(), ids=WITHHELD)
@pytest.mark.parametrize("count", [1, 2])
def test_a_package_with_withheld_sections_has_the_shape_of_one_without(
    size: int, count: int
) -> None:
    p = package(*[size] * count)
    assert len(hidden_parts(p)) == count
    assert shape(p) == shape(package())


def test_beyond_a_bucket_it_shows_that_there_is_more() -> None:
    """What the protocol says that it tells: the next power of two of entries, the next size of a body."""
    assert shape(package(*[40] * 3)) == shape(package())
    assert shape(package(*[40] * 4)) != shape(package())
    assert shape(package(70_000)) != shape(package())


# -- values: nothing of what is withheld is anywhere ----------------------------------------------------------------


def seen_by_police(p: Parcel) -> list[bytes]:
    offer, opened, body = p.offer(), p.open(), p.read()
    return [
        *(offer.core, offer.delivery, offer.held, offer.cover, offer.capsule),
        *(opened.capsule.cover_key, opened.capsule.grant_key),
        schema.encode(opened.cover),
        schema.encode(body.grant),
        schema.encode(body.manifest),
        *(schema.encode(SectionContent(items=s.items)) for s in body.sections),
        *p.package.leaves,
    ]


def test_no_secret_of_a_withheld_section_reaches_others() -> None:
    p = package(2_500)
    (hidden,) = hidden_parts(p)
    for secret in (
        hidden.place.key,
        hidden.place.segment,
        hidden.salt,
        hidden.entry.content,
        hidden.entry.digest,
        hidden.entry.key_commitment,
        b"xxxxxxxx",
    ):
        assert not any(secret in data for data in seen_by_police(p))
    # Its commitment is there: without the salt it is one of those that might be decoys.
    assert entry_commitment(hidden.entry, hidden.salt) in p.read().manifest.entries


def test_a_right_guess_of_all_but_the_salt_proves_nothing() -> None:
    """Even with the entry itself, and every salt at hand."""
    p = package(2_500)
    (hidden,) = hidden_parts(p)
    body, opened = p.read(), p.open()
    salts = [bytes(32), body.grant.manifest_salt, opened.cover.salt]
    salts += [e.salt for e in body.grant.entries] + [i.salt for s in body.sections for i in s.items]
    known = set(body.manifest.entries)
    assert not known & {entry_commitment(hidden.entry, salt) for salt in salts}


def test_the_body_looks_random_everywhere() -> None:
    """Segments, decoys and gaps alike: nothing shrinks, nothing repeats."""
    data = bytes(package(7_500).body.data)
    assert len(zlib.compress(data, 9)) >= len(data)
    pieces = [data[n : n + 8] for n in range(0, len(data), 8)]
    assert len(set(pieces)) == len(pieces)


# -- places: no better than chance ----------------------------------------------------------------------------------

OWN: Final = SegmentId(b"o" * 16)
MANIFEST: Final = SegmentId(b"m" * 16)
ROUNDS: Final = 3_000
#: A view is told by the sixteenth of the bucket in which each of the reader's parts begins, and by their order.
_FINE: Final = 16

Places = Callable[[dict[SegmentId, int], int, SeededRandomness], dict[SegmentId, int]]


def as_sealed(
    lengths: dict[SegmentId, int], decoys: int, randomness: SeededRandomness
) -> dict[SegmentId, int]:
    return dict(lay_out(lengths, [encrypted_length(MINIMUM)] * decoys, randomness).offsets)


def one_after_another(
    lengths: dict[SegmentId, int], decoys: int, randomness: SeededRandomness
) -> dict[SegmentId, int]:
    """Shuffled without free space between: what the layout must not be."""
    parts = [*lengths.items(), *((None, encrypted_length(MINIMUM)) for _ in range(decoys))]
    offsets, end = {}, 0
    for segment, length in randomness.shuffled(parts):
        if segment is not None:
            offsets[segment] = end
        end += length
    return offsets


def views(places: Places, withheld: int, seed: int) -> list[tuple[int, ...]]:
    """What the police see of the places, in many packages; ``withheld`` bytes in another's section, or 0 for none."""
    lengths = {OWN: encrypted_length(framed_length(300)), MANIFEST: encrypted_length(MINIMUM)}
    if withheld:
        lengths[SegmentId(b"h" * 16)] = encrypted_length(framed_length(withheld))
    decoys = entry_count(len(lengths) - 1) - (len(lengths) - 1)
    randomness = SeededRandomness(seed)
    drawn = (places(lengths, decoys, randomness) for _ in range(ROUNDS))
    return [
        (at[OWN] * _FINE >> 16, at[MANIFEST] * _FINE >> 16, at[OWN] > at[MANIFEST]) for at in drawn
    ]


def guessed_right(places: Places, withheld: int) -> float:
    """How often somebody is right who has seen thousands of packages of both kinds, and is shown new ones."""
    known = {
        kind: Counter(views(places, size, 1)) for kind, size in (("with", withheld), ("without", 0))
    }
    right = 0
    for kind, size in (("with", withheld), ("without", 0)):
        for view in views(places, size, 2):
            guess = "with" if known["with"][view] > known["without"][view] else "without"
            right += guess == kind
    return right / (2 * ROUNDS)


@pytest.mark.parametrize("size", WITHHELD.values(), ids=WITHHELD)
def test_places_tell_nothing_of_what_lies_between_them(size: int) -> None:
    assert 0.47 < guessed_right(as_sealed, size) < 0.53


def test_the_guesser_would_notice_parts_that_lie_one_after_another() -> None:
    assert guessed_right(one_after_another, WITHHELD["three pages"]) > 0.6


def test_own_commitments_stand_anywhere_in_the_manifest() -> None:
    """Whichever place it has: of four hundred about a hundred each."""
    own = entry_commitment(package().read().sections[0].entry, bytes(32))
    found = Counter(with_decoys([own], SeededRandomness(seed)).index(own) for seed in range(400))
    assert set(found) == set(range(4))
    assert all(60 < count < 140 for count in found.values())
