package dev.naru.operator.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network cable to the API server that can be cut: no byte passes, and nobody is told, as when
 * packets are dropped.
 */
final class Cable implements AutoCloseable {

  private final ServerSocket here;
  private final URI server;
  private final List<Wire> wires = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  /** One connection. */
  private record Wire(Socket client, Socket server, Hold hold) {}

  /** Whether the bytes of one connection are held back. */
  private static final class Hold {
    private boolean holding;

    synchronized void set(boolean value) {
      holding = value;
      notifyAll();
    }

    synchronized void await() throws InterruptedException {
      while (holding) {
        wait();
      }
    }
  }

  Cable(String server) {
    this.server = URI.create(server);
    try {
      here = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Where to reach the API server through this cable. */
  String url() {
    return "https://127.0.0.1:" + here.getLocalPort();
  }

  /** Nothing passes any more, on connections old and new. */
  void cut() {
    cut = true;
    wires.forEach(it -> it.hold().set(true));
  }

  /** Everything passes again, also what was held back. */
  void mend() {
    cut = false;
    wires.forEach(it -> it.hold().set(false));
  }

  /** The connections of now never say anything again; new ones work. */
  void forget() {
    wires.forEach(it -> it.hold().set(true));
    wires.clear();
  }

  private void accept() {
    while (!here.isClosed()) {
      try {
        var wire =
            new Wire(here.accept(), new Socket(server.getHost(), server.getPort()), new Hold());
        wire.hold().set(cut);
        wires.add(wire);
        Thread.ofVirtual().start(() -> carry(wire, wire.client(), wire.server()));
        Thread.ofVirtual().start(() -> carry(wire, wire.server(), wire.client()));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void carry(Wire wire, Socket from, Socket to) {
    try (from;
        to) {
      var buffer = new byte[16_384];
      for (var size = from.getInputStream().read(buffer);
          size >= 0;
          size = from.getInputStream().read(buffer)) {
        wire.hold().await();
        to.getOutputStream().write(buffer, 0, size);
      }
      wire.hold().await();
    } catch (IOException e) {
      // one end has gone, which closes the other
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      wires.remove(wire);
    }
  }

  @Override
  public void close() {
    try {
      here.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    mend();
  }
}
