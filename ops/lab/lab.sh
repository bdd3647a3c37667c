#!/usr/bin/env bash
# lab.sh - a small Internet made of network namespaces, in which Culvert is shown, tested and measured.
#
#   lab.sh up [internet|pair|bench|cluster]   build it; a second call finds it and does nothing
#   lab.sh down                     end what runs in its namespaces and remove them
#   lab.sh status                   its namespaces, addresses and programs
#   lab.sh exec HOST CMD...         run CMD in HOST's namespace
#   lab.sh spawn HOST NAME CMD...   start CMD there in the background; its output goes to $LAB_RUN/NAME.log
#   lab.sh packages [NAME...]       say which Debian packages are missing, those of further commands with their name too;
#                                   install them if we are root
#
#   LAB=name   prefix of the namespaces (default: culvert-lab); labs with different names run side by side
#   LAB_RUN    directory for process ids and logs (default: $TMPDIR/$LAB)
#
# internet: an Internet in the middle, and sites with different doors to it
#
#                                    wan          router; every packet between two sites passes here,
#                                     |           so this is where to capture: tcpdump -i any
#        +---------------+------------+-+----------------+---------------+
#        | 198.18.2      | 198.18.5     | 198.18.12      | 198.18.11     | 198.18.6
#       srv .2          pub .2         pat .2           nat .2          ext .2
#       VPN server      public host    PAT (masquerade) 1:1 NAT         host outside the VPN
#       fd00:18:2::2    fd00:18:5::2    |               |
#                                       | 10.12.0.1     | 10.11.0.1
#                                     +-+--+            |
#                                    p1    p2          n1
#                                    .2    .3          .2
#
#   pat   keeps the source port where it can and maps it alike for all destinations; nothing gets in that did not go out
#   nat   gives its whole outer address to n1, both ways (a static mapping)
#
# pair: two nodes back to back, for measurements, and their server
#
#       b ============== a ------------ srv          a forwards between b and srv
#       198.18.10.2      198.18.10.1    198.18.11.1
#
# bench: three pairs side by side with one server, for VPNs that are compared: in one namespace they would find ways
# through each other's tunnels
#
#       b  ============= a  ------.      Culvert, and the raw path
#       198.18.10.2      198.18.10.1
#       jb ============= ja ----- srv    Culvert with the JDK's ciphers
#       198.18.12.2      198.18.12.1
#       pb ============= pa ------'      other VPNs
#       198.18.13.2      198.18.13.1
#
# cluster: the servers of one cluster, and the namespace that lab.sh is run in, made for this: it has no network but the lab
#
#                        wan           router; every packet between two servers passes here, so this is where to cut
#                         |
#        +----------------++----------------+-----------------+
#        | 198.18.20      | 198.18.21       | 198.18.22       | 198.18.23
#       here .2          s1 .2             s2 .2             s3 .2
#
# Nothing here is connected to the machine's own network, and the machine's own namespace gets no address and no route.
# Works for root, and for an ordinary user in a user namespace: ops/lab/as-user.sh bash
set -euo pipefail

LAB=${LAB:-culvert-lab}
LAB_RUN=${LAB_RUN:-${TMPDIR:-/tmp}/$LAB}

