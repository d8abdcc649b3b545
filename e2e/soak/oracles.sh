# What must hold while an operator is replaced, hung or evicted. Sourced by e2e/soak/upgrade and e2e/soak/node.
# shellcheck shell=bash
#
# Sets of lines in $work: kept (what must live on, with its UID), requested (Jobs that requests must lead to).

: "${work:?a folder of the suite}"
readonly OPERATOR="system:serviceaccount:$SYSTEM:naru-operator"

run_of() { echo "m-$(printf %s "$1" | sha256sum | cut -c 1-8)"; }

# request TOKEN NAME…: and remembers that exactly one Job must come of it
request() {
  local token=$1 name
  shift
  for name in "$@"; do
    echo "$NAMESPACE/$name-$(run_of "$token")" >>"$work/requested"
    kubectl annotate ingestionjob "$name" -n "$NAMESPACE" --overwrite "naru.dev/run-requested-at=$token" >/dev/null
  done
}

# living: a line with the UID for definitions, resources, schedules, and for the run that is held open
living() {
  kubectl get crd -o json | jq -r '.items[] | select(.spec.group == "naru.dev") | "crd \(.metadata.name) \(.metadata.uid)"'
  local kinds
  mapfile -t kinds < <(kubectl api-resources --api-group naru.dev -o name)
  uids "${kinds[@]}" cronjobs
  kubectl get jobs,pods -n "$NAMESPACE" -l app.kubernetes.io/managed-by=naru -o json |
    jq -r '.items[] | select(.metadata.name | startswith("held-"))
      | select(.status.active == 1 or .status.phase == "Running") | "running \(.kind) \(.metadata.name) \(.metadata.uid)"'
}

# remember_living: what must be there from now on
remember_living() {
  living | LC_ALL=C sort >"$work/kept"
  kubectl get ingestionjobs -n "$NAMESPACE" -o json >"$work/ingestionjobs.json"
  kubectl get cronjobs -n "$NAMESPACE" -o json >"$work/cronjobs.json"
}

