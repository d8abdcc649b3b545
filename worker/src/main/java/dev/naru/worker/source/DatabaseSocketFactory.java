package dev.naru.worker.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets to a database. A link that died without a word (a firewall that forgot it, a node that is
 * gone) is noticed after about two minutes; and the server may be reached at another host than the
 * one its certificate names.
 */
public class DatabaseSocketFactory extends SocketFactory {

  private static final int IDLE_SECONDS = 60;
  private static final int INTERVAL_SECONDS = 15;
  private static final int PROBES = 4;

  private final String host;

  /**
   * Connects to a host whatever name is asked for.
   *
   * @param host the real host
   */
  public DatabaseSocketFactory(String host) {
    this.host = host;
  }

  @Override
  public Socket createSocket() {
    return new RedirectedSocket(host);
  }

  @Override
  public Socket createSocket(String asked, int port) throws IOException {
    var socket = createSocket();
    socket.connect(new InetSocketAddress(host, port));
    return socket;
  }

  @Override
  public Socket createSocket(String asked, int port, InetAddress localHost, int localPort)
      throws IOException {
    var socket = createSocket();
    socket.bind(new InetSocketAddress(localHost, localPort));
    socket.connect(new InetSocketAddress(host, port));
    return socket;
  }

  @Override
  public Socket createSocket(InetAddress asked, int port) throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress asked, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(host, port, localHost, localPort);
  }

  private static final class RedirectedSocket extends Socket {

    private final String host;

    RedirectedSocket(String host) {
      this.host = host;
      try {
        setKeepAlive(true);
        setOption(ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS);
        setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS);
        setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void connect(SocketAddress asked, int timeout) throws IOException {
      var port = ((InetSocketAddress) asked).getPort();
      var address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new java.net.UnknownHostException(host);
      }
      super.connect(address, timeout);
    }
  }
}