say() { printf 'lab.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
inside() { local host=$1; shift; ip netns exec "$LAB-$host" "$@"; }
exists() { [ -e "/run/netns/$LAB-$1" ]; }

# ---- packages --------------------------------------------------------------------------------------------------------

# "command package", one a line: what a lab needs; and what is done in those that are not a cluster
needed() { # [SHAPE]
    printf '%s\n' 'ip iproute2' 'nft nftables' 'setsid util-linux'
    [ "${1:-}" = cluster ] || printf '%s\n' 'ping iputils-ping' 'iperf3 iperf3' 'tcpdump tcpdump'
}

packages() { # [NAME...]: also commands that are in a package of their name
    provide < <(needed; for command; do echo "$command $command"; done)
}

provide() { # reads "command package", one a line
    local command package missing=()
    while read -r command package; do
        PATH=$PATH:/usr/sbin:/sbin command -v "$command" >/dev/null || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local install=(apt-get install -y --no-install-recommends "${missing[@]}")
    if [ "$(id -u)" != 0 ] || in_user_namespace || is_alone || ! command -v apt-get >/dev/null; then
        die "missing: ${missing[*]}. Run, as root: ${install[*]}"
    fi
    say "installing ${missing[*]}"
    apt-get update -q >&2 || die "apt-get update failed"
    DEBIAN_FRONTEND=noninteractive "${install[@]}" >&2 || die "could not install ${missing[*]}"
}

in_user_namespace() { ! grep -Eq '^ +0 +0 +4294967295$' /proc/self/uid_map; }
is_alone() { [ "$(tail -n +3 /proc/self/net/dev | wc -l)" = 1 ]; } # whether this namespace has no network but lo

# ---- building blocks -------------------------------------------------------------------------------------------------

namespace() { # NAME [forwards]
    ip netns add "$LAB-$1"
    ip -n "$LAB-$1" link set lo up
    inside "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    # Every address is ours: nobody needs to be asked for a second before it may be used.
    inside "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
    if [ "${2:-}" = forwards ]; then
        inside "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    fi
}

address() { # NAME DEVICE PREFIX...
    local name=$1 device=$2 prefix; shift 2
    for prefix in "$@"; do
        case $prefix in
            *:*) ip -n "$LAB-$name" addr add "$prefix" dev "$device" nodad ;;
            *)   ip -n "$LAB-$name" addr add "$prefix" dev "$device" ;;
        esac
    done
}

cable() { # NAME DEVICE NAME DEVICE: a veth pair; its offloads stay on, as on a real interface
    ip link add name "$2" netns "$LAB-$1" type veth peer name "$4" netns "$LAB-$3"
    ip -n "$LAB-$1" link set "$2" up
    ip -n "$LAB-$3" link set "$4" up
}

gateway() { # NAME ADDRESS...: default routes
    local name=$1 next; shift
    for next in "$@"; do ip -n "$LAB-$name" route add default via "$next"; done
}

site() { # NAME NUMBER [forwards]: a site of the Internet, 198.18.NUMBER.2 behind the router's .1
    namespace "$1" "${3:-}"
    cable "$1" wan0 wan "$1"
    address wan "$1" "198.18.$2.1/24" "fd00:18:$2::1/64"
    address "$1" wan0 "198.18.$2.2/24"
}

public() { # NAME NUMBER: a site that is one host, with IPv6
    site "$1" "$2"
    address "$1" wan0 "fd00:18:$2::2/64"
    gateway "$1" "198.18.$2.1" "fd00:18:$2::1"
}

here() { # NUMBER: the namespace that this runs in, as a site; it reaches the lab and nothing else
    ip link add name wan0 type veth peer name here netns "$LAB-wan"
    ip link set wan0 up
    ip -n "$LAB-wan" link set here up
    address wan here "198.18.$1.1/24"
    ip addr add "198.18.$1.2/24" dev wan0
    ip route add 198.18.0.0/15 via "198.18.$1.1"
}

box() { # NAME NUMBER LAN-ADDRESS: a site with a private network behind its door
    site "$1" "$2" forwards
    gateway "$1" "198.18.$2.1"
    ip -n "$LAB-$1" link add name lan0 type bridge
    # Bridged frames stay out of the translation rules; without the module there is no such switch.
    inside "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true
    ip -n "$LAB-$1" link set lan0 up
    address "$1" lan0 "$3/24"
}

host() { # NAME BOX ADDRESS GATEWAY: a host in BOX's private network
    namespace "$1"
    cable "$1" net0 "$2" "$1"
    ip -n "$LAB-$2" link set "$1" master lan0
    address "$1" net0 "$3/24"
    gateway "$1" "$4"
}

# ---- doors -----------------------------------------------------------------------------------------------------------

