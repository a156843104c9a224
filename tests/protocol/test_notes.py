"""Checkpoints as signed notes: exact form, both of the log's signatures, witnesses, limits."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey

from phoenix_protocol.errors import TamperError
from phoenix_protocol.merkle import EMPTY_ROOT
from phoenix_protocol.notes import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURE_LINES,
    MAX_TIME,
    Checkpoint,
    LogSigner,
    NoteKey,
    OpenedCheckpoint,
    SignatureKind,
    WitnessSigner,
    cosign,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignatures,
)
from phoenix_protocol.notes.signed_note import parse_note, verify_plain

ORIGIN = "relay.quillmere.example/log"
SEED = bytes(range(32))
LOG = LogSigner.from_seed(ORIGIN, SEED)
WITNESSES = [WitnessSigner.from_seed(f"witness-{n}.example", bytes([n]) * 32) for n in range(1, 4)]
KEYS = [witness.key for witness in WITNESSES]
CHECKPOINT = Checkpoint(origin=ORIGIN, size=42, root=hashlib.sha256(b"tree").digest())
NOW = 1_800_000_000
NOTE = sign_checkpoint(CHECKPOINT, signer=LOG, now=NOW)
TEXT = CHECKPOINT.text()
PLAIN, TIMED = NOTE.removeprefix(TEXT + "\n").splitlines(keepends=True)


def opening(note: str, log_key: NoteKey = LOG.key) -> OpenedCheckpoint | str:
    """What is in it, or the code with which it is refused."""
    try:
        return open_checkpoint(note, log_key=log_key)
    except TamperError as error:
        return error.code


def witnessed(note: str, keys: list[NoteKey], threshold: int) -> list[tuple[str, int]] | str:
    """Who cosigned it and when, or the code with which it is refused."""
    try:
        found = verify_cosignatures(note, log_key=LOG.key, witnesses=keys, threshold=threshold)
    except TamperError as error:
        return error.code
    return [(cosignature.witness.name, cosignature.time) for cosignature in found]


def line(name: str, decoded: bytes) -> str:
    return f"— {name} {base64.b64encode(decoded).decode()}\n"


def signed_by_the_log(text: str) -> str:
    """Any text at all with both of the log's signatures."""
    return f"{text}\n{LOG.plain_line(text)}{LOG.timed_line(text, NOW)}"


def test_a_checkpoint_comes_back_with_its_time() -> None:
    assert opening(NOTE) == OpenedCheckpoint(checkpoint=CHECKPOINT, time=NOW)


def test_the_note_is_as_the_standards_say() -> None:
    """Written out a second time, with nothing of ours but the note."""
    key = SigningKey(SEED)
    public = bytes(key.verify_key)
    root = base64.b64encode(CHECKPOINT.root).decode()
    text = f"{ORIGIN}\n42\n{root}\n"
    ids = [
        hashlib.sha256(ORIGIN.encode() + b"\n" + kind + public).digest()[:4]
        for kind in (b"\x01", b"\x04")
    ]
    plain = key.sign(text.encode()).signature
    timed = key.sign(f"cosignature/v1\ntime {NOW}\n{text}".encode()).signature
    stamped = NOW.to_bytes(8, "big") + timed
    assert f"{text}\n{line(ORIGIN, ids[0] + plain)}{line(ORIGIN, ids[1] + stamped)}" == NOTE


def test_a_note_signed_by_the_standards_first_program() -> None:
    """The example in the documentation of golang.org/x/mod/sumdb/note."""
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    key = NoteKey(name="PeterNeumann", public=public)
    note = parse_note(
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
        "otpRZb6KE6RyyBwJnAM=\n"
    )
    assert key.key_id(SignatureKind.ED25519).hex() == "c74f20a3"
    verify_plain(note, key)


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.integers(1, MAX_TIME))
def test_every_checkpoint_comes_back(size: int, root: bytes, now: int) -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root)
    note = sign_checkpoint(checkpoint, signer=LOG, now=now)
    assert opening(note) == OpenedCheckpoint(checkpoint=checkpoint, time=now)


def test_an_empty_tree_has_the_empty_root() -> None:
    empty = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    assert isinstance(opening(sign_checkpoint(empty, signer=LOG, now=NOW)), OpenedCheckpoint)
    for size, root in ((0, CHECKPOINT.root), (1, EMPTY_ROOT), (-1, EMPTY_ROOT), (1, b"short")):
        with pytest.raises(TamperError, match="E_PARSE"):
            Checkpoint(origin=ORIGIN, size=size, root=root)


