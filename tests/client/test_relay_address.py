"""Where a relay may be, and what is not an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency_client.adapters.relay_address import RelayAddress, relay_address
from phoenix_protocol.errors import UsageError


@pytest.mark.parametrize(
    ("text", "authority"),
    [
        ("https://relay.example", "relay.example"),
        ("https://relay.example/", "relay.example"),
        ("https://Relay.Example:443", "relay.example"),
        ("HTTPS://relay.example:8443", "relay.example:8443"),
        ("https://10.0.0.7:8443", "10.0.0.7:8443"),
        ("https://[2001:DB8::1]:8443", "[2001:db8::1]:8443"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://127.9.9.9", "127.9.9.9"),
        ("http://localhost:80", "localhost"),
        ("http://[::1]:8080", "[::1]:8080"),
    ],
)
def test_an_address_has_one_authority(text: str, authority: str) -> None:
    address = relay_address(text)
    assert address.authority == authority
    assert address.origin == f"{address.scheme}://{authority}"
    assert relay_address(address.origin) == address


@pytest.mark.parametrize(
    "text",
    [
        "http://relay.example",
        "http://10.0.0.7:8080",
        "http://localhost.example",
        "http://[2001:db8::1]",
    ],
)
def test_another_machine_is_reached_over_https_unless_told_otherwise(text: str) -> None:
    with pytest.raises(UsageError, match="https only"):
        relay_address(text)
    assert relay_address(text, plain_http=True).scheme == "http"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "relay.example",
        "relay.example:8443",
        "ftp://relay.example",
        "https://",
        "https://:8443",
        "https://relay.example:0x50",
        "https://relay.example:99999",
        "https://relay.example/v1",
        "https://relay.example?x=1",
        "https://relay.example#x",
        "https://me@relay.example",
        "https://me:secret@relay.example",
        "https://relay .example",
        "https://relay.example\n",
        "https://rel\tay.example",
        "https://relay_1.example",
        "https://rélay.example",
        "https://[::1",
        "https://[nonsense]",
        "http://127.0.0.1.evil.example@10.0.0.1",
    ],
)
def test_what_is_not_an_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        relay_address(text, plain_http=True)
    assert (caught.value.code, caught.value.exit_code) == ("E_RELAY_ADDRESS", 2)
    assert not text or text not in str(caught.value)


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_refused_or_is_an_address(text: str, scheme: bool) -> None:
    try:
        address = relay_address(f"https://{text}" if scheme else text)
    except UsageError:
        return
    assert relay_address(address.origin) == address
    assert isinstance(address, RelayAddress)
