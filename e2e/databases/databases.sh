# The two sample databases: source it after lib.sh, do not run it.
# shellcheck shell=bash

SERVER=$E2E/databases/server
readonly SERVER
readonly PG_PORT=${NARU_PG_PORT:-55432} MARIADB_PORT=${NARU_MARIADB_PORT:-53306}
readonly PG_URL=postgresql://rental:rental-local@127.0.0.1:$PG_PORT/rental
# shellcheck disable=SC2034 # used by up and status
readonly MARIADB_URL=mariadb://billing:billing-local@127.0.0.1:$MARIADB_PORT/billing

server_dir() { echo "$(local_dir)/databases/$1"; }

start_postgresql() { # ADDRESSES
  local superuser
  superuser=$("$SERVER" start postgresql "$(server_dir postgresql)" "$PG_PORT" --bind "$1" \
    --log "$(local_dir)/logs/postgresql.log")
  [[ $(psql -XAtq "$PG_URL" -c 'SELECT 1' 2>/dev/null) == 1 ]] || create_rental "$superuser"
}

create_rental() { # URL of the superuser
  psql -Xq -v ON_ERROR_STOP=1 "$1" <<'SQL'
SELECT 'CREATE ROLE rental LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rental') \gexec
SELECT 'CREATE ROLE naru_reader LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'naru_reader') \gexec
ALTER ROLE naru_reader PASSWORD 'reader-local';
GRANT pg_read_all_stats TO naru_reader;
SELECT 'CREATE DATABASE rental OWNER rental' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'rental') \gexec
\connect rental
CREATE SCHEMA IF NOT EXISTS rental AUTHORIZATION rental;
ALTER ROLE rental SET search_path = rental, public;
GRANT USAGE ON SCHEMA rental TO naru_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA rental TO naru_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE rental IN SCHEMA rental GRANT SELECT ON TABLES TO naru_reader;
-- Last: that rental can log in says that the rest is done.
ALTER ROLE rental PASSWORD 'rental-local';
SQL
}

start_mariadb() { # ADDRESSES
  "$SERVER" start mariadb "$(server_dir mariadb)" "$MARIADB_PORT" --bind "$1" \
    --log "$(local_dir)/logs/mariadb.log" >/dev/null
  MYSQL_PWD=billing-local mariadb --no-defaults -h 127.0.0.1 -P "$MARIADB_PORT" -u billing billing -e 'DO 1' 2>/dev/null \
    || create_billing
}

create_billing() {
  MYSQL_PWD=superuser-local mariadb --no-defaults -h 127.0.0.1 -P "$MARIADB_PORT" -u root <<'SQL'
CREATE DATABASE IF NOT EXISTS billing;
CREATE USER IF NOT EXISTS naru_reader@'%' IDENTIFIED BY 'reader-local';
GRANT SELECT ON billing.* TO naru_reader@'%';
GRANT PROCESS ON *.* TO naru_reader@'%';
-- Last: that billing can log in says that the rest is done.
CREATE USER IF NOT EXISTS billing@'%' IDENTIFIED BY 'billing-local';
GRANT ALL PRIVILEGES ON billing.* TO billing@'%';
SQL
}
