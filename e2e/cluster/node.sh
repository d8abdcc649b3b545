# The node of this machine: containerd, kubelet, kube-proxy, CoreDNS, and what of the machine they change.
# Sourced by `up`, `down`, `status`, `load-image`.
# shellcheck shell=bash

STATE=$(local_dir)/cluster
LOGS=$(local_dir)/logs
readonly STATE LOGS
# A machine has one node; what is bound to it, or too long a path for a socket, is in RUN, and gone after a reboot.
readonly RUN=/run/naru
readonly API_PORT=6443 ETCD_PORT=12379 ETCD_PEER_PORT=12380
# In the order of their start; stopped in the reverse order.
readonly DAEMONS=(etcd containerd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy coredns)
# Not of the node itself: what a script of its own starts, and `down` stops
readonly ADDITIONS=(metrics-server test-gateway)
readonly RULE="-m comment --comment naru-node"

stop_additions() {
  local name
  for name in "${ADDITIONS[@]}"; do stop_daemon "$name" 5; done
}

containerd_ctl() { ctr --address "$RUN/containerd.sock" --namespace k8s.io "$@"; }

# --- who owns the node ---------------------------------------------------------------------------------------

# hold_lock: for the rest of the script; a second one waits its turn
hold_lock() {
  mkdir -p /run/lock
  exec {NODE_LOCK}>/run/lock/naru-node.lock
  flock -w 300 "$NODE_LOCK" || die "another e2e/cluster/up or down has been at work for 5 minutes; find it with: fuser -v /run/lock/naru-node.lock"
}

# owner: prints the .local folder of the tree whose node this machine runs; fails when there is none
owner() {
  local tree boot
  [[ -r $RUN/owner ]] && { read -r tree; read -r boot; } <"$RUN/owner" && [[ $boot == "$(</proc/sys/kernel/random/boot_id)" ]] && echo "$tree"
}

# claim_node: dies when another tree runs it; clears what a tree that is no longer running left behind
claim_node() {
  local other name
  if other=$(owner) && [[ $other != "$(local_dir)" ]]; then
    for name in "${DAEMONS[@]}"; do
      if (NARU_LOCAL=$other daemon_pid "$name" >/dev/null); then
        die "the node of this machine belongs to $(dirname "$other") ($name runs there). Stop it with: $(dirname "$other")/e2e/cluster/down"
      fi
    done
    log "  The node of $(dirname "$other") has died; clearing what it left on the machine."
    NARU_LOCAL=$other clear_machine "$other/cluster"
  fi
  mkdir -p "$RUN"
  printf '%s\n' "$(local_dir)" "$(</proc/sys/kernel/random/boot_id)" >"$RUN/owner"
}

# --- what changes on the machine -----------------------------------------------------------------------------

# The kubelet sets all but the first; all are put back by `down`.
readonly SYSCTLS="net/ipv4/ip_forward=1 vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000"

