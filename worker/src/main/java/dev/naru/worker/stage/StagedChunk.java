package dev.naru.worker.stage;

import dev.naru.worker.source.ChunkReceipt;

/**
 * A chunk that was read: the receipt and the file it vouches for.
 *
 * @param path of the file, below the staging location
 * @param crc32c of the file as Cloud Storage holds it, 8 hex digits
 * @param pod who read it
 */
public record StagedChunk(
    ChunkReceipt receipt, String path, String uri, String crc32c, String pod) {}