# What comes in unasked must not be accepted by the box itself: the entry it would leave in the connection table takes its
# port away from the next host that wants to go out from it.
port_address_translation() { # BOX
    inside "$1" nft -f - <<'END'
table ip nat {
    chain out { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
}
table ip filter {
    chain in { type filter hook input priority filter; iifname "wan0" ct state new drop; }
}
END
}

static_mapping() { # BOX OUTER INNER
    inside "$1" nft -f - <<END
table ip nat {
    chain in  { type nat hook prerouting priority dstnat; iifname "wan0" dnat to $3; }
    chain out { type nat hook postrouting priority srcnat; oifname "wan0" ip saddr $3 snat to $2; }
}
END
}

# ---- the labs --------------------------------------------------------------------------------------------------------

internet() {
    namespace wan forwards
    public srv 2
    public pub 5
    public ext 6
    box pat 12 10.12.0.1
    port_address_translation pat
    host p1 pat 10.12.0.2 10.12.0.1
    host p2 pat 10.12.0.3 10.12.0.1
    box nat 11 10.11.0.1
    static_mapping nat 198.18.11.2 10.11.0.2
    host n1 nat 10.11.0.2 10.11.0.1
}

back_to_back() { # FIRST SECOND NETWORK DEVICE: two nodes, and FIRST's cable to the server's DEVICE
    namespace "$1" forwards
    namespace "$2"
    cable "$1" net0 "$2" net0
    address "$1" net0 "$3.1/24"
    address "$2" net0 "$3.2/24"
    gateway "$2" "$3.1"
    # FIRST has one address only, also towards the server: so there is one way between the two to choose from.
    cable "$1" srv srv "$4"
    ip -n "$LAB-$1" route add 198.18.11.1 dev srv src "$3.1"
    ip -n "$LAB-srv" route add "$3.1" dev "$4" src 198.18.11.1
    ip -n "$LAB-srv" route add "$3.0/24" via "$3.1" src 198.18.11.1
}

pair() {
    namespace srv
    address srv lo 198.18.11.1/32
    back_to_back a b 198.18.10 net0
}

bench() {
    pair
    back_to_back ja jb 198.18.12 net1
    back_to_back pa pb 198.18.13 net2
}

cluster() {
    namespace wan forwards
    public s1 21
    public s2 22
    public s3 23
    here 20
}

up() { # [SHAPE]
    local shape=${1:-internet}
    case $shape in
        internet | pair | bench | cluster) ;;
        *) die "there is no lab '$shape'; there are: internet, pair, bench, cluster" ;;
    esac
    if [ "$(cat "$LAB_RUN/ready" 2>/dev/null)" = "$shape" ] && { exists srv || exists s1; }; then
        say "$LAB ($shape) is up already"
        return
    fi
    provide < <(needed "$shape")
    if [ "$shape" = cluster ] && ! is_alone; then
        die "a cluster is connected to the namespace that it is built from, which must have no network: unshare -nm bash"
    fi
    unshare -nm true 2>/dev/null || die "network namespaces need root, or a user namespace: ops/lab/as-user.sh bash"
    down
    mkdir -p "$LAB_RUN"
    trap 'say "could not build $LAB"; down' EXIT
    "$shape"
    trap - EXIT
    echo "$shape" >"$LAB_RUN/ready"
}

spawn() { # HOST NAME CMD...
    local host=$1 name=$2; shift 2
    # exec, so that the recorded id is the program's own
    (exec ip netns exec "$LAB-$host" setsid "$@") >"$LAB_RUN/$name.log" 2>&1 </dev/null &
    echo $! >"$LAB_RUN/$name.pid"
}

programs() { # the processes in the lab's namespaces
    local file
    for file in /run/netns/"$LAB"-*; do [ -e "$file" ] && ip netns pids "${file##*/}"; done
    return 0
}

signal() { # SIGNAL: to every program of the lab; only what was started in its namespaces runs there
    local pid
    for pid in $(programs); do kill -s "$1" "$pid" 2>/dev/null || true; done
}

down() {
    local file tries=50
    signal TERM
    while [ -n "$(programs)" ] && [ $((tries -= 1)) -gt 0 ]; do sleep 0.1; done
    signal KILL
    for file in /run/netns/"$LAB"-*; do
        [ -e "$file" ] && ip netns del "${file##*/}"
    done
    rm -f "$LAB_RUN/ready" "$LAB_RUN"/*.pid
}

status() {
    local file name found=1
    for file in /run/netns/"$LAB"-*; do
        [ -e "$file" ] || continue
        name=${file##*/} found=0
        printf '%-24s %s\n' "$name" "$(ip -n "$name" -br addr | awk '$1 != "lo" { $2 = ""; printf "%s  ", $0 }')"
        ip netns pids "$name" | while read -r pid; do printf '    %s\n' "$(ps -o pid=,args= -p "$pid" | cut -c1-100)"; done
    done
    return $found
}

[ $# -gt 0 ] || { sed -n '2,13p' "$0" | sed 's/^# \{0,1\}//'; exit 2; }
command=$1
shift
case $command in
    up | down | status | spawn | packages) "$command" "$@" ;;
    exec) inside "$@" ;;
    *) die "there is no command '$command'; run lab.sh without one to see them" ;;
esac
