package dev.naru.bigquery.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The calls of {@code /bigquery/v2} that Naru makes. */
final class BigQueryApi {

  private static final Map<String, String> LEGACY =
      Map.of("INT64", "INTEGER", "FLOAT64", "FLOAT", "BOOL", "BOOLEAN");

  /** A job that ends with an error of the test's choice instead of running. */
  record JobFault(Predicate<String> query, String reason, String message) {}

  private final Store store;
  private final Script script;
  final List<JobFault> jobFaults = new ArrayList<>();
  final List<Predicate<String>> held = new ArrayList<>();
  private final GovernanceApi governance;
  Runnable beforeLoad = () -> {};

  BigQueryApi(Store store) {
    this.store = store;
    this.script = new Script(store);
    this.governance = new GovernanceApi(store);
  }

  /** Ends the next script with such a statement right after it. */
  void stopAfter(Predicate<String> statement) {
    script.stops.add(statement);
  }

  Answer answer(Call call) {
    var parts = call.path().split("/", -1);
    // "", bigquery, v2, projects, p, datasets|jobs|queries, …
    var project = parts[4];
    return switch (parts[5]) {
      case "datasets" ->
          governance.serves(parts)
              ? governance.answer(call, parts)
              : parts.length > 7 && parts[7].equals("tables")
                  ? table(call, project + "." + parts[6], parts.length > 8 ? parts[8] : "")
                  : dataset(call, project, parts.length > 6 ? parts[6] : "");
      case "jobs" ->
          parts.length > 7
              ? cancel(project, parts[6])
              : parts.length > 6 ? getJob(project, parts[6]) : insertJob(call, project);
      case "queries" -> parts.length > 6 ? results(project, parts[6]) : query(call);
      default -> throw ApiFailure.notFound("URL " + call.path());
    };
  }

  private Answer dataset(Call call, String project, String name) {
    if (call.method().equals("POST")) {
      var resource = body(call);
      var id = project + "." + resource.path("datasetReference").path("datasetId").asText();
      if (store.datasets.putIfAbsent(id, resource) != null) {
        throw ApiFailure.duplicate("Dataset " + id.replaceFirst("\\.", ":"));
      }
      return Answer.json(resource);
    }
    var found = store.datasets.get(project + "." + name);
    if (found == null) {
      throw ApiFailure.notFound("Dataset " + project + ":" + name);
    }
    return switch (call.method()) {
      case "PATCH" -> {
        merge(found, body(call));
        yield Answer.json(etagged(found));
      }
      case "DELETE" -> {
        if (store.tables.keySet().stream()
            .anyMatch(id -> id.startsWith(project + "." + name + "."))) {
          throw new ApiFailure(
              400, "resourceInUse", "Dataset " + project + ":" + name + " is still in use");
        }
        store.datasets.remove(project + "." + name);
        yield Answer.empty(204, Map.of());
      }
      default -> Answer.json(etagged(found));
    };
  }

  private static ObjectNode etagged(ObjectNode dataset) {
    return dataset.deepCopy().put("etag", "\"" + dataset.toString().hashCode() + "\"");
  }

  /** A patch: null removes, labels are merged, all else is replaced. */
  private static void merge(ObjectNode resource, ObjectNode patch) {
    patch
        .properties()
        .forEach(
            member -> {
              var value = member.getValue();
              if (value.isNull()) {
                resource.remove(member.getKey());
              } else if (member.getKey().equals("labels")) {
                merge(resource.withObject("/labels"), (ObjectNode) value);
              } else {
                resource.set(member.getKey(), value);
              }
            });
  }

  private Answer table(Call call, String dataset, String name) {
    if (!store.datasets.containsKey(dataset)) {
      throw ApiFailure.notFound("Dataset " + dataset.replaceFirst("\\.", ":"));
    }
    var id = dataset + "." + name;
    return switch (call.method()) {
      case "POST" -> insertTable(call, dataset);
      case "PATCH" -> patchTable(call, store.table(id));
      case "DELETE" -> {
        store.table(id);
        store.tables.remove(id);
        yield Answer.empty(204, Map.of());
      }
      default -> Answer.json(shown(store.table(id)));
    };
  }

