"""The operations of a request: what each does to Flask's session, or to the response."""

import time

from flask import current_app, flash, get_flashed_messages, session


class Panic(Exception):
    """What the operation `panic` raises; nothing in the lab catches it."""


class Operations:
    """One request's operations. They shape the answer that they are given.

    A public method is an operation of that name; its parameters are the operation's arguments and its return value
    the result. Each goes through flask.session, as a view does, and an error is the session's own.
    """

    def __init__(self, answer):
        self._answer = answer

    # Reading

    def get(self, key):
        return session.get(key)

    def getitem(self, key):
        return session[key]

    def has(self, key):
        return key in session

    def len(self):
        return len(session)

    def bool(self):
        return bool(session)

    def keys(self):
        return sorted(session.keys())

    def items(self):
        return [list(item) for item in sorted(session.items())]

    # Writing

    def set(self, key, value):
        session[key] = value

    def delete(self, key):
        del session[key]

    def pop(self, key, *default):
        return session.pop(key, *default)

    def setdefault(self, key, value):
        return session.setdefault(key, value)

    def update(self, values):
        session.update(values)

    def clear(self):
        session.clear()

    def append(self, key, value):
        session[key].append(value)

    def put(self, key, sub, value):
        session[key][sub] = value

    def incr(self, key, n):
        total = session.get(key, 0) + n
        session[key] = total
        return total

    # Life

    def permanent(self, on):
        session.permanent = on

    def get_permanent(self):
        return session.permanent

    def renew(self):
        interface = current_app.session_interface
        if hasattr(interface, "regenerate"):
            interface.regenerate(session)
        else:
            session.modified = True  # a session without an id: to write it again is all there is to renew

    def destroy(self):
        session.clear()

    def login(self, user):
        session["_user_id"] = user  # where Flask-Login keeps it
        self.renew()

    def logout(self):
        session.clear()

    # Flashes

    def flash(self, message, category="message"):
        flash(message, category)

    def flashes(self, options=None):
        return get_flashed_messages(**(options or {}))

    # The response

    def sleep(self, ms):
        time.sleep(ms / 1000)

    def header(self, name, value):
        self._answer.headers.add(name, value)

    def status(self, n):
        if not 200 <= n <= 599:
            raise ValueError("no final status")
        self._answer.status = n

    def write(self, text):
        self._answer.write(text.encode())

    def flush(self):
        pass  # the sending is app.play's: only the response's generator can let go of bytes

    def panic(self):
        raise Panic


VERBS = {name: verb for name, verb in vars(Operations).items() if not name.startswith("_")}
