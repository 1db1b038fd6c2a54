"""Writes ONNX models (IR version 8) without the ``onnx`` package: the few messages of onnx.proto3 that a graph needs.

Wire format: Protocol Buffers encoding, https://protobuf.dev/programming-guides/encoding/. Field numbers: onnx.proto3.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int64": 7}
_IR_VERSION = 8

Attribute = float | int | Sequence[int]


def _varint(value: int) -> bytes:
    # Negative numbers are written as their 64-bit two's complement.
    value &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _string(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _attribute(name: str, value: Attribute) -> bytes:
    head = _string(1, name)
    if isinstance(value, float):
        return head + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return head + _number(3, value) + _number(20, 2)
    return head + b"".join(_number(8, each) for each in value) + _number(20, 7)


class GraphWriter:
    """Collects nodes and constants in order; ``model()`` gives the bytes of an ONNX file."""

    def __init__(self, opset: int = 20) -> None:
        self._opset = opset
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []
        self._count = 0

    def constant(self, value: npt.NDArray[np.generic]) -> str:
        """Adds a tensor of float32, uint8, int8 or int64, and returns its name."""
        name = self._name("c")
        dims = b"".join(_number(1, each) for each in value.shape)
        raw = np.ascontiguousarray(value).tobytes()
        self._constants.append(dims + _number(2, _TYPES[value.dtype.name]) + _string(8, name) + _bytes(9, raw))
        return name

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Attribute) -> list[str]:
        """Adds an operation and returns the names of its outputs."""
        names = [self._name("t") for _ in range(outputs)]
        parts = [_string(1, each) for each in inputs] + [_string(2, each) for each in names] + [_string(4, kind)]
        parts += [_bytes(5, _attribute(name, value)) for name, value in attributes.items()]
        self._nodes.append(b"".join(parts))
        return names

    def input(self, name: str, shape: Sequence[int | str]) -> str:
        """Declares a float32 input; a string names a dimension that varies."""
        self._inputs.append(self._value(name, shape))
        return name

    def output(self, tensor: str, shape: Sequence[int | str]) -> None:
        """Declares a float32 output."""
        self._outputs.append(self._value(tensor, shape))

    def model(self) -> bytes:
        """The ONNX file."""
        graph = b"".join(
            [_bytes(1, each) for each in self._nodes]
            + [_string(2, "graph")]
            + [_bytes(5, each) for each in self._constants]
            + [_bytes(11, each) for each in self._inputs]
            + [_bytes(12, each) for each in self._outputs]
        )
        return _number(1, _IR_VERSION) + _bytes(7, graph) + _bytes(8, _string(1, "") + _number(2, self._opset))

    def _name(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    @staticmethod
    def _value(name: str, shape: Sequence[int | str]) -> bytes:
        dims = b"".join(_bytes(1, _string(2, d) if isinstance(d, str) else _number(1, d)) for d in shape)
        return _string(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES["float32"]) + _bytes(2, dims)))


__all__ = ["GraphWriter"]
