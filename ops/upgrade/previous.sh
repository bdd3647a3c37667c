#!/usr/bin/env bash
# previous.sh - builds the programs of the commit before the servers changed last, and prints where they are.
#
# usage: ops/upgrade/previous.sh
#
# The test of rolling upgrades starts servers and agents of that commit and replaces the servers by those of this checkout. The
# commit is HEAD if the servers' sources have changes that are not committed; otherwise the parent of the newest commit
# that touched them, so that there is something to upgrade. Where the history ends before that it is HEAD, said in capitals.
# It is built once, into target/previous/COMMIT, without tests.
#
# environment:
#   CULVERT_PREVIOUS   the revision to take instead, for example a release
set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
servers=(pom.xml agent-protocol/pom.xml agent-protocol/src/main node-actor-model/pom.xml node-actor-model/src/main
    cluster-node/pom.xml cluster-node/src/main)

say() { printf 'previous.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
git() { command git -C "$home" "$@"; }

commit() { # prints the commit to upgrade from
    local newest
    if [ -n "${CULVERT_PREVIOUS:-}" ]; then
        git rev-parse -q --verify "$CULVERT_PREVIOUS^{commit}" ||
            die "CULVERT_PREVIOUS: there is no revision '$CULVERT_PREVIOUS' in $home"
    elif [ -n "$(git status --porcelain -- "${servers[@]}")" ]; then
        git rev-parse HEAD
    else
        newest=$(git log -1 --format=%H -- "${servers[@]}")
        git rev-parse -q --verify "$newest^" || {
            say "THE HISTORY ENDS at $newest, so servers are upgraded from that commit itself: they are replaced one by one," \
                "but nothing is shown of two versions together. For that, in a shallow clone: git fetch --unshallow"
            git rev-parse HEAD
        }
    fi
}

git rev-parse -q --verify HEAD >/dev/null ||
    die "$home is not a git repository with a history, which the test of rolling upgrades needs: clone it, do not copy it"
commit=$(commit)
all=$home/target/previous
built=$all/$commit
mkdir -p "$all"
exec 9>"$all.lock"
flock 9
if [ ! -e "$built/built" ]; then
    command -v mvn >/dev/null || die "no Maven found. Install it (Debian: apt-get install maven)."
    say "building $(git log -1 --format='%h (%s)' "$commit")..."
    rm -rf "${all:?}"/*
    mkdir "$built"
    git archive "$commit" | tar -x -C "$built"
    # Compiled once and hardly run: without the checks, and by a Maven that starts fast.
    (cd "$built" && MAVEN_OPTS="${MAVEN_OPTS:-} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC" \
        mvn -B -q -ntp -Dstyle.color=never -Dmaven.test.skip=true -Dculvert.checker=-proc:none -Dculvert.lint=-Xlint:none \
        -pl acceptance -am package) >&2 9>&- || die "$commit could not be built"
    touch "$built/built"
    say "built in $SECONDS s"
fi
printf '%s\n' "$built"
