#!/bin/sh
# usage: blackbox.sh default|nofallback URL PORT -- one probe with the module http_2xx
set -u
dir=/tmp/blackbox$3 && mkdir -p "$dir"
settings='{}'
[ "$1" = nofallback ] && settings='{preferred_ip_protocol: ip6, ip_protocol_fallback: false}'
echo "modules: {http_2xx: {prober: http, http: $settings}}" >"$dir/c.yml"
prometheus-blackbox-exporter --config.file="$dir/c.yml" --web.listen-address="127.0.0.1:$3" >"$dir/log" 2>&1 &
exporter=$!
n=0
while [ $n -lt 50 ] && ! curl -s -o /dev/null "http://127.0.0.1:$3/"; do
  sleep 0.2
  n=$((n + 1))
done
curl -sS -m 170 "http://127.0.0.1:$3/probe?module=http_2xx&debug=true&target=$2" |
  grep -E '^probe_(success|ip_protocol|duration|http_status)|level=error|err='
kill $exporter
