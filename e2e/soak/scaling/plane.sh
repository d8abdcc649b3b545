# A control plane without a node, a local BigQuery, and the operator's image as files: for measurements of the operator
# as a process. Source it; it wants $work, an existing folder, and leaves KUBECONFIG, $kubectl, $jdk and $plane set.
# shellcheck shell=bash
: "${work:?an existing folder}"

# install_rights: the chart as it is, without a pod: there is no node. Its operator runs as a process, with its account
install_rights() {
  local helm token
  helm=$(tool helm)
  "$helm" install naru charts/naru --namespace naru-system --create-namespace >"$work/notes"
  "$kubectl" -n naru-system get deployment naru-operator -o json >"$work/deployment.json"
  "$kubectl" -n naru-system scale deployment naru-operator --replicas 0 >"$work/scaled"
  token=$("$kubectl" -n naru-system create token naru-operator --duration 24h)
  sed -E "s/^  user: .*/  user: {token: \"$token\"}/" "$KUBECONFIG" >"$work/operator.kubeconfig"
}

# plane_up: all of it
plane_up() {
  plane=$work/control-plane
  step "images" "$E2E/images/build" operator
  jdk=$(find_jdk) || die "no JDK 25 found: set JAVA_HOME to one (make doctor says where to get it)"
  "$E2E/images/image" unpack "$(local_dir)/images/naru-operator.tar" "$work/operator"
  NARU_AUDIT_POLICY=$(<"$E2E/cluster/config/audit-operator.yaml") step "control plane" "$E2E/cluster/control-plane" up "$plane"
  "$E2E/warehouse/server" start "$work/warehouse" >"$work/warehouse.env"
  # shellcheck disable=SC1091 # just written
  . "$work/warehouse.env"
  export KUBECONFIG=$plane/kubeconfig
  kubectl=$(find_kubectl)
  step "chart" install_rights
}

# measure MODULE [ARGUMENT…]: a Python module that measures the operator, told where everything is
measure() {
  local module=$1
  shift
  PYTHONUNBUFFERED=1 python3 -m "$module" --kubectl "$kubectl" --jcmd "$jdk/bin/jcmd" --image "$work/operator" \
    --kubeconfig "$work/operator.kubeconfig" --deployment "$work/deployment.json" --audit-log "$plane/audit.log" \
    --log "$work/operator.log" --bigquery "$NARU_BIGQUERY_URL" --storage "$NARU_STORAGE_URL" "$@" >"$work/report" ||
    { tail -n 20 "$work/operator.log" >&2; return 1; }
}

# plane_down: stops what plane_up started
plane_down() {
  "$E2E/cluster/control-plane" down "$work/control-plane" || true
  "$E2E/warehouse/server" stop "$work/warehouse" --purge || true
}
