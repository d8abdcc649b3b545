package dev.naru.bigquery;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationLoad;
import com.google.api.services.bigquery.model.TableReference;
import java.util.ArrayList;
import java.util.List;

/** One load of staged Avro files into an empty staging table: free, atomic, typed. */
public final class LoadJob {

  private LoadJob() {}

  /**
   * The configuration; run it with {@link JobRunner#run}. The table keeps its schema, and a table
   * that holds rows already is an error, so nothing is ever loaded twice.
   *
   * @param columns as given to {@link Tables#createStaging}
   * @param files exactly these, never a pattern
   */
  public static JobConfiguration of(TableId table, List<Column> columns, List<String> files) {
    return new JobConfiguration()
        .setLoad(
            new JobConfigurationLoad()
                .setDestinationTable(
                    new TableReference()
                        .setProjectId(table.project())
                        .setDatasetId(table.dataset())
                        .setTableId(table.table()))
                .setSchema(Schemas.of(Tables.staged(columns)))
                .setSourceUris(new ArrayList<>(files))
                .setSourceFormat("AVRO")
                .setUseAvroLogicalTypes(true)
                .setCreateDisposition("CREATE_NEVER")
                .setWriteDisposition("WRITE_EMPTY")
                .setMaxBadRecords(0));
  }

  /** Rows that a finished load wrote. */
  public static long rows(Job job) {
    var load = job.getStatistics().getLoad();
    return load == null || load.getOutputRows() == null ? 0 : load.getOutputRows();
  }
}
