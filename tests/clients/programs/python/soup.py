"""usage: soup.py sync|async URL -- a session of libsoup 3 with its defaults. REPEAT: so many requests in it."""

import os
import sys

import gi

gi.require_version("Soup", "3.0")
from gi.repository import GLib, Soup  # noqa: E402

session = Soup.Session.new()


def get():
    message = Soup.Message.new("GET", sys.argv[2])
    if sys.argv[1] == "sync":
        return session.send_and_read(message, None)
    loop, said = GLib.MainLoop(), []
    session.send_and_read_async(message, 0, None, lambda _, result: (said.append(result), loop.quit()))
    loop.run()
    return session.send_and_read_finish(said[0])


try:
    for _ in range(int(os.environ.get("REPEAT", "1"))):
        print(get().get_data().decode())
except GLib.Error as error:
    print(error)
    sys.exit(1)
