#!/usr/bin/env bash
# make.sh - writes a complete configuration of BIND 9 with a round-robin name for Culvert's servers into a directory.
#
# usage: ops/dns/make.sh DIRECTORY [--zone ZONE] [--name NAME] [--listen ADDRESS] [--port PORT] [--ns ADDRESS]
#
#   --zone     the zone that this server serves                             (default: example.test)
#   --name     the round-robin name, in the zone                            (default: vpn.ZONE)
#   --listen   address to answer at, IPv4 or IPv6; "any" for all            (default: 127.0.0.1)
#   --port     UDP and TCP                                                  (default: 5353; 53 needs root's rights)
#   --ns       the address of this name server as the zone tells it         (default: that of --listen)
#
# It writes named.conf, the zone, the TSIG key as named reads it (tsig.key) and its secret as Culvert's servers read it
# (tsig.secret: dns.tsig.secret-file). A second call keeps the key and the zone, and writes named.conf anew.
# The directory must belong to the user that named runs as; nothing needs root's rights.
#
# then:      named -g -c DIRECTORY/named.conf
set -euo pipefail
umask 077

die() { printf 'make.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '/^# usage/,/^set /{/^set /d;s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; }

templates=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
[ $# -ge 1 ] || { usage >&2; exit 2; }
case $1 in -h | --help) usage; exit ;; -*) usage >&2; exit 2 ;; esac
directory=$1; shift
zone=example.test name='' listen=127.0.0.1 port=5353 ns=''
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || die "$1 needs a value"
    case $1 in
        --zone) zone=${2%.} ;;
        --name) name=${2%.} ;;
        --listen) listen=$2 ;;
        --port) port=$2 ;;
        --ns) ns=$2 ;;
        *) die "there is no option $1; see --help" ;;
    esac
    shift 2
done
name=${name:-vpn.$zone}
key=culvert-servers

[[ $zone =~ ^[A-Za-z0-9_.-]+$ ]] || die "'$zone' is not a zone"
[[ $name =~ ^[A-Za-z0-9_.-]+$ ]] || die "'$name' is not a name"
[[ $name == *".$zone" || $name == "$zone" ]] || die "the name $name is not in the zone $zone"
[[ $port =~ ^[0-9]+$ ]] && [ "$port" -ge 1 ] && [ "$port" -le 65535 ] || die "'$port' is not a port"
if [ "$listen" = any ]; then
    ipv4='any;' ipv6='any;'
    [ -n "$ns" ] || die "say with --ns which address of this computer the zone tells"
elif [[ $listen == *:* ]]; then
    ipv4='none;' ipv6="$listen;"
else
    ipv4="$listen;" ipv6='none;'
fi
ns=${ns:-$listen}
[[ $ns =~ ^[0-9A-Fa-f:.]+$ ]] || die "'$ns' is not an address"
if [[ $ns == *:* ]]; then ns_type=AAAA; else ns_type=A; fi

mkdir -p "$directory"
directory=$(readlink -f "$directory")
[[ $directory =~ ^[A-Za-z0-9_./+-]+$ ]] || die "named reads no path with such characters: $directory"

fill() { # TEMPLATE FILE
    sed -e "s|@DIR@|$directory|g; s|@PORT@|$port|g; s|@ZONE@|$zone|g; s|@NAME@|$name|g; s|@KEY@|$key|g" \
        -e "s|@LISTEN_IPV4@|$ipv4|g; s|@LISTEN_IPV6@|$ipv6|g; s|@NS_TYPE@|$ns_type|g; s|@NS_ADDRESS@|$ns|g" \
        "$templates/$1" >"$2"
}

if [ ! -e "$directory/tsig.secret" ]; then # 256 bits, as much as HMAC-SHA-256 gives (RFC 8945, section 8)
    head -c 32 /dev/urandom | base64 >"$directory/tsig.secret"
fi
cat >"$directory/tsig.key" <<END
key "$key" {
    algorithm hmac-sha256;
    secret "$(cat "$directory/tsig.secret")";
};
END
[ -e "$directory/zone" ] || fill zone.in "$directory/zone"
fill named.conf.in "$directory/named.conf"

cat <<END
named -g -c $directory/named.conf
culvert.dns { enabled = true, zone = "$zone", name = "$name", server = "$ns", port = $port,
  tsig { name = "$key", algorithm = hmac-sha256, secret-file = "$directory/tsig.secret" } }
END
