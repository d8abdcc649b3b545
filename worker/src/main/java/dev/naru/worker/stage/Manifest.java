package dev.naru.worker.stage;

import dev.naru.runfile.Documents;
import dev.naru.runfile.Hashes;
import dev.naru.worker.source.ReadPlan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything a run read, counted and complete: from here on the source is needed no more.
 *
 * @param chunks in the order of their ids; the load job takes exactly their files
 * @param sourceRows rows that the server counted under the plan's view
 * @param modeReason why an incremental job loads fully this time
 * @param pod who completed it
 * @param startTime when that pod began
 */
public record Manifest(
    ReadPlan plan,
    List<StagedChunk> chunks,
    long sourceRows,
    Optional<String> modeReason,
    String pod,
    Instant startTime) {

  public Manifest {
    chunks = List.copyOf(chunks == null ? List.of() : chunks);
  }

  /** Rows in the files. */
  public long rows() {
    return chunks.stream().mapToLong(chunk -> chunk.receipt().rows()).sum();
  }

  /** Bytes of the files. */
  public long bytes() {
    return chunks.stream().mapToLong(chunk -> chunk.receipt().fileBytes()).sum();
  }

  /** Files to load. */
  public List<String> uris() {
    return chunks.stream().map(StagedChunk::uri).toList();
  }

  /** Names what is loaded from it: another manifest never shares a staging table or a job. */
  public String hash() {
    return Hashes.sha256Hex(Documents.write(this)).substring(0, 8);
  }
}
