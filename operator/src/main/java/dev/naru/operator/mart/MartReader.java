package dev.naru.operator.mart;

import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import java.util.List;
import java.util.Optional;

/** Somebody who reads tables of a mart, and how it is known what of them. */
sealed interface MartReader {

  /** For people, e.g. {@code table daily of DataMart sales}. */
  String name();

  /** The resource that it is or belongs to; empty when that is the mart itself. */
  Optional<String> resource();

  /**
   * Its SQL tells, if anybody can read it.
   *
   * @param makes the table of the mart that its result becomes
   */
  record Query(
      String name, Optional<String> resource, Statement statement, Optional<TableName> makes)
      implements MartReader {}

  /** It names columns itself. */
  record Columns(String name, Optional<String> resource, TableName table, List<String> columns)
      implements MartReader {
    public Columns {
      columns = List.copyOf(columns);
    }
  }

  /**
   * It says no more than what it reads.
   *
   * @param tables all that it may read
   * @param makes the table of the mart that is built after them
   */
  record Tables(
      String name, Optional<String> resource, List<TableName> tables, Optional<TableName> makes)
      implements MartReader {
    public Tables {
      tables = List.copyOf(tables);
    }
  }
}
