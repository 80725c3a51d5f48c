"""A Flask application with the SECRET_KEY of the environment.

flask_app.py sign-in    prints the value of a cookie that it sets
flask_app.py read       reads a cookie's value from stdin and prints the session as JSON
"""

import os
import sys

from flask import Flask, flash, get_flashed_messages, session
from markupsafe import Markup

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]


@app.get("/sign-in")
def sign_in():
    session["user"] = "Grace <Hopper>"
    session["visits"] = 41
    session["cart"] = ("tea", 2)
    flash(Markup("from <em>Flask</em>"), "danger")
    return ""


@app.get("/read")
def read():
    return {
        "user": session.get("user"),
        "visits": session.get("visits"),
        "cart is a tuple": isinstance(session.get("cart"), tuple),
        "flashes": get_flashed_messages(with_categories=True),
    }


client = app.test_client(use_cookies=False)
if sys.argv[1] == "sign-in":
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    print(cookie.partition("=")[2].partition(";")[0])
else:
    print(client.get("/read", headers={"Cookie": "session=" + sys.stdin.read().strip()}).text)
