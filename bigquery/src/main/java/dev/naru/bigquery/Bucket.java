package dev.naru.bigquery;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.Storage;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Reads objects of a bucket as the pod's own identity, streaming. */
public final class Bucket implements AutoCloseable {

  private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

  private final HttpTransport transport;
  private final Storage storage;
  private final Calls calls;
  private final String name;

  private Bucket(HttpTransport transport, Storage storage, Patience patience, String name) {
    this.transport = transport;
    this.storage = storage;
    this.calls = new Calls(patience, CallObserver.NONE);
    this.name = name;
  }

  /**
   * An object as it was listed.
   *
   * @param generation names these very bytes, whatever the name is given to later
   */
  public record Listed(String path, long bytes, long generation) {}

  /** Why an object cannot be had. */
  public static final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Why why;

    /** What a person has to look at. */
    public enum Why {
      /** There is none of that name, or the bucket does not exist. */
      NOT_FOUND,
      /** The pod has no identity, or one that may not read it. */
      ACCESS_DENIED,
      /** The service refuses the request for another reason. */
      REFUSED
    }

    private Unavailable(Why why, String message, Throwable cause) {
      super(message, cause);
      this.why = why;
    }

    public Why why() {
      return why;
    }
  }

  /**
   * Opens a bucket; no request is sent yet.
   *
   * @param local root of a stand-in, which is never sent a credential
   */
  public static Bucket open(String name, Optional<String> local, Patience patience) {
    var transport = new NetHttpTransport();
    var credentials = local.isPresent() ? anonymous() : own();
    var storage =
        new Storage.Builder(
                transport,
                GsonFactory.getDefaultInstance(),
                request -> {
                  credentials.initialize(request);
                  request
                      .setConnectTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
                      .setReadTimeout(Math.toIntExact(ANSWER_TIMEOUT.toMillis()));
                })
            .setApplicationName("naru");
    local.ifPresent(it -> storage.setRootUrl(it + "/"));
    return new Bucket(transport, storage.build(), patience, name);
  }

  private static HttpRequestInitializer anonymous() {
    return request -> {};
  }

  private static HttpRequestInitializer own() {
    try {
      return new HttpCredentialsAdapter(
          GoogleCredentials.getApplicationDefault().createScoped(SCOPE));
    } catch (IOException e) {
      throw new Unavailable(
          Unavailable.Why.ACCESS_DENIED,
          "the pod has no Google identity: bind its ServiceAccount to one (Workload Identity)",
          e);
    }
  }

  /** All objects whose name begins with {@code prefix}, sorted by name. */
  public List<Listed> list(String prefix) {
    var found = new ArrayList<Listed>();
    String page = null;
    do {
      var token = page;
      var answer =
          asked(
              "storage.objects.list gs://%s/%s".formatted(name, prefix),
              () -> storage.objects().list(name).setPrefix(prefix).setPageToken(token).execute());
      if (answer.getItems() != null) {
        answer
            .getItems()
            .forEach(
                it ->
                    found.add(
                        new Listed(it.getName(), it.getSize().longValue(), it.getGeneration())));
      }
      page = answer.getNextPageToken();
    } while (page != null && !page.isEmpty());
    return found.stream().sorted(Comparator.comparing(Listed::path)).toList();
  }

  /** The bytes of an object; an answer that breaks off is the reader's business. */
  public InputStream read(Listed object) {
    return asked(
        "storage.objects.get gs://%s/%s".formatted(name, object.path()),
        () ->
            storage
                .objects()
                .get(name, object.path())
                .setGeneration(object.generation())
                .executeMediaAsInputStream());
  }

  private <T> T asked(String what, Calls.Call<T> call) {
    try {
      return calls.run(what, call);
    } catch (ApiException e) {
      var why =
          switch (e.error().kind()) {
            case NOT_FOUND -> Unavailable.Why.NOT_FOUND;
            case ACCESS_DENIED, UNAUTHENTICATED -> Unavailable.Why.ACCESS_DENIED;
            case UNKNOWN_OUTCOME,
                THROTTLED,
                QUOTA,
                ATTEMPT_FAILED,
                DUPLICATE,
                PRECONDITION,
                REFUSED ->
                Unavailable.Why.REFUSED;
          };
      throw new Unavailable(why, e.error().message(), e);
    }
  }

  @Override
  public void close() {
    try {
      transport.shutdown();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
