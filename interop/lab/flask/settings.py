"""Settings: the environment, by Flask's own names, checked before the lab starts."""

import json
from dataclasses import dataclass

from flask import Flask


class SettingError(Exception):
    """A setting that the lab doesn't know or can't use. The text names it and never holds its value."""


@dataclass(frozen=True)
class Settings:
    config: dict  # for Flask's app.config
    port: int  # 0: any free one
    now: int | None  # unix seconds; None: the real time
    ends_with_stdin: bool


def _flag(value):
    return isinstance(value, bool)


def _text(value):
    return isinstance(value, str)


def _text_or_null(value):
    return value is None or isinstance(value, str)


def _domain(value):
    return value is False or _text_or_null(value)


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value):
    return _whole(value) or isinstance(value, float)


def _size(value):
    return _whole(value) and value > 0


def _format(value):
    return value in ("msgpack", "json")


def _keys(value):
    # Flask takes a bare text as a list of one-letter keys. That is a trap, not a setting.
    return value is None or isinstance(value, list) and all(isinstance(key, str) for key in value)


# What the lab checks: how, and what the refusal says. All but SESSION_TYPE is read by Flask itself.
CHECKED = {
    "APPLICATION_ROOT": (_text_or_null, "a text or null"),
    "MAX_COOKIE_SIZE": (_whole, "a whole number of bytes"),
    "PERMANENT_SESSION_LIFETIME": (_number, "a number of seconds"),
    "SECRET_KEY": (_text, "a text"),
    "SECRET_KEY_FALLBACKS": (_keys, "a JSON list of texts"),
    "SESSION_COOKIE_DOMAIN": (_domain, "a text, null or false"),
    "SESSION_COOKIE_HTTPONLY": (_flag, "true or false"),
    "SESSION_COOKIE_NAME": (_text, "a text"),
    "SESSION_COOKIE_PARTITIONED": (_flag, "true or false"),
    "SESSION_COOKIE_PATH": (_text_or_null, "a text or null"),
    "SESSION_COOKIE_SAMESITE": (_text_or_null, "a text or null"),
    "SESSION_COOKIE_SECURE": (_flag, "true or false"),
    "SESSION_REFRESH_EACH_REQUEST": (_flag, "true or false"),
    "SESSION_TYPE": (_text_or_null, "a text or null"),
}

# What Flask-Session reads, checked as above where there is a SESSION_TYPE. Flask's built-in session pays no attention
# to these, and so they may stay in the environment, whatever they are, when SESSION_TYPE goes.
SERVER_SIDE = {
    "SESSION_FILE_DIR": (_text, "a folder"),
    "SESSION_FILE_MODE": (_whole, "a whole number"),
    "SESSION_FILE_THRESHOLD": (_whole, "a whole number"),
    "SESSION_ID_LENGTH": (_size, "a whole number of bytes above 0"),
    "SESSION_KEY_PREFIX": (_text, "a text"),
    "SESSION_MEMCACHED": (_text, "host:port,host:port"),
    "SESSION_MONGODB": (_text, "a URL"),
    "SESSION_MONGODB_COLLECT": (_text, "a text"),
    "SESSION_MONGODB_DB": (_text, "a text"),
    "SESSION_PERMANENT": (_flag, "true or false"),
    "SESSION_REDIS": (_text, "a URL"),
    "SESSION_SQLALCHEMY_TABLE": (_text, "a name"),
    "SQLALCHEMY_DATABASE_URI": (_text, "a URL"),
    "SESSION_SERIALIZATION_FORMAT": (_format, "msgpack or json"),
    "SESSION_USE_SIGNER": (_flag, "true or false"),
}

# What belongs to a SESSION_TYPE that this lab doesn't have: ignored, as Flask-Session ignores them under another type.
OTHER_TYPES = frozenset(
    """
    """.split()
)


def read_settings(environ):
    """The settings in environ. A SettingError names every name or value that is no setting of the lab's."""
    config, wrong = {}, []
    for name, text in environ.items():
        if name in CHECKED:
            fits, wanted = CHECKED[name]
            config[name] = _key(text) if name == "SECRET_KEY" else _parse(text)
            if not fits(config[name]):
                wrong.append(f"{name} must be {wanted}")
            if name != "SESSION_TYPE" and name not in Flask.default_config:
                wrong.append(f"{name} is unknown to this version of Flask")
        elif name in SERVER_SIDE:
            config[name] = _parse(text)
        elif name.startswith("SESSION_") and name not in OTHER_TYPES:
            wrong.append(f"{name} is no setting of the lab's")
    if config.get("SESSION_TYPE") is not None:
        for name, (fits, wanted) in SERVER_SIDE.items():
            if name in config and not fits(config[name]):
                wrong.append(f"{name} must be {wanted}")

    port = _number_in(environ, "PORT", wrong, most=65535)
    if port is None and "PORT" not in environ:
        wrong.append("PORT is missing")
    now = _number_in(environ, "LAB_NOW", wrong, most=253402300799)  # the last second of the year 9999
    stdin = environ.get("LAB_STDIN", "0")
    if stdin not in ("0", "1"):
        wrong.append("LAB_STDIN must be 0 or 1")
    if wrong:
        raise SettingError("; ".join(sorted(wrong)))
    return Settings(config, port, now, stdin == "1")


def _parse(text):
    """JSON where it parses, else the text, as Flask.config.from_prefixed_env does."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _key(text):
    """A JSON text, else the text as it stands: Flask fails on the int that SECRET_KEY=12345 would parse to."""
    value = _parse(text)
    return value if isinstance(value, str) else text


def _number_in(environ, name, wrong, most):
    """The whole number from 0 to most under that name; None where it is absent or, noted in wrong, no such number."""
    text = environ.get(name)
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= most:
        return int(text)
    wrong.append(f"{name} must be a whole number from 0 to {most}")
    return None
