package dev.naru.operator.metrics;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Counts requests to the API server by verb, resource and answer. */
public final class ApiRequests implements Interceptor {

  private final Meters meters;

  public ApiRequests(Meters meters) {
    this.meters = meters;
  }

  /**
   * What a request is, in the words of Kubernetes' rights.
   *
   * @param resource plural, with the subresource after a slash
   */
  record Asked(String verb, String resource) {

    static Asked of(String method, URI uri) {
      var path = Arrays.asList(uri.getPath().split("/", -1));
      // /api/v1/… or /apis/<group>/<version>/…
      var rest = path.subList(Math.min(path.size(), path.contains("apis") ? 4 : 3), path.size());
      // a namespace itself is asked for by /namespaces/<name>
      if (rest.size() > 2 && rest.getFirst().equals("namespaces")) {
        rest = rest.subList(2, rest.size());
      }
      if (rest.isEmpty()) {
        return new Asked("get", "other");
      }
      var named = rest.size() > 1;
      var resource = rest.size() > 2 ? rest.get(0) + "/" + rest.get(2) : rest.get(0);
      return new Asked(verb(method, named, uri), resource);
    }

    private static String verb(String method, boolean named, URI uri) {
      return switch (method) {
        case "POST" -> "create";
        case "PUT" -> "update";
        case "PATCH" -> "patch";
        case "DELETE" -> named ? "delete" : "deletecollection";
        default -> watch(uri) ? "watch" : named ? "get" : "list";
      };
    }

    private static boolean watch(URI uri) {
      return uri.getQuery() != null && uri.getQuery().contains("watch=true");
    }
  }

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    // a watch lasts: that it began counts, not how it ends
    if (Asked.watch(request.uri())) {
      count(request, "sent");
    }
  }

  @Override
  public void after(
      HttpRequest request,
      HttpResponse<?> response,
      AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    if (!Asked.watch(request.uri())) {
      count(request, Integer.toString(response.code()));
    }
  }

  @Override
  public void afterConnectionFailure(HttpRequest request, Throwable failure) {
    count(request, "none");
  }

  private void count(HttpRequest request, String code) {
    var asked = Asked.of(request.method(), request.uri());
    meters.count(Metric.API_REQUESTS, asked.verb(), asked.resource(), code);
  }
}