prepare_machine() {
  local setting key value old say=:
  if [[ ! -e $RUN/prepared ]]; then say=log; fi
  "$say" "The machine changes, until e2e/cluster/down:"
  for setting in $SYSCTLS; do
    key=${setting%%=*} value=${setting#*=}
    [[ -r /proc/sys/$key ]] || continue
    old=$(<"/proc/sys/$key")
    if [[ $old != "$value" ]]; then
      "$say" "  sysctl ${key//\//.}: $old becomes $value"
      echo "$key $old $value" >>"$STATE/sysctls"
      echo "$value" >"/proc/sys/$key"
    fi
  done
  if ! (node_ip) >/dev/null 2>&1; then
    "$say" "  network: interface naru-node with 10.243.0.1, as the machine has no other address"
    ip link add naru-node type bridge # not "dummy": pods need bridges anyway, so the kernel has them
    ip addr add 10.243.0.1/32 dev naru-node
    ip link set naru-node up
  fi
  "$say" "  network: bridge naru0 and pods' interfaces in 10.244.0.0/24"
  "$say" "  iptables: chains KUBE-* of kubelet and kube-proxy, 4 rules with the comment naru-node for pods' traffic"
  # packets between pods must pass the rules of Services, or replies come from an address nobody asked
  [[ -e /proc/sys/net/bridge ]] || modprobe br_netfilter 2>/dev/null || true
  if [[ ! -d /var/lib/kubelet ]]; then
    mkdir /var/lib/kubelet
    touch /var/lib/kubelet/.made-by-naru
  fi
  touch "$RUN/prepared"
}

# pod_rules -A|-D|-C: pods may reach this machine and the world, whatever policy Docker or a firewall has set
pod_rules() {
  # shellcheck disable=SC2086 # RULE holds several words
  {
    iptables -w "$1" INPUT -i naru0 $RULE -j ACCEPT &&
      iptables -w "$1" FORWARD -i naru0 $RULE -j ACCEPT &&
      iptables -w "$1" FORWARD -o naru0 $RULE -j ACCEPT &&
      iptables -w -t nat "$1" POSTROUTING -s 10.244.0.0/24 ! -d 10.244.0.0/24 $RULE -j MASQUERADE
  } 2>/dev/null
}

# clear_rules TOOL: removes our rules and the KUBE-* chains from every table, each table in one go
clear_rules() {
  local table saved
  command -v "$1-save" >/dev/null || return 0
  for table in filter nat mangle; do
    saved=$("$1-save" -t "$table" 2>/dev/null | awk '
      /^:KUBE-/ { chain = substr($1, 2); flush = flush "-F " chain "\n"; drop = drop "-X " chain "\n" }
      /^-A / && $2 !~ /^KUBE-/ && (/ -j KUBE-/ || /--comment "?naru-node/) { sub(/^-A/, "-D"); rules = rules $0 "\n" }
      END { printf "%s%s%s", rules, flush, drop }')
    if [[ -n $saved ]]; then printf '*%s\n%s\nCOMMIT\n' "$table" "$saved" | "$1-restore" -w --noflush; fi
  done
}

# pod_processes: everything in the pods' control groups, and the shims that belong to our containerd
pod_processes() {
  local group
  for group in /sys/fs/cgroup/kubepods /sys/fs/cgroup/*/kubepods; do
    if [[ -d $group ]]; then find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null || true; fi
  done
  pgrep -f "^[^ ]*containerd-shim[^ ]* .*-address $RUN/containerd.sock" || true
}

no_pod_processes() { [[ -z $(pod_processes) ]]; }

kill_pods() {
  local pids
  mapfile -t pids < <(pod_processes | sort -u)
  if (( ${#pids[@]} > 0 )); then kill -KILL "${pids[@]}" 2>/dev/null || true; fi
  wait_for "the processes of pods are gone" 15 no_pod_processes
}

# mounts_below FOLDER…: deepest first
mounts_below() {
  local folder
  for folder in "$@"; do
    awk -v prefix="$folder/" 'index($5, prefix) == 1 { print $5 }' /proc/self/mountinfo
  done | sort -ru
}

# clear_machine STATE: takes back all that prepare_machine, kubelet, kube-proxy and containerd did to the machine.
# It asks nobody: it works as well after a crash, with every daemon dead. The daemons must be stopped before.
clear_machine() {
  local state=$1 mount key old value group link
  kill_pods
  while read -r mount; do
    # the kernel writes a space in a path as \040
    umount "$(printf '%b' "${mount//\\0/\\00}")" 2>/dev/null || umount -l "$(printf '%b' "${mount//\\0/\\00}")"
  done < <(mounts_below "$RUN" "$state")
  for link in naru0 naru-node; do
    if ip link show "$link" >/dev/null 2>&1; then ip link delete "$link"; fi
  done
  clear_rules iptables
  clear_rules ip6tables
  for group in /sys/fs/cgroup/kubepods /sys/fs/cgroup/*/kubepods; do
    if [[ -d $group ]]; then find "$group" -depth -type d -exec rmdir {} +; fi
  done
  if [[ -f $state/sysctls ]]; then
    while read -r key old value; do
      if [[ $(<"/proc/sys/$key") == "$value" ]]; then echo "$old" >"/proc/sys/$key"; fi
    done <"$state/sysctls"
    rm "$state/sysctls"
  fi
  clear_system_folders "$state"
  rm -rf "$RUN"
}

# clear_system_folders STATE: paths that kubelet and CNI know no option for
clear_system_folders() {
  local sandbox socket folder
  if [[ -d /var/log/containers ]]; then
    find /var/log/containers -type l -lname "$(dirname "$1")/logs/pods/*" -delete
    rmdir --ignore-fail-on-non-empty /var/log/containers
  fi
  if [[ -d /var/lib/cni ]]; then
    for sandbox in "$RUN"/containerd/io.containerd.runtime.v2.task/k8s.io/*; do
      rm -f /var/lib/cni/results/*"-$(basename "$sandbox")-"*
    done
    find /var/lib/cni -depth -type d -empty -delete
  fi
  # shims of all containerds keep their sockets in one folder; ours have ended, so nobody listens on theirs
  for socket in /run/containerd/s/*; do
    if [[ -S $socket && -z $(ss -Hxl src "$socket") ]]; then rm "$socket"; fi
  done
  for folder in /run/containerd/s /run/containerd; do
    if [[ -d $folder ]]; then rmdir --ignore-fail-on-non-empty "$folder"; fi
  done
  if [[ -e /var/lib/kubelet/.made-by-naru ]]; then rm -rf /var/lib/kubelet; fi
}

# --- starting ------------------------------------------------------------------------------------------------

# refuse_strangers: a port of the node that somebody else holds
refuse_strangers() {
  local pair name port holder
  for pair in kube-apiserver:$API_PORT etcd:$ETCD_PORT etcd:$ETCD_PEER_PORT kubelet:10250 kube-proxy:10256 coredns:18181; do
    name=${pair%%:*} port=${pair#*:}
    daemon_pid "$name" >/dev/null && continue
    holder=$(ss -Hltnp "sport = :$port" | sed -nE 's/.*users:\(\("([^"]+)",pid=([0-9]+).*/\1 (process \2)/p' | head -n 1)
    [[ -z $holder ]] || die "$name needs port $port of this machine, which $holder holds. Another Kubernetes seems to run here: stop it, or use it with CONTEXT=<its context>"
  done
}

# snapshotter: overlayfs needs a file system below that is not an overlay itself
snapshotter() {
  local trial
  trial=$(mktemp -d "$STATE/overlay.XXXX")
  mkdir "$trial"/{lower,upper,work,merged}
  if mount -t overlay overlay -o "lowerdir=$trial/lower,upperdir=$trial/upper,workdir=$trial/work" "$trial/merged" 2>/dev/null; then
    umount "$trial/merged"
    echo overlayfs
  else
    echo native
  fi
  rm -rf "$trial"
}

# restrict_oom_score: whether this machine withholds CAP_SYS_RESOURCE (bit 24)
restrict_oom_score() {
  local capabilities
  capabilities=$(awk '$1 == "CapEff:" { print $2 }' /proc/self/status)
  if (( 16#$capabilities >> 24 & 1 )); then echo false; else echo true; fi
}

# render FILE: a file of config/ with this node's folders and addresses
render() {
  sed -e "s|@STATE@|$STATE|g; s|@RUN@|$RUN|g; s|@LOGS@|$LOGS|g; s|@NODE_IP@|$NODE_IP|g" \
    -e "s|@SNAPSHOTTER@|${SNAPSHOTTER:-}|; s|@RESTRICT_OOM_SCORE@|$(restrict_oom_score)|" "$CLUSTER/config/$1"
}

# follow_address: a machine that has moved to another network needs new certificates, and all daemons restarted
follow_address() {
  local before index
  before=$(cat "$STATE/pki/address" 2>/dev/null) || return 0
  [[ $before != "$NODE_IP" ]] || return 0
  log "  The machine's address was $before and is $NODE_IP now: restarting the node's daemons."
  stop_additions
  for (( index = ${#DAEMONS[@]} - 1; index >= 0; index-- )); do stop_daemon "${DAEMONS[index]}" 5; done
}

write_configuration() {
  local server=https://$NODE_IP:$API_PORT
  SNAPSHOTTER=$(snapshotter)
  mkdir -p "$STATE/config/cni" "$STATE/kubelet" "$RUN/containerd" "$LOGS"
  make_certificates "$NODE_IP"
  [[ -f $STATE/pki/dns.crt ]] || issue_client dns /CN=naru-local:dns
  [[ -f $STATE/pki/aggregator.crt ]] || issue_client aggregator /CN=naru-local:aggregator
  render containerd.toml >"$STATE/config/containerd.toml"
  render naru.conflist >"$STATE/config/cni/10-naru.conflist"
  render kubelet.yaml >"$STATE/config/kubelet.yaml"
  render kube-proxy.yaml >"$STATE/config/kube-proxy.yaml"
  render Corefile >"$STATE/config/Corefile"
  write_kubeconfig "$(local_dir)/kubeconfig" admin "$server"
  for name in controllers scheduler node proxy dns; do write_kubeconfig "$STATE/$name.kubeconfig" "$name" "$server"; done
}

# aggregation: flags with which the API server asks other servers, such as metrics-server, in the name of its clients
aggregation() {
  local pki=$STATE/pki
  printf '%s\n' --proxy-client-cert-file "$pki/aggregator.crt" --proxy-client-key-file "$pki/aggregator.key" \
    --requestheader-client-ca-file "$pki/ca.crt" --requestheader-allowed-names naru-local:aggregator \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra-
}

start_containerd() {
  start_daemon containerd containerd --config "$STATE/config/containerd.toml" --log-level warn
  wait_for_daemon containerd "containerd answers" 30 containerd_ctl version
}

start_scheduler() {
  start_daemon kube-scheduler "$KUBE_SCHEDULER" --kubeconfig "$STATE/scheduler.kubeconfig" \
    --authentication-kubeconfig "$STATE/scheduler.kubeconfig" --leader-elect=false --secure-port 0 --profiling=false
}

start_kubelet() {
  start_daemon kubelet "$KUBELET" --config "$STATE/config/kubelet.yaml" --kubeconfig "$STATE/node.kubeconfig" \
    --root-dir "$STATE/kubelet" --hostname-override node1 --node-ip "$NODE_IP"
}

start_proxy() { start_daemon kube-proxy "$KUBE_PROXY" --config "$STATE/config/kube-proxy.yaml"; }

start_dns() { start_daemon coredns "$COREDNS" -conf "$STATE/config/Corefile"; }