# nothing_lost WHEN: every remembered object is there, the same one, and no status has forgotten anything
nothing_lost() {
  local lost
  living | LC_ALL=C sort >"$work/now"
  lost=$(LC_ALL=C comm -23 "$work/kept" "$work/now")
  [[ -z $lost ]] || die "after $1 these are gone or others in their place:"$'\n'"$lost"
  lost=$(kubectl get ingestionjobs -n "$NAMESPACE" -o json | jq -r --slurpfile before "$work/ingestionjobs.json" --arg often "$OFTEN" '
    (.items | map({key: .metadata.name, value: .status}) | from_entries) as $now
    | $before[0].items[] | select(.metadata.name != $often) | .metadata.name as $name | .status as $was | $now[$name] as $is
    | (($was.history // []) | map(.id)) - (($is.history // []) | map(.id)) | select(length > 0) | "\($name): runs \(.)"')
  [[ -z $lost ]] || die "after $1 status.history has lost runs:"$'\n'"$lost"
  lost=$(kubectl get ingestionjobs -n "$NAMESPACE" -o json | jq -r --slurpfile before "$work/ingestionjobs.json" '
    (.items | map({key: .metadata.name, value: .status}) | from_entries) as $now
    | $before[0].items[] | .metadata.name as $name | .status as $was | $now[$name] as $is
    | ("lastHandledRunRequest", "dataThrough", "lastSuccess") as $field
    | select($was[$field] != null and ($is[$field] == null or ($field == "dataThrough" and $is[$field] < $was[$field])))
    | "\($name): \($field) was \($was[$field] | tojson), is \($is[$field] | tojson)"')
  [[ -z $lost ]] || die "after $1 a status has gone back:"$'\n'"$lost"
  log "    nothing lost: $(wc -l <"$work/kept") objects are the same, $(grep -c ^running "$work/kept" || true) of them running"
}

# cronjobs_run VERSION: every schedule starts that version's worker
cronjobs_run() {
  kubectl get cronjobs -n "$NAMESPACE" -o json | jq -e --arg image "naru-worker:$1" \
    'all(.items[]; .spec.jobTemplate.spec.template.spec.containers[0].image == $image)'
}

# settled VERSION: its operator leads, has brought all schedules to its own worker, and has come to rest
settled() {
  await_operator "$SYSTEM"
  wait_for "the schedules start worker $1" 120 cronjobs_run "$1"
  local position writes quiet
  quiet=$((SECONDS + 120))
  while true; do
    position=$(audit_end)
    sleep 10
    writes=$(audit_since "$position" ".user.username == \"$OPERATOR\" and .objectRef.resource != \"leases\"
      and (.objectRef.name // \"\" | startswith(\"$OFTEN\") | not) and .objectRef.resource != \"events\"" | audit_told)
    [[ -n $writes ]] || return 0
    (( SECONDS < quiet )) || die "operator $1 does not come to rest; in 10 s it wrote:"$'\n'"$writes"
  done
}

# changed_children: what the schedules have otherwise than before, a line for each field
changed_children() {
  kubectl get cronjobs -n "$NAMESPACE" -o json | jq -r --slurpfile before "$work/cronjobs.json" '
    def leaves: [paths(scalars) as $path | {key: ($path | map(tostring) | join(".")), value: getpath($path)}] | from_entries;
    ($before[0].items | map({key: .metadata.name, value: (.spec | leaves)}) | from_entries) as $was
    | [.items[] | $was[.metadata.name] as $old | (.spec | leaves) as $new | select($old != null)
       | (($old + $new) | keys[]) as $key | select($old[$key] != $new[$key])
       # names of run files end in a hash
       | {field: $key, was: ($old[$key] // "absent" | tostring | sub("-[0-9a-f]{8}$"; "-HASH")), is: ($new[$key] // "absent" | tostring | sub("-[0-9a-f]{8}$"; "-HASH"))}
       | if (.was | endswith("-HASH")) then {field, was: "NAME-HASH", is: "NAME-HASH (another)"} else . end]
    | group_by(.)[] | "| `\(.[0].field)` | `\(.[0].was)` | `\(.[0].is)` | \(length) |"'
}

# follow_logs: what the operator's pods log from now on until they end
follow_logs() {
  local pod
  for pod in $(kubectl -n "$SYSTEM" get pods -l app.kubernetes.io/name=naru -o name); do
    [[ ! -e $work/${pod//\//-}.log ]] || continue
    kubectl -n "$SYSTEM" logs "$pod" --all-containers --follow --tail=-1 >"$work/${pod//\//-}.log" &
    followers+=("$!")
  done
}

# no_errors [EXCUSED]: none that does not match the regular expression
no_errors() {
  local told
  told=$(grep -hE '\bERROR\b|\b[Ff]orbidden\b' "$work"/pod-*.log | { grep -vE "${1:-^$}" || true; } | cut -c 1-600) || true
  [[ -z $told ]] || die "the operator has logged errors:"$'\n'"$told"
}

# ran_once SINCE: each request has led to one Job, each firing to one, and no Job was made that nobody asked for
ran_once() {
  local jobs='.verb == "create" and .objectRef.resource == "jobs" and .responseStatus.code == 201 and .objectRef.namespace == "'$NAMESPACE'"' twice
  audit_since "$1" "$jobs" | jq -r '"\(.user.username) \(.objectRef.namespace)/\(.objectRef.name)"' >"$work/jobs"
  twice=$(sort "$work/jobs" | uniq -d)
  [[ -z $twice ]] || die "made twice:"$'\n'"$twice"
  awk -v operator="$OPERATOR" '$1 == operator && $2 ~ /-m-[0-9a-f]{8}$/ { print $2 }' "$work/jobs" | LC_ALL=C sort >"$work/made"
  LC_ALL=C sort "$work/requested" | diff - "$work/made" >&2 || die "requests (<) and the Jobs made of them (>) differ (above)"
  log "    $(wc -l <"$work/made") requests and $(grep -c cronjob-controller "$work/jobs") firings have led to one Job each"
}

# nothing_deleted SINCE: neither Helm nor an operator nor a controller has deleted what is the users'
nothing_deleted() {
  local deleted
  deleted=$(audit_since "$1" '(.verb | startswith("delete")) and .responseStatus.code < 300
    and (.objectRef.resource == "customresourcedefinitions" and (.objectRef.name // "" | endswith(".naru.dev"))
      or .objectRef.namespace == "'"$NAMESPACE"'" and (.objectRef.apiGroup == "naru.dev" or .objectRef.resource == "cronjobs"))' | audit_told)
  [[ -z $deleted ]] || die "deleted meanwhile:"$'\n'"$deleted"
}

# published_once: every Job but the broken one has one row in the ledger, and no row is without its Job
published_once() {
  local dataset
  for dataset in soak_upgrade_rental soak_upgrade_billing; do
    "$E2E/demo/query" naru-local "SELECT CONCAT(REGEXP_EXTRACT(target, '[^.]*\$'), ' ', run_id) FROM soak_upgrade_ops.runs_$dataset WHERE outcome = 'Published'"
  done | sed 's/^ *//' | LC_ALL=C sort >"$work/published"
  sed -nE "s#^[^ ]+ $NAMESPACE/(.*)-(m-[0-9a-f]{8})\$#\1 \2#p; s#^[^ ]+ $NAMESPACE/(.*)-([0-9]{6,10})\$#\1 s-\2#p" "$work/jobs" |
    grep -v '^broken ' | LC_ALL=C sort | diff - "$work/published" >&2 || die "Jobs (<) and ledger rows (>) differ (above)"
  log "    $(wc -l <"$work/published") Jobs have one row each in the ledger"
}
