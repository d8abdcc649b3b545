package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Dataset;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Grants as members of IAM, and as entries of a dataset's access list. Pure. */
final class AccessEntries {

  /** What the access list calls roles that are older than IAM; both names are accepted. */
  private static final Map<String, String> BASIC =
      Map.of(
          "roles/bigquery.dataViewer", "READER",
          "roles/bigquery.dataEditor", "WRITER",
          "roles/bigquery.dataOwner", "OWNER");

  private AccessEntries() {}

  /** Adds a grant; answers whether it was missing. */
  static boolean add(List<Dataset.Access> access, DatasetSpec.Access grant) {
    var entry = entry(grant);
    if (access.stream().anyMatch(has -> isSame(has, entry))) {
      return false;
    }
    access.add(entry);
    return true;
  }

  private static Dataset.Access entry(DatasetSpec.Access grant) {
    var entry = new Dataset.Access().setRole(BASIC.getOrDefault(grant.role(), grant.role()));
    var member = grant.member();
    var value = member.substring(member.indexOf(':') + 1);
    return switch (member.substring(0, member.length() - value.length())) {
      case "user:", "serviceAccount:" -> entry.setUserByEmail(value);
      case "group:" -> entry.setGroupByEmail(value);
      case "domain:" -> entry.setDomain(value);
      case "" ->
          switch (value) {
            case "allUsers" -> entry.setIamMember(value);
            case "allAuthenticatedUsers" -> entry.setSpecialGroup(value);
            default -> throw unknown(grant);
          };
      case "principal:", "principalSet:", "deleted:" -> entry.setIamMember(member);
      case "projectOwner:" -> entry.setSpecialGroup("projectOwners");
      case "projectEditor:" -> entry.setSpecialGroup("projectWriters");
      case "projectViewer:" -> entry.setSpecialGroup("projectReaders");
      default -> throw unknown(grant);
    };
  }

  private static ActionNeededFailure unknown(DatasetSpec.Access grant) {
    return new ActionNeededFailure(
        WarehouseReason.INVALID_NAME,
        "spec.dataset.access: '%s' is no member. Allowed are user:, serviceAccount: and group: with an e-mail address, domain: with a domain, allAuthenticatedUsers and allUsers."
            .formatted(grant.member()));
  }

  private static boolean isSame(Dataset.Access a, Dataset.Access b) {
    return role(a).equals(role(b))
        && equal(a.getUserByEmail(), b.getUserByEmail())
        && equal(a.getGroupByEmail(), b.getGroupByEmail())
        && equal(a.getDomain(), b.getDomain())
        && equal(a.getSpecialGroup(), b.getSpecialGroup())
        && equal(a.getIamMember(), b.getIamMember())
        && a.getView() == null
        && a.getRoutine() == null
        && a.getDataset() == null;
  }

  private static String role(Dataset.Access entry) {
    var role = Objects.requireNonNullElse(entry.getRole(), "");
    return BASIC.getOrDefault(role, role);
  }

  private static boolean equal(String a, String b) {
    return a == null ? b == null : a.equalsIgnoreCase(b);
  }
}
