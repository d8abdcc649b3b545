package dev.naru.worker.stage;

import dev.naru.bigquery.ResumableUpload;
import dev.naru.runfile.Hashes;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkReceipt;
import dev.naru.worker.source.ChunkSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams chunks into the staging bucket. Each pod writes files of its own; the receipt, written
 * after the file is complete and its checksum agrees, decides whose file counts.
 */
public final class BucketSink implements ChunkSink {

  private static final Logger LOG = LoggerFactory.getLogger(BucketSink.class);

  private final StagingFolder folder;
  private final String pod;
  private final String writer;
  private final int chunks;
  private final Map<String, StagedChunk> staged = new ConcurrentHashMap<>();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong rows = new AtomicLong();

  /**
   * @param pod for receipts
   * @param startedAt with the pod, names this attempt's files
   * @param chunks how many will come, for the progress in the log
   */
  public BucketSink(StagingFolder folder, String pod, java.time.Instant startedAt, int chunks) {
    this.folder = folder;
    this.pod = pod;
    this.writer = Hashes.sha256Hex(pod, startedAt.toString()).substring(0, 8);
    this.chunks = chunks;
  }

  /** What was committed through this sink, by chunk. */
  public Map<String, StagedChunk> staged() {
    return Map.copyOf(staged);
  }

  @Override
  public Output open(Chunk chunk) {
    return new File(folder.bucket().upload(folder.filePath(chunk.id(), writer)));
  }

  private final class File implements Output {

    private final ResumableUpload upload;

    private File(ResumableUpload upload) {
      this.upload = upload;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      upload.write(bytes, offset, length);
    }

    @Override
    public void commit(ChunkReceipt receipt) {
      var stored = upload.finish();
      var own =
          new StagedChunk(
              receipt, stored.path(), stored.uri(), String.format("%08x", stored.crc32c()), pod);
      var counts = folder.addReceipt(own);
      staged.put(receipt.chunk(), counts);
      LOG.atInfo()
          .addKeyValue("chunk", receipt.chunk())
          .addKeyValue("of", chunks)
          .addKeyValue("done", done.incrementAndGet())
          .addKeyValue("rows", receipt.rows())
          .addKeyValue("totalRows", rows.addAndGet(receipt.rows()))
          .addKeyValue("bytes", receipt.fileBytes())
          .addKeyValue("first", counts.equals(own))
          .log("chunk staged");
    }

    @Override
    public void close() {
      upload.close();
    }
  }
}
