package dev.naru.e2e;

/** Resources that tests add to those of the samples. Their names begin with {@code e2e-}. */
final class Resources {

  private Resources() {}

  /**
   * A full load of a table of the rental database into dataset {@code raw_e2e}, by request only.
   */
  static String ingestionJob(String name, String connection, String table) {
    return """
        apiVersion: naru.dev/v1alpha1
        kind: IngestionJob
        metadata:
          name: %s
        spec:
          source:
            connectionRef: {name: %s}
            type: Table
            table: {schema: rental, name: %s}
          destination:
            warehouseRef: {name: main}
            dataset: raw_e2e
            table: %s
          primaryKey: [id]
          load: {mode: Full}
          schedule: {cron: "0 0 29 2 *", timeZone: Asia/Seoul}
        """
        .formatted(name, connection, table, name.replace('-', '_'));
  }

  /** The rental database, with a Secret of the given name. */
  static String connection(String name, String secret) {
    return """
        apiVersion: naru.dev/v1alpha1
        kind: Connection
        metadata:
          name: %s
        spec:
          type: PostgreSQL
          postgresql:
            host: rental-db.local-services.svc.cluster.local
            port: 5432
            database: rental
            authSecretRef: {name: %s}
            tls: {mode: Disable}
        """
        .formatted(name, secret);
  }

  /** The billing database, with a Secret of the given name. */
  static String mysqlConnection(String name, String secret) {
    return connection(name, secret)
        .replace("type: PostgreSQL", "type: MySQL")
        .replace("postgresql:", "mysql:")
        .replace("rental-db.local-services", "billing-db.local-services")
        .replace("port: 5432", "port: 3306")
        .replace("database: rental", "database: billing");
  }

  /** Username and password. */
  static String secret(String name, String password) {
    return """
        apiVersion: v1
        kind: Secret
        metadata:
          name: %s
        stringData: {username: naru_reader, password: %s}
        """
        .formatted(name, password);
  }
}
