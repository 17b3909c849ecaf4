#!/bin/sh
# usage: monit.sh HOST PORT -- "if failed port 80 protocol http", some cycles of 10 s
set -u
dir=/tmp/monit$2 && mkdir -p "$dir"
cat >"$dir/rc" <<S
set daemon 10
set log $dir/log
set pidfile $dir/pid
set idfile $dir/id
set statefile $dir/state
check host x with address $1
  if failed port 80 protocol http then alert
S
chmod 600 "$dir/rc"
timeout 25 monit -I -v -c "$dir/rc" >"$dir/out" 2>&1
grep -hE "'x'" "$dir/out" "$dir/log" | sort -u | tail -6
