"""Signed requests: what is signed verifies, and nothing else does (RFC 9421 in our one profile)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from phoenix_protocol.errors import TamperError
from phoenix_protocol.identifiers import Seconds, SignerId
from phoenix_protocol.key_ids import KeyId, manager_key_id, new_key_id, read_key_id
from phoenix_protocol.requests import (
    LIFETIME,
    RequestHead,
    VerifiedRequest,
    request_head,
    request_signature,
    sign_request,
    verify_request,
)
from phoenix_protocol.signature_fields import Line, byte_sequence, signature_field
from phoenix_protocol.suite import sha256
from tests.protocol.signed_exchange import (
    BARE,
    BODY,
    HEAD,
    KEY,
    KEY_ID,
    NONCE,
    NOW,
    STRANGER,
    field,
    keys_of,
    replaced,
    signed,
)


def verified(lines: list[Line], head: RequestHead = HEAD, now: int = NOW) -> VerifiedRequest:
    return verify_request(head, lines, key_of=keys_of, now=Seconds(now))


def refusal(lines: list[Line], head: RequestHead = HEAD, now: int = NOW) -> str:
    """The code with which a request is refused; empty when it is accepted."""
    try:
        verified(lines, head, now)
    except TamperError as error:
        return error.code
    return ""


@pytest.mark.parametrize("head", [HEAD, BARE])
def test_a_signed_request_verifies_and_says_who_when_and_what(head: RequestHead) -> None:
    request = verified(signed(head), head)
    assert (request.key_id, request.nonce, request.head) == (KEY_ID, NONCE, head)
    assert (request.created, request.expires) == (NOW, NOW + LIFETIME)
    assert signature_field(request.signature) == field(signed(head), "Signature")
    assert request_signature(signed(head)) == request.signature


def test_the_head_that_arrives_is_the_head_that_was_signed() -> None:
    for head in (HEAD, BARE):
        target = {name: getattr(head, name) for name in ("method", "authority", "path", "query")}
        assert request_head(**target, headers=signed(head)) == head


def test_names_of_fields_are_read_in_any_case() -> None:
    shouted = [(name.upper(), value) for name, value in signed()]
    assert verified(shouted).key_id == KEY_ID


def test_a_manager_is_known_by_the_signer_and_a_newcomer_by_the_key() -> None:
    manager = manager_key_id(SignerId(sha256(b"manager")))
    lines = signed(key_id=manager)
    request = verify_request(HEAD, lines, key_of={manager: KEY.public_bytes()}.get, now=NOW)
    assert request.key_id == manager
    newcomer = new_key_id(STRANGER.public_bytes())
    lines = signed(key=STRANGER, key_id=newcomer)
    assert verified(lines).key_id == newcomer


def test_a_stranger_is_refused() -> None:
    assert refusal(signed(key=STRANGER)) == "E_REQ_SIG"
    assert refusal(signed(key_id=manager_key_id(SignerId(KEY_ID.id)))) == "E_REQ_SIG"
    assert refusal(signed(key=STRANGER, key_id=new_key_id(KEY.public_bytes()))) == "E_REQ_SIG"


def test_a_key_under_which_anything_verifies_is_refused_as_weak() -> None:
    weak = (1).to_bytes(32, "little")
    lines = signed(key_id=new_key_id(weak))
    assert refusal(replaced(lines, "Signature", signature_field(weak + bytes(32)))) == "E_KEY_WEAK"


@pytest.mark.parametrize(
    ("offset", "code"),
    [(-300, ""), (300, ""), (600, ""), (-301, "E_REQ_SIG"), (601, "E_REQ_SIG")],
)
def test_times_are_checked_with_five_minutes_for_clocks_that_differ(offset: int, code: str) -> None:
    assert refusal(signed(), now=NOW + offset) == code


def test_a_nonce_must_be_remembered_exactly_as_long_as_its_request_is_accepted() -> None:
    until = verified(signed()).remember_until
    assert refusal(signed(), now=until - 1) == ""
    assert refusal(signed(), now=until) == "E_REQ_SIG"


@pytest.mark.parametrize("lifetime", [0, -1, 301, 10**11])
def test_a_request_is_good_for_five_minutes_at_most(lifetime: int) -> None:
    lines = signed()
    written = field(lines, "Signature-Input")
    changed = written.replace(f"expires={NOW + LIFETIME}", f"expires={NOW + lifetime}")
    head_refused = refusal(replaced(lines, "Signature-Input", changed))
    assert head_refused == "E_REQ_SIG"
    with pytest.raises(ValueError, match="lifetime"):
        sign_request(HEAD, key=KEY, key_id=KEY_ID, now=NOW, nonce=NONCE, lifetime=lifetime)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"authority": "relay.example"},
        {"path": "/v1/packages/"},
        {"query": ""},
        {"query": "wait=5&after=1"},
        {"content_digest": sha256(b"other")},
        {"content_type": "application/json"},
        {"content_length": len(BODY) + 1},
        {"content_digest": None, "content_type": None, "content_length": None},
    ],
)
def test_every_covered_thing_counts(change: dict[str, object]) -> None:
    head = dataclasses.replace(HEAD, **change)  # type: ignore[arg-type]
    assert refusal(signed(), head) == "E_REQ_SIG"
    assert refusal(signed(head), head) == "", "the same head, signed, is the control"


def test_the_body_that_was_read_must_be_the_one_signed() -> None:
    request = verified(signed())
    request.check_body(digest=sha256(BODY), length=len(BODY))
    for digest, length in ((sha256(b""), len(BODY)), (sha256(BODY), 0)):
        with pytest.raises(TamperError, match="E_REQ_SIG"):
            request.check_body(digest=digest, length=length)


INPUT = field(signed(), "Signature-Input")
SIGNATURE = field(signed(), "Signature")
RAW = request_signature(signed()) or b""
COMPONENTS, PARAMS = INPUT.split(")", 1)


@pytest.mark.parametrize(
    "written",
    [
        "",
        f'{INPUT};alg="ed25519"',
        INPUT.replace('tag="phoenix"', 'alg="hmac-sha256";tag="phoenix"'),
        INPUT.replace(';tag="phoenix"', ""),
        INPUT.replace('tag="phoenix"', 'tag="other"'),
        INPUT.replace("phoenix=(", "sig1=("),
        INPUT.replace("phoenix=(", "phoenix= ("),
        f'{INPUT}, other=("@method");created=1',
        f'other=("@method");created=1, {INPUT}',
        f"{INPUT} ",
        INPUT.replace('"@method" "@authority"', '"@authority" "@method"'),
        INPUT.replace('"@method" ', ""),
        INPUT.replace('"@method" ', '"@method" "@method" '),
        INPUT.replace(' "content-length")', ")"),
        INPUT.replace(' "content-length")', ' "content-length" "date")'),
        INPUT.replace('"@path"', '"@path";req'),
        INPUT.replace(f"created={NOW}", f"created=0{NOW}"),
        INPUT.replace(f"created={NOW}", f"created={NOW}.0"),
        INPUT.replace(f"created={NOW}", f"created=+{NOW}"),
        INPUT.replace(f"created={NOW}", f"created={NOW};created={NOW}"),
        INPUT.replace(";nonce=", "; nonce="),
        INPUT.replace('nonce="', 'nonce="A'),
        INPUT.replace("endpoint:", "ENDPOINT:"),
        INPUT.replace(KEY_ID.id.hex(), KEY_ID.id.hex().upper()),
        INPUT.replace("endpoint:", "relay:"),
    ],
)
def test_the_input_field_has_one_spelling(written: str) -> None:
    assert written != INPUT
    assert refusal(replaced(signed(), "Signature-Input", written)) == "E_REQ_SIG"


@pytest.mark.parametrize(
    "written",
    [
        "",
        f"{SIGNATURE}, other=:AAAA:",
        f"other=:AAAA:, {SIGNATURE}",
        f"{SIGNATURE};x",
        f"{SIGNATURE}\n",
        SIGNATURE.replace("phoenix=", "Phoenix="),
        SIGNATURE.replace("==:", ":"),
        SIGNATURE.replace(":", '"'),
        f"phoenix={byte_sequence(RAW[:-1])}",
        f"phoenix={byte_sequence(RAW + bytes(1))}",
        f"phoenix={byte_sequence(RAW[:32] + bytes(32))}",
        # The last sextet of 64 bytes carries four bits that mean nothing.
        SIGNATURE[:-4] + chr(ord(SIGNATURE[-4]) + 1) + SIGNATURE[-3:],
    ],
)
def test_the_signature_field_has_one_spelling(written: str) -> None:
    assert refusal(replaced(signed(), "Signature", written)) == "E_REQ_SIG"


@pytest.mark.parametrize("name", ["Signature", "Signature-Input"])
def test_a_field_that_stands_there_twice_is_refused(name: str) -> None:
    lines = signed()
    assert refusal([*lines, (name.lower(), field(lines, name))]) == "E_REQ_SIG"
    assert refusal([line for line in lines if line[0] != name]) == "E_REQ_SIG"


@pytest.mark.parametrize(
    "extra",
    [
        ("Content-Type", "application/cbor"),
        ("content-length", "4"),
        ("Content-Digest", "sha-256=:AAAA:"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Encoding", "gzip"),
    ],
)
def test_a_body_described_twice_or_coded_is_refused(extra: Line) -> None:
    with pytest.raises(TamperError, match="E_REQ_SIG"):
        request_head(method="POST", authority="a", path="/", query="", headers=[*signed(), extra])


@pytest.mark.parametrize("name", ["Transfer-Encoding", "Content-Encoding"])
def test_a_body_that_hides_from_its_description_is_refused(name: str) -> None:
    with pytest.raises(TamperError, match="E_REQ_SIG"):
        request_head(method="GET", authority="a", path="/", query="", headers=[(name, "gzip")])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Length", "04"),
        ("Content-Length", "4, 4"),
        ("Content-Length", "-4"),
        ("Content-Length", "4" * 16),
        ("Content-Length", "٤"),
        ("Content-Digest", "sha-512=:" + "A" * 86 + "==:"),
        ("Content-Digest", "sha-256=:" + "A" * 43 + "=:, md5=:AAAA:"),
        ("Content-Digest", "sha-256=" + "A" * 43 + "="),
        ("Content-Digest", "sha-256=:" + "A" * 42 + "B=:"),
    ],
)
def test_a_body_is_described_in_one_spelling(name: str, value: str) -> None:
    lines = replaced(signed(), name, value)
    with pytest.raises(TamperError, match="E_REQ_SIG"):
        request_head(method="POST", authority="a", path="/", query="", headers=lines)


@pytest.mark.parametrize("name", ["Content-Type", "Content-Digest", "Content-Length"])
def test_a_body_is_described_whole(name: str) -> None:
    lines = [line for line in signed() if line[0] != name]
    with pytest.raises(TamperError, match="E_REQ_SIG"):
        request_head(method="POST", authority="a", path="/", query="", headers=lines)
    with pytest.raises(ValueError, match="together"):
        dataclasses.replace(HEAD, content_type=None)


def test_no_value_can_add_a_line_to_what_is_signed() -> None:
    for value in ('/\n"@query": ?', "/\r", "", " /", "/ü"):
        with pytest.raises(TamperError, match="E_REQ_SIG"):
            sign_request(
                dataclasses.replace(HEAD, path=value), key=KEY, key_id=KEY_ID, now=NOW, nonce=NONCE
            )


def test_what_key_of_raises_passes_through() -> None:
    def closed(_: KeyId) -> bytes | None:
        raise TamperError("E_AGENCY_CLOSED", "The agency has left.")

    with pytest.raises(TamperError, match="E_AGENCY_CLOSED"):
        verify_request(HEAD, signed(), key_of=closed, now=NOW)


def test_no_key_is_looked_up_for_a_request_that_is_not_well_formed() -> None:
    asked: list[KeyId] = []
    for lines, now in ((signed()[:-1], NOW), (signed(), NOW + 10_000)):
        with pytest.raises(TamperError):
            verify_request(HEAD, lines, key_of=asked.append, now=Seconds(now))
    assert asked == []


# -- any bytes ------------------------------------------------------------------------------------

TEXT = st.binary(max_size=80).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
NAMES = st.sampled_from(
    ["Signature", "Signature-Input", "Content-Digest", "Content-Type", "Content-Length"]
)


@given(st.lists(st.tuples(NAMES, TEXT), max_size=6), TEXT, TEXT)
def test_any_fields_are_refused_or_read_and_nothing_else_happens(
    lines: list[Line], path: str, query: str
) -> None:
    with pytest.raises(TamperError, match="E_REQ_SIG"):
        verify_request(
            request_head(method="POST", authority="relay", path=path, query=query, headers=lines),
            lines,
            key_of=keys_of,
            now=NOW,
        )
    assert request_signature(lines) is None or len(request_signature(lines) or b"") == 64


@given(st.sampled_from(["Signature", "Signature-Input"]), st.data())
def test_any_one_changed_character_is_refused(name: str, data: st.DataObject) -> None:
    written = field(signed(), name)
    place = data.draw(st.integers(0, len(written) - 1))
    character = data.draw(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
    assume(character != written[place])
    changed = written[:place] + character + written[place + 1 :]
    assert refusal(replaced(signed(), name, changed)) == "E_REQ_SIG"


VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


@st.composite
def heads(draw: st.DrawFn) -> RequestHead:
    body = draw(st.none() | st.binary(max_size=40))
    described = (
        {}
        if body is None
        else {
            "content_digest": sha256(body),
            "content_type": draw(VISIBLE),
            "content_length": len(body),
        }
    )
    return RequestHead(
        method=draw(st.sampled_from(["GET", "POST", "PUT"])),
        authority=draw(VISIBLE),
        path=draw(VISIBLE),
        query=draw(VISIBLE | st.just("")),
        **described,  # type: ignore[arg-type]
    )


@given(heads(), heads())
def test_a_signature_fits_the_head_it_was_made_for_and_no_other(
    one: RequestHead, other: RequestHead
) -> None:
    lines = signed(one)
    assert verified(lines, one).head == one
    assert (refusal(lines, other) == "") == (one == other)


@pytest.mark.parametrize(
    "text", ["AB" * 32, "ab " * 31 + "ab", "ab" * 31, "ab" * 33, "0x" + "ab" * 31]
)
def test_hex_in_a_key_id_has_one_spelling(text: str) -> None:
    assert read_key_id("endpoint:" + "ab" * 32).id == b"\xab" * 32
    with pytest.raises(TamperError, match="E_REQ_SIG"):
        read_key_id(f"endpoint:{text}")


@given(st.binary(min_size=32, max_size=32), st.sampled_from("emn"), TEXT)
def test_a_key_id_is_read_in_the_form_in_which_it_is_written(
    content: bytes, kind: str, noise: str
) -> None:
    written = {
        "e": KeyId(kind=KEY_ID.kind, id=content),
        "m": manager_key_id(SignerId(content)),
        "n": new_key_id(content),
    }[kind]
    assert read_key_id(written.text()) == written
    for text in (noise, written.text() + noise, noise + written.text(), written.text().upper()):
        if text != written.text():
            with pytest.raises(TamperError, match="E_REQ_SIG"):
                read_key_id(text)
