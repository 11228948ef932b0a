"""The first layers of a network in an ONNX file, as a smaller ONNX file.

What a few layers know of a sentence is enough for some uses, at a fraction of the time. The file
is taken apart on the level of its encoding, without a library: a message is a row of fields, each
a number with a value. Nodes and weights that the wanted output does not need are left out.
Source of the encoding: Protocol Buffers encoding guide; of the field numbers: onnx.proto3.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

# Field numbers of ModelProto, GraphProto, NodeProto, TensorProto and ValueInfoProto.
_GRAPH = 7
_NODE, _WEIGHT, _OUTPUT = 1, 5, 12
_READS, _MAKES, _OPERATION = 1, 2, 4
_WEIGHT_NAME = 8
_VALUE_NAME = 1

_NUMBER, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5


class Field(NamedTuple):
    """One field of a message."""

    number: int
    value: memoryview
    """Its content; empty for numbers, which nothing here reads."""
    whole: memoryview
    """Number, length and content as they stand in the file."""


def cut(model: bytes, operation: str, count: int) -> bytes:
    """Return the network up to and with the `count`-th node of `operation`; it has one output.

    Raises ValueError when there are fewer, or when `model` is not of the encoding.
    """
    try:
        return b"".join(
            _message(_GRAPH, _cut_graph(field.value, operation, count))
            if field.number == _GRAPH
            else bytes(field.whole)
            for field in _fields(memoryview(model))
        )
    except (IndexError, UnicodeDecodeError) as cause:
        raise ValueError("this is not an ONNX file") from cause


def _cut_graph(graph: memoryview, operation: str, count: int) -> bytes:
    fields = list(_fields(graph))
    nodes = [field for field in fields if field.number == _NODE]
    ends = [node for node in nodes if _texts(node.value, _OPERATION) == [operation]]
    if len(ends) < count:
        raise ValueError(f"the network has {len(ends)} nodes {operation}, fewer than {count}")
    output = _texts(ends[count - 1].value, _MAKES)[0]
    needed, kept = {output}, []
    for node in reversed(nodes):  # a node stands after those whose outputs it reads
        if needed.intersection(_texts(node.value, _MAKES)):
            needed.update(_texts(node.value, _READS))
            kept.append(node.whole)
    kept.reverse()
    for field in fields:
        is_unused = field.number == _WEIGHT and needed.isdisjoint(_texts(field.value, _WEIGHT_NAME))
        if field.number not in (_NODE, _OUTPUT) and not is_unused:
            kept.append(field.whole)
    value = _message(_VALUE_NAME, output.encode())
    return b"".join([*kept, _message(_OUTPUT, value)])


def _texts(message: memoryview, number: int) -> list[str]:
    return [bytes(field.value).decode() for field in _fields(message) if field.number == number]


def _fields(message: memoryview) -> Iterator[Field]:
    place = 0
    while place < len(message):
        start = place
        key, place = _varint(message, place)
        kind, value = key & 7, message[0:0]
        if kind == _NUMBER:
            _, place = _varint(message, place)
        elif kind == _BYTES:
            length, place = _varint(message, place)
            value, place = message[place : place + length], place + length
        elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
            place += 8 if kind == _EIGHT_BYTES else 4
        else:
            raise ValueError("this is not an ONNX file")
        if place > len(message):
            raise ValueError("this ONNX file is cut short")
        yield Field(key >> 3, value, message[start:place])


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place


def _message(number: int, content: bytes) -> bytes:
    return _encoded(number << 3 | _BYTES) + _encoded(len(content)) + content


def _encoded(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
