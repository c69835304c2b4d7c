"""Faults the kernels that read properties and number texts must not have, each noticed by a test."""

from __future__ import annotations

import inspect
import json
import sys
import types

import numpy as np
import pyarrow as pa
import pytest

from trodden import store
from trodden.store import kernels_json, kernels_properties, kernels_text, property_reader

ROWS = [
    json.dumps({"a": 'x\\"y', "b": 1}),
    json.dumps({"a": "1", "b": [1, {"c": "]"}], "d": 1}),
    json.dumps({"a": "abcdefgh1", "b": "abcdefgh2", "d": "abcdefgh1"}),
    json.dumps({"a": "abcdefgh12", "b": None, "d": ""}),
    '{"a":1,"b":2,"a":3}',
    '{"a":1}}',
]

MUTANTS = {
    "a name may stand twice": (kernels_properties, "if last_event[name] == event:", "if False:"),
    "what follows the object is ignored": (
        kernels_json,
        " and _past_spaces(data, at + _ONE, end) == end",
        "",
    ),
    "a name is taken for the one expected": (
        kernels_json,
        "return after if are_equal(",
        "return after if not are_equal(",
    ),
    "the event before gets the value": (
        kernels_properties,
        "codes[column[name], event]",
        "codes[column[name], event - 1]",
    ),
    "null is a value": (kernels_json, "if byte == np.uint8(110) or", "if"),
    "an empty text is a value": (
        kernels_json,
        "last - first == np.uint64(2)",
        "last - first == np.uint64(1)",
    ),
    "codes begin at 0": (
        kernels_properties,
        "found.value_code[entry] = found.distinct[name]",
        "found.value_code[entry] = found.distinct[name] - 1",
    ),
    "the last byte is not kept": (kernels_text, "= start + last - first", "= start + last - first - _ONE"),
    "the last entry is forgotten": (kernels_text, "table.size[0] = entry + _ONE", "table.size[0] = entry"),
    "the first byte is left out": (
        kernels_text,
        "data[first + np.uint64(place)]\n    table.ends",
        "data[first]\n    table.ends",
    ),
}


def read(reader: type) -> object:
    """Return what a reader says of the rows, and what it counted."""
    made = reader()
    codes = made.read(pa.array(ROWS))
    found: list[dict[str, str | None]] = [{} for _ in ROWS]
    for name, column in made.columns.items():
        said = [None, *made.texts(name)]
        for place, code in enumerate(codes[column].tolist()):
            found[place] |= {name: said[code]} if code else {}
    return found, made.seen, made.unparsed


@pytest.mark.parametrize("name", MUTANTS)
def test_a_faulty_kernel_would_be_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, sound, faulty = MUTANTS[name]
    for one in (kernels_text, kernels_json, kernels_properties):
        source = inspect.getsource(one)
        assert one is not module or sound in source
        _load(one.__name__, source.replace(sound, faulty) if one is module else source, monkeypatch)
    mutant = _load("trodden.store.mutant", inspect.getsource(property_reader), monkeypatch)
    with np.errstate(over="ignore"):
        assert _said(mutant.PropertyReader) != _said(property_reader.PropertyReader)


def _said(reader: type) -> object:
    try:
        return read(reader)
    except (IndexError, ValueError, UnicodeDecodeError) as error:
        return error


def _load(name: str, source: str, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """Run a module's source uncompiled, and let those that import it have that."""
    module = types.ModuleType(name)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(store, name.rpartition(".")[2], module, raising=False)
    plain = source.replace("numba.njit(cache=True, nogil=True)", "(lambda function: function)")
    exec(compile(plain, name, "exec"), module.__dict__)  # noqa: S102 -- our own source
    return module
