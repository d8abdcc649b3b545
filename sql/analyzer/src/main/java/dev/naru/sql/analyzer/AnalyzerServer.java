package dev.naru.sql.analyzer;

import dev.naru.sql.Protocol;
import dev.naru.sql.SqlAnalyzer;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the analyzer on a Unix socket, bounded in every way: so many statements at a time, so many
 * that wait, each on a stack of its own. The native library cannot be interrupted, so a statement
 * that takes too long ends the process; whoever started it starts it again.
 */
final class AnalyzerServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AnalyzerServer.class);

  private static final int AT_A_TIME = 2;
  private static final int WAITING = 64;

  /**
   * Of a thread that analyzes: the resolved form of 32 KiB of SQL can be thousands of levels deep.
   */
  static final long STACK = 64L << 20;

  private static final Duration GRACE = Duration.ofSeconds(2);

  private final SqlAnalyzer analyzer;
  private final Duration longest;
  private final Runnable onOverdue;
  private final ThreadPoolExecutor analyses;
  private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
  private final EventLoopGroup events =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server server;
  private volatile Path socket;

  /**
   * Starts to serve.
   *
   * @param socket made here; one that a process before left behind is replaced
   * @param longest how long one analysis may take
   * @param onOverdue ends the process
   */
  AnalyzerServer(SqlAnalyzer analyzer, Path socket, Duration longest, Runnable onOverdue)
      throws IOException {
    this.analyzer = analyzer;
    this.longest = longest;
    this.onOverdue = onOverdue;
    this.socket = socket;
    this.analyses =
        new ThreadPoolExecutor(
            AT_A_TIME,
            AT_A_TIME,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> new Thread(null, task, "analysis", STACK));
    Files.deleteIfExists(socket);
    this.server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(events)
            .workerEventLoopGroup(events)
            .directExecutor()
            .maxInboundMessageSize(Protocol.LARGEST_MESSAGE)
            .addService(service())
            .build()
            .start();
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(Protocol.SERVICE)
        .addMethod(
            Protocol.REFERENCES,
            ServerCalls.asyncUnaryCall(
                (statement, answer) ->
                    submit(Protocol.REFERENCES, statement, analyzer::references, answer)))
        .addMethod(
            Protocol.ANALYZE,
            ServerCalls.asyncUnaryCall(
                (request, answer) ->
                    submit(
                        Protocol.ANALYZE,
                        request,
                        it -> analyzer.analyze(it.statement(), it.catalog()),
                        answer)))
        .build();
  }

  private <Q, A> void submit(
      MethodDescriptor<Q, A> method, Q request, Function<Q, A> work, StreamObserver<A> answer) {
    var caller = Context.current();
    try {
      analyses.execute(
          () -> {
            if (!caller.isCancelled()) {
              answer(method, request, work, answer);
            }
          });
    } catch (RejectedExecutionException e) {
      answer.onError(
          Status.ABORTED
              .withDescription(WAITING + " statements wait already")
              .asRuntimeException());
    }
  }

  private <Q, A> void answer(
      MethodDescriptor<Q, A> method, Q request, Function<Q, A> work, StreamObserver<A> answer) {
    Future<?> overdue = watch.schedule(this::endOverdue, longest.toMillis(), TimeUnit.MILLISECONDS);
    A result;
    try {
      result = work.apply(request);
    } catch (RuntimeException | Error e) {
      // a stack overflow, a class that is missing: the thread goes on, memory that ran out ends the
      // JVM
      log.atWarn().addKeyValue("method", method.getBareMethodName()).setCause(e).log("failed");
      answer.onError(Status.INTERNAL.withDescription(e.toString()).asRuntimeException());
      return;
    } finally {
      overdue.cancel(false);
    }
    answer.onNext(result);
    answer.onCompleted();
  }

  private void endOverdue() {
    log.atError()
        .addKeyValue("longest", longest)
        .log("an analysis takes too long: the process ends, to start again");
    onOverdue.run();
  }

  /** Gives the socket another name, at once; whoever is connected stays so. */
  void rename(Path name) throws IOException {
    Files.move(socket, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    socket = name;
  }

  /** Waits until the server has been stopped. */
  void join() throws InterruptedException {
    server.awaitTermination();
  }

  @Override
  public void close() throws IOException {
    server.shutdown();
    analyses.shutdown();
    try {
      if (!server.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        analyses.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.shutdownNow();
    }
    watch.shutdownNow();
    events.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    Files.deleteIfExists(socket);
  }
}
