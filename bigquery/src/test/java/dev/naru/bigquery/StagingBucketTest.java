package dev.naru.bigquery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.bigquery.fake.Fault;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StagingBucketTest {

  private final FakeBigQuery fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
  private final WarehouseSession session = FakeWarehouse.open(fake, FakeWarehouse.of(fake));
  private final StagingBucket bucket = session.bucket();

  @AfterEach
  void close() {
    session.close();
    fake.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100_000, ResumableUpload.PIECE, ResumableUpload.PIECE + 1, 20_000_000})
  void aFileOfAnySizeArrivesAsItWasWritten(int size) {
    var bytes = random(size);

    var stored = upload("file", bytes);

    assertThat(fake.object(stored.uri())).isEqualTo(bytes);
    assertThat(stored.bytes()).isEqualTo(size);
    assertThat(stored.crc32c()).isEqualTo(StagingBucket.crc32c(bytes));
    assertThat(bucket.stat("file")).contains(stored);
  }

  static Stream<Arguments> faults() {
    return Stream.of(Fault.BEFORE, Fault.AFTER, Fault.LATE, Fault.TWICE)
        .flatMap(fault -> IntStream.range(0, 4).mapToObj(call -> Arguments.of(fault, call)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aFaultyPieceIsNeitherLostNorDoubled(Fault fault, int call) {
    var bytes = random(2 * ResumableUpload.PIECE + 17);
    fake.fail(Call::mutates, call, fault);

    var stored = upload("file", bytes);
    fake.awaitQuiet();

    assertThat(fake.object(stored.uri())).isEqualTo(bytes);
  }

  @Test
  void anUnfinishedFileIsNeverVisible() {
    try (var upload = bucket.upload("file")) {
      upload.write(random(ResumableUpload.PIECE + 5), 0, ResumableUpload.PIECE + 5);
    }

    assertThat(bucket.stat("file")).isEmpty();
  }

  @Test
  void theFirstDocumentWins() {
    assertThat(bucket.createIfAbsent("receipt", "one".getBytes(UTF_8))).isTrue();
    assertThat(bucket.createIfAbsent("receipt", "two".getBytes(UTF_8))).isFalse();

    assertThat(new String(bucket.read("receipt").orElseThrow(), UTF_8)).isEqualTo("one");
  }

  @Test
  void aLostAnswerIsRecognisedByTheBytes() {
    fake.fail(Call::mutates, 0, Fault.AFTER);

    assertThat(bucket.createIfAbsent("receipt", "one".getBytes(UTF_8))).isTrue();
  }

  @Test
  void namesAreEncoded() {
    bucket.put("a b/c+d=é?.json", "x".getBytes(UTF_8));

    assertThat(bucket.list("a b/")).containsExactly("a b/c+d=é?.json");
    assertThat(bucket.read("a b/c+d=é?.json")).isPresent();
    bucket.delete("a b/c+d=é?.json");
    bucket.delete("a b/c+d=é?.json");
    assertThat(bucket.list("")).isEmpty();
  }

  @Test
  void aMissingObjectIsNotAMissingBucketWhateverItIsCalled() {
    assertThat(bucket.read("my-bucket")).isEmpty();
    assertThat(bucket.stat("my-bucket")).isEmpty();
  }

  @Test
  void aMissingBucketIsNamed() {
    var warehouse = FakeWarehouse.of(fake);
    var wrong =
        new dev.naru.runfile.Warehouse(
            warehouse.project(),
            warehouse.billingProject(),
            "US",
            "gs://nowhere/folder",
            "ops",
            warehouse.impersonateServiceAccount(),
            warehouse.maxBytesBilledPerQuery(),
            warehouse.labels(),
            warehouse.localEndpoints());
    try (var other = FakeWarehouse.open(fake, wrong)) {
      assertThatThrownBy(() -> other.bucket().put("x", new byte[1]))
          .isInstanceOf(ActionNeededFailure.class)
          .hasMessageContaining("gs://nowhere/folder does not exist")
          .hasMessageContaining("spec.bigQuery.stagingBucket");
      assertThatThrownBy(() -> other.bucket().read("x")).isInstanceOf(ActionNeededFailure.class);
    }
  }

  private StagingBucket.Stored upload(String path, byte[] bytes) {
    try (var upload = bucket.upload(path)) {
      for (var at = 0; at < bytes.length; at += 65_537) {
        upload.write(bytes, at, Math.min(65_537, bytes.length - at));
      }
      return upload.finish();
    }
  }

  private static byte[] random(int size) {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
