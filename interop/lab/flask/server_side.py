"""Sessions on a server: Flask-Session's own, one function for each SESSION_TYPE that the lab has."""

from settings import SettingError


def redis(app):
    """Puts the app's sessions into the Redis at SESSION_REDIS. A SettingError says what is missing or is no URL."""
    try:
        from flask_session import Session
        from redis import Redis
    except ImportError:
        raise SettingError("SESSION_TYPE: redis needs Flask-Session and redis, and this Python lacks them") from None
    url = app.config.get("SESSION_REDIS")
    if url is None:
        # Flask-Session would take whatever listens on Redis's own port.
        raise SettingError("SESSION_REDIS is missing")
    try:
        app.config["SESSION_REDIS"] = Redis.from_url(url)
    except ValueError:
        raise SettingError("SESSION_REDIS must be a redis://, rediss:// or unix:// URL") from None
    Session(app)
