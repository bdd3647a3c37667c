#!/usr/bin/env bash
# train.sh - runs the server, the administrator's command and an agent once, and keeps what their JVMs have learnt.
#
# usage: ops/startup/train.sh DIRECTORY
#
# Writes DIRECTORY/server.aot, admin.aot and agent.aot: caches of loaded and linked classes and of the profiles of methods
# (JEP 483, 514, 515), with which the launcher starts the programs in half the time. They fit the jars and the JDK they were
# made with; with others the JVM starts without. ./culvert calls this after it has built; it takes about half a minute.
#
# Everything runs in a network namespace of its own, which ends with it: as root, or as an ordinary user where the system
# allows user namespaces. An agent needs /dev/net/tun; without it, there is no agent.aot.
set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
self=$home/ops/startup/$(basename "${BASH_SOURCE[0]}")

die() { printf 'train.sh: %s\n' "$*" >&2; exit 1; }
export CULVERT_BUILD=no CULVERT_STARTUP=plain
culvert() { "$home/culvert" "$@"; }
recording() { # CACHE COMMAND...: becomes the program, so call it in a subshell; the cache is written when that ends
    export CULVERT_JAVA_OPTS="-XX:AOTCacheOutput=$work/$1 -Xlog:aot*=off -Xlog:cds*=off"
    shift
    exec "$home/culvert" "$@"
}
await() { # TEXT FILE: until a line of the file has the text; two minutes at most
    local i
    for ((i = 0; i < 1200; i++)); do
        grep -qs "$1" "$2" && return
        sleep 0.1
    done
    cat "$2" >&2
    die "waited in vain for '$1'"
}

rehearse() {
    local password token agent=
    ip link set lo up
    cat >"$work/server.conf" <<END
culvert { data-directory = "$work/server", agent-gateway.advertised = [ "127.0.0.1:443" ] }
END
    recording server.aot server --config "$work/server.conf" >"$work/server.log" 2>&1 &
    local server=$!
    await 'ready$' "$work/server.log"

    export CULVERT_ADMIN_SESSION=$work/session.json
    password=$(sed -n 's/.*one-time password: //p' "$work/server.log")
    printf '%s\n%s\n' "$password" "only for a rehearsal" | recording admin.aot admin login --server https://127.0.0.1:8443 \
        --ca "$work/server/ca.pem" --user admin --password-stdin --new-password-stdin
    culvert admin organization create acme
    culvert admin vpn create acme/office
    culvert admin node create acme/laptop
    culvert admin member add acme/office acme/laptop
    token=$(culvert admin token create acme/laptop)

    if [ -r /dev/net/tun ] && [ -w /dev/net/tun ]; then
        recording agent.aot agent up --state "$work/agent" --token "$token" >"$work/agent.log" 2>&1 &
        agent=$!
        await '^linked' "$work/agent.log"
        culvert agent status --state "$work/agent"
    fi
    kill "$server" $agent
    wait
}

if [ "${1:-}" = --rehearse ]; then
    work=$2
    rehearse
    exit
fi
[ $# = 1 ] || die "usage: train.sh DIRECTORY"
mkdir -p "$1"
work=$(mktemp -d "$1/training.XXXXXX")
trap 'rm -rf "$work"' EXIT
own=(unshare -npf --kill-child --mount-proc)
[ "$(id -u)" = 0 ] || own=(unshare -Urnpf --kill-child --mount-proc)
"${own[@]}" true 2>/dev/null || die "no right to make a namespace"
"${own[@]}" bash "$self" --rehearse "$work" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "the rehearsal failed"; }
mv "$work"/*.aot "$1/"
