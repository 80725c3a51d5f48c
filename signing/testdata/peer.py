"""Answers live_test.go: one JSON object a line in, one a line out.

The first line out says which versions answer. itsdangerous' serializer is used
as Flask uses it, with bytes in place of JSON, and with a clock that each
question sets.
"""

import hashlib
import json
import sys
import zlib
from importlib.metadata import version

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer


class Bytes:
    @staticmethod
    def dumps(obj):
        return obj if isinstance(obj, bytes) else b""

    @staticmethod
    def loads(data):
        return data


class Clock(TimestampSigner):
    now = 0

    def get_timestamp(self):
        return Clock.now


def answer(q):
    Clock.now = q["now"]
    serializer = URLSafeTimedSerializer(
        [bytes.fromhex(k) for k in q["keys"]],
        salt=bytes.fromhex(q["salt"]),
        serializer=Bytes,
        signer=Clock,
        signer_kwargs={
            "key_derivation": q["derivation"],
            "digest_method": getattr(hashlib, q["digest"]),
        },
    )
    if q["op"] == "seal":
        return {"value": serializer.dumps(bytes.fromhex(q["payload"])).decode("ascii")}
    try:
        payload, at = serializer.loads(
            bytes.fromhex(q["value"]), max_age=q["max_age"], return_timestamp=True
        )
    except BadData as e:
        return {"refused": type(e).__name__}
    except (ValueError, OverflowError, OSError) as e:  # a time past the year 9999
        return {"refused": type(e).__name__}
    return {"payload": payload.hex(), "at": int(at.timestamp())}


print(json.dumps({"itsdangerous": version("itsdangerous"), "zlib": zlib.ZLIB_RUNTIME_VERSION}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
