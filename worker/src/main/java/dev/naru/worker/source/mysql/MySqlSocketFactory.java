package dev.naru.worker.source.mysql;

import dev.naru.worker.source.DatabaseSocketFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.util.ConfigurableSocketFactory;

/** Sockets of {@link DatabaseSocketFactory} for the driver, which creates this class by name. */
public final class MySqlSocketFactory extends ConfigurableSocketFactory {

  /** Driver option that carries the real host. */
  static final String HOST_OPTION = "naruHost";

  private DatabaseSocketFactory sockets;

  @Override
  public void setConfiguration(Configuration configuration, String host) {
    sockets =
        new DatabaseSocketFactory(configuration.nonMappedOptions().getProperty(HOST_OPTION, host));
  }

  @Override
  public Socket createSocket() {
    return sockets.createSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return sockets.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return sockets.createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return sockets.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return sockets.createSocket(host, port, localHost, localPort);
  }
}
