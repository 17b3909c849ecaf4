"""usage: webkit.py URL -- loads the page in a view of WebKitGTK and prints its title or the error"""

import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gtk, WebKit2  # noqa: E402

window = Gtk.Window()
view = WebKit2.WebView()
window.add(view)


def changed(view, event):
    if event == WebKit2.LoadEvent.FINISHED:
        print("title:", view.get_title())
        Gtk.main_quit()


def failed(_view, _event, _url, error):
    print("failed:", error.message)
    Gtk.main_quit()
    return True


def refused(_view, _url, _certificate, flags):
    print("failed: certificate", flags)
    Gtk.main_quit()
    return True


view.connect("load-changed", changed)
view.connect("load-failed", failed)
view.connect("load-failed-with-tls-errors", refused)
view.load_uri(sys.argv[1])
window.show_all()
Gtk.main()
