package dev.naru.bigquery.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Row access policies and table access, as Naru asks for them. */
final class GovernanceApi {

  private final Store store;

  GovernanceApi(Store store) {
    this.store = store;
  }

  /** Whether a path, split at its slashes, is of this. */
  boolean serves(String[] parts) {
    return parts.length > 9 || (parts.length > 8 && parts[8].matches(".*:(get|set)IamPolicy"));
  }

  Answer answer(Call call, String[] parts) {
    var name = parts[8].replaceFirst(":.*", "");
    var table = store.table(parts[4] + "." + parts[6] + "." + name);
    if (parts.length == 9) {
      if (parts[8].endsWith(":setIamPolicy")) {
        table.resource.set("fakeAccess", body(call).path("policy"));
      }
      return Answer.json(table.resource.withObject("/fakeAccess").deepCopy());
    }
    return parts.length == 10
        ? collection(call, table.policies)
        : one(call, table.policies, parts[10]);
  }

  private static Answer collection(Call call, Map<String, ObjectNode> policies) {
    if (call.method().equals("GET")) {
      var answer = Store.JSON.createObjectNode();
      answer.putArray("rowAccessPolicies").addAll(policies.values());
      return Answer.json(answer);
    }
    var policy = body(call);
    var id = policy.path("rowAccessPolicyReference").path("policyId").asText();
    if (policies.putIfAbsent(id, policy) != null) {
      throw ApiFailure.duplicate("RowAccessPolicy " + id);
    }
    return Answer.json(policy);
  }

  private static Answer one(Call call, Map<String, ObjectNode> policies, String id) {
    if (!policies.containsKey(id)) {
      throw ApiFailure.notFound("RowAccessPolicy " + id);
    }
    if (call.method().equals("DELETE")) {
      policies.remove(id);
      return Answer.empty(204, Map.of());
    }
    policies.put(id, body(call));
    return Answer.json(policies.get(id));
  }

  private static ObjectNode body(Call call) {
    try {
      return (ObjectNode) Store.JSON.readTree(call.text());
    } catch (JsonProcessingException e) {
      throw new ApiFailure(400, "parseError", e.getOriginalMessage());
    }
  }
}
