"""Answers what Python makes of pickles.

It begins with Python's version. Each line is then a list of questions, and so is the answer's of answers. Pickles are hex.
Nothing is loaded but what the list below names, and one class of its own, app.Cart.

["redump", pickle, protocol]  the same value, pickled again
["same", pickle, pickle]      whether both are the same value: types, order of keys and bits of floats too
["alike", pickle, pickle]     the same but for the order of keys
["random", seed, n]           n dicts, each pickled in every protocol
["msgspec", pickle]           what msgspec encodes the value to in MessagePack, dicts sorted; null if it refuses
["oracle", pickle, pickle]    {"error": name or null, "same": what "same" says, "ops": opcodes, "keys": the dict's are all text}
["show", pickle]              the value's repr, if Python's own unpickler in Python reads it as the same
["batches", n]                a session each with a dict, set, frozenset, list and tuple of n numbers, and one of n keys, pickled in protocol 4
["carts"]                     the same session with objects in it, pickled in every protocol
"""
import datetime
import decimal
import json
import pickle
import pickletools
import platform
import random
import resource
import struct
import sys
import types
import uuid

import msgspec
from markupsafe import Markup

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
sys.setrecursionlimit(20000)


class Cart:
    """A class that only the application knows."""

    def __init__(self, items):
        self.items = items

    def __repr__(self):
        return f"Cart({self.items!r})"

    def __reduce__(self):
        return Cart, (self.items,)


app = types.ModuleType("app")
app.Cart, Cart.__module__ = Cart, "app"
sys.modules["app"] = app

allowed = {
    "_codecs": {"encode"}, "decimal": {"Decimal"}, "uuid": {"UUID"}, "markupsafe": {"Markup"}, "app": {"Cart"},
    "builtins": {"bytes", "bytearray", "set", "frozenset", "complex", "object", "str", "unicode"}, "copyreg": {"_reconstructor"},
    "datetime": {"datetime", "date", "time", "timedelta", "timezone"},
}
python2 = {"__builtin__": "builtins", "copy_reg": "copyreg"}


class Unknown(Exception):
    pass


def audit(event, args):
    if event == "pickle.find_class":
        module, name = args
        if name not in allowed.get(python2.get(module, module), ()):
            raise Unknown


def loads(text):
    return pickle.loads(bytes.fromhex(text))


def same(a, b, ordered=True):
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("d", a) == struct.pack("d", b) or a != a and b != b
    if isinstance(a, complex):
        return same([a.real, a.imag], [b.real, b.imag])
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y, ordered) for x, y in zip(a, b))
    if isinstance(a, dict):
        if not ordered:
            a, b = ({k: d[k] for k in sorted(d, key=repr)} for d in (a, b))
        return len(a) == len(b) and all(same(k, q) and same(a[k], b[q], ordered) for k, q in zip(a, b))
    if isinstance(a, (set, frozenset)):
        return sorted(map(repr, a)) == sorted(map(repr, b))
    if isinstance(a, (datetime.datetime, datetime.time)):
        return repr(a) == repr(b)
    if isinstance(a, decimal.Decimal):
        return str(a) == str(b)
    if isinstance(a, Cart):
        return same(a.items, b.items, ordered)
    return a == b


def text(r):
    kinds = ["ascii", "é", "žluť", "😀", "\ud800", "\n", "\\", "\\u0041", "'\"", "\x00", "\x1a", "x" * 300, ""]
    return "".join(r.choice(kinds) for _ in range(r.randrange(4)))


def zone(r):
    seconds = r.choice([0, 3600, -18000, 19800, 86399, -86399, r.randrange(-86399, 86400)])
    offset = datetime.timedelta(seconds=seconds)
    return datetime.timezone(offset, r.choice(["CET", "é"])) if r.random() < 0.2 else datetime.timezone(offset)


def moment(r):
    tz = zone(r) if r.random() < 0.6 else None
    return datetime.datetime(r.randrange(1, 10000), r.randrange(1, 13), r.randrange(1, 29), r.randrange(24), r.randrange(60),
                             r.randrange(60), r.choice([0, 1, 999999, r.randrange(10**6)]), tz, fold=int(r.random() < 0.1))


def key(r):
    return r.choice([lambda: text(r), lambda: r.randrange(9), lambda: (1, text(r)), lambda: None, lambda: 1.5])()


