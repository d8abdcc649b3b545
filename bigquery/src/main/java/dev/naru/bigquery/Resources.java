package dev.naru.bigquery;

import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.bigquery.model.Dataset;
import com.google.api.services.bigquery.model.GetIamPolicyRequest;
import com.google.api.services.bigquery.model.Policy;
import com.google.api.services.bigquery.model.RowAccessPolicy;
import com.google.api.services.bigquery.model.SetIamPolicyRequest;
import com.google.api.services.bigquery.model.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Datasets, tables and row access policies as the API has them, through the one retry layer. What
 * is missing is empty, what exists already is not an error, and a change names the state that it
 * was derived from.
 */
public final class Resources {

  private final Bigquery bigquery;
  private final Calls calls;
  private final FailureTexts texts;

  Resources(Bigquery bigquery, Calls calls, FailureTexts texts) {
    this.bigquery = bigquery;
    this.calls = calls;
    this.texts = texts;
  }

  /** A dataset. */
  public Optional<Dataset> dataset(String project, String name) {
    return unless(
        ApiError.Kind.NOT_FOUND,
        "bigquery.datasets.get " + project + "." + name,
        () -> bigquery.datasets().get(project, name).execute());
  }

  /** Creates a dataset, unless there is one. */
  public void insert(Dataset dataset) {
    var id = dataset.getDatasetReference();
    unless(
        ApiError.Kind.DUPLICATE,
        "bigquery.datasets.insert " + id.getProjectId() + "." + id.getDatasetId(),
        () -> bigquery.datasets().insert(id.getProjectId(), dataset).execute());
  }

  /**
   * Changes a dataset.
   *
   * @param etag of the state that the patch was derived from
   * @return whether it still was in that state
   */
  public boolean patch(String project, String name, Dataset patch, String etag) {
    return unless(
            ApiError.Kind.PRECONDITION,
            "bigquery.datasets.patch " + project + "." + name,
            () -> {
              var request = bigquery.datasets().patch(project, name, patch);
              request.getRequestHeaders().setIfMatch(etag);
              return request.execute();
            })
        .isPresent();
  }

  /**
   * Removes a dataset; one that is gone is fine.
   *
   * @return false when it holds something
   */
  public boolean deleteDataset(String project, String name) {
    var what = "bigquery.datasets.delete " + project + "." + name;
    try {
      calls.run(what, () -> bigquery.datasets().delete(project, name).execute());
      return true;
    } catch (ApiException e) {
      if (e.error().reason().equals("resourceInUse")) {
        return false;
      }
      if (e.is(ApiError.Kind.NOT_FOUND)) {
        return true;
      }
      throw texts.of(what, e.error(), e);
    }
  }

  /** A table or view; empty also when there is no such dataset. */
  public Optional<Table> table(TableId id) {
    return unless(
        ApiError.Kind.NOT_FOUND,
        "bigquery.tables.get " + id,
        () -> bigquery.tables().get(id.project(), id.dataset(), id.table()).execute());
  }

  /** Creates a table, unless there is one. */
  public void insert(TableId id, Table table) {
    unless(
        ApiError.Kind.DUPLICATE,
        "bigquery.tables.insert " + id,
        () -> bigquery.tables().insert(id.project(), id.dataset(), table).execute());
  }

  /**
   * Changes a table.
   *
   * @param etag of the state that the patch was derived from
   * @return whether it still was in that state
   */
  public boolean patch(TableId id, Table patch, String etag) {
    return unless(
            ApiError.Kind.PRECONDITION,
            "bigquery.tables.patch " + id,
            () -> {
              var request = bigquery.tables().patch(id.project(), id.dataset(), id.table(), patch);
              request.getRequestHeaders().setIfMatch(etag);
              return request.execute();
            })
        .isPresent();
  }

  /** Removes a table or view; one that is gone is fine. */
  public void delete(TableId id) {
    // an answer without a body is null
    unless(
        ApiError.Kind.NOT_FOUND,
        "bigquery.tables.delete " + id,
        () -> bigquery.tables().delete(id.project(), id.dataset(), id.table()).execute());
  }

