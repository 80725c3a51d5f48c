"""The lab for a WSGI server, such as gunicorn: `gunicorn --chdir interop/lab/flask wsgi:app`."""

import logging
import os
import warnings

from app import make_app
from settings import read_settings

warnings.simplefilter("ignore", DeprecationWarning)
logging.disable(logging.CRITICAL)
app = make_app(read_settings({**os.environ, "PORT": "0"}).config)
