"""Sessions on a server: Flask-Session's own, one function for each SESSION_TYPE that the lab has."""

import os
import threading

from settings import SettingError


def redis(app):
    """Puts the app's sessions into the Redis at SESSION_REDIS. A SettingError says what is missing or is no URL."""
    app.config["SESSION_REDIS"] = redis_client(app)
    start(app)


def memcached(app):
    """Puts the app's sessions into the memcached servers at SESSION_MEMCACHED, by the client that LAB_MEMCACHED names."""
    app.config["SESSION_MEMCACHED"] = memcached_client(app)
    start(app)


def filesystem(app):
    """Puts the app's sessions into files in SESSION_FILE_DIR."""
    folder_of(app)
    start(app)


def cachelib(app):
    """Puts the app's sessions into a RedisCache at SESSION_REDIS, a MemcachedCache at SESSION_MEMCACHED, or else a
    FileSystemCache in SESSION_FILE_DIR."""
    from cachelib import FileSystemCache, MemcachedCache, RedisCache

    if app.config.get("SESSION_REDIS") is not None:
        cache = RedisCache(host=redis_client(app))
    elif app.config.get("SESSION_MEMCACHED") is not None:
        cache = MemcachedCache(memcached_client(app, "pylibmc"))
    else:
        cache = FileSystemCache(folder_of(app), threshold=app.config.get("SESSION_FILE_THRESHOLD", 500))
    app.config["SESSION_CACHELIB"] = cache
    start(app)


def sqlalchemy(app):
    """Puts the app's sessions into the database at SQLALCHEMY_DATABASE_URI, and makes their table, which
    Flask-Session 0.3 leaves to the application."""
    try:
        from flask_sqlalchemy import SQLAlchemy
    except ImportError:
        raise SettingError("SESSION_TYPE: this Python lacks Flask-SQLAlchemy") from None
    if app.config.get("SQLALCHEMY_DATABASE_URI") is None:
        raise SettingError("SQLALCHEMY_DATABASE_URI is missing")
    app.config.setdefault("SQLALCHEMY_TRACK_MODIFICATIONS", False)
    try:
        app.config["SESSION_SQLALCHEMY"] = SQLAlchemy(app)
        start(app)
        with app.app_context():
            app.config["SESSION_SQLALCHEMY"].create_all()
    except SettingError:
        raise
    except Exception as error:  # its text may hold the password
        raise SettingError(f"SQLALCHEMY_DATABASE_URI can't be used: {type(error).__name__}") from None


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


def memcached_client(app, client=None):
    servers = app.config.get("SESSION_MEMCACHED")
    if servers is None:
        # Flask-Session would take whatever listens on memcached's own port.
        raise SettingError("SESSION_MEMCACHED is missing")
    servers = servers.split(",")
    client = os.environ.get("LAB_MEMCACHED") or client or "pymemcache"
    try:
        return MEMCACHED_CLIENTS[client](servers)
    except KeyError:
        raise SettingError("LAB_MEMCACHED must be " + ", ".join(MEMCACHED_CLIENTS)) from None
    except ImportError:
        raise SettingError(f"SESSION_TYPE: this Python lacks {client}") from None


def pymemcache(servers):
    from pymemcache.client.base import PooledClient
    from pymemcache.client.hash import HashClient

    # Without no_delay each write waits for an acknowledgement that comes 40 ms later. By default a set isn't waited for,
    # so that a response, and the request that follows it, may overtake the session.
    options = {"no_delay": True, "default_noreply": False}
    if len(servers) > 1:
        return HashClient(servers, use_pooling=True, **options)
    return PooledClient(servers[0], **options)


def python_memcached(servers):
    import memcache

    return memcache.Client(servers)


def pylibmc(servers):
    import pylibmc

    return OneAtATime(pylibmc.Client(servers))


MEMCACHED_CLIENTS = {"pymemcache": pymemcache, "python-memcached": python_memcached, "pylibmc": pylibmc}


class OneAtATime:
    """A client that threads may not share, for threads to share."""

    def __init__(self, client):
        self.client, self.lock = client, threading.Lock()

    def __getattr__(self, name):
        method = getattr(self.client, name)

        def call(*args, **kwargs):
            with self.lock:
                return method(*args, **kwargs)

        return call


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
