package dev.naru.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The two calls between client and analyzer: gRPC, whose messages are the records of this package
 * as JSON. Both sides come from one release; fields that one of them does not know are passed over.
 */
public final class Protocol {

  /** Largest message, in bytes: a catalog of the most columns. */
  public static final int LARGEST_MESSAGE = 8 << 20;

  /** Name of the service. */
  public static final String SERVICE = "dev.naru.sql.SqlAnalyzer";

  /** A statement and the tables it may name. */
  public record AnalysisRequest(Statement statement, List<TableSchema> catalog) {

    public AnalysisRequest {
      catalog = List.copyOf(catalog);
    }
  }

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  static final TypeReference<Answer<References>> REFERENCES_ANSWER = new TypeReference<>() {};
  static final TypeReference<Answer<Analysis>> ANALYSIS_ANSWER = new TypeReference<>() {};

  /** {@link SqlAnalyzer#references}. */
  public static final MethodDescriptor<Statement, Answer<References>> REFERENCES =
      method("References", new TypeReference<>() {}, REFERENCES_ANSWER);

  /** {@link SqlAnalyzer#analyze}. */
  public static final MethodDescriptor<AnalysisRequest, Answer<Analysis>> ANALYZE =
      method("Analyze", new TypeReference<>() {}, ANALYSIS_ANSWER);

  private Protocol() {}

  private static <Q, A> MethodDescriptor<Q, A> method(
      String name, TypeReference<Q> request, TypeReference<A> answer) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(new JsonMarshaller<>(request))
        .setResponseMarshaller(new JsonMarshaller<>(answer))
        .setIdempotent(true)
        .setSafe(true)
        .build();
  }

  /** The same for the same question. */
  static String digest(String method, Object question) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      sha.update(method.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha.digest(JSON.writeValueAsBytes(question)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Written as what it is declared to be: a value alone does not tell its type parameters. */
  static <T> String write(T value, TypeReference<T> type) {
    try {
      return JSON.writerFor(type).writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static <T> T read(String value, TypeReference<T> type) {
    try {
      return JSON.readValue(value, type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record JsonMarshaller<T>(TypeReference<T> type)
      implements MethodDescriptor.Marshaller<T> {

    @Override
    public InputStream stream(T value) {
      return new ByteArrayInputStream(write(value, type).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public T parse(InputStream stream) {
      try {
        return JSON.readValue(stream, type);
      } catch (IOException e) {
        throw Status.INTERNAL
            .withDescription("not a message of " + SERVICE + ": " + e.getMessage())
            .withCause(e)
            .asRuntimeException();
      }
    }
  }
}
