"""Packages sealed beforehand, as signed requests ready to be sent to a relay."""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from agency_client.unlocking import Unlock, open_home
from agency_client.use_cases.home import Home, endpoint_of, speaker_of
from agency_client.use_cases.knowing import Known
from agency_client.use_cases.recipients import Target, find_targets
from agency_client.use_cases.talking import in_step
from bench import world
from bench.partnership import READER, SENDER, Partnership
from phoenix_protocol import schema
from phoenix_protocol.api import MEDIA_TYPE, Submission
from phoenix_protocol.identifiers import Address, PackageId, Seconds
from phoenix_protocol.package.envelope import Recipient, Why
from phoenix_protocol.requests import NONCE_BYTES, RequestHead, sign_request
from phoenix_protocol.sealing.drafts import Circumstances, MemoryBody, SealTo, Sender
from phoenix_protocol.sealing.seal import deliver, seal_package
from phoenix_protocol.suite.hashing import sha256

_LIFE = 14 * 86400
_TEXT = 1024


class Submitter:
    """The sender's home, opened by its agent's key, with what it knows of its reader."""

    def __init__(self, home: Home, known: Known, targets: Sequence[Target]) -> None:
        self._home = home
        self._known = known
        self._targets = targets

    @classmethod
    async def of(cls, partnership: Partnership) -> Submitter:
        """Bring the sender's home in step and find out whom to seal to."""
        home = open_home(partnership.sender.home, Unlock(environment=partnership.sender.env)).home
        now = home.now()
        async with in_step(home) as (relay, known):
            targets, _ = await find_targets(
                relay,
                known,
                {Address(READER): Why.TO},
                endpoint_of(home)[1],
                now,
                Seconds(now + _LIFE),
            )
        return cls(home, known, targets)

    def close(self) -> None:
        """Close the home."""
        self._home.executor.shutdown()
        self._home.vault.close()

    def submission(self) -> bytes:
        """A new package with a statement of 1 KiB, as the body of its request."""
        own, own_id = endpoint_of(self._home)
        now, randomness = self._home.now(), self._home.randomness
        where = Circumstances(
            anchor=self._known.directory.anchor,
            relay=self._known.directory.relay.origin,
            package=PackageId(randomness.random_bytes(16)),
            sender=own_id,
            recipients=(Recipient(address=Address(READER), why=Why.TO),),
            created=now,
            expires=Seconds(now + _LIFE),
            checkpoint=self._known.checkpoint,
        )
        body = MemoryBody()
        text = randomness.random_bytes(_TEXT)
        draft = world.draft(text, [Address(READER)], sent_from=Address(SENDER))
        sealed = seal_package(draft, where, body, randomness)
        to = [
            SealTo(
                endpoint=target.endpoint,
                address=target.address,
                epoch_key=target.epoch_key.hash,
                key=target.key,
                sequence=1,
            )
            for target in self._targets
        ]
        sender = Sender(endpoint=own_id, key=own.document_key())
        delivery = deliver(sealed, where, 1, to, sender, randomness)
        return schema.encode(
            Submission(
                core=sealed.core,
                delivery=delivery.signed.encoded(),
                cover=sealed.cover,
                body=bytes(body.data),
                capsules=delivery.capsules,
                grants=delivery.grants,
            )
        )

    def request(self, url: str, body: bytes) -> bytes:
        """A body as a whole HTTP request, signed now."""
        speaker, authority = speaker_of(self._home), urlsplit(url).netloc
        head = RequestHead(
            method="POST",
            authority=authority,
            path="/v1/packages",
            content_digest=sha256(body),
            content_type=MEDIA_TYPE,
            content_length=len(body),
        )
        signed = sign_request(
            head,
            key=speaker.key,
            key_id=speaker.key_id,
            now=Seconds(int(time.time())),
            nonce=self._home.randomness.random_bytes(NONCE_BYTES),
        )
        fields = {"Host": authority, "Accept": "*/*", **head.body_fields(), **signed}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST /v1/packages HTTP/1.1\r\n{lines}\r\n".encode() + body
