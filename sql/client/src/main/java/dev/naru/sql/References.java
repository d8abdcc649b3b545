package dev.naru.sql;

import java.util.List;
import java.util.Optional;

/**
 * The tables that a statement names. Names of common table expressions, unnested columns and the
 * target of a CREATE or DROP are not among them; the target of DML is. Views are not looked into.
 *
 * @param tables each table once, by name
 */
public record References(StatementKind kind, List<Reference> tables) {

  /**
   * One table.
   *
   * @param at where it is first named, when that is known
   */
  public record Reference(TableName table, Optional<Position> at) {}

  public References {
    tables = List.copyOf(tables);
  }
}
