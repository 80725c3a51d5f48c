"""The app: one handler that does to its session what the request says."""

import inspect
from itertools import chain

from flask import Flask, Response, request, stream_with_context

import server_side
from answer import Answer, tagged
from operations import VERBS, Operations, Panic
from settings import SettingError

# What each SESSION_TYPE does to the app. None is Flask's built-in cookie, which is there already.
SESSION_TYPES = {
    None: lambda app: None,
    "redis": server_side.redis,
    "memcached": server_side.memcached,
    "filesystem": server_side.filesystem,
    "mongodb": server_side.mongodb,
    "cachelib": server_side.cachelib,
    "sqlalchemy": server_side.sqlalchemy,
}


class BadBody(Exception):
    """A request body that is no array of operations. The text says why and quotes nothing of it."""


def make_app(config):
    """The lab as a WSGI application. A SESSION_TYPE that it doesn't have, or can't set up, is a SettingError."""
    app = Flask("lab", static_folder=None)
    app.config.update(config)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # `panic` is answered as in production, whatever FLASK_DEBUG says
    kind = config.get("SESSION_TYPE")
    if kind not in SESSION_TYPES:
        raise SettingError(
            "SESSION_TYPE must be redis, memcached, filesystem, sqlalchemy, mongodb or cachelib, or absent for Flask's built-in cookie session"
        )
    SESSION_TYPES[kind](app)

    @app.get("/")
    def root():
        return Response("nothing read, nothing written\n", mimetype="text/plain")

    @app.post("/ops")
    def ops():
        try:
            operations = parse(request.get_data())
        except BadBody as error:
            return Response(f"{error}\n", 400, mimetype="text/plain")
        answer = Answer()
        body = play(operations, answer)
        first = next(body)
        answer.headers.setdefault("Content-Type", "application/json")
        if any(name == "flush" for name, *_ in operations):
            first = stream_with_context(chain([first], body))
        return Response(first, answer.status, answer.headers)

    return beside_idle(app)


def beside_idle(app):
    """The app, and beside it, where no session is ever opened, /idle."""
    idle = Response("idle\n", mimetype="text/plain")

    def serve(environ, start_response):
        return (idle if environ["PATH_INFO"] == "/idle" else app)(environ, start_response)

    return serve


def parse(body):
    """The operations in a body, each a list with its name first, every one of them known to fit its arguments."""
    try:
        operations = tagged.loads(body.decode())
    except Exception as error:  # a malformed tag raises whatever its Python type raises
        raise BadBody("the body is no tagged JSON") from error
    if not isinstance(operations, list):
        raise BadBody("the body is no array of operations")
    for n, operation in enumerate(operations):
        if not isinstance(operation, list) or not operation or not isinstance(operation[0], str):
            raise BadBody(f"operation {n} is no array with a name first")
        name, *arguments = operation
        if name not in VERBS:
            raise BadBody(f"operation {n} has a name that the lab doesn't know")
        try:
            bound = inspect.signature(VERBS[name]).bind(None, *arguments)
        except TypeError as error:
            raise BadBody(f"operation {n}, {name}: {error}") from error
        if not isinstance(bound.arguments.get("key", ""), str):
            raise BadBody(f"operation {n}, {name}: the key is no text")
    return operations


def play(operations, answer):
    """Does the operations in turn. Yields what was written at every flush, and at the end the rest and the results.

    After the first flush the headers are gone: as in any Flask app, what happens to the session then is not saved.
    """
    doer = Operations(answer)
    for name, *arguments in operations:
        if name == "flush":
            yield answer.take()
        try:
            result = VERBS[name](doer, *arguments)
        except Panic:
            raise
        except Exception as error:
            result = {"error": type(error).__name__}
        answer.add_result(result)
    yield answer.take_last()