@given(st.integers(0, len(NOTE) - 1), st.sampled_from("\n\t +-—=/0aA\u00a0é"))
def test_one_changed_character_is_refused(at: int, character: str) -> None:
    changed = NOTE[:at] + character + NOTE[at + 1 :]
    assert opening(changed) in {"E_PARSE", "E_SIG"} or changed == NOTE


@given(st.text(max_size=300))
def test_any_text_is_refused(text: str) -> None:
    assert opening(text) == "E_PARSE"
    assert opening(f"{TEXT}\n{text}") in {"E_PARSE", "E_SIG"}


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        NOTE[:-1] + "x",
        f"\n\n{PLAIN}{TIMED}",
        NOTE + "\n",
        NOTE + "\n\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—"),
        NOTE.replace("=\n— ", "= \n— "),
        NOTE + PLAIN.replace(" ", "\t"),
        NOTE + f"— {ORIGIN}\n",
        NOTE + f"—  {ORIGIN} AAAAAAAA\n",
        NOTE + "— some+body AAAAAAAA\n",
        NOTE + "— no\u00a0body AAAAAAAA\n",
        NOTE + "— body AAAAAA==\n",
        NOTE + "— body AAAAAAB=\n",
        NOTE + "— body AAAAAAA\n",
        NOTE + "— body AAAA\u0661AAA\n",
        NOTE + "— body A-_AAAAA\n",
        NOTE + f"— {'n' * 256} AAAAAAAA\n",
        NOTE + "not a signature\n",
        NOTE + "\x00",
        NOTE + "— some\x00body AAAAAAAA\n",
        NOTE + "— \udc80 AAAAAAAA\n",
    ],
)
def test_other_forms_are_refused(note: str) -> None:
    assert opening(note) == "E_PARSE"


@pytest.mark.parametrize(
    "text",
    [
        TEXT + "an extension line\n",
        TEXT + "\nmore\n",
        f"{ORIGIN}\n42\n",
        TEXT.replace("42", "042"),
        TEXT.replace("42", "+42"),
        TEXT.replace("42", "-42"),
        TEXT.replace("42", "4_2"),
        TEXT.replace("42", "\u0664\u0662"),
        TEXT.replace("42", ""),
        TEXT.replace("42", str(2**63)),
        TEXT.replace("42", "9" * 500),
        TEXT.replace("42", "0"),
        TEXT.replace("=\n", "\n"),
        TEXT.replace("=\n", "==\n"),
        f"{ORIGIN}\n42\n{base64.b64encode(bytes(31)).decode()}\n",
        TEXT.replace(ORIGIN, "other.example/log"),
        f" {TEXT}",
    ],
)
def test_a_text_that_is_not_a_checkpoint_is_refused_even_when_signed(text: str) -> None:
    assert isinstance(opening(signed_by_the_log(TEXT)), OpenedCheckpoint)
    assert opening(signed_by_the_log(text)) == "E_PARSE"


def test_a_blank_line_more_belongs_to_the_text() -> None:
    assert opening(f"{TEXT}\n\n{PLAIN}{TIMED}") == "E_SIG"
    assert opening(signed_by_the_log(TEXT + "\n")) == "E_PARSE"


def test_both_of_the_logs_signatures_are_needed() -> None:
    assert opening(f"{TEXT}\n{TIMED}{PLAIN}") == opening(NOTE)
    assert opening(f"{TEXT}\n{PLAIN}") == "E_SIG"
    assert opening(f"{TEXT}\n{TIMED}") == "E_SIG"
    assert opening(f"{TEXT}\n{PLAIN}{PLAIN}{TIMED}") == "E_PARSE"
    assert opening(NOTE + LOG.timed_line(TEXT, NOW + 1)) == "E_PARSE"


def test_another_log_or_key_is_not_this_one() -> None:
    stranger = LogSigner.from_seed(ORIGIN, bytes(32))
    assert opening(NOTE, stranger.key) == "E_SIG"
    assert opening(NOTE, NoteKey(name="other.example/log", public=LOG.key.public)) == "E_SIG"
    with pytest.raises(ValueError, match="own origin"):
        sign_checkpoint(CHECKPOINT, signer=LogSigner.from_seed("other.example", SEED), now=NOW)