  private Answer insertTable(Call call, String dataset) {
    var resource = body(call);
    var id = dataset + "." + resource.path("tableReference").path("tableId").asText();
    if (store.find(id).isPresent()) {
      throw ApiFailure.duplicate("Table " + id.replaceFirst("\\.", ":"));
    }
    resource.put("creationTime", "" + store.now().toEpochMilli());
    var table = new FakeTable(resource);
    store.tables.put(id, table);
    return Answer.json(shown(table));
  }

  private Answer patchTable(Call call, FakeTable table) {
    var match = call.header("if-match");
    if (match.isPresent() && !match.get().equals("\"" + table.etag + "\"")) {
      throw new ApiFailure(412, "conditionNotMet", "Precondition check failed.");
    }
    var patch = body(call);
    if (patch.hasNonNull("schema")) {
      var schema = patch.get("schema");
      var names = new ArrayList<String>();
      schema.path("fields").forEach(f -> names.add(FakeTable.key(f.path("name").asText())));
      table
          .fields()
          .forEach(
              (name, field) -> {
                if (!names.contains(name)) {
                  throw new ApiFailure(
                      400, "invalid", "Provided Schema does not match Table: field " + name);
                }
              });
      for (var field : schema.path("fields")) {
        var isNew = !table.fields().containsKey(FakeTable.key(field.path("name").asText()));
        if (isNew && field.path("mode").asText().equals("REQUIRED")) {
          throw new ApiFailure(
              400, "invalid", "Provided Schema does not match Table: cannot add required fields");
        }
      }
      table.resource.set("schema", schema);
      table.rows.forEach(row -> names.forEach(name -> row.putIfAbsent(name, null)));
    }
    merge(table.resource, patch);
    table.etag++;
    return Answer.json(shown(table));
  }

  /** As the API shows it: legacy type names, an etag, numbers as strings. */
  private static ObjectNode shown(FakeTable table) {
    var resource = table.resource.deepCopy();
    resource.put("etag", "\"" + table.etag + "\"").put("numRows", "" + table.rows.size());
    resource.put("numBytes", "" + 16 * table.rows.size());
    if (!resource.has("type")) {
      resource.put("type", "TABLE");
    }
    resource
        .path("schema")
        .path("fields")
        .forEach(
            field -> {
              var type = field.path("type").asText();
              ((ObjectNode) field).put("type", LEGACY.getOrDefault(type, type));
            });
    return resource;
  }

  private Answer getJob(String project, String id) {
    var job = store.jobs.get(id);
    if (job == null) {
      throw ApiFailure.notFound("Job " + project + ":" + id);
    }
    return Answer.json(job);
  }

  /** Runs the job, and answers as if it were still running. */
  private Answer insertJob(Call call, String project) {
    var job = body(call);
    var id = job.path("jobReference").path("jobId").asText();
    if (job.path("configuration").path("dryRun").asBoolean()) {
      return dryRun(job);
    }
    if (store.jobs.containsKey(id)) {
      throw ApiFailure.duplicate("Job " + project + ":US." + id);
    }
    var running = job.deepCopy();
    running.putObject("status").put("state", "RUNNING");
    var sql = job.path("configuration").path("query").path("query").asText("");
    if (held.removeIf(matches -> matches.test(sql))) {
      store.jobs.put(id, running);
      return Answer.json(running);
    }
    var status = job.putObject("status").put("state", "DONE");
    // not before what was recorded within the same millisecond
    job.putObject("statistics")
        .put("creationTime", "" + store.now().plusNanos(999_999).toEpochMilli());
    try {
      execute(job);
    } catch (ApiFailure e) {
      status.putObject("errorResult").put("reason", e.reason).put("message", e.getMessage());
    }
    store.jobs.put(id, job);
    return Answer.json(running);
  }

