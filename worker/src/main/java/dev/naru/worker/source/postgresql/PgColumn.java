package dev.naru.worker.source.postgresql;

import dev.naru.worker.avro.Field;

/**
 * A column on its way from PostgreSQL to a file.
 *
 * @param name as in the source
 * @param expression what the SELECT says: the quoted name, or a cast of it
 * @param wire form of a value (of an element, for arrays)
 * @param field the column in the file
 */
record PgColumn(String name, String expression, Wire wire, Field field) {}
