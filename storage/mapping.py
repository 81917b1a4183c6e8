"""Rows to dataclasses and back, by field name and type hint; what has no plain column type becomes JSON."""

import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy.engine import RowMapping

Convert = Callable[[Any], Any]
Record = TypeVar("Record")


class Pair(NamedTuple):
    """How one type goes into a column and comes out again; None where nothing has to be done."""

    encode: Convert | None
    decode: Convert | None


_PLANS: dict[type[Any], list[tuple[str, Pair]]] = {}


def to_row(record: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    """Return the column values of a dataclass."""
    return {
        name: value if pair.encode is None or value is None else pair.encode(value)
        for name, pair in _plan(type(record))
        for value in (getattr(record, name),)
    }


def to_rows(records: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the column values of each dataclass."""
    return [to_row(record) for record in records]


def to_columns(records: Sequence[Any]) -> dict[str, list[Any]]:
    """Return the column values of dataclasses of one kind, column by column."""
    columns = {}
    for name, pair in _plan(type(records[0])):
        values = list(map(attrgetter(name), records))
        encode = pair.encode
        columns[name] = values if encode is None else [None if value is None else encode(value) for value in values]
    return columns


def from_row(kind: type[Record], row: Mapping[str, Any] | RowMapping) -> Record:
    """Return the dataclass a row holds; columns it has no field for are ignored."""
    return kind(
        **{
            name: row[name] if pair.decode is None or row[name] is None else pair.decode(row[name])
            for name, pair in _plan(kind)
        }
    )


def _plan(kind: type[Any]) -> list[tuple[str, Pair]]:
    if kind not in _PLANS:
        hints = get_type_hints(kind)
        _PLANS[kind] = [(item.name, _pair(hints[item.name])) for item in fields(kind)]
    return _PLANS[kind]


def _pair(hint: Any) -> Pair:  # noqa: ANN401 - a type expression
    hint = _without_none(hint)
    origin = get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Pair(str, hint)
    if origin in (frozenset, tuple):
        return _sequence(origin, get_args(hint)[0])
    if isinstance(hint, type) and is_dataclass(hint):
        return Pair(to_row, lambda value: from_row(hint, value))
    if origin is not None and issubclass(origin, Mapping):
        return Pair(dict, None)
    return Pair(None, None)


def _sequence(origin: type, inner: Any) -> Pair:  # noqa: ANN401 - a type expression
    encode, decode = _pair(inner)
    if inner is date:
        encode, decode = date.isoformat, date.fromisoformat
    ordered = sorted if origin is frozenset else list

    def into(value: Iterable[Any]) -> list[Any]:
        return ordered(encode(item) if encode else item for item in value)

    return Pair(into, lambda value: origin(decode(item) if decode else item for item in value))


def _without_none(hint: Any) -> Any:  # noqa: ANN401 - a type expression
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    kept = [arg for arg in get_args(hint) if arg is not type(None)]
    return kept[0] if len(kept) == 1 else hint
