package dev.naru.operator.image;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** HTTP/1.1 and WebSockets over TLS, which the JDK's own server cannot upgrade to. */
final class TlsServer implements AutoCloseable {

  private static final String WEB_SOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final SSLServerSocket listener;
  private final Handler handler;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What serves requests. */
  interface Handler {
    Answer answer(String method, URI uri, String body) throws IOException;

    void watch(URI uri, Socket socket);
  }

  record Answer(int code, String json) {}

  /** A WebSocket on which the server only talks. */
  static final class Socket {
    private final OutputStream out;

    private Socket(OutputStream out) {
      this.out = out;
    }

    synchronized void send(String text) throws IOException {
      var payload = text.getBytes(StandardCharsets.UTF_8);
      // a whole text frame, unmasked; the JDK's client insists on the shortest form of its length
      var head = ByteBuffer.allocate(10).put((byte) 0x81);
      if (payload.length < 126) {
        head.put((byte) payload.length);
      } else if (payload.length <= 0xFFFF) {
        head.put((byte) 126).putShort((short) payload.length);
      } else {
        head.put((byte) 127).putLong(payload.length);
      }
      out.write(head.array(), 0, head.position());
      out.write(payload);
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
        if (headers.containsKey("sec-websocket-key")) {
          upgrade(headers.get("sec-websocket-key"), out);
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

  private static void upgrade(String key, OutputStream out) throws IOException {
    byte[] digest;
    try {
      digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + WEB_SOCKET).getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    var head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
            .formatted(Base64.getEncoder().encodeToString(digest));
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
