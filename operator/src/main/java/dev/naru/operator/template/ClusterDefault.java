package dev.naru.operator.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads the template that counts in the whole cluster: the chart's value, mounted as a file. */
public final class ClusterDefault {

  private ClusterDefault() {}

  /**
   * Reads the file, strictly: nobody else looks at it before it counts for every pod.
   *
   * @throws IllegalArgumentException when it cannot be read or says something that is not possible;
   *     the message names file, field, value and what is allowed
   */
  public static Optional<WorkloadTemplateSpec> read(Optional<Path> file) {
    return file.map(ClusterDefault::read);
  }

  private static WorkloadTemplateSpec read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "workloadTemplate: the file %s cannot be read: %s".formatted(file, e), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "workloadTemplate (%s): %s".formatted(file, e.getMessage()), e);
    }
  }

  static WorkloadTemplateSpec parse(String json) {
    WorkloadTemplateSpec spec;
    try {
      spec =
          JsonMapper.builder()
              .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
              .build()
              .readValue(json, WorkloadTemplateSpec.class);
    } catch (UnrecognizedPropertyException e) {
      throw new IllegalArgumentException(
          "%s is unknown: known there are %s"
              .formatted(path(e), new TreeSet<>(e.getKnownPropertyIds())),
          e);
    } catch (JsonMappingException e) {
      throw new IllegalArgumentException(path(e) + ": " + e.getOriginalMessage(), e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
    }
    if (spec == null) {
      throw new IllegalArgumentException("empty: write {} for a template that says nothing");
    }
    if (spec.isDefault() != null) {
      throw new IllegalArgumentException(
          "default has no meaning here, this template counts in every namespace: remove it");
    }
    var problems = TemplateRules.problems(spec, "");
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return spec;
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(it -> it.getFieldName() == null ? "[" + it.getIndex() + "]" : it.getFieldName())
        .collect(Collectors.joining("."));
  }
}
