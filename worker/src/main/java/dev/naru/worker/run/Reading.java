package dev.naru.worker.run;

import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.Target;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.Source;
import dev.naru.worker.stage.BucketSink;
import dev.naru.worker.stage.Manifest;
import dev.naru.worker.stage.StagedChunk;
import dev.naru.worker.stage.StagingFolder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the source into the staging bucket: ends with a manifest whose rows were counted. */
final class Reading {

  private static final Logger LOG = LoggerFactory.getLogger(Reading.class);

  private final RunIdentity self;
  private final Supplier<Source> sources;
  private final Target target;
  private final StagingFolder folder;

  Reading(RunIdentity self, Supplier<Source> sources, Target target, StagingFolder folder) {
    this.self = self;
    this.sources = sources;
    this.target = target;
    this.folder = folder;
  }

  /** Reads what no earlier attempt of this run has read. */
  Manifest manifest(LoadDecision decision) throws InterruptedException {
    var sealed = folder.manifest();
    if (sealed.isPresent()) {
      LOG.atInfo()
          .addKeyValue("rows", sealed.get().rows())
          .addKeyValue("chunks", sealed.get().chunks().size())
          .log("manifest adopted");
      return sealed.get();
    }
    try (var source = sources.get()) {
      var info = source.inspect();
      info.warnings()
          .forEach(warning -> LOG.atWarn().addKeyValue("text", warning).log("source warning"));
      target.check(info.columns());
      var request = decision.request();
      var continued = folder.plan().map(request::continuing).orElse(request);
      var manifest = read(source, source.plan(continued), decision);
      if (agrees(manifest)) {
        return folder.seal(manifest);
      }
      folder.clear();
      throw new RetryableFailure(
          WarehouseReason.VERIFICATION_FAILED,
          "The source counts %d rows but %d were read. The target was not touched; the next attempt reads everything again."
              .formatted(manifest.sourceRows(), manifest.rows()));
    }
  }

  private Manifest read(Source source, ReadPlan plan, LoadDecision decision)
      throws InterruptedException {
    plan.warnings()
        .forEach(warning -> LOG.atWarn().addKeyValue("text", warning).log("plan warning"));
    folder.keep(plan);
    var staged = byChunk(folder.staged());
    var missing = plan.chunks().stream().filter(chunk -> !staged.containsKey(chunk.id())).toList();
    LOG.atInfo()
        .addKeyValue("mode", plan.mode())
        .addKeyValue("chunks", plan.chunks().size())
        .addKeyValue("alreadyStaged", plan.chunks().size() - missing.size())
        .addKeyValue("estimatedRows", plan.estimatedRows())
        .addKeyValue("dataThrough", plan.dataThrough())
        .log("read");
    var sink = new BucketSink(folder, self.pod(), self.startTime(), missing.size());
    source.read(plan, missing, sink);
    var all = new HashMap<>(staged);
    all.putAll(sink.staged());
    var chunks = plan.chunks().stream().map(chunk -> all.get(chunk.id())).toList();
    if (chunks.contains(null)) {
      throw new RetryableFailure(
          WarehouseReason.VERIFICATION_FAILED,
          "The source ended before every chunk of the plan was read. The target was not touched; the run will be tried again.");
    }
    var count = source.count(plan);
    LOG.atInfo().addKeyValue("sourceRows", count).log("counted");
    return new Manifest(plan, chunks, count, decision.reason(), self.pod(), self.startTime());
  }

  /**
   * Chunks of one snapshot must add up exactly. Where the source offers none, rows come and go
   * between the chunks; then only what the server said it sent is compared, chunk by chunk.
   */
  private static boolean agrees(Manifest manifest) {
    var complete =
        manifest.chunks().stream()
            .allMatch(chunk -> chunk.receipt().rows() == chunk.receipt().sourceRows());
    return complete
        && (manifest.rows() == manifest.sourceRows()
            || manifest.plan().consistency() == ReadPlan.Consistency.PER_CHUNK);
  }

  private static Map<String, StagedChunk> byChunk(List<StagedChunk> chunks) {
    return chunks.stream()
        .collect(Collectors.toMap(chunk -> chunk.receipt().chunk(), Function.identity()));
  }
}
