# Shared by every script of e2e/: source it, do not run it.
# shellcheck shell=bash
#
# What a running local system keeps lives under local_dir (.local/, or $NARU_LOCAL): run/ pid files, logs/ all
# logs, env.d/ what each part contributes to .local/env. What is expensive to make lives under cache_dir.

E2E=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly E2E

log() { printf '%s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# step TEXT COMMAND…: runs the command in a subshell and tells how long it took. The command's output goes to
# stderr, so that a script's own stdout stays usable. A function ends at its first failing command (set -e),
# unless step itself stands before || or in an if: there bash ignores failures, so give it one plain command.
step() {
  local text=$1 begin=$SECONDS rc
  shift
  log "  $text …"
  set +e
  (set -e; "$@" >&2)
  rc=$?
  set -e
  if (( rc == 0 )); then
    log "  $text: $((SECONDS - begin)) s"
  else
    log "  $text: FAILED after $((SECONDS - begin)) s (exit code $rc)"
  fi
  return "$rc"
}

repo_root() { dirname "$E2E"; }
cache_dir() { echo "${NARU_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/naru}"; }
local_dir() { echo "${NARU_LOCAL:-$(repo_root)/.local}"; }

# tool NAME…: compiles what is not cached yet, prints the path of each binary
tool() { "$E2E/tools/build" "$@"; }

# installed_kubectl: prints the one on the PATH when it is recent enough
installed_kubectl() {
  local minor
  minor=$(kubectl version --client -o json 2>/dev/null | sed -nE 's/.*"minor": "([0-9]+).*/\1/p' | head -n 1)
  [[ -n $minor ]] && (( minor >= 32 )) && command -v kubectl
}

find_kubectl() { installed_kubectl || tool kubectl; }

# find_jdk: prints the home of a JDK 25 or newer; looks at JAVA_HOME, then where packages and SDKMAN put it
find_jdk() {
  local home version
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/* /opt/*jdk* /usr/local/*jdk*; do
    [[ -x $home/bin/javac && -r $home/release ]] || continue
    version=$(sed -nE 's/^JAVA_VERSION="([0-9]+).*/\1/p' "$home/release")
    if [[ -n $version ]] && (( version >= 25 )); then echo "$home"; return; fi
  done
  return 1
}

# find_python: prints a Python 3.13 or newer; looks on the PATH, then where pyenv and uv put it
find_python() {
  local python
  for python in python3.14 python3.13 python3 "$HOME"/.pyenv/versions/*/bin/python3 \
                "$HOME"/.local/share/uv/python/*/bin/python3 /usr/local/bin/python3; do
    python=$(command -v "$python") || continue
    # a pyenv shim exists for versions that are not active: only running it tells
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 13))' 2>/dev/null; then echo "$python"; return; fi
  done
  return 1
}

# node_ip: the machine's primary IPv4 address, by which pods reach servers on this machine; NARU_NODE_IP overrides it
node_ip() {
  local address=${NARU_NODE_IP:-}
  # nothing is sent: the kernel only tells which address it would send from
  [[ -n $address ]] || address=$(ip -4 -o route get 1.1.1.1 2>/dev/null | sed -nE 's/.* src ([0-9.]+).*/\1/p')
  if [[ -z $address ]]; then
    address=$(ip -4 -o addr show scope global | awk '$2 !~ /^(naru0|cni|docker|br-|veth|virbr)/ { sub("/.*", "", $4); print $4; exit }')
  fi
  [[ -n $address ]] || die "this machine has no IPv4 address but loopback; e2e/cluster/up makes an interface for it, run it first"
  echo "$address"
}

# free_port: outside the range of NodePorts and of the kernel's own choices, so that nobody takes it meanwhile
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 9999))
    [[ -n $(ss -Hltn "sport = :$port") ]] || { echo "$port"; return; }
  done
}

# wait_for WHAT SECONDS COMMAND…: until the command succeeds; dies with its last words after the deadline
wait_for() {
  local what=$1 deadline=$((SECONDS + $2)) seconds=$2 said
  shift 2
  until said=$("$@" 2>&1); do
    (( SECONDS < deadline )) || die "$what: not after $seconds s. The last answer was: ${said:-none}"
    sleep 0.1
  done
}

# --- daemons -------------------------------------------------------------------------------------------------
# A pid file holds "pid start-time boot-id": a pid alone would name a stranger after a crash or a reboot.