def value(r, depth=3, shared=()):
    makers = [
        lambda: None, lambda: r.random() < 0.5, lambda: r.choice([1, -1]) * (2 ** r.randrange(200) + r.randrange(-2, 3)),
        lambda: r.randrange(-300, 70000), lambda: r.choice([0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("nan"), r.random()]),
        lambda: text(r), lambda: text(r), lambda: r.randbytes(r.choice([0, 1, 40, 300])), lambda: bytearray(r.randbytes(r.randrange(5))),
        lambda: Markup(text(r)), lambda: uuid.UUID(int=r.getrandbits(r.choice([1, 63, 64, 127, 128]))), lambda: uuid.uuid1(),
        lambda: moment(r), lambda: moment(r).date(), lambda: moment(r).timetz(), lambda:
        datetime.timedelta(r.randrange(-5, 5), r.randrange(86400), r.choice([0, 1, 500000])), lambda: complex(r.random(), -0.0),
        lambda: decimal.Decimal(r.choice(["1.50", "-0", "1E+30", "NaN", "Infinity", "-0.001"])), lambda: zone(r),
        lambda: r.choice(shared) if shared else 0, lambda: r.choice(shared) if shared else 0,
    ]
    if depth:
        inner = lambda: value(r, depth - 1, shared)
        size = lambda: r.choice([0, 1, 2, 3, 4, 9])
        makers += [
            lambda: [inner() for _ in range(size())], lambda: tuple(inner() for _ in range(size())),
            lambda: {text(r): inner() for _ in range(size())}, lambda: {text(r): inner() for _ in range(size())},
            lambda: {key(r): inner() for _ in range(size())}, lambda: {key(r) for _ in range(size())},
            lambda: frozenset(key(r) for _ in range(size())), lambda: [0] * r.choice([1000, 1001, 2000]) if depth == 3 else 0,
        ]
    return r.choice(makers)()


def dicts(seed, n):
    r = random.Random(seed)
    for _ in range(n):
        shared = []
        for _ in range(3):
            shared.append(value(r, 2, tuple(shared)))
        d = {text(r): value(r, 3, tuple(shared)) for _ in range(r.choice([0, 1, 2, 5]))}
        yield [pickle.dumps(d, protocol).hex() for protocol in range(6)]


def carts():
    cart = Cart([1])
    return [pickle.dumps({"n": 1, "cart": cart, "owner": cart, "l": [2]}, protocol).hex() for protocol in range(6)]


def batches(n):
    numbers = range(n)
    values = [{f"{i:04}": i for i in numbers}, set(numbers), frozenset(numbers), list(numbers), tuple(numbers)]
    return [pickle.dumps(d, 4).hex() for d in [{"v": v} for v in values] + values[:1]]


def by_key(v):
    if isinstance(v, (list, tuple)):
        return [by_key(e) for e in v]
    if isinstance(v, dict):
        return {k: by_key(v[k]) for k in sorted(v)}
    return str(v) if isinstance(v, Markup) else v


def msgpack(text):
    try:
        return msgspec.msgpack.encode(by_key(loads(text))).hex()
    except (OverflowError, TypeError, ValueError):
        return None


def oracle(theirs, ours):
    try:
        ops = sorted({op.name for op, _, _ in pickletools.genops(bytes.fromhex(theirs))})
    except Exception:
        ops = None
    try:
        v = loads(theirs)
    except Exception as e:
        return {"error": type(e).__name__, "same": False, "ops": ops}
    keys = type(v) is dict and all(type(k) is str for k in v)
    return {"error": None, "same": ours is not None and same(v, loads(ours)), "ops": ops, "keys": keys}


answers = {
    "redump": lambda text, protocol: pickle.dumps(loads(text), protocol).hex(),
    "same": lambda a, b: same(loads(a), loads(b)),
    "alike": lambda a, b: same(loads(a), loads(b), False),
    "random": lambda seed, n: list(dicts(seed, n)),
    "msgspec": msgpack,
    "oracle": oracle,
    "show": lambda text: repr(loads(text)) if repr(pickle._loads(bytes.fromhex(text))) == repr(loads(text)) else None,
    "batches": batches,
    "carts": carts,
}

sys.addaudithook(audit)
print(json.dumps(platform.python_version()), flush=True)
for line in sys.stdin:
    print(json.dumps([answers[q[0]](*q[1:]) for q in json.loads(line)]), flush=True)