def test_the_time_cannot_be_moved() -> None:
    decoded = base64.b64decode(TIMED.split(" ")[2])
    later = decoded[:4] + (NOW + 86_400).to_bytes(8, "big") + decoded[12:]
    assert opening(f"{TEXT}\n{PLAIN}{line(ORIGIN, later)}") == "E_SIG"
    assert opening(f"{TEXT}\n{PLAIN}{line(ORIGIN, decoded[:4] + decoded[12:])}") == "E_SIG"


@pytest.mark.parametrize("moment", [0, MAX_TIME + 1, 2**64 - 1])
def test_impossible_times(moment: int) -> None:
    signature = SigningKey(SEED).sign(f"cosignature/v1\ntime {moment}\n{TEXT}".encode()).signature
    key_id = LOG.key.key_id(SignatureKind.COSIGNATURE_V1)
    stamped = line(ORIGIN, key_id + moment.to_bytes(8, "big") + signature)
    assert opening(f"{TEXT}\n{PLAIN}{stamped}") == "E_TIME"
    with pytest.raises(ValueError, match="out of range"):
        sign_checkpoint(CHECKPOINT, signer=LOG, now=moment)


def test_neither_signature_passes_for_the_other() -> None:
    plain, timed = (base64.b64decode(item.split(" ")[2]) for item in (PLAIN, TIMED))
    as_plain = line(ORIGIN, plain[:4] + timed[12:])
    as_timed = line(ORIGIN, timed[:12] + plain[4:])
    assert opening(f"{TEXT}\n{as_plain}{TIMED}") == "E_SIG"
    assert opening(f"{TEXT}\n{PLAIN}{as_timed}") == "E_SIG"
    with pytest.raises(TamperError, match="E_PARSE"):
        Checkpoint(origin="cosignature/v1", size=1, root=CHECKPOINT.root)


def test_unknown_signatures_are_ignored() -> None:
    strangers = "".join(
        (
            line("stranger.example", bytes(4 + 3309)),
            line(ORIGIN, b"\xff\xff\xff\xff" + bytes(64)),
            line("other.example", LOG.key.key_id(SignatureKind.ED25519) + bytes(64)),
            line("témoin.example", bytes(5)),
        )
    )
    assert opening(f"{TEXT}\n{strangers}{PLAIN}{TIMED}") == opening(NOTE)


def test_signatures_are_bounded_in_count_and_length() -> None:
    few = line("s.example", bytes(68)) * (MAX_SIGNATURE_LINES - 2)
    assert opening(NOTE + few) == opening(NOTE)
    assert opening(NOTE + few + line("s.example", bytes(68))) == "E_LIMIT"
    assert opening(NOTE + line("s.example", bytes(9000))) == "E_PARSE"
    assert opening(NOTE + line("s.example", bytes(8000)) * 2) == "E_LIMIT"
    assert opening("a" * (MAX_NOTE_BYTES + 1)) == "E_LIMIT"


def test_sixteen_witnesses_fit() -> None:
    note = NOTE
    for n in range(16):
        witness = WitnessSigner.from_seed(f"w{n}.{'long-' * 12}example", bytes([n]) * 32)
        note = cosign(note, log_key=LOG.key, witness=witness, now=NOW)
    assert opening(note) == opening(NOTE)


def cosigned(*times: int) -> str:
    note = NOTE
    for witness, moment in zip(WITNESSES, times, strict=False):
        note = cosign(note, log_key=LOG.key, witness=witness, now=moment)
    return note


def test_witnesses_are_counted() -> None:
    note = cosigned(NOW + 1, NOW + 2)
    both = [("witness-1.example", NOW + 1), ("witness-2.example", NOW + 2)]
    assert opening(note) == opening(NOTE)
    assert witnessed(note, KEYS, 2) == both
    assert witnessed(note, KEYS, 0) == both
    assert witnessed(note, KEYS, 3) == "E_THRESHOLD"
    assert witnessed(note, KEYS[2:], 1) == "E_THRESHOLD"
    assert witnessed(NOTE, [], 0) == []


def test_a_witness_cosigns_the_message_of_the_standard() -> None:
    stamped = base64.b64decode(cosigned(NOW + 5).splitlines()[-1].split(" ")[2])
    assert stamped[4:12] == (NOW + 5).to_bytes(8, "big")
    message = f"cosignature/v1\ntime {NOW + 5}\n{TEXT}".encode()
    VerifyKey(KEYS[0].public).verify(message, stamped[12:])


