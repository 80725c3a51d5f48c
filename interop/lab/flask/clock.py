"""The clock: Flask's built-in session reads the time in two places, and both can be made to stand still."""

from datetime import datetime

import flask.sessions
from itsdangerous import TimestampSigner


def stand_still(now):
    """Makes it `now` (unix seconds) for signatures, their age and cookie expiry, for the life of the process.

    The two names are replaced where they are read, so that the session interface under test stays Flask's own.
    """

    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(now, tz)

    TimestampSigner.get_timestamp = lambda self: now
    flask.sessions.datetime = StoppedClock
