package dev.naru.sql;

/**
 * A place in a statement as editors count it: both from 1, a tab or any other character is one
 * column.
 */
public record Position(int line, int column) implements Comparable<Position> {

  public Position {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException("lines and columns count from 1");
    }
  }

  /** The place of a character, by its index from 0. */
  public static Position of(String text, int index) {
    var line = 1;
    var begin = 0;
    for (var i = 0; i < index; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        begin = i + 1;
      }
    }
    return new Position(line, text.codePointCount(begin, index) + 1);
  }

  @Override
  public int compareTo(Position other) {
    return line != other.line
        ? Integer.compare(line, other.line)
        : Integer.compare(column, other.column);
  }

  @Override
  public String toString() {
    return "line " + line + ", column " + column;
  }
}
