"""Sessions on a server: Flask-Session's own, one function for each SESSION_TYPE that the lab has."""

from settings import SettingError


def redis(app):
    """Puts the app's sessions into the Redis at SESSION_REDIS. A SettingError says what is missing or is no URL."""
    app.config["SESSION_REDIS"] = redis_client(app)
    start(app)


def filesystem(app):
    """Puts the app's sessions into files in SESSION_FILE_DIR."""
    folder_of(app)
    start(app)


def cachelib(app):
    """Puts the app's sessions into a RedisCache at SESSION_REDIS, or else a FileSystemCache in SESSION_FILE_DIR."""
    from cachelib import FileSystemCache, RedisCache

    if app.config.get("SESSION_REDIS") is not None:
        cache = RedisCache(host=redis_client(app))
    else:
        cache = FileSystemCache(folder_of(app), threshold=app.config.get("SESSION_FILE_THRESHOLD", 500))
    app.config["SESSION_CACHELIB"] = cache
    start(app)


def mongodb(app):
    """Puts the app's sessions into the MongoDB at SESSION_MONGODB."""
    try:
        from pymongo import MongoClient
        from pymongo.errors import InvalidURI
    except ImportError:
        raise SettingError("SESSION_TYPE: this Python lacks pymongo") from None
    url = app.config.get("SESSION_MONGODB")
    if url is None:
        # Flask-Session would take whatever listens on MongoDB's own port.
        raise SettingError("SESSION_MONGODB is missing")
    try:
        app.config["SESSION_MONGODB"] = MongoClient(url)
    except InvalidURI:
        raise SettingError("SESSION_MONGODB must be a mongodb:// URL") from None
    start(app)


def redis_client(app):
    try:
        from redis import Redis
    except ImportError:
        raise SettingError("SESSION_TYPE: this Python lacks redis") from None
    url = app.config.get("SESSION_REDIS")
    if url is None:
        # Flask-Session would take whatever listens on Redis's own port.
        raise SettingError("SESSION_REDIS is missing")
    try:
        return Redis.from_url(url)
    except ValueError:
        raise SettingError("SESSION_REDIS must be a redis://, rediss:// or unix:// URL") from None


def folder_of(app):
    folder = app.config.get("SESSION_FILE_DIR")
    if folder is None:
        # Flask-Session would make one where the lab happens to run.
        raise SettingError("SESSION_FILE_DIR is missing")
    return folder


def start(app):
    try:
        from flask_session import Session
    except ImportError:
        raise SettingError("SESSION_TYPE: this Python lacks Flask-Session") from None
    Session(app)
