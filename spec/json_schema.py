"""Write the JSON schema of workload files, for editors; `python -m dfbench.spec.json_schema`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TypeAlias

from .fields import TABLE, WORD
from .generated_data import GENERATORS
from .grammar import (
    APPLY,
    ASOF,
    BESIDE,
    CSV_FORMAT,
    DATASET,
    ENGINE,
    EXTREME,
    HOW,
    JOIN,
    KEEP,
    LIMITS,
    LOADS,
    MEASURE,
    ON_MISSING,
    PIVOT,
    PROGRAM,
    QUERY,
    STEP,
    TASKS,
    TYPES,
    UNPIVOT,
    VERIFY,
    WORKLOAD,
    Key,
    Takes,
)

Schema: TypeAlias = dict[str, object]

_NAME = {"type": "string", "minLength": 1}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
_NAME_LISTS: list[Schema] = [
    _SCALAR,
    {"type": "array", "items": _SCALAR, "minItems": 1, "uniqueItems": True},
]
_NAMES: Schema = {"anyOf": _NAME_LISTS}


def _describe_object(keys: Mapping[str, Key], **more: object) -> Schema:
    properties = {
        name: {"description": key.about, **FORMS[key.takes]} for name, key in keys.items()
    }
    required = [name for name, key in keys.items() if key.required]
    made: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {**made, **({"required": required} if required else {}), **more}


def _write_whole(**bounds: int) -> Schema:
    """Return the form of a whole number, also with `_`, which other YAML readers read as text."""
    digits = {"type": "string", "pattern": "^[0-9][0-9_]*$"}
    return {"anyOf": [{"type": "integer", **bounds}, digits]}


def _describe_mapping(values: Mapping[str, object]) -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": values}


def _require_one(*names: str) -> list[Schema]:
    return [{"required": [name]} for name in names]


FORMS: dict[Takes, Schema] = {
    "word": {"type": ["string", "integer"], "pattern": f"^{WORD.pattern}$"},
    "text": _SCALAR,
    "count": _write_whole(minimum=1),
    "threads": {"anyOf": [_write_whole(minimum=1), {"type": "null"}]},
    "whole": _write_whole(minimum=0),
    "warmups": {"anyOf": [_write_whole(minimum=0), {"const": "auto"}]},
    "share": _write_whole(minimum=0, maximum=100),
    "flag": {"type": "boolean"},
    "size": {"type": ["string", "integer", "null"], "exclusiveMinimum": 0},
    "time": {"type": ["string", "number", "null"], "exclusiveMinimum": 0},
    "names": _NAMES,
    "expression": _SCALAR,
    "outputs": _describe_mapping(_SCALAR),
    "columns": {"anyOf": [_SCALAR, {**_describe_mapping(_NAMES), "maxProperties": 1}]},
    "function": _SCALAR,
    "generator": {"enum": sorted(GENERATORS)},
    "missing": {"enum": list(ON_MISSING)},
    "verify": {"enum": list(VERIFY)},
    "load": {"enum": list(LOADS)},
    "beside": {"enum": list(BESIDE)},
    "constants": _describe_mapping(_SCALAR),
    "keys": {"anyOf": [*_NAME_LISTS, _describe_mapping(_SCALAR)]},
    "how": {"enum": list(HOW)},
    "part": {"type": "string", "pattern": r"^[0-9.]+\s*%$"},
    "sweep": {**_describe_mapping(_NAMES)},
    "keep": {"enum": list(KEEP)},
    "types": _describe_mapping({"enum": list(TYPES)}),
    "dates": _describe_mapping(_SCALAR),
    "tables": {**_describe_mapping(_NAMES), "propertyNames": {"pattern": f"^{TABLE.pattern}$"}},
}
_ENGINE: Schema = {
    "anyOf": [_SCALAR, {**_describe_mapping(_describe_object(ENGINE)), "maxProperties": 1}],
}
FORMS |= {
    "engines": {
        "anyOf": [
            _ENGINE,
            {"type": "array", "items": _ENGINE, "minItems": 1, "uniqueItems": True},
        ]
    },
    "csv": _describe_object(CSV_FORMAT),
}
FORMS |= {
    "dataset": _describe_object(DATASET, oneOf=_require_one("generate", "files")),
    "extreme": _describe_object(EXTREME),
    "pivot": _describe_object(PIVOT),
    "unpivot": _describe_object(UNPIVOT),
    "asof": _describe_object(ASOF),
    "apply": _describe_object(APPLY, oneOf=_require_one("rows", "groups")),
    "tasks": {
        "anyOf": [_describe_object(TASKS), {"type": "array", "items": _describe_object(TASKS)}]
    },
    "limits": _describe_object(LIMITS),
    "measure": _describe_object(MEASURE),
    "programs": _describe_mapping({"anyOf": [_SCALAR, _describe_object(PROGRAM)]}),
}
_JOIN = _describe_object(JOIN, anyOf=_require_one("on", "asof", "how"))
FORMS |= {"joins": {"anyOf": [_JOIN, {"type": "array", "items": _JOIN, "minItems": 1}]}}
FORMS |= {"steps": {"type": "array", "items": _describe_object(STEP), "minItems": 1}}
FORMS |= {
    "queries": {
        **_describe_mapping(_describe_object(QUERY)),
        "propertyNames": {"pattern": f"^{WORD.pattern}$"},
    }
}


def describe_json_schema() -> Schema:
    """Return the JSON schema of a workload file."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "dfbench workload",
        "description": "A dataset, queries, engines, limits, and how to measure.",
    }
    return {**head, **_describe_object(WORKLOAD, oneOf=_require_one("queries", "tasks"))}


def write_schema() -> str:
    """Return the schema as the text that is committed."""
    return json.dumps(describe_json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(write_schema())
