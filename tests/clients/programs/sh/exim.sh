#!/bin/sh
# usage: exim.sh HOST ID -- one message through Exim with HOST as its smart host, delivered in the foreground
set -u
dir=/tmp/exim$2 && mkdir -p "$dir" && chmod 777 "$dir" && chown Debian-exim "$dir"
cat >"$dir/c" <<S
exim_path = /opt/exim/usr/sbin/exim4
spool_directory = $dir
log_file_path = $dir/%slog
primary_hostname = me.test
exim_user = Debian-exim
exim_group = Debian-exim
keep_environment =
begin routers
r:
  driver = manualroute
  transport = t
  route_list = * $1 byname
begin transports
t:
  driver = smtp
  user = Debian-exim
  hosts_try_fastopen =
S
printf 'Subject: x\n\nx\n' | timeout 178 /opt/exim/usr/sbin/exim4 -C "$dir/c" -odf -f a@b.test c@d.test 2>&1
cut -c 1-300 "$dir/mainlog" | tail -5
