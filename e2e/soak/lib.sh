# Shared by the suites of e2e/soak/: source it, do not run it.
# shellcheck shell=bash
#
# A suite calls system_up, installs what it needs, ends by clear_cluster, writes its report with report_begin and
# report, and exits non-zero when one of its oracles fails. Nothing here changes the cluster but these functions.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=../demo/steps.sh
. "$E2E/demo/steps.sh"
cd "$(repo_root)" || exit 1

readonly SYSTEM=naru-system

# --- system --------------------------------------------------------------------------------------------------

# system_up: images of this tree, node, databases, a tenth of the company's data (or what is there), images loaded
system_up() {
  local scale
  step "images" "$E2E/images/build"
  step "the local system" "$E2E/up"
  load_env
  # other data under tables that were loaded already would be a different past, which no increment can follow
  scale=$(psql -XAtc 'SELECT scale FROM company.calendar' "$NARU_PG_URL" 2>/dev/null) || scale=${SCALE:-0.1}
  step "the sample company's data (scale $scale)" "$E2E/company/generate" --scale "$scale"
  step "images to the node" "$E2E/cluster/load-image" "$(local_dir)"/images/naru-{operator,worker,sql-analyzer}.tar
}

# clear_cluster: removes every release of the chart, our resources with what they own, and the definitions
clear_cluster() {
  local helm release namespace
  [[ ! -f $(local_dir)/cluster/context ]] || die "a soak test removes everything of ours: it runs on the local node, not on a cluster of yours"
  helm=$(tool helm)
  while read -r release namespace; do
    "$helm" uninstall "$release" --namespace "$namespace" --wait >/dev/null
  done < <("$helm" list --all-namespaces --all --output json |
    jq -r '.[] | select(.chart | startswith("naru-")) | "\(.name) \(.namespace)"')
  # the definitions take the resources along, and these their children
  kubectl get crd -o name | { grep -E '\.naru\.dev$' || true; } | xargs -r kubectl delete --timeout 2m >/dev/null
  kubectl delete namespace "$NAMESPACE" --ignore-not-found --timeout 2m >/dev/null
}

# --- operator ------------------------------------------------------------------------------------------------

# await_operator [NAMESPACE]: its rollout is complete, no pod of an older one is left, a living pod holds the lease
await_operator() {
  local namespace=${1:-$SYSTEM}
  kubectl -n "$namespace" rollout status deployment -l app.kubernetes.io/name=naru --timeout 3m >/dev/null
  wait_for "a pod of the operator in $namespace leads" 60 leader_lives "$namespace"
}

leader_lives() {
  local holder
  holder=$(lease_holder "$1")
  [[ -n $holder ]] && kubectl -n "$1" get pod "$holder" >/dev/null
}

# lease_holder [NAMESPACE]: the pod that leads; nothing when the lease was given back
lease_holder() {
  kubectl -n "${1:-$SYSTEM}" get leases -o json |
    jq -r '[.items[].spec.holderIdentity // empty | select(length > 0)] | first // ""'
}

# --- what happened -------------------------------------------------------------------------------------------

audit_log() { echo "$(local_dir)/logs/audit.log"; }

# audit_end: a position; events after it are those of audit_since
audit_end() { stat -c %s "$(audit_log)"; }

# audit_since POSITION [JQ]: the events written since, one JSON object a line, those for which the jq condition holds.
# The audit log has every write of anybody (create, update, patch, delete, deletecollection), metadata only.
audit_since() {
  # the last line may still be in the making
  tail -c "+$(($1 + 1))" "$(audit_log)" | jq -Rc "fromjson? | select(${2:-true})"
}

# audit_told: those events as people read them
audit_told() {
  jq -r '"\(.requestReceivedTimestamp) \(.verb) \(.objectRef.resource)/\(.objectRef.namespace // "")/\(.objectRef.name // "") \(.objectRef.subresource // "") by \(.user.username)"'
}

# uids KIND… : "kind/namespace/name uid" of every object of these kinds, sorted
uids() {
  local kinds
  kinds=$(IFS=,; echo "$*")
  kubectl get "$kinds" --all-namespaces -o json |
    jq -r '.items[] | "\(.kind)/\(.metadata.namespace // "")/\(.metadata.name) \(.metadata.uid)"' | sort
}

