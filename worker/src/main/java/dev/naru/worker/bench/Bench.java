package dev.naru.worker.bench;

import dev.naru.runfile.Database;
import dev.naru.runfile.RunFile;
import dev.naru.worker.source.ChunkReceipt;
import dev.naru.worker.source.ChunkSink;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.Source;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;

/** Reads one table as a run would, and prints what it took. */
public final class Bench {

  private final BenchOptions options;
  private final BiFunction<RunFile, Credentials, Source> sources;

  public Bench(BenchOptions options, BiFunction<RunFile, Credentials, Source> sources) {
    this.options = options;
    this.sources = sources;
  }

  /** Reads and prints one line of key=value per run. */
  public void run(PrintStream out) throws InterruptedException, IOException {
    for (var i = 0; i < options.runs(); i++) {
      once(out);
    }
  }

  private void once(PrintStream out) throws InterruptedException, IOException {
    var url = URI.create(options.url());
    try (var source = sources.apply(runFile(url), credentials(url))) {
      source.inspect();
      var plan = source.plan(ReadRequest.full());
      var receipts = new ConcurrentLinkedQueue<ChunkReceipt>();
      var cpu = cpu();
      var start = System.nanoTime();
      source.read(plan, plan.chunks(), sink(receipts));
      var seconds = (System.nanoTime() - start) / 1e9;
      report(out, receipts, seconds, cpu().minus(cpu).toNanos() / 1e9);
    }
  }

  private static void report(
      PrintStream out, Queue<ChunkReceipt> receipts, double seconds, double cpuSeconds)
      throws IOException {
    var rows = receipts.stream().mapToLong(ChunkReceipt::rows).sum();
    var xor =
        receipts.stream()
            .mapToLong(r -> Long.parseUnsignedLong(r.hashXor(), 16))
            .reduce(0, (a, b) -> a ^ b);
    var sum = receipts.stream().mapToLong(r -> Long.parseUnsignedLong(r.hashSum(), 16)).sum();
    out.println(
        String.format(
            Locale.ROOT,
            "rows=%d seconds=%.3f rowsPerSecond=%.0f cpuSecondsPerMillion=%.3f peakRssMb=%d rowMb=%d fileMb=%d chunks=%d hash=%016x/%016x conversions=%d",
            rows,
            seconds,
            rows / seconds,
            cpuSeconds / (rows / 1e6),
            peakRssKb() >> 10,
            receipts.stream().mapToLong(ChunkReceipt::rowBytes).sum() >> 20,
            receipts.stream().mapToLong(ChunkReceipt::fileBytes).sum() >> 20,
            receipts.size(),
            xor,
            sum,
            receipts.stream()
                .flatMap(receipt -> receipt.conversions().stream())
                .mapToLong(ChunkReceipt.Conversion::values)
                .sum()));
  }

  private ChunkSink sink(Queue<ChunkReceipt> receipts) {
    return chunk -> {
      var target =
          options.out().isPresent()
              ? Files.newOutputStream(options.out().get().resolve("chunk-" + chunk.id() + ".avro"))
              : OutputStream.nullOutputStream();
      return new ChunkSink.Output() {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          target.write(bytes, offset, length);
        }

        @Override
        public void commit(ChunkReceipt receipt) {
          receipts.add(receipt);
        }

        @Override
        public void close() throws IOException {
          target.close();
        }
      };
    };
  }

  private RunFile runFile(URI url) {
    var postgresql = url.getScheme().startsWith("postgres");
    var engine = postgresql ? Database.Engine.POSTGRESQL : Database.Engine.MYSQL;
    var port = url.getPort() >= 0 ? url.getPort() : postgresql ? 5432 : 3306;
    var tls = new Database.Tls(Database.TlsMode.DISABLE, false, Optional.empty());
    return new RunFile(
        RunFile.API_VERSION,
        new RunFile.JobRef("local", "bench", "bench"),
        new Database(
            "bench",
            engine,
            url.getHost(),
            port,
            url.getPath().substring(1),
            tls,
            options.parallelism(),
            List.of()),
        new RunFile.SourceTable(
            options.schema(), options.table(), List.of(), List.of(), options.filter()),
        new RunFile.Destination("none", "none", Optional.empty(), List.of(), false),
        null,
        List.of(),
        new RunFile.Load(RunFile.Mode.FULL, Optional.empty()),
        new RunFile.SchemaPolicy(RunFile.NewColumns.ADD),
        options.parallelism(),
        Duration.ofHours(1));
  }

  private static Credentials credentials(URI url) {
    var parts = url.getRawUserInfo().split(":", 2);
    return new Credentials(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static long peakRssKb() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
