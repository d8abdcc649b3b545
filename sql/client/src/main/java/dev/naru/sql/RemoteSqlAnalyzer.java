package dev.naru.sql;

import dev.naru.sql.Answer.Cause;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.ConnectivityState;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.math.BigDecimal;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks the analyzer's process over a Unix socket. Never throws for what that process does or fails
 * to do: absent, dead or late means {@link Answer.Unknown}.
 */
public final class RemoteSqlAnalyzer implements SqlAnalyzer, AutoCloseable {

  /** How long an answer may take. */
  public static final Duration DEADLINE = Duration.ofSeconds(5);

  private final EventLoopGroup events =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("sql-analyzer", true), NioIoHandler.newFactory());
  private final ManagedChannel channel;
  private final Duration deadline;

  /**
   * Connects on first use.
   *
   * @param socket the analyzer's socket; it need not exist yet
   */
  public RemoteSqlAnalyzer(Path socket, Duration deadline) {
    this.deadline = deadline;
    this.channel =
        NettyChannelBuilder.forAddress(
                UnixDomainSocketAddress.of(socket), InsecureChannelCredentials.create())
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(events)
            .overrideAuthority("localhost")
            .maxInboundMessageSize(Protocol.LARGEST_MESSAGE)
            .build();
  }

  @Override
  public Answer<References> references(Statement statement) {
    return statement.sql().length() > LONGEST_STATEMENT
        ? tooLong(statement)
        : ask(Protocol.REFERENCES, statement);
  }

  @Override
  public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
    if (statement.sql().length() > LONGEST_STATEMENT) {
      return tooLong(statement);
    }
    var columns = catalog.stream().mapToInt(it -> it.columns().size()).sum();
    if (catalog.size() > MOST_TABLES || columns > MOST_COLUMNS) {
      return new Answer.Unknown<>(
          Cause.BEYOND,
          "the statement names %d tables with %d columns; at most %d with %d are analyzed"
              .formatted(catalog.size(), columns, MOST_TABLES, MOST_COLUMNS));
    }
    return ask(Protocol.ANALYZE, new Protocol.AnalysisRequest(statement, catalog));
  }

  private static <T> Answer<T> tooLong(Statement statement) {
    return new Answer.Unknown<>(
        Cause.BEYOND,
        "the statement has %d characters; at most %d are analyzed"
            .formatted(statement.sql().length(), LONGEST_STATEMENT));
  }

  private <Q, T> Answer<T> ask(MethodDescriptor<Q, Answer<T>> method, Q request) {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      // a process that was restarted is found at once, not after the channel's own growing pauses
      channel.enterIdle();
    }
    var sent = new AtomicBoolean();
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT
              .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)
              .withMaxOutboundMessageSize(Protocol.LARGEST_MESSAGE)
              .withStreamTracerFactory(new NotesSent(sent)),
          request);
    } catch (StatusRuntimeException e) {
      return unknown(e.getStatus(), sent.get());
    }
  }

  private <T> Answer<T> unknown(Status status, boolean sent) {
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          sent
              ? new Answer.Unknown<>(
                  Cause.FAILED, "the SQL analyzer ended while it looked at the statement")
              : new Answer.Unknown<>(Cause.ABSENT, "the SQL analyzer does not run");
      case DEADLINE_EXCEEDED ->
          new Answer.Unknown<>(
              Cause.LATE, "the SQL analyzer did not answer within %s s".formatted(seconds()));
      case ABORTED -> new Answer.Unknown<>(Cause.BUSY, "the SQL analyzer is busy");
      case RESOURCE_EXHAUSTED ->
          new Answer.Unknown<>(
              Cause.BEYOND,
              "the statement, its tables or what there is to say of it are larger than %d MiB"
                  .formatted(Protocol.LARGEST_MESSAGE >> 20));
      default ->
          new Answer.Unknown<>(Cause.FAILED, "the SQL analyzer failed with " + status.getCode());
    };
  }

  private String seconds() {
    return BigDecimal.valueOf(deadline.toMillis(), 3).stripTrailingZeros().toPlainString();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    events.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** Tells a process that was not there from one that ended over the statement. */
  private static final class NotesSent extends ClientStreamTracer.Factory {

    private final AtomicBoolean sent;

    NotesSent(AtomicBoolean sent) {
      this.sent = sent;
    }

    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void outboundMessageSent(int number, long wireSize, long size) {
          sent.set(true);
        }
      };
    }
  }
}