# count_jobs NAMESPACE [SELECTOR]
count_jobs() {
  kubectl -n "$1" get jobs ${2:+-l "$2"} -o name | wc -l
}

# leaders SINCE: of the lease's writes since a position, the first and the last of each pod: pod first last
leaders() {
  audit_since "$1" ".objectRef.resource == \"leases\" and .objectRef.namespace == \"$SYSTEM\" and .responseStatus.code < 300" |
    jq -sr 'map({pod: (.user.extra["authentication.kubernetes.io/pod-name"] // ["-"])[0],
      time: (.requestReceivedTimestamp | (sub("\\..*"; "Z") | fromdate) + ("0" + (capture("(?<f>\\.[0-9]+)Z").f) | tonumber))})
      | group_by(.pod) | map({pod: .[0].pod, first: (map(.time) | min), last: (map(.time) | max)}) | sort_by(.first)[] | "\(.pod) \(.first) \(.last)"'
}

# gap SINCE: seconds in which no pod held the lease, from the old leader's last write to the new one's first
gap() {
  leaders "$1" | awk '{ if (NR > 1) { d = $2 - last; if (d > worst) worst = d } last = $3 } END { if (NR < 2) print "-"; else printf "%.1f s\n", worst }'
}

# seconds_since BEGIN: with a tenth, of $EPOCHREALTIME
seconds_since() { awk -v b="$1" -v e="$EPOCHREALTIME" 'BEGIN { printf "%.1f", e - b }'; }

# --- report --------------------------------------------------------------------------------------------------

# report_head SUITE TITLE: by what and where it was measured
report_head() {
  echo "# $2"
  echo
  echo "Written by \`e2e/soak/$1\` on $(date -u +%Y-%m-%d): $(nproc) cores ($(uname -m)), Linux $(uname -r | cut -d - -f 1)," \
    "$("$(tool kube-apiserver)" --version). Times are those of this machine."
}

# report_begin SUITE TITLE: begins e2e/reports/soak-SUITE.md anew; it is written in place only by report_end
report_begin() {
  REPORT=$E2E/reports/soak-$1.md
  mkdir -p "$(local_dir)/logs/soak"
  REPORT_DRAFT=$(local_dir)/logs/soak/$1.md
  report_head "$1" "$2" >"$REPORT_DRAFT"
}

# report LINE…: appends lines; an empty one stands before a paragraph or a table
report() { printf '%s\n' "$@" >>"$REPORT_DRAFT"; }

# table, row WHAT OUTCOME: what was done, and what came of it
table() { report "" "| what | outcome |" "|---|---|"; }
row() { report "| $1 | $2 |"; }

# report_end: what was measured replaces the report of the last time
report_end() {
  cp "$REPORT_DRAFT" "$REPORT"
  log "  wrote ${REPORT#"$(repo_root)/"}"
}

# Of a suite whose parts run alone too, each part has a section, which is kept until it is run again.

# section_begin SUITE PART LINE…: begins the section of a part anew, which report LINE… adds to
section_begin() {
  SECTION=$(local_dir)/logs/soak/$1/$2.md
  mkdir -p "$(dirname "$SECTION")"
  rm -f "$SECTION"
  REPORT_DRAFT=$SECTION.draft
  shift 2
  printf '%s\n' "$@" >"$REPORT_DRAFT"
}

# section_end: only a part that ended well has a section
section_end() { mv "$REPORT_DRAFT" "$SECTION"; }

# sections_end SUITE TITLE PART…: the report, once every part has its section
sections_end() {
  local suite=$1 title=$2 part folder missing=()
  shift 2
  folder=$(local_dir)/logs/soak/$suite
  for part in "$@"; do [[ -s $folder/$part.md ]] || missing+=("$part"); done
  if (( ${#missing[@]} > 0 )); then log "  the report waits for: ${missing[*]}"; return; fi
  report_begin "$suite" "$title"
  for part in "$@"; do report "" "$(<"$folder/$part.md")"; done
  report_end
}
