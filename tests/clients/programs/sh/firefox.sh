#!/bin/sh
# usage: firefox.sh HOST ID URL -- a fresh profile without a window; the title of the page through Marionette
set -u
dir=/tmp/firefox$2 && mkdir -p "$dir"
port=$((28000 + $2 % 4000))
cat >"$dir/user.js" <<S
user_pref("marionette.port", $port);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("app.update.enabled", false);
user_pref("dom.security.https_first", false);
S
firefox-esr --headless --marionette --profile "$dir" about:blank >"$dir/log" 2>&1 &
firefox=$!
python3 "$PROGRAMS/python/marionette.py" "$port" "$3"
status=$?
kill $firefox
exit $status
