"""A report as the plain JSON value that is stored and sealed, and back.

A dataclass is an object with its fields as keys in their order, a tuple a list, a Decimal a
string of its digits. A field marked sparse stands there only when it is not empty, so that what
was sealed before it existed keeps its bytes.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from scoring.verdicts import digits

Part = TypeVar("Part")


def to_json(part: Any) -> Any:
    """The JSON of a report, or of any part of one."""
    if is_dataclass(part):
        kept = (one for one in fields(part) if getattr(part, one.name) or not one.metadata)
        return {one.name: to_json(getattr(part, one.name)) for one in kept}
    if isinstance(part, Mapping):
        return {str(key): to_json(value) for key, value in part.items()}
    if isinstance(part, tuple):
        return [to_json(value) for value in part]
    return digits(part) if isinstance(part, Decimal) else part


def from_json(kind: type[Part], value: Mapping[str, Any]) -> Part:
    """A report, or a part of that class, from its JSON; keys it has no field for are ignored.
    Raises KeyError for a missing key whose field has no default."""
    part: Part = _read(kind, value)
    return part


def _read(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        [hint] = (one for one in inner if one is not NoneType)
        return _read(hint, value)
    if origin is tuple:
        return tuple(_read(inner[0], one) for one in value)
    if origin is not None:
        return {inner[0](key): _read(inner[1], one) for key, one in value.items()}
    if isinstance(value, Mapping):
        return hint(
            **{
                name: _read(field, value[name])
                for name, field, optional in _fields(hint)
                if not optional or name in value
            }
        )
    return Decimal(value) if hint is Decimal else value


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """Each field's name and type, and whether it has a default."""
    hints = get_type_hints(kind)
    return tuple((one.name, hints[one.name], one.default is not MISSING) for one in fields(kind))
