#!/usr/bin/env bash
# Starts a cluster of OpenSearch nodes on this machine's loopback, and waits until all of them are in it.
#   start.sh [NODES] [HEAP]     e.g. start.sh 3 512m
# PRODUCT (opensearch, elasticsearch) and RELEASE choose another engine; OpenSearch 3 needs Java 21, named by JAVA_HOME.
# What runs already is left alone. Data, logs and process numbers lie in $STATE; node N answers on 127.0.0.1:$((PORT + N)), from N = 0.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nodes=${1:-1} heap=${2:-512m}
state=${STATE:-$here/target/cluster} port=${PORT:-9200} wire=${WIRE:-9300}

product=${PRODUCT:-opensearch} release=${RELEASE:-2.19.6}

# The program's folder, as Maven unpacked it.
home=$here/target/$product-$release
[ -d "$home/lib" ] || (cd "$here" && mvn -B -q package "-Dproduct=$product" "-Drelease=$release")
[ -d "$home/lib" ] || { echo "no $home" >&2; exit 1; }
java=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")}

# OpenSearch refuses to run as root, so root hands it to nobody.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi

case $product-$release in
opensearch-[12].*)
    variable=OPENSEARCH manager=cluster_manager more=''
    options=(-Djava.security.manager=allow
        -Djava.util.concurrent.ForkJoinPool.common.threadFactory=org.opensearch.secure_sm.SecuredForkJoinWorkerThreadFactory)
    ;;
opensearch-*)
    variable=OPENSEARCH manager=cluster_manager more=''
    options=("-javaagent:$home/agent/opensearch-agent.jar" --add-modules=jdk.incubator.vector)
    ;;
*)
    variable=ES manager=master more='xpack.security.enabled: false' options=(-Dfile.encoding=UTF-8)
    ;;
esac

seeds='' managers=''
for ((n = 0; n < nodes; n++)); do
    seeds+=${seeds:+,}127.0.0.1:$((wire + n))
    managers+=${managers:+,}node-$n
done
for ((n = 0; n < nodes; n++)); do
    at=$state/node-$n
    # Ours and alive: its number may have gone to another process.
    if [ -f "$at/pid" ] && cat "/proc/$(cat "$at/pid")/cmdline" "/proc/$(cat "$at/pid")/environ" 2>/dev/null | tr '\0' ' ' | grep -qF "$at/config"; then continue; fi
    mkdir -p "$at"/{config,data,logs,tmp}
    cp "$home/config/log4j2.properties" "$at/config/"
    printf '%s\n' "-Xms$heap" "-Xmx$heap" -XX:+UseSerialGC -Xlog:disable "-Djava.io.tmpdir=$at/tmp" -XX:+ExitOnOutOfMemoryError \
        "${options[@]}" >"$at/config/jvm.options"
    cat >"$at/config/$product.yml" <<Y
cluster.name: jianbao-dev
node.name: node-$n
path.data: $at/data
path.logs: $at/logs
network.host: 127.0.0.1
http.port: $((port + n))
transport.port: $((wire + n))
discovery.seed_hosts: [$seeds]
cluster.initial_${manager}_nodes: [$managers]
cluster.routing.allocation.disk.threshold_enabled: false
action.auto_create_index: false
node.processors: ${PROCESSORS:-1}
$more
Y
    if [ "$(id -u)" = 0 ]; then chown -R 65534:65534 "$at"; fi
    (
        cd "$home"
        export "${variable}_PATH_CONF=$at/config" "${variable}_TMPDIR=$at/tmp" "${variable}_JAVA_HOME=$java"
        exec setsid "${as[@]}" "bin/$product" -p "$at/pid" >"$state/node-$n.out" 2>&1 </dev/null &
    )
done
for ((i = 0; i < 240; i++)); do
    health="http://127.0.0.1:$port/_cluster/health?wait_for_nodes=$nodes&wait_for_status=yellow&timeout=1s"
    got=$(curl -s -m 2 "$health" || true)
    case $got in *'"timed_out":false'*) exit 0 ;; esac
    sleep 0.5
done
echo "no cluster of $nodes nodes after two minutes; see $state/node-*.out" >&2
exit 1
