#!/bin/sh
# usage: postfix.sh HOST ID -- one message through Postfix with HOST as its relay (A and AAAA, no MX), for up to 150 s
# PREF: smtp_address_preference
set -u
dir=/tmp/postfix$2 && mkdir -p "$dir/spool" "$dir/lib" "$dir/conf"
log=/var/log/postfix$2.log
cat >"$dir/conf/main.cf" <<S
compatibility_level = 3.6
queue_directory = $dir/spool
data_directory = $dir/lib
myhostname = me.test
mydestination =
inet_interfaces = loopback-only
inet_protocols = all
relayhost = [$1]
smtp_tls_security_level = none
maillog_file = $log
mail_owner = postfix
setgid_group = postdrop
alias_maps =
smtp_address_preference = ${PREF:-any}
S
# No server of its own, and no chroot, whose files are not here.
sed -e 's/^\(smtp *inet.*\)/#\1/' -e 's/^\([a-z-]* *[a-z-]* *[-yn] *[-yn] *\)y /\1n /' \
  /usr/share/postfix/master.cf.dist >"$dir/conf/master.cf"
chown postfix "$dir/lib"
postfix -c "$dir/conf" start >"$dir/out" 2>&1
printf 'Subject: x\n\nx\n' | sendmail -C "$dir/conf" -f a@b.test c@d.test
n=0
while [ $n -lt 150 ] && ! grep -q 'status=' "$log" 2>/dev/null; do
  sleep 1
  n=$((n + 1))
done
grep -E 'smtp\[|status=' "$log" | cut -c 1-300 | tail -5
postfix -c "$dir/conf" stop >/dev/null 2>&1
