# Shared by the scripts of the demo: source it, do not run it.
# shellcheck shell=bash

readonly NAMESPACE=rental

# load_env: the environment that `make cluster` wrote
load_env() {
  [[ -r $(local_dir)/env ]] || die "$(local_dir)/env is missing: make cluster writes it"
  # shellcheck disable=SC1091 # written by `make cluster`
  source "$(local_dir)/env"
}

# verify_python: a Python with what verify needs; its environment is made on first use and kept in the cache
verify_python() {
  local requirements=$E2E/demo/requirements.txt venv python
  venv=$(cache_dir)/venv/verify-$(sha256sum "$requirements" | head -c 12)
  if [[ ! -e $venv/complete ]]; then
    python=$(find_python) || die "Python 3.13 or newer is not installed (looked on the PATH, under pyenv and uv)"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    step "installing what verify needs" "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
    touch "$venv/complete"
  fi
  echo "$venv/bin/python"
}

# install_chart: the images keep their names, so their content goes into an annotation; a new one restarts the operator
install_chart() {
  local helm checksum
  helm=$(tool helm)
  checksum=$(cat "$(local_dir)"/images/naru-{operator,worker,sql-analyzer}.tar | sha256sum | cut -c 1-16)
  "$helm" upgrade --install naru charts/naru --namespace naru-system --create-namespace --wait --timeout 3m \
    --values e2e/demo/values.yaml --set-string "podAnnotations.naru-demo/images=$checksum" >/dev/null ||
    { kubectl get pods -n naru-system; kubectl logs -n naru-system -l app.kubernetes.io/name=naru --tail 40; return 1; }
}

# request_runs ANNOTATION TOKEN: asks every IngestionJob for a run or a full refresh
request_runs() {
  kubectl annotate ingestionjobs --all -n "$NAMESPACE" --overwrite "$1=$2" >/dev/null
}

# run_mart TOKEN: asks the mart for a run and waits for its end
run_mart() {
  kubectl annotate datamart soda-store -n "$NAMESPACE" --overwrite "naru.dev/run-requested-at=$1" >/dev/null
  "$E2E/demo/follow" -n "$NAMESPACE" --kind datamart --token "$1"
}

# describe_run: what kubectl describe tells of the mart's last run, without the manifest
describe_run() { kubectl describe datamart soda-store -n "$NAMESPACE" | sed '/^Spec:/,/^Status:/{/^Status:/!d}'; }

# same_answer FILE FILE: prints what both queries answer
same_answer() {
  local one other
  one=$("$E2E/demo/query" naru-local "$(<"$1")")
  other=$("$E2E/demo/query" naru-local "$(<"$2")")
  [[ -n $one && $one == "$other" ]] || die "$1 and $2 answer differently: $(diff <(echo "$one") <(echo "$other"))"
  echo "$one"
}

# calendar: which company the databases hold, nothing when there is none
calendar() {
  psql -XAtc 'SELECT edition, seed, scale FROM company.calendar' "$NARU_PG_URL" 2>/dev/null || true
}

# show TITLE COMMAND…
show() {
  printf '\n$ %s\n' "$1"
  shift
  "$@"
}

# show_tables: what is in the warehouse, by bq, or by plain HTTP where bq is not installed
show_tables() {
  local query
  if command -v bq >/dev/null; then
    show "bq ls" bq ls
    show "bq ls raw_rental" bq ls raw_rental
    show "bq ls raw_billing" bq ls raw_billing
    show "bq ls soda_store" bq ls soda_store
  fi
  while IFS= read -r query; do
    if command -v bq >/dev/null; then
      show "bq query '$query'" bq --quiet query --use_legacy_sql=false --format=pretty "$query"
    else
      show "$query" "$E2E/demo/query" naru-local "$query"
    fi
  done <"$E2E/demo/queries.sql"
}
