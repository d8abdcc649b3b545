package dev.naru.worker.stage;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.StagingBucket;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Documents;
import dev.naru.runfile.RunResult;
import dev.naru.worker.source.ReadPlan;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * One run's folder in the staging bucket. What a dead attempt left here is taken up by the next one
 * only when both began after the same published run and load the same way; otherwise the rows could
 * be older than what the target holds by then.
 */
public final class StagingFolder {

  private static final String RECEIPT = ".receipt.json";

  private static final int DELETES_AT_ONCE = 8;

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
   * @return the receipt that counts: only the file of the first one is ever loaded
   */
  StagedChunk addReceipt(StagedChunk chunk) {
    var path = round + "chunk-" + chunk.receipt().chunk() + RECEIPT;
    if (bucket.createIfAbsent(path, bytes(chunk))) {
      return chunk;
    }
    return read(path, StagedChunk.class)
        .orElseThrow(
            () ->
                new RetryableFailure(
                    WarehouseReason.VERIFICATION_FAILED,
                    "The receipt %s vanished from the staging bucket. Is something deleting objects there? The target was not touched; the run will be tried again."
                        .formatted(path)));
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
    deleteAll(paths.stream().filter(path -> path.endsWith(".json")).toList());
    deleteAll(paths.stream().filter(path -> !path.endsWith(".json")).toList());
  }

  /** A few at a time: a large table has thousands. */
  private void deleteAll(List<String> paths) {
    try (var threads = Executors.newFixedThreadPool(DELETES_AT_ONCE)) {
      var deletes = paths.stream().map(path -> threads.submit(() -> bucket.delete(path))).toList();
      for (var delete : deletes) {
        delete.get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Failure failure -> throw failure;
        case Error error -> throw error;
        default -> throw new IllegalStateException("deleting staged files failed", e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while staged files were deleted", e);
    }
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
