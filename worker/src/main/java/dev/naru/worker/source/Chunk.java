package dev.naru.worker.source;

/**
 * A part of the table that is read by one statement into one file.
 *
 * @param id letters, digits and {@code -}; derived from the borders, and from the view where the
 *     borders mean something only within it: a receipt of the same id stands for the same rows
 * @param predicate SQL predicate of its rows in the source's dialect; empty means all rows of the
 *     plan
 */
public record Chunk(String id, String predicate) {

  public Chunk {
    predicate = predicate == null ? "" : predicate; // an empty text is left out of documents
  }
}