def test_witnesses_do_not_stand_in_for_the_log() -> None:
    lines = cosigned(NOW, NOW).removeprefix(NOTE)
    assert lines.count("— witness-") == 2
    assert witnessed(NOTE + lines, KEYS, 2) != "E_SIG"
    assert witnessed(f"{TEXT}\n{lines}", KEYS, 2) == "E_SIG"
    assert witnessed(f"{TEXT}\n{PLAIN}{lines}", KEYS, 2) == "E_SIG"


def test_a_full_note_takes_no_further_witness() -> None:
    full = NOTE + line("s.example", bytes(68)) * (MAX_SIGNATURE_LINES - 2)
    with pytest.raises(TamperError, match="E_LIMIT"):
        cosign(full, log_key=LOG.key, witness=WITNESSES[0], now=NOW)


def test_one_key_under_two_names_counts_once() -> None:
    twin = WitnessSigner.from_seed("twin.example", bytes([1]) * 32)
    note = cosign(cosigned(NOW), log_key=LOG.key, witness=twin, now=NOW)
    assert witnessed(note, [KEYS[0], twin.key], 1) == [("witness-1.example", NOW)]
    assert witnessed(note, [KEYS[0], twin.key], 2) == "E_THRESHOLD"
    assert witnessed(note, [KEYS[0], KEYS[0]], 2) == "E_THRESHOLD"


def test_the_log_is_no_witness_of_itself() -> None:
    assert witnessed(NOTE, [LOG.key], 1) == "E_THRESHOLD"
    renamed = WitnessSigner.from_seed("renamed.example", SEED)
    note = cosign(NOTE, log_key=LOG.key, witness=renamed, now=NOW)
    assert witnessed(note, [renamed.key], 1) == "E_THRESHOLD"


def test_a_witness_line_that_fails_refuses_the_note() -> None:
    good = cosigned(NOW)
    *rest, last = good.splitlines(keepends=True)
    decoded = bytearray(base64.b64decode(last.split(" ")[2]))
    decoded[-1] ^= 1
    bad = "".join(rest) + line(KEYS[0].name, bytes(decoded))
    assert witnessed(good, KEYS, 1) == [("witness-1.example", NOW)]
    assert witnessed(bad, KEYS, 0) == "E_SIG"
    assert opening(bad) == opening(NOTE)


def test_cosigning_again_replaces_the_earlier_line() -> None:
    again = cosign(cosigned(NOW, NOW), log_key=LOG.key, witness=WITNESSES[0], now=NOW + 9)
    assert witnessed(again, KEYS, 2) == [
        ("witness-1.example", NOW + 9),
        ("witness-2.example", NOW),
    ]
    assert again.count("— witness-1.example ") == 1


def test_a_witness_cosigns_only_what_the_log_signed() -> None:
    for note in (f"{TEXT}\n{PLAIN}", NOTE.replace("42", "43"), "nonsense"):
        with pytest.raises(TamperError):
            cosign(note, log_key=LOG.key, witness=WITNESSES[0], now=NOW)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\nb", "a\tb", "n" * 256, "lоg.example", "a\x7f", "a\u2028b"]
)
def test_names_that_could_mislead_are_refused(name: str) -> None:
    with pytest.raises(TamperError, match="E_PARSE"):
        NoteKey(name=name, public=LOG.key.public)


def test_the_longest_name_and_note_are_accepted() -> None:
    longest = LogSigner.from_seed("n" * 255, SEED)
    checkpoint = Checkpoint(origin="n" * 255, size=1, root=CHECKPOINT.root)
    assert isinstance(
        opening(sign_checkpoint(checkpoint, signer=longest, now=NOW), longest.key), OpenedCheckpoint
    )
    filled = NOTE + line("s.example", bytes(7500))
    room = MAX_NOTE_BYTES - len(filled.encode()) - len("— ".encode()) - len(" \n")
    blocks = (room - 100) // 4
    name = "s" * (room - 4 * blocks)
    assert opening(filled + line(name, bytes(3 * blocks))) == opening(NOTE)
    assert opening(filled + line(name + "s", bytes(3 * blocks))) == "E_LIMIT"


def test_weak_keys_are_refused() -> None:
    with pytest.raises(TamperError, match="E_KEY_WEAK"):
        NoteKey(name=ORIGIN, public=bytes([1]) + bytes(31))


def test_signers_do_not_show_their_keys() -> None:
    assert SEED.hex() not in repr(LOG)
    assert isinstance(LOG, LogSigner)
    assert isinstance(WITNESSES[0], WitnessSigner)
