"""/openapi.json against the specification, the router and the codes (every other test holds answers against it too)."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from phoenix_protocol.errors import NEXT_STEPS
from phoenix_relay.app import create_app
from phoenix_relay.http.problems import STATUS_OF
from phoenix_relay.http.table import ROUTES
from tests.relay.quillmere_relay import DESCRIPTION, Town, settings_for


async def test_it_is_served_and_valid(town: Town) -> None:
    async with town.session.get(town.relay.url + "/openapi.json") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "application/json"
        served = json.loads(await response.read())
    assert served == DESCRIPTION
    OpenAPIV31SpecValidator(served).validate()


def test_it_has_every_route_and_no_other(tmp_path: Path) -> None:
    app = create_app(settings_for(tmp_path))
    routed = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
    }
    described = {
        (method.upper(), path)
        for path, operations in DESCRIPTION["paths"].items()
        for method in operations
    }
    assert isinstance(app, web.Application)
    assert routed == described


def test_operations_have_names_of_their_own() -> None:
    names = [
        operation["operationId"]
        for operations in DESCRIPTION["paths"].values()
        for operation in operations.values()
    ]
    assert len(set(names)) == len(names)


def test_every_code_has_a_status_and_a_way_out() -> None:
    for route in ROUTES:
        for code in route.all_codes:
            assert code in STATUS_OF, (route.name, code)
            assert NEXT_STEPS[code]


def test_bodies_are_described_by_their_fields() -> None:
    schemas = DESCRIPTION["components"]["schemas"]
    submission = schemas["Submission"]
    assert submission["required"] == ["core", "delivery", "capsules", "grants"]
    assert submission["additionalProperties"] is False
    assert schemas["FeedItem"]["properties"]["detail"] == {
        "$ref": "#/components/schemas/SealedDetail"
    }


async def test_machines_are_told_health_readiness_and_numbers(town: Town) -> None:
    await town.held(to=("nurse",))
    for path in ("/healthz", "/readyz"):
        async with town.session.get(town.relay.url + path) as response:
            assert (response.status, await response.json()) == (200, {"status": "ok"})
    async with town.session.get(town.relay.url + "/metrics") as response:
        text = await response.text()
    assert 'phoenix_relay_requests_total{route="submitPackage",status="200"} 1.0' in text
    assert "phoenix_relay_statements 14.0" in text
    for endpoint in town.here.endpoints.values():
        assert endpoint.id.hex() not in text
        assert endpoint.address not in text
