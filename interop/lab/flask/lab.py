"""The Flask lab: a program whose only handler does to its session what the request says.

A program for tests. It listens on loopback and belongs on no network. README.md says the rest.
"""

import logging
import os
import signal
import sys
import threading
import warnings

from werkzeug.serving import make_server

import clock
from app import make_app
from settings import SettingError, read_settings


def main():
    # Flask-Session finds SESSION_USE_SIGNER old-fashioned, say; standard error is for what went wrong.
    warnings.simplefilter("ignore", DeprecationWarning)
    try:
        settings = read_settings(os.environ)
        app = make_app(settings.config)
    except SettingError as error:
        sys.exit(f"lab: {error}")

    # Tracebacks and access lines can hold session content: the lab logs nothing at all.
    logging.disable(logging.CRITICAL)
    if settings.now is not None:
        clock.stand_still(settings.now)

    # At once, without Python's own end: nothing is left to write, and a signal's SystemExit can be swallowed.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    server = make_server("127.0.0.1", settings.port, app, threaded=True)
    print(
        "This is Dewar's Flask lab, a program for tests: it listens on loopback only and is no program"
        f" to put on a network. http://127.0.0.1:{server.port}",
        flush=True,
    )
    if settings.ends_with_stdin:
        threading.Thread(target=end_with_stdin, daemon=True).start()
    server.serve_forever()


def end_with_stdin():
    """Ends the program when standard input closes, so that a test's lab never outlives the test."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
