"""The answer of one request: status, headers, what was written, and the results on the last line."""

import flask.json
from flask.globals import request_ctx
from flask.json.tag import JSONTag, TaggedJSONSerializer
from werkzeug.datastructures import Headers


class Other(JSONTag):
    """What no tag is for, such as a set from an old pickle: the name of its type and its text, to be looked at only."""

    key = " x"

    def check(self, value):
        return not (value is None or isinstance(value, (bool, int, float, str, list, dict)))

    def to_json(self, value):
        return [type(value).__name__, str(value)]


tagged = TaggedJSONSerializer()
tagged.order.append(Other(tagged))  # not registered: a body's own " x" stays the plain key that it is to Flask


class Answer:
    def __init__(self):
        self.status = 200
        self.headers = Headers()
        self._results = []
        self._written = b""
        self._at_line_start = True

    def add_result(self, value):
        # Tagged at once, which copies: a later operation may change a list or dict in place.
        self._results.append(tagged.tag(value))

    def write(self, data):
        self._written += data
        if data:
            self._at_line_start = data.endswith(b"\n")

    def take(self):
        """What was written since the last time."""
        data, self._written = self._written, b""
        return data

    def take_last(self):
        """What was written since the last time and, on a line of its own, the results and the session."""
        line = {"results": self._results, "session": tagged.tag(peek())}
        text = flask.json.dumps(line, separators=(",", ":"))
        return self.take() + (b"" if self._at_line_start else b"\n") + text.encode() + b"\n"


def peek():
    """The session as a dict of its own, and no trace of the look.

    The proxy, and ctx.session which it reads, mark the session as accessed, which makes for a Vary. Flask before
    3.1.3 marks in the session's own methods instead, and has no _session: dict.copy goes past those.
    """
    ctx = vars(request_ctx._get_current_object())
    return dict.copy(ctx["_session"] if "_session" in ctx else ctx["session"])
