"""Epoch keys: published by endpoints, asked for by senders (docs/protocol.md §4)."""

from __future__ import annotations

from phoenix_protocol.api import EndpointEpochKeys, EpochAnswer, EpochKeys, EpochQuery
from phoenix_relay.http.calls import Answer, Call, message, nothing
from phoenix_relay.http.services import Services
from phoenix_relay.rules import epochs
from phoenix_relay.storage import Tx


async def publish(services: Services, call: Call[EpochKeys]) -> Answer:
    """Keep an endpoint's keys."""
    directory, endpoint = services.partnership().directory, call.caller.endpoint
    keys = await services.in_pool(
        lambda: epochs.published(
            call.body.keys,
            endpoint=endpoint,
            member=directory.certified(endpoint, call.now),
            anchor=directory.anchor,
            now=call.now,
        )
    )

    def change(tx: Tx) -> None:
        call.spend_nonce(tx)
        tx.epochs.publish(keys)
        epochs.check_count(tx.epochs.count(endpoint, call.now))

    await services.store.write(change)
    return nothing()


async def query(services: Services, call: Call[EpochQuery]) -> Answer:
    """The keys that a sender may seal to, for each endpoint asked for; none for an endpoint not in force."""
    directory, asked = services.partnership().directory, call.body

    def question(tx: Tx) -> EpochAnswer:
        found = tx.epochs.covering(asked.endpoints, asked.at)
        return EpochAnswer(
            endpoints=tuple(
                EndpointEpochKeys(
                    endpoint=endpoint,
                    keys=epochs.served(
                        found[endpoint],
                        directory.endpoint_at(endpoint, directory.size, call.now),
                    ),
                )
                for endpoint in asked.endpoints
            )
        )

    return message(await services.store.read(question))
