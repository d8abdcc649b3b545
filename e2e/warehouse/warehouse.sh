# The two servers of the local warehouse: source it after lib.sh, do not run it.
# shellcheck shell=bash
#
# Ports and addresses may be given in the environment, so that a test can have a warehouse of its own beside the demo's.

WAREHOUSE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
readonly WAREHOUSE
readonly BIGQUERY_PORT=${NARU_BIGQUERY_PORT:-9050} BIGQUERY_GRPC_PORT=${NARU_BIGQUERY_GRPC_PORT:-9060}
readonly STORAGE_PORT=${NARU_STORAGE_PORT:-4443}
readonly PROJECT=naru-local BUCKET=naru-staging
readonly BIGQUERY_URL=http://127.0.0.1:$BIGQUERY_PORT STORAGE_URL=http://127.0.0.1:$STORAGE_PORT

data_dir() { echo "$(local_dir)/warehouse"; }

# The Python environment of exactly our requirements; prints its folder.
environment() {
  local folder python
  folder=$(cache_dir)/venv/warehouse-$(sha256sum <"$WAREHOUSE/requirements.txt" | cut -c1-12)
  if [[ ! -f $folder/complete ]]; then
    python=$(find_python) || die "the local BigQuery needs Python >= 3.13: install it, e.g. with pyenv install 3.13 or uv python install 3.13"
    mkdir -p "$(cache_dir)/venv"
    (
      flock 9
      [[ -f $folder/complete ]] || step "making the Python environment of the local BigQuery (once; then cached)" \
        make_environment "$python" "$folder"
    ) 9>"$folder.lock"
  fi
  echo "$folder"
}

make_environment() { # PYTHON FOLDER
  rm -rf "$2"
  "$1" -m venv "$2"
  "$2/bin/pip" install --quiet --no-deps --disable-pip-version-check -r "$WAREHOUSE/requirements.txt"
  # DuckDB looks for its extensions below HOME and downloads those it does not find: it gets a HOME that has them.
  "$2/bin/python" - "$2/home" <<'PYTHON'
import pathlib, shutil, site, sys
import duckdb

[(platform,)] = duckdb.sql("PRAGMA platform").fetchall()
folder = pathlib.Path(sys.argv[1], ".duckdb", "extensions", f"v{duckdb.__version__}", platform)
folder.mkdir(parents=True)
for extension in pathlib.Path(site.getsitepackages()[0]).glob("duckdb_extension_*/extensions/*/*.duckdb_extension"):
    shutil.move(extension, folder)
PYTHON
  touch "$2/complete"
}

# The bucket store, compiled once per source; prints its path.
bucket_store() {
  local binary
  binary=$(cache_dir)/bin/bucket-store-$(cat "$WAREHOUSE"/bucket-store/{go.mod,main.go,store.go,upload.go} | sha256sum | cut -c1-12)
  if [[ ! -x $binary ]]; then
    command -v go >/dev/null || die "the bucket store has to be compiled once, and there is no Go on the PATH: install Go >= 1.24 (https://go.dev/dl)"
    mkdir -p "$(cache_dir)/bin"
    step "compiling the bucket store (once; then cached)" \
      env -C "$WAREHOUSE/bucket-store" CGO_ENABLED=0 GOWORK=off go build -trimpath -ldflags "-s -w" -o "$binary.$$" .
    mv "$binary.$$" "$binary"
  fi
  echo "$binary"
}

answers() { curl --silent --fail --max-time 10 --output /dev/null "$1"; }

bigquery_ready() { answers "$BIGQUERY_URL/bigquery/v2/projects/$PROJECT/datasets"; }
storage_ready() { answers "$STORAGE_URL/storage/v1/b/$BUCKET"; }

# free DAEMON PORT VARIABLE: dies when another program has the port, which would answer in place of ours
free() {
  local deadline=$((SECONDS + 10))
  # one of ours that was killed holds its port until its last thread has ended
  while ! daemon_pid "$1" >/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; do
    (( SECONDS < deadline )) ||
      die "port $2 is taken by another program, perhaps the local system of another clone: stop that, or choose another port with $3"
    sleep 0.1
  done
}

# start_servers ADDRESS…: both, listening on these addresses only; a server that runs is left alone
start_servers() {
  local venv store data addresses address
  # a local server is not to be reached through a proxy
  export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}"
  if daemon_pid bigquery >/dev/null && daemon_pid storage >/dev/null && bigquery_ready && storage_ready; then return; fi
  free bigquery "$BIGQUERY_PORT" NARU_BIGQUERY_PORT
  free bigquery "$BIGQUERY_GRPC_PORT" NARU_BIGQUERY_GRPC_PORT
  free storage "$STORAGE_PORT" NARU_STORAGE_PORT
  venv=$(environment)
  store=$(bucket_store)
  data=$(data_dir)
  mkdir -p "$data"
  addresses=()
  for address in "$@"; do addresses+=("$address:$STORAGE_PORT"); done
  start_daemon storage "$store" -listen "$(joined "${addresses[@]}")" -data "$data/buckets" -buckets "$BUCKET"
  start_daemon bigquery env HOME="$venv/home" PYTHONPATH="$WAREHOUSE" PYTHONDONTWRITEBYTECODE=1 \
    "$venv/bin/python" -m layer --listen "$(joined "$@")" --port "$BIGQUERY_PORT" --grpc-port "$BIGQUERY_GRPC_PORT" \
    --data "$data/bigquery" --buckets "$data/buckets/objects" --project "$PROJECT"
  wait_for_daemon storage "the bucket store answers on $STORAGE_URL" 20 storage_ready
  wait_for_daemon bigquery "the local BigQuery answers on $BIGQUERY_URL" 60 bigquery_ready
}

joined() { local IFS=,; echo "$*"; }

stop_servers() {
  stop_daemon bigquery
  stop_daemon storage 3
}

# What `bq` needs to find the local BigQuery without any account.
write_warehouse_env() {
  local data
  data=$(data_dir)
  mkdir -p "$data/cloudsdk"
  echo local >"$data/token"
  write_env 20-warehouse "NARU_BIGQUERY_URL=$BIGQUERY_URL" "NARU_STORAGE_URL=$STORAGE_URL" \
    "CLOUDSDK_API_ENDPOINT_OVERRIDES_BIGQUERY=$BIGQUERY_URL/" "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=$data/token" \
    "CLOUDSDK_CONFIG=$data/cloudsdk" CLOUDSDK_CORE_PROJECT=$PROJECT CLOUDSDK_CORE_DISABLE_PROMPTS=1
}
