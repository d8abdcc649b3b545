package dev.naru.e2e;

import java.time.Duration;

/**
 * A user and a table of this test in both sample databases. SQL goes by stdin, never as argument.
 */
final class Databases {

  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private Databases() {}

  static void plant(String pgPassword, String mariaPassword, String row) {
    remove();
    postgresql(
        """
        CREATE ROLE naru_hunt LOGIN PASSWORD %s;
        GRANT pg_read_all_stats TO naru_hunt;
        GRANT USAGE ON SCHEMA rental TO naru_hunt;
        CREATE TABLE rental.e2e_secret (id bigint PRIMARY KEY, memo text);
        INSERT INTO rental.e2e_secret SELECT i, '%s' FROM generate_series(1, 5000) i;
        GRANT SELECT ON rental.e2e_secret TO naru_hunt;
        ANALYZE rental.e2e_secret;
        """
            .formatted(literal(pgPassword), row));
    mariadb(
        """
        SET NAMES utf8mb4;
        SET sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES');
        CREATE USER naru_hunt@'%%' IDENTIFIED BY %s;
        GRANT SELECT ON billing.* TO naru_hunt@'%%';
        GRANT PROCESS ON *.* TO naru_hunt@'%%';
        CREATE TABLE billing.e2e_secret (id bigint PRIMARY KEY, memo text);
        INSERT INTO billing.e2e_secret SELECT seq, '%s' FROM billing.seq_1_to_5000;
        """
            .formatted(literal(mariaPassword), row));
  }

  static void remove() {
    postgresql(
        """
        DROP TABLE IF EXISTS rental.e2e_secret;
        DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'naru_hunt') THEN
          DROP OWNED BY naru_hunt; DROP ROLE naru_hunt; END IF; END $$;
        """);
    mariadb("DROP TABLE IF EXISTS billing.e2e_secret; DROP USER IF EXISTS naru_hunt@'%';");
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static void postgresql(String sql) {
    // the server's superuser is a convention of e2e/databases
    var url = System.getenv("NARU_PG_URL").replaceFirst("//[^@]*@", "//postgres:superuser-local@");
    Commands.ended(DEADLINE, sql, "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url).orFail();
  }

  private static void mariadb(String sql) {
    var port = System.getenv("NARU_MARIADB_URL").replaceFirst(".*:([0-9]+)/.*", "$1");
    Commands.ended(
            DEADLINE,
            sql,
            "mariadb",
            "--no-defaults",
            "--default-character-set=utf8mb4",
            "--host=127.0.0.1",
            "--port=" + port,
            "--user=root",
            "--password=superuser-local")
        .orFail();
  }
}
