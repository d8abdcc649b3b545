package dev.naru.worker.stage;

import dev.naru.bigquery.StagingBucket;
import dev.naru.runfile.Documents;
import dev.naru.runfile.RunResult;
import dev.naru.worker.source.ReadPlan;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One run's folder in the staging bucket. What a dead attempt left here is taken up by the next one
 * only when both began after the same published run and load the same way; otherwise the rows could
 * be older than what the target holds by then.
 */
public final class StagingFolder {

  private static final String RECEIPT = ".receipt.json";

  private final StagingBucket bucket;
  private final String run;
  private final String round;

  /**
   * @param run path of the run, below the staging location, ending with a slash
   * @param round what two attempts must share to share their files
   */
  public StagingFolder(StagingBucket bucket, String run, String round) {
    this.bucket = bucket;
    this.run = run;
    this.round = run + round + "/";
  }

  /** The plan of an earlier attempt. */
  public Optional<ReadPlan> plan() {
    return read(round + "plan.json", ReadPlan.class);
  }

  /** Leaves the plan for the attempt after this one. */
  public void keep(ReadPlan plan) {
    bucket.put(round + "plan.json", bytes(plan));
  }

  /** What was read by an earlier attempt, when it got so far. */
  public Optional<Manifest> manifest() {
    return read(round + "manifest.json", Manifest.class);
  }

  /** Stores the manifest; the one that counts is returned, for another pod may have been faster. */
  public Manifest seal(Manifest manifest) {
    if (bucket.createIfAbsent(round + "manifest.json", bytes(manifest))) {
      return manifest;
    }
    return manifest()
        .orElseThrow(() -> new IllegalStateException("a manifest was there a moment ago"));
  }

  /** Chunks with a receipt. Files without one are leftovers of a death and do not count. */
  public List<StagedChunk> staged() {
    return bucket.list(round + "chunk-").stream()
        .filter(path -> path.endsWith(RECEIPT))
        .map(path -> read(path, StagedChunk.class))
        .flatMap(Optional::stream)
        .sorted(Comparator.comparing(chunk -> chunk.receipt().chunk()))
        .toList();
  }

  String filePath(String chunk, String writer) {
    return round + "chunk-" + chunk + "." + writer + ".avro";
  }

  /**
   * Stores the receipt of a chunk.
   *
   * @return whether it is the first: only the file of the first receipt is ever loaded
   */
  boolean addReceipt(StagedChunk chunk) {
    return bucket.createIfAbsent(
        round + "chunk-" + chunk.receipt().chunk() + RECEIPT, bytes(chunk));
  }

  StagingBucket bucket() {
    return bucket;
  }

  /** Writes how the run ended. */
  public void write(RunResult result) {
    bucket.put(run + "result.json", bytes(result));
  }

  /** Removes everything but the result; receipts go before the files they vouch for. */
  public void clear() {
    var paths = bucket.list(round);
    paths.stream().filter(path -> path.endsWith(".json")).forEach(bucket::delete);
    paths.stream().filter(path -> !path.endsWith(".json")).forEach(bucket::delete);
  }

  private <T> Optional<T> read(String path, Class<T> type) {
    return bucket
        .read(path)
        .map(bytes -> Documents.read(new String(bytes, StandardCharsets.UTF_8), type));
  }

  private static byte[] bytes(Object document) {
    return Documents.write(document).getBytes(StandardCharsets.UTF_8);
  }
}
