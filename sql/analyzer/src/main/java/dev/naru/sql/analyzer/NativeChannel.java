package dev.naru.sql.analyzer;

import com.google.protobuf.Message;
import com.google.zetasql.ClientChannelProvider;
import com.google.zetasql.io.grpc.CallOptions;
import com.google.zetasql.io.grpc.Channel;
import com.google.zetasql.io.grpc.ClientCall;
import com.google.zetasql.io.grpc.ClientInterceptor;
import com.google.zetasql.io.grpc.ClientInterceptors;
import com.google.zetasql.io.grpc.LoadBalancerRegistry;
import com.google.zetasql.io.grpc.MethodDescriptor;
import com.google.zetasql.io.grpc.MethodDescriptor.Marshaller;
import com.google.zetasql.io.grpc.MethodDescriptor.PrototypeMarshaller;
import com.google.zetasql.io.grpc.internal.PickFirstLoadBalancerProvider;
import com.google.zetasql.io.grpc.netty.NettyChannelBuilder;
import com.google.zetasql.io.grpc.protobuf.ProtoUtils;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/**
 * ZetaSQL's native library, with which its Java classes talk gRPC over a pair of sockets in this
 * process.
 *
 * <p>Instead of ZetaSQL's own {@code JniChannelProvider}, which unpacks 113 MB into a folder that
 * must be executable at each start, takes messages of 100 levels (40 columns that are concatenated
 * are too many) and of 4 MiB. Found by {@link java.util.ServiceLoader}.
 */
public final class NativeChannel implements ClientChannelProvider {

  /** System property with the path of the library. */
  static final String LIBRARY = "naru.zetasql.library";

  /** Levels of a resolved statement: more than 32 KiB of SQL are nested in practice. */
  private static final int DEEPEST_MESSAGE = 10_000;

  /** A resolved statement is up to a hundred times as large as its text. */
  private static final int LARGEST_MESSAGE = 32 << 20;

  private static final InetSocketAddress ADDRESS = new InetSocketAddress(0);

  private static final EventLoopGroup EVENTS =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("zetasql", true), NioIoHandler.newFactory());

  static {
    // the library looks there for the class whose native method it gives
    System.setProperty(
        "zetasql.local_service.class", NativeChannel.class.getName().replace('.', '/'));
    load(System.getProperty(LIBRARY));
    // its jar names this class as it was called before it was moved into ZetaSQL's packages
    LoadBalancerRegistry.getDefaultRegistry().register(new PickFirstLoadBalancerProvider());
  }

  // what the whole process is for; the JVM asks for --enable-native-access, which the image gives
  @SuppressWarnings("restricted")
  private static void load(String library) {
    System.load(library);
  }

  private static native SocketChannel getSocketChannel() throws IOException;

  @Override
  public Channel newChannel() {
    var channel =
        NettyChannelBuilder.forAddress(ADDRESS)
            .channelType(OneOfAPair.class)
            .eventLoopGroup(EVENTS)
            .usePlaintext()
            .maxInboundMessageSize(LARGEST_MESSAGE)
            .build();
    return ClientInterceptors.intercept(channel, new DeepAnswers());
  }

  /** A socket that is connected from the beginning, and says so once it has been asked to be. */
  public static final class OneOfAPair extends NioSocketChannel {

    private volatile boolean connected;

    /** Called by Netty. */
    public OneOfAPair() {
      super(open());
    }

    private static SocketChannel open() {
      try {
        return getSocketChannel();
      } catch (IOException e) {
        throw new ChannelException("ZetaSQL's library opens no socket", e);
      }
    }

    @Override
    public boolean isActive() {
      return connected && super.isActive();
    }

    @Override
    public InetSocketAddress localAddress() {
      return ADDRESS;
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return ADDRESS;
    }

    @Override
    protected boolean doConnect(SocketAddress remote, SocketAddress local) {
      connected = true;
      return true;
    }
  }

  /** Reads answers of more than a hundred levels. */
  private static final class DeepAnswers implements ClientInterceptor {

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(
          method.toBuilder(method.getRequestMarshaller(), deep(method.getResponseMarshaller()))
              .build(),
          options);
    }

    // the marshaller of the same message
    @SuppressWarnings("unchecked")
    private static <A> Marshaller<A> deep(Marshaller<A> marshaller) {
      return marshaller instanceof PrototypeMarshaller<A> prototype
              && prototype.getMessagePrototype() instanceof Message message
          ? (Marshaller<A>) ProtoUtils.marshallerWithRecursionLimit(message, DEEPEST_MESSAGE)
          : marshaller;
    }
  }
}
