"""Answers what msgspec makes of bytes.

It begins with msgspec's version. Each line is then a list of questions, each
["msgpack" or "json", hex], and so is the answer's of answers: {"error": name},
or what it encodes the value to again, {"msgpack": hex or null, "json": hex or
null}, null for what that format can't hold. Dicts are sorted by their keys
first; "odd" says that there is something that only Python can hold.
"""
import json
import sys

import msgspec

odd = False


def by_key(v):
    global odd
    if isinstance(v, (list, tuple)):
        return [by_key(e) for e in v]
    if isinstance(v, msgspec.msgpack.Ext):
        odd = True
    if not isinstance(v, dict):
        return v
    if not all(isinstance(k, str) for k in v):
        odd = True
        return v
    return {k: by_key(v[k]) for k in sorted(v)}


def encoded(module, v):
    try:
        return module.encode(v).hex()
    except (OverflowError, TypeError, ValueError):
        return None


def answer(form, data):
    global odd
    odd = False
    try:
        v = by_key(getattr(msgspec, form).decode(bytes.fromhex(data)))
    except Exception as e:
        return {"error": type(e).__name__}
    return {"msgpack": encoded(msgspec.msgpack, v), "json": encoded(msgspec.json, v), "odd": odd}


print(json.dumps({"version": msgspec.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps([answer(*question) for question in json.loads(line)]), flush=True)
