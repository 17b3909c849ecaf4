#!/bin/sh
# Makes the certificates of this folder with OpenSSL 3: what the makers of certificates that the tests use cannot make.
# In each file come those that a server presents, its own first, and last the root that is trusted.
set -e
cd "$(dirname "$0")"
out=$(pwd)
work=$(mktemp -d)
cd "$work"
ec() { openssl ecparam -name "$1" -genkey -noout -out "$2"; }
rsa() { openssl genrsa -out "$2" "$1" 2>/dev/null; }
ext() { printf '%s\n' "$@" >ext.cnf; }
CA='basicConstraints=critical,CA:TRUE'
# root NAME KEY DIGEST SUBJECT [OPTIONS]
root() { n=$1 k=$2 d=$3 s=$4; shift 4; openssl req -x509 -new -key "$k" -"$d" -subj "$s" -days 36500 -out "$n" -addext keyUsage=keyCertSign "$@" 2>/dev/null; }
# leaf NAME KEY CA CAKEY DIGEST: with the extensions of ext.cnf
leaf() { openssl req -new -key "$2" -subj /CN=leaf.example -out leaf.csr; openssl x509 -req -in leaf.csr -CA "$3" -CAkey "$4" -"$5" -days 36400 -set_serial 7 -extfile ext.cnf -out "$1" 2>/dev/null; }
SAN='subjectAltName=DNS:leaf.example'
ec secp384r1 p384.key; ec prime256v1 p256.key; ec prime256v1 leaf.key; ec secp521r1 p521.key; ec secp521r1 p521leaf.key; rsa 2048 rsa.key; rsa 1024 weak.key
root p256.pem p256.key sha256 '/CN=Root of P-256'
root p521.pem p521.key sha512 '/CN=Root of P-521'
root p384.pem p384.key sha384 '/CN=Root of P-384'
root rsa.pem rsa.key sha256 '/CN=Root of RSA'
root weak.pem weak.key sha256 '/CN=Root of 1024 bits'
ext "$SAN" basicConstraints=CA:FALSE
leaf l.pem leaf.key p256.pem p256.key sha512; cat l.pem p256.pem >"$out/p256_sha512.pem"
leaf l.pem leaf.key p521.pem p521.key sha512; cat l.pem p521.pem >"$out/p521_issuer.pem"
leaf l.pem leaf.key p521.pem p521.key sha256; cat l.pem p521.pem >"$out/p521_sha256.pem"
leaf l.pem leaf.key p384.pem p384.key sha512; cat l.pem p384.pem >"$out/p384_sha512.pem"
leaf l.pem p521leaf.key p256.pem p256.key sha256; cat l.pem p256.pem >"$out/p521_server.pem"
leaf l.pem leaf.key rsa.pem rsa.key sha1; cat l.pem rsa.pem >"$out/sha1.pem"
leaf l.pem weak.key p256.pem p256.key sha256; cat l.pem p256.pem >"$out/rsa_1024_server.pem"
leaf l.pem leaf.key weak.pem weak.key sha256; cat l.pem weak.pem >"$out/rsa_1024_issuer.pem"
ext "$SAN" "$CA"; leaf l.pem leaf.key p256.pem p256.key sha256; cat l.pem p256.pem >"$out/authority_as_server.pem"
# Of version 1: without extensions.
openssl req -new -key leaf.key -subj /CN=leaf.example -out leaf.csr
openssl x509 -req -in leaf.csr -CA p256.pem -CAkey p256.key -days 36400 -set_serial 7 -out l.pem 2>/dev/null; cat l.pem p256.pem >"$out/version_1.pem"
# Dates before 1970, and of a month that there is not: the authority of `openssl ca` takes the first as it is.
mkdir ca; : >ca/index.txt; echo 01 >ca/serial
printf '[ca]\ndefault_ca=c\n[c]\ndatabase=ca/index.txt\nserial=ca/serial\nnew_certs_dir=ca\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:leaf.example\n' >ca.cnf
openssl ca -batch -config ca.cnf -in leaf.csr -cert p256.pem -keyfile p256.key -startdate 19600101000000Z -enddate 21200101000000Z -notext -out l.pem 2>/dev/null; cat l.pem p256.pem >"$out/before_1970.pem"
openssl x509 -in l.pem -outform DER | LC_ALL=C sed 's/600101000000Z/601301000000Z/' | openssl enc -base64 >bad.b64
{ echo '-----BEGIN CERTIFICATE-----'; cat bad.b64; echo '-----END CERTIFICATE-----'; cat p256.pem; } >"$out/month_13.pem"
# Strings of old authorities.
printf '[req]\ndistinguished_name=d\nstring_mask=MASK:0x4\n[d]\n' >t61.cnf
openssl req -x509 -new -key p256.key -subj "/O=$(printf 'M\374nchen')/CN=Old authority" -config t61.cnf -days 36500 -out t61.pem 2>/dev/null || true
printf '[req]\ndistinguished_name=d\nstring_mask=MASK:0x800\nutf8=yes\n[d]\n' >bmp.cnf
openssl req -x509 -new -utf8 -key p256.key -subj '/CN=中文' -config bmp.cnf -days 36500 -out bmp.pem 2>/dev/null || true
cp t61.pem "$out/teletex.pem"; cp bmp.pem "$out/bmp.pem"
rm -r "$work"
