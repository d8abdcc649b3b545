package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.RowAccessPolicy;
import com.google.api.services.bigquery.model.RowAccessPolicyReference;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.Resources;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.runfile.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Row access policies of a table, as declared. Once a table has one, everybody who is not listed
 * sees no rows, Naru included, so the first is one for our own account, and it goes last. New ones
 * are added before old ones are dropped: the order never shows more to anybody.
 */
final class RowPolicies {

  /** Lets our own account see all rows; while a table has it, its policies are ours to keep. */
  static final String OWN = "naru_all_rows";

  private final Resources resources;
  private final Query query;
  private final Warehouse warehouse;

  RowPolicies(Resources resources, Query query, Warehouse warehouse) {
    this.resources = resources;
    this.query = query;
    this.warehouse = warehouse;
  }

  /**
   * Makes the policies of a table as declared. One that Naru never gave policies and that declares
   * none keeps what others gave it.
   *
   * @return what was changed, for people
   */
  List<String> realise(TableId id, List<MartTable.RowPolicy> declared) {
    var has = new TreeMap<String, RowAccessPolicy>();
    resources.rowPolicies(id).forEach(policy -> has.put(name(policy), policy));
    if (declared.isEmpty() && !has.containsKey(OWN)) {
      return List.of();
    }
    var changes = new ArrayList<String>();
    for (var policy : wanted(declared)) {
      var existing = Optional.ofNullable(has.get(policy.name()));
      if (existing.isEmpty()) {
        resources.insert(id, api(id, policy));
        changes.add("row policy " + policy.name());
      } else if (!isSame(id, existing.get(), policy)) {
        resources.update(id, api(id, policy));
        changes.add("row policy " + policy.name());
      }
      has.remove(policy.name());
    }
    var own = has.remove(OWN);
    for (var old : has.keySet()) {
      resources.deleteRowPolicy(id, old);
      changes.add("row policy " + old + " removed");
    }
    if (own != null) {
      resources.deleteRowPolicy(id, OWN);
      changes.add("row policy " + OWN + " removed");
    }
    return changes;
  }

  /**
   * Makes sure that the policies of a table that is stored anew are ours as a whole: those of
   * others would be lost, and rows that they hide from us could not be taken along.
   *
   * @throws ActionNeededFailure that names policies which nobody declares
   */
  void own(MartTable table) {
    if (!table.rowPolicies().isEmpty()) {
      realise(table.id(), table.rowPolicies());
      return;
    }
    var has = resources.rowPolicies(table.id()).stream().map(RowPolicies::name).sorted().toList();
    if (!has.isEmpty() && !has.contains(OWN)) {
      throw new ActionNeededFailure(
          WarehouseReason.BREAKING_CHANGE,
          "%s: %s would be stored anew, and the row access policies that somebody else gave it would be lost: %s. Nothing was changed. Declare them in %s.rowAccess, or remove them."
              .formatted(table.path(), table.id(), String.join(", ", has), table.path()));
    }
  }

  private List<MartTable.RowPolicy> wanted(List<MartTable.RowPolicy> declared) {
    if (declared.isEmpty()) {
      return List.of();
    }
    var all = new ArrayList<MartTable.RowPolicy>();
    all.add(new MartTable.RowPolicy(OWN, List.of(account()), "TRUE"));
    all.addAll(declared);
    return all;
  }

  /** Whoever these calls are made as. */
  private String account() {
    return warehouse
        .impersonateServiceAccount()
        .or(
            () ->
                query.rows("who am I", "SELECT SESSION_USER()").stream()
                    .findFirst()
                    .flatMap(row -> row.text(0)))
        .map(
            email -> (email.endsWith(".gserviceaccount.com") ? "serviceAccount:" : "user:") + email)
        .orElseThrow(() -> new IllegalStateException("SESSION_USER() answers one row"));
  }

  private boolean isSame(TableId id, RowAccessPolicy existing, MartTable.RowPolicy wanted) {
    return normal(existing.getFilterPredicate()).equals(normal(wanted.filter()))
        && resources.grantees(id, existing).equals(Set.copyOf(wanted.members()));
  }

  private static String normal(String filter) {
    return filter == null ? "" : filter.strip().replaceAll("\\s+", " ");
  }

  private static String name(RowAccessPolicy policy) {
    return policy.getRowAccessPolicyReference().getPolicyId();
  }

  private static RowAccessPolicy api(TableId id, MartTable.RowPolicy policy) {
    return new RowAccessPolicy()
        .setRowAccessPolicyReference(
            new RowAccessPolicyReference()
                .setProjectId(id.project())
                .setDatasetId(id.dataset())
                .setTableId(id.table())
                .setPolicyId(policy.name()))
        .setGrantees(new ArrayList<>(policy.members()))
        .setFilterPredicate(policy.filter());
  }
}