process_identity() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # the command name may hold spaces: cut after its closing parenthesis; field 22 is then the 20th
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} != Z ]] && echo "$1 ${stat[19]} $(</proc/sys/kernel/random/boot_id)"
}

# daemon_pid NAME: prints the pid when the daemon runs
daemon_pid() {
  local file pid
  file=$(local_dir)/run/$1.pid
  [[ -r $file ]] && read -r pid _ <"$file" && [[ $(process_identity "$pid") == "$(<"$file")" ]] && echo "$pid"
}

# start_daemon NAME COMMAND…: detached, its output appended to logs/NAME.log; nothing when it runs already
start_daemon() {
  local name=$1 dir logfile pid
  shift
  daemon_pid "$name" >/dev/null && return
  dir=$(local_dir)
  logfile=$dir/logs/$name.log
  mkdir -p "$dir/run" "$dir/logs"
  if [[ -f $logfile ]] && (( $(stat -c %s "$logfile") > 64 * 1024 * 1024 )); then mv "$logfile" "$logfile.1"; fi
  (
    # an inherited descriptor would keep a lock or a caller's pipe open for as long as the daemon lives
    for fd in "/proc/$BASHPID/fd/"*; do
      fd=${fd##*/}
      if (( fd > 2 )); then eval "exec $fd>&-"; fi
    done
    exec setsid "$@" </dev/null >>"$logfile" 2>&1
  ) &
  pid=$!
  disown "$pid"
  process_identity "$pid" >"$dir/run/$name.pid" || die "$name ended at once; its last words: $(tail -n 3 "$logfile")"
}

# wait_for_daemon NAME WHAT SECONDS COMMAND…: like wait_for, and gives up at once when the daemon has died
wait_for_daemon() {
  local name=$1 what=$2 deadline=$((SECONDS + $3)) seconds=$3 logfile
  shift 3
  logfile=$(local_dir)/logs/$name.log
  until "$@" >/dev/null 2>&1; do
    daemon_pid "$name" >/dev/null || die "$name has died before $what. $logfile ends with:"$'\n'"$(tail -n 8 "$logfile")"
    (( SECONDS < deadline )) || die "$what: not after $seconds s. $logfile ends with:"$'\n'"$(tail -n 8 "$logfile")"
    sleep 0.1
  done
}

# await_end IDENTITY SECONDS: until that process is gone. Not by "kill -0" nor "tail --pid": to these a dead process
# whose parent has not asked for its exit code yet is alive.
await_end() {
  local deadline=$((SECONDS + $2))
  while [[ $(process_identity "${1%% *}") == "$1" ]]; do
    (( SECONDS <= deadline )) || return 1
    sleep 0.05
  done
}

# stop_daemon NAME [SECONDS]: asks, waits (10 s), then kills it with its process group; nothing when it is gone
stop_daemon() {
  local name=$1 seconds=${2:-10} pid identity
  if pid=$(daemon_pid "$name"); then
    identity=$(process_identity "$pid") || true
    kill -TERM "$pid" 2>/dev/null || true
    if ! await_end "$identity" "$seconds"; then
      log "  $name did not stop within $seconds s: killing it"
      kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
      await_end "$identity" 5 || die "$name (pid $pid) cannot be killed"
    fi
  fi
  rm -f "$(local_dir)/run/$name.pid"
}

# --- environment ---------------------------------------------------------------------------------------------

# write_env PART NAME=VALUE…: what a part (10-cluster, 20-warehouse, …) contributes to .local/env
write_env() {
  local part=$1 dir pair
  shift
  dir=$(local_dir)/env.d
  mkdir -p "$dir"
  for pair in "$@"; do printf 'export %s=%q\n' "${pair%%=*}" "${pair#*=}"; done >"$dir/.$part"
  mv "$dir/.$part" "$dir/$part"
  concatenate_env
}

# remove_env PART: takes the contribution back
remove_env() {
  rm -f "$(local_dir)/env.d/$1"
  concatenate_env
}

concatenate_env() {
  local dir
  dir=$(local_dir)
  [[ -d $dir/env.d ]] || return 0
  (
    exec {lock}>"$dir/env.d/.lock"
    flock "$lock"
    cd "$dir/env.d" || exit 1
    # shellcheck disable=SC2035 # parts begin with a digit
    cat /dev/null [0-9]* >"$dir/.env" 2>/dev/null || true
    mv "$dir/.env" "$dir/env"
  )
}
