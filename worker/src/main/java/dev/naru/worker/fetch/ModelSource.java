package dev.naru.worker.fetch;

import dev.naru.bigquery.Bucket;
import dev.naru.bigquery.Patience;
import dev.naru.runfile.FetchEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where a model's files are read from. */
interface ModelSource extends AutoCloseable {

  /**
   * One file.
   *
   * @param path below the URI; empty where the URI names the file itself
   * @param bytes how many they are, as far as that is known before
   */
  record Remote(String path, Optional<Long> bytes, Open open) {}

  /** Begins to read. */
  @FunctionalInterface
  interface Open {
    InputStream stream() throws IOException, InterruptedException, FetchFailure;
  }

  /** The files, at least one. */
  List<Remote> files() throws IOException, InterruptedException, FetchFailure;

  @Override
  void close();

  /**
   * The source of a URI.
   *
   * @param local root of a stand-in for Cloud Storage
   */
  static ModelSource of(URI uri, Optional<String> local) throws FetchFailure {
    return switch (String.valueOf(uri.getScheme())) {
      case "gs" -> Objects.of(uri, local);
      case "https" -> new Web(uri);
      default ->
          throw new FetchFailure(
              FetchEnd.NOT_FOUND, "%s: only gs:// and https:// can be read".formatted(uri));
    };
  }

  /** One object of a bucket, or all below a folder. */
  record Objects(Bucket bucket, String name, String path) implements ModelSource {

    private static final Duration PATIENCE = Duration.ofMinutes(30);

    static Objects of(URI uri, Optional<String> local) throws FetchFailure {
      var name = uri.getAuthority();
      try {
        return new Objects(
            Bucket.open(name, local, Patience.until(Instant.now().plus(PATIENCE))),
            name,
            uri.getPath().replaceAll("^/+|/+$", ""));
      } catch (Bucket.Unavailable e) {
        throw failure(e, "gs://" + name);
      }
    }

    @Override
    public List<Remote> files() throws FetchFailure {
      var uri = "gs://%s/%s".formatted(name, path);
      List<Bucket.Listed> listed;
      try {
        listed = bucket.list(path);
      } catch (Bucket.Unavailable e) {
        throw failure(e, uri);
      }
      var files =
          listed.stream()
              .filter(it -> it.path().equals(path) || it.path().startsWith(path + "/"))
              // a folder that a console made
              .filter(it -> !it.path().endsWith("/"))
              .map(it -> remote(it, uri))
              .toList();
      if (files.isEmpty()) {
        throw new FetchFailure(FetchEnd.NOT_FOUND, uri + ": there is no object of that name");
      }
      return files;
    }

    private Remote remote(Bucket.Listed object, String uri) {
      var below = object.path().equals(path) ? "" : object.path().substring(path.length() + 1);
      return new Remote(
          below,
          Optional.of(object.bytes()),
          () -> {
            try {
              return bucket.read(object);
            } catch (Bucket.Unavailable e) {
              throw failure(e, uri);
            }
          });
    }

    private static FetchFailure failure(Bucket.Unavailable e, String uri) {
      return new FetchFailure(
          switch (e.why()) {
            case NOT_FOUND -> FetchEnd.NOT_FOUND;
            case ACCESS_DENIED -> FetchEnd.ACCESS_DENIED;
            case REFUSED -> FetchEnd.FAILED;
          },
          uri + ": " + e.getMessage(),
          e);
    }

    @Override
    public void close() {
      bucket.close();
    }
  }

  /** One file on a web server. */
  record Web(HttpClient client, URI uri) implements ModelSource {

    private static final Duration CONNECT = Duration.ofSeconds(10);

    Web(URI uri) {
      this(
          HttpClient.newBuilder()
              .connectTimeout(CONNECT)
              .followRedirects(HttpClient.Redirect.NORMAL)
              .build(),
          uri);
    }

    @Override
    public List<Remote> files() {
      return List.of(new Remote("", Optional.empty(), this::stream));
    }

    private InputStream stream() throws IOException, InterruptedException, FetchFailure {
      // an answer that breaks off is noticed by the checksum, or by the reader
      var answer =
          client.send(
              HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
      if (answer.statusCode() == 200) {
        return answer.body();
      }
      answer.body().close();
      throw new FetchFailure(
          switch (answer.statusCode()) {
            case 404, 410 -> FetchEnd.NOT_FOUND;
            case 401, 403 -> FetchEnd.ACCESS_DENIED;
            default -> FetchEnd.FAILED;
          },
          "%s: the server answers %d".formatted(uri, answer.statusCode()));
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }
}
