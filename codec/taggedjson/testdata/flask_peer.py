"""Answers what Flask's TaggedJSONSerializer makes of something.

It begins with the versions it is made of. Each line is then a list of
questions, and so is the answer's of answers. {"loads": hex} is answered with
{"value": typed} or {"error": name}, and "dups": true if a key stands twice in
one object; {"dumps": typed} with {"text": hex} or {"error": name}. Typed values
are those of flask_cookie.json, except that all text is code points.
"""
import datetime
import importlib.metadata
import json
import struct
import sys
import uuid

import flask
from flask.json.tag import TaggedJSONSerializer
from markupsafe import Markup

serializer = TaggedJSONSerializer()


def typed(v):
    if v is None:
        return {"type": "null"}
    if isinstance(v, bool):
        return {"type": "bool", "value": v}
    if isinstance(v, int):
        return {"type": "int", "value": str(v)}
    if isinstance(v, float):
        return {"type": "float", "bits": struct.pack(">d", v).hex()}
    if isinstance(v, str):
        kind = "markup" if isinstance(v, Markup) else "str"
        return {"type": kind, "codepoints": [ord(c) for c in str(v)]}
    if isinstance(v, bytes):
        return {"type": "bytes", "hex": v.hex()}
    if isinstance(v, uuid.UUID):
        return {"type": "uuid", "value": str(v)}
    if isinstance(v, datetime.datetime):
        epoch = datetime.datetime(1970, 1, 1)
        offset = v.utcoffset()
        seconds = (v.replace(tzinfo=None) - epoch - offset) // datetime.timedelta(seconds=1)
        return {"type": "datetime", "unix": seconds, "offset_seconds": int(offset.total_seconds())}
    if isinstance(v, tuple):
        return {"type": "tuple", "items": [typed(e) for e in v]}
    if isinstance(v, list):
        return {"type": "list", "items": [typed(e) for e in v]}
    if isinstance(v, dict):
        return {"type": "dict", "items": [[typed(k), typed(e)] for k, e in v.items()]}
    raise TypeError(type(v).__name__)


def value(t):
    kind = t["type"]
    if kind == "null":
        return None
    if kind == "bool":
        return t["value"]
    if kind == "int":
        return int(t["value"])
    if kind == "float":
        return struct.unpack(">d", bytes.fromhex(t["bits"]))[0]
    if kind == "str":
        return "".join(map(chr, t["codepoints"]))
    if kind == "markup":
        return Markup("".join(map(chr, t["codepoints"])))
    if kind == "bytes":
        return bytes.fromhex(t["hex"])
    if kind == "uuid":
        return uuid.UUID(t["value"])
    if kind == "datetime":
        utc = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        zone = datetime.timezone(datetime.timedelta(seconds=t["offset_seconds"]))
        return (utc + datetime.timedelta(seconds=t["unix"], microseconds=t["micros"])).astimezone(zone)
    if kind == "tuple":
        return tuple(value(e) for e in t["items"])
    if kind == "list":
        return [value(e) for e in t["items"]]
    return {value(k): value(e) for k, e in t["items"]}


def loads(text):
    dups = False

    def pairs(found):
        nonlocal dups
        dups = dups or len(dict(found)) != len(found)
        return dict(found)

    json.loads(text, object_pairs_hook=pairs)
    try:
        return {"value": typed(serializer.loads(text)), "dups": dups}
    except Exception as e:
        return {"error": type(e).__name__, "dups": dups}


def answer(question):
    try:
        if "dumps" in question:
            return {"text": serializer.dumps(value(question["dumps"])).encode().hex()}
        return loads(bytes.fromhex(question["loads"]).decode("utf-8"))
    except Exception as e:
        return {"error": type(e).__name__}


with flask.Flask("peer").app_context():
    packages = {name: importlib.metadata.version(name) for name in ("flask", "werkzeug")}
    print(json.dumps({"python": sys.version.split()[0], **packages}), flush=True)
    for line in sys.stdin:
        print(json.dumps([answer(q) for q in json.loads(line)]), flush=True)
