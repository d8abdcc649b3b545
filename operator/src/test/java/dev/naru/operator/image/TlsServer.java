package dev.naru.operator.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** HTTP/1.1 over TLS, with answers that go on for as long as somebody watches. */
final class TlsServer implements AutoCloseable {

  private final SSLServerSocket listener;
  private final Handler handler;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What serves requests. */
  interface Handler {
    Answer answer(String method, URI uri, String body) throws IOException;

    void watch(URI uri, Socket socket);
  }

  record Answer(int code, String json) {}

  /** An answer without an end, to which events are added. */
  static final class Socket {
    private final OutputStream out;

    private Socket(OutputStream out) {
      this.out = out;
    }

    /** One event is one line, and one chunk. */
    synchronized void send(String text) throws IOException {
      var payload = (text + "\n").getBytes(StandardCharsets.UTF_8);
      out.write((Integer.toHexString(payload.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(payload);
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }

  TlsServer(KeyStore keys, String password, Handler handler)
      throws IOException, GeneralSecurityException {
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, password.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    this.handler = handler;
    this.listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var socket = listener.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // closed: the training is over
        return;
      }
    }
  }

  private void serve(java.net.Socket socket) {
    try (socket;
        var in = new BufferedInputStream(socket.getInputStream());
        var out = socket.getOutputStream()) {
      for (var line = line(in); !line.isEmpty(); line = line(in)) {
        var request = line.split(" ", -1);
        var headers = headers(in);
        var uri = URI.create(request[1]);
        if (uri.getRawQuery() != null && uri.getRawQuery().contains("watch=true")) {
          beginWatch(out);
          handler.watch(uri, new Socket(out));
          in.transferTo(OutputStream.nullOutputStream());
          return;
        }
        send(handler.answer(request[0], uri, body(in, headers)), out);
      }
    } catch (IOException e) {
      // the client has gone; whether it did its work is judged by what it wrote
    }
  }

  private static void send(Answer answer, OutputStream out) throws IOException {
    var bytes = answer.json().getBytes(StandardCharsets.UTF_8);
    var head =
        "HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(answer.code(), bytes.length);
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.flush();
  }

  private static void beginWatch(OutputStream out) throws IOException {
    var head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static Map<String, String> headers(InputStream in) throws IOException {
    var headers = new HashMap<String, String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      var at = line.indexOf(':');
      headers.put(line.substring(0, at).toLowerCase(Locale.ROOT), line.substring(at + 1).strip());
    }
    return headers;
  }

  private static String body(InputStream in, Map<String, String> headers) throws IOException {
    if (!"chunked".equals(headers.get("transfer-encoding"))) {
      var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
    var body = new java.io.ByteArrayOutputStream();
    for (var size = Integer.parseInt(line(in), 16);
        size > 0;
        size = Integer.parseInt(line(in), 16)) {
      body.write(in.readNBytes(size));
      line(in);
    }
    line(in);
    return body.toString(StandardCharsets.UTF_8);
  }

  /** A line without its end; empty at the end of the stream too. */
  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (var c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