  /** A table's row access policies. */
  public List<RowAccessPolicy> rowPolicies(TableId id) {
    var all = new ArrayList<RowAccessPolicy>();
    var token = Optional.<String>empty();
    do {
      var page = token.orElse(null);
      var answer =
          call(
              "bigquery.rowAccessPolicies.list " + id,
              () ->
                  bigquery
                      .rowAccessPolicies()
                      .list(id.project(), id.dataset(), id.table())
                      .setPageToken(page)
                      .execute());
      all.addAll(Optional.ofNullable(answer.getRowAccessPolicies()).orElse(List.of()));
      token = Optional.ofNullable(answer.getNextPageToken());
    } while (token.isPresent());
    return all;
  }

  /** Who a row access policy shows its rows to; asked for when a list of policies does not say. */
  public Set<String> grantees(TableId id, RowAccessPolicy policy) {
    if (policy.getGrantees() != null) {
      return Set.copyOf(policy.getGrantees());
    }
    var access =
        call(
            "bigquery.rowAccessPolicies.getIamPolicy " + id + " " + name(policy),
            () ->
                bigquery
                    .rowAccessPolicies()
                    .getIamPolicy(
                        path(id) + "/rowAccessPolicies/" + name(policy), new GetIamPolicyRequest())
                    .execute());
    var members = new TreeSet<String>();
    Optional.ofNullable(access.getBindings())
        .orElse(List.of())
        .forEach(binding -> members.addAll(binding.getMembers()));
    return members;
  }

  /** Creates a row access policy, unless there is one of its name. */
  public void insert(TableId id, RowAccessPolicy policy) {
    unless(
        ApiError.Kind.DUPLICATE,
        "bigquery.rowAccessPolicies.insert " + id + " " + name(policy),
        () ->
            bigquery
                .rowAccessPolicies()
                .insert(id.project(), id.dataset(), id.table(), policy)
                .execute());
  }

  /** Replaces a row access policy. */
  public void update(TableId id, RowAccessPolicy policy) {
    call(
        "bigquery.rowAccessPolicies.update " + id + " " + name(policy),
        () ->
            bigquery
                .rowAccessPolicies()
                .update(id.project(), id.dataset(), id.table(), name(policy), policy)
                .execute());
  }

  /** Removes a row access policy; one that is gone is fine. */
  public void deleteRowPolicy(TableId id, String policy) {
    unless(
        ApiError.Kind.NOT_FOUND,
        "bigquery.rowAccessPolicies.delete " + id + " " + policy,
        () ->
            bigquery
                .rowAccessPolicies()
                .delete(id.project(), id.dataset(), id.table(), policy)
                .setForce(true)
                .execute());
  }

  /** Who may do what with a table, besides what its dataset says. */
  public Policy access(TableId id) {
    return call(
        "bigquery.tables.getIamPolicy " + id,
        () -> bigquery.tables().getIamPolicy(path(id), new GetIamPolicyRequest()).execute());
  }

  /** Replaces who may do what with a table. */
  public void setAccess(TableId id, Policy policy) {
    call(
        "bigquery.tables.setIamPolicy " + id,
        () ->
            bigquery
                .tables()
                .setIamPolicy(path(id), new SetIamPolicyRequest().setPolicy(policy))
                .execute());
  }

  private static String path(TableId id) {
    return "projects/%s/datasets/%s/tables/%s".formatted(id.project(), id.dataset(), id.table());
  }

  private static String name(RowAccessPolicy policy) {
    return policy.getRowAccessPolicyReference().getPolicyId();
  }

  private <T> T call(String what, Calls.Call<T> call) {
    try {
      return calls.run(what, call);
    } catch (ApiException e) {
      throw texts.of(what, e.error(), e);
    }
  }

  /** Empty when the answer is of that kind. */
  private <T> Optional<T> unless(ApiError.Kind kind, String what, Calls.Call<T> call) {
    try {
      return Optional.ofNullable(calls.run(what, call));
    } catch (ApiException e) {
      if (e.is(kind)) {
        return Optional.empty();
      }
      throw texts.of(what, e.error(), e);
    }
  }
}
