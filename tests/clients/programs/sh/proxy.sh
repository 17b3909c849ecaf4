#!/bin/sh
# usage: proxy.sh nginx|haproxy|squid|squidfwd|varnish|caddy|envoy HOST PORT
#
# The proxy in front of the name, with its defaults; three requests one after another, each with its time, so that a family
# that was found bad and is remembered shows. ENVOY_FAMILY: dns_lookup_family.
set -u
kind=$1 host=$2 port=$3
dir=/tmp/proxy$port && mkdir -p "$dir" && chmod 777 "$dir"
case $kind in
nginx) # the name is resolved by the system, at start, as with each literal name in proxy_pass
  cat >"$dir/c" <<S
daemon off; master_process off; pid $dir/pid; error_log $dir/log info;
events {}
http { access_log off; client_body_temp_path $dir/b; proxy_temp_path $dir/p; fastcgi_temp_path $dir/f; uwsgi_temp_path $dir/u; scgi_temp_path $dir/s;
 server { listen 127.0.0.1:$port; location / { proxy_pass http://$host; } } }
S
  nginx -c "$dir/c" >"$dir/out" 2>&1 &
  ;;
haproxy)
  cat >"$dir/c" <<S
defaults
 mode http
 timeout connect 5s
 timeout client 170s
 timeout server 170s
listen x
 bind 127.0.0.1:$port
 server a $host:80
S
  haproxy -db -f "$dir/c" >"$dir/log" 2>&1 &
  ;;
squid)
  cat >"$dir/c" <<S
http_port 127.0.0.1:$port accel defaultsite=$host
cache_effective_user proxy
pid_filename $dir/pid
cache_log $dir/log
access_log none
cache deny all
http_access allow all
cache_peer $host parent 80 0 no-query originserver no-digest
S
  squid -N -f "$dir/c" >"$dir/out" 2>&1 &
  ;;
squidfwd)
  cat >"$dir/c" <<S
http_port 127.0.0.1:$port
cache_effective_user proxy
pid_filename $dir/pid
cache_log $dir/log
access_log none
cache deny all
http_access allow all
S
  squid -N -f "$dir/c" >"$dir/out" 2>&1 &
  ;;
varnish)
  printf 'vcl 4.1;\nbackend default { .host = "%s"; .port = "80"; }\nsub vcl_recv { return (pass); }\n' "$host" >"$dir/c"
  varnishd -F -n "$dir/n" -a "127.0.0.1:$port" -f "$dir/c" >"$dir/log" 2>&1 &
  ;;
caddy)
  printf '{\nadmin off\nauto_https off\n}\nhttp://:%s {\nreverse_proxy http://%s:80\n}\n' "$port" "$host" >"$dir/c"
  XDG_DATA_HOME="$dir" caddy run --adapter caddyfile --config "$dir/c" >"$dir/log" 2>&1 &
  ;;
envoy)
  cat >"$dir/c.yaml" <<S
static_resources:
  listeners:
  - address: {socket_address: {address: 127.0.0.1, port_value: $port}}
    filter_chains:
    - filters:
      - name: h
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: x
          route_config: {virtual_hosts: [{name: x, domains: ["*"], routes: [{match: {prefix: "/"}, route: {cluster: c}}]}]}
          http_filters: [{name: r, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
  clusters:
  - name: c
    type: STRICT_DNS
    load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: $host, port_value: 80}}}}]}]}
S
  [ -n "${ENVOY_FAMILY:-}" ] && sed -i "s/type: STRICT_DNS/type: STRICT_DNS\n    dns_lookup_family: $ENVOY_FAMILY/" "$dir/c.yaml"
  "$WORK/venv/bin/envoy" -c "$dir/c.yaml" --disable-hot-restart --base-id $((port % 30000)) >"$dir/log" 2>&1 &
  ;;
esac
proxy=$!
n=0
while [ $n -lt 100 ] && ! python3 -c "import socket; socket.create_connection(('127.0.0.1', $port), 1)" 2>/dev/null; do
  sleep 0.2
  n=$((n + 1))
done
sleep 2 # squid and envoy look at what is behind them first
status=1
set -- "http://127.0.0.1:$port/"
[ "$kind" = squidfwd ] && set -- -x "http://127.0.0.1:$port" "http://$host/"
for n in 1 2 3; do
  curl -sS -m 75 -H "Host: $host" -w ' [request '$n': HTTP %{http_code} after %{time_total} s]\n' "$@" >"$dir/o" 2>&1
  grep -q 'FAMILY=' "$dir/o" && status=0
  tr -d '\n' <"$dir/o" | sed 's/<[^>]*>/ /g' | tail -c 400
  echo
done
kill $proxy 2>/dev/null
grep -hiE 'error|timed out|refused|unreach|fail|timeout' "$dir/log" 2>/dev/null | grep -v 'header map' | tail -2
exit $status
