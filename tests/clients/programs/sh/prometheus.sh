#!/bin/sh
# usage: prometheus.sh HOST PORT -- scrapes http://HOST/metrics every 15 s with the default limit of 10 s, for 45 s
set -u
dir=/tmp/prometheus$2 && mkdir -p "$dir"
printf 'scrape_configs:\n- job_name: x\n  scrape_interval: 15s\n  static_configs: [{targets: ["%s:80"]}]\n' "$1" >"$dir/c.yml"
prometheus --config.file="$dir/c.yml" --storage.tsdb.path="$dir/db" --web.listen-address="127.0.0.1:$2" >"$dir/log" 2>&1 &
prometheus=$!
sleep 45
curl -sS "http://127.0.0.1:$2/api/v1/targets" | grep -oE '"(lastError|health)":"([^"\\]|\\.)*"'
kill $prometheus
