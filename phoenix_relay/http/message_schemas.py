"""JSON Schemas of the messages of phoenix_protocol.api, made out of their declarations, for /openapi.json.

The bytes on the wire are deterministic CBOR: a schema describes the value, and says how many bytes a byte string has.
"""

from __future__ import annotations

from typing import Any, Final

from phoenix_protocol import schema
from phoenix_protocol.schema import fields_of

Json = dict[str, Any]

_DRAFT: Final = "#/components/schemas/"


class MessageSchemas:
    """Collects a component for each message that is asked for, and for those inside it."""

    __slots__ = ("components",)

    def __init__(self) -> None:
        self.components: Final[dict[str, Json]] = {}

    def reference(self, message: type[Any]) -> Json:
        """A reference to the component of ``message``, which is made at the first call."""
        name = message.__name__
        if name not in self.components:
            self.components[name] = {}
            self.components[name].update(self._map(message))
        return {"$ref": _DRAFT + name}

    def _map(self, message: type[Any]) -> Json:
        fields = fields_of(message)
        return {
            "type": "object",
            "description": _first_line(message),
            "properties": {f.name: self._codec(f.codec) for f in fields},
            "required": [f.name for f in fields if not f.optional],
            "additionalProperties": False,
        }

    def _row(self, message: type[Any]) -> Json:
        fields = fields_of(message)
        items = [self._codec(f.codec) | {"title": f.name} for f in fields]
        return {
            "type": "array",
            "description": _first_line(message),
            "prefixItems": items,
            "minItems": len(items),
            "maxItems": len(items),
        }

    def _codec(self, codec: object) -> Json:
        match codec:
            case schema.Nested(message=message):
                return self.reference(message)
            case schema.Row(message=message):
                return self._row(message)
            case schema.ListOf(item=item, maximum=maximum, minimum=minimum):
                return {
                    "type": "array",
                    "items": self._codec(item),
                    "minItems": minimum,
                    "maxItems": maximum,
                }
            case schema.MapOf(item=item, maximum=maximum):
                return {
                    "type": "object",
                    "additionalProperties": self._codec(item),
                    "maxProperties": maximum,
                }
            case _:
                return _simple(codec)


def _simple(codec: object) -> Json:
    match codec:
        case schema.Blob(maximum=maximum, minimum=minimum):
            return {
                "type": "string",
                "format": "binary",
                "description": f"A CBOR byte string of {minimum} to {maximum} bytes.",
            }
        case schema.Text(maximum=maximum, minimum=minimum):
            return {
                "type": "string",
                "description": f"Text of {minimum} to {maximum} bytes in UTF-8.",
            }
        case schema.UInt(maximum=maximum, minimum=minimum):
            return {"type": "integer", "minimum": minimum, "maximum": maximum}
        case schema.Choice(enum=enum):
            return {"type": "string", "enum": [member.value for member in enum]}
        case schema.Flag():
            return {"type": "boolean"}
        case _:
            return {}


def _first_line(message: type[Any]) -> str:
    return (message.__doc__ or "").strip().partition("\n")[0]
