package dev.naru.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ApiRequestsTest {

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/namespaces/rental/pods, list, pods",
    "GET, /api/v1/pods?watch=true&resourceVersion=3, watch, pods",
    "GET, /api/v1/namespaces/rental/configmaps/a, get, configmaps",
    "GET, /api/v1/namespaces/rental, get, namespaces",
    "GET, /apis/naru.dev/v1alpha1/ingestionjobs, list, ingestionjobs",
    "PATCH, /apis/naru.dev/v1alpha1/namespaces/rental/ingestionjobs/a/status?fieldManager=naru, patch, ingestionjobs/status",
    "POST, /apis/batch/v1/namespaces/rental/jobs, create, jobs",
    "PUT, /apis/coordination.k8s.io/v1/namespaces/naru-system/leases/naru-operator, update, leases",
    "DELETE, /apis/batch/v1/namespaces/rental/jobs/a, delete, jobs",
    "DELETE, /apis/batch/v1/namespaces/rental/jobs, deletecollection, jobs",
    "GET, /version, get, other",
    "GET, /, get, other",
  })
  void requestsAreToldInTheWordsOfRights(String method, String uri, String verb, String resource) {
    assertThat(ApiRequests.Asked.of(method, URI.create("https://server" + uri)))
        .isEqualTo(new ApiRequests.Asked(verb, resource));
  }
}