  private void execute(ObjectNode job) {
    var configuration = job.path("configuration");
    var query = configuration.path("query").path("query").asText("");
    var load = configuration.path("load");
    var what = load.isMissingNode() ? query : "load";
    var fault = jobFaults.stream().filter(f -> f.query().test(what)).findFirst();
    if (fault.isPresent()) {
      jobFaults.remove(fault.get());
      throw new ApiFailure(400, fault.get().reason(), fault.get().message());
    }
    if (load.isMissingNode()) {
      var rows = script.run(query);
      store.results.put(job.path("jobReference").path("jobId").asText(), rows);
      job.withObject("/statistics").putObject("query").put("totalBytesBilled", "10485760");
    } else {
      beforeLoad.run();
      beforeLoad = () -> {};
      var rows = load(load);
      job.withObject("/statistics").putObject("load").put("outputRows", "" + rows);
    }
  }

  private long load(JsonNode load) {
    var to = load.path("destinationTable");
    var table =
        store.table(
            to.path("projectId").asText()
                + "."
                + to.path("datasetId").asText()
                + "."
                + to.path("tableId").asText());
    if (!load.path("writeDisposition").asText().equals("WRITE_EMPTY") || !table.rows.isEmpty()) {
      throw new ApiFailure(
          409, "duplicate", "Already Exists: Table " + to.path("tableId").asText());
    }
    var before = table.copy();
    for (var uri : load.path("sourceUris")) {
      var file =
          Optional.ofNullable(store.objects.get(uri.asText()))
              .orElseThrow(() -> ApiFailure.notFound("URI " + uri.asText()));
      try {
        AvroFiles.read(file).forEach(table::insert);
      } catch (ApiFailure e) {
        table.rows = before.rows;
        throw e;
      }
    }
    return table.rows.size();
  }

  /** Says what it would do by doing it and taking it back. */
  private Answer dryRun(ObjectNode job) {
    script.dryRun(job.path("configuration").path("query").path("query").asText());
    job.putObject("status").put("state", "DONE");
    job.putObject("statistics")
        .putObject("query")
        .put("statementType", "SELECT")
        .put("totalBytesProcessed", "1024");
    return Answer.json(job);
  }

  /** A held job ends; one that is done stays so. */
  private Answer cancel(String project, String id) {
    var job = store.jobs.get(id);
    if (job == null) {
      throw ApiFailure.notFound("Job " + project + ":" + id);
    }
    if (!job.path("status").path("state").asText().equals("DONE")) {
      job.putObject("status")
          .put("state", "DONE")
          .putObject("errorResult")
          .put("reason", "stopped")
          .put("message", "Job execution was cancelled: User requested cancellation");
      // what a stopped query has read is paid for
      job.putObject("statistics").putObject("query").put("totalBytesBilled", "10485760");
    }
    var answer = Store.JSON.createObjectNode();
    answer.set("job", job);
    return Answer.json(answer);
  }

  private Answer results(String project, String id) {
    var status = store.jobs.getOrDefault(id, Store.JSON.createObjectNode()).path("status");
    if (status.path("state").asText().equals("RUNNING")) {
      return Answer.json(Store.JSON.createObjectNode().put("jobComplete", false));
    }
    var error = status.path("errorResult");
    if (!error.isMissingNode()) {
      throw new ApiFailure(400, error.path("reason").asText(), error.path("message").asText());
    }
    var rows = store.results.get(id);
    if (rows == null) {
      throw ApiFailure.notFound("Job " + project + ":" + id);
    }
    return answer(rows);
  }

  private Answer query(Call call) {
    return answer(script.select(body(call).path("query").asText()));
  }

  private static Answer answer(List<List<Object>> values) {
    var rows = Store.JSON.createArrayNode();
    for (var row : values) {
      var cells = rows.addObject().putArray("f");
      for (var value : row) {
        cells.addObject().put("v", value == null ? null : value.toString());
      }
    }
    var answer = Store.JSON.createObjectNode().put("jobComplete", true);
    answer.put("totalRows", "" + rows.size()).set("rows", rows);
    return Answer.json(answer);
  }

  private static ObjectNode body(Call call) {
    try {
      return (ObjectNode) Store.JSON.readTree(call.text());
    } catch (JsonProcessingException e) {
      throw new ApiFailure(400, "parseError", e.getOriginalMessage());
    }
  }
}
