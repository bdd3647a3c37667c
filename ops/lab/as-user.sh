#!/usr/bin/env bash
# as-user.sh - runs a command with the rights over networks that the laboratory needs, for an ordinary user.
#
# usage: ops/lab/as-user.sh COMMAND [ARGUMENT...]
#
#   ops/lab/as-user.sh ops/lab/lab.sh up        ends, and the lab with it
#   ops/lab/as-user.sh bash                     a shell in which labs can be built, looked at and left
#
# Two user namespaces, one in the other. In the first the user is root, so that mount(8) gives them a /run of their own. In the
# second they are themselves again, with all rights over its networks: programs that become somebody else when root runs them, as
# tcpdump does, find nobody there to become. Everything that was started ends with the command.
set -euo pipefail

die() { printf 'as-user.sh: %s\n' "$*" >&2; exit 1; }

[ $# -gt 0 ] || die "usage: ops/lab/as-user.sh COMMAND [ARGUMENT...]"
unshare -Urnm true 2>/dev/null ||
    die "run it as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1," \
        "or on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0)"
if [ ! -r /dev/net/tun ] || [ ! -w /dev/net/tun ]; then
    die "virtual interfaces need /dev/net/tun, which you may not open: run it as root, or, as root: chmod 0666 /dev/net/tun"
fi
export CULVERT_USER_NAMESPACE=1
# unshare(1) does not hear a SIGTERM while its child runs: who asks this script to end asks the child. Ctrl-C reaches it anyway.
# shellcheck disable=SC2016  # the inner shells expand them
exec unshare -Urm bash -c '
    mount -t tmpfs run /run
    (trap - INT
    exec unshare -U --map-user="$0" --map-group="$1" --keep-caps -nmpf --kill-child --mount-proc \
        bash -c "ip link set lo up && exec \"\$0\" \"\$@\"" "${@:2}") <&0 &
    inner=$!
    trap : INT
    trap "kill -s TERM \$(cat /proc/$inner/task/$inner/children)" TERM
    while wait "$inner" && status=0 || status=$?; kill -0 "$inner" 2>/dev/null; do :; done
    exit "$status"' "$(id -u)" "$(id -g)" "$@"
