package dev.naru.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.SelectableField;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Compares the definitions of a release with later ones. Pure. */
final class Compatibility {

  /**
   * One difference.
   *
   * @param breaking whether somebody's object, script or data stops working
   */
  record Finding(String path, String what, boolean breaking) {

    static Finding breaking(String path, String what) {
      return new Finding(path, what, true);
    }

    static Finding note(String path, String what) {
      return new Finding(path, what, false);
    }

    @Override
    public String toString() {
      return path + " " + what;
    }
  }

  private Compatibility() {}

  /** What later definitions take away from users of earlier ones. */
  static List<Finding> of(
      List<CustomResourceDefinition> before, List<CustomResourceDefinition> after) {
    var findings = new ArrayList<Finding>();
    for (var old : before) {
      var name = old.getMetadata().getName();
      after.stream()
          .filter(it -> it.getMetadata().getName().equals(name))
          .findFirst()
          .ifPresentOrElse(
              it -> compare(old, it, findings),
              () -> findings.add(Finding.breaking(name, "is gone, with every object of it")));
    }
    return findings;
  }

  private static void compare(
      CustomResourceDefinition before, CustomResourceDefinition after, List<Finding> findings) {
    var kind = before.getSpec().getNames().getKind();
    var was = before.getSpec().getNames();
    var is = after.getSpec().getNames();
    same(kind, "kind", was.getKind(), is.getKind(), findings);
    same(kind, "listKind", was.getListKind(), is.getListKind(), findings);
    same(kind, "singular", was.getSingular(), is.getSingular(), findings);
    same(kind, "scope", before.getSpec().getScope(), after.getSpec().getScope(), findings);
    kept(kind, "short name", was.getShortNames(), is.getShortNames(), findings);
    kept(kind, "category", was.getCategories(), is.getCategories(), findings);
    for (var version : before.getSpec().getVersions()) {
      var now = version(after, version.getName());
      var path = kind + " " + version.getName();
      if (now.isEmpty()) {
        // objects are stored in it, or users write it
        findings.add(Finding.breaking(path, "is gone"));
        continue;
      }
      if (version.getServed() && !now.get().getServed()) {
        findings.add(Finding.breaking(path, "is no longer served"));
      }
      if (version.getStorage() && !now.get().getStorage()) {
        findings.add(Finding.note(path, "is no longer the version that is stored"));
      }
      compare(path, version, now.get(), findings);
    }
  }

  private static void compare(
      String path,
      CustomResourceDefinitionVersion before,
      CustomResourceDefinitionVersion after,
      List<Finding> findings) {
    var was = Optional.ofNullable(before.getSubresources());
    var is = Optional.ofNullable(after.getSubresources());
    if (was.map(it -> it.getStatus()).isPresent() && is.map(it -> it.getStatus()).isEmpty()) {
      findings.add(Finding.breaking(path, "has no subresource status any more"));
    }
    if (was.map(it -> it.getScale()).isPresent()
        && !was.map(it -> it.getScale()).equals(is.map(it -> it.getScale()))) {
      findings.add(Finding.breaking(path, "has lost or changed its subresource scale"));
    }
    kept(
        path,
        "selectable field",
        before.getSelectableFields().stream().map(SelectableField::getJsonPath).toList(),
        after.getSelectableFields().stream().map(SelectableField::getJsonPath).toList(),
        findings);
    var columns = after.getAdditionalPrinterColumns().stream().map(it -> it.getName()).toList();
    before.getAdditionalPrinterColumns().stream()
        .map(it -> it.getName())
        .filter(it -> !columns.contains(it))
        .forEach(it -> findings.add(Finding.note(path, "no longer prints the column " + it)));
    findings.addAll(
        SchemaChange.between(
            path, before.getSchema().getOpenAPIV3Schema(), after.getSchema().getOpenAPIV3Schema()));
  }

  private static Optional<CustomResourceDefinitionVersion> version(
      CustomResourceDefinition crd, String name) {
    return crd.getSpec().getVersions().stream().filter(it -> it.getName().equals(name)).findFirst();
  }

  private static void same(
      String path, String what, String was, String is, List<Finding> findings) {
    if (!Objects.equals(was, is)) {
      findings.add(Finding.breaking(path, "%s is %s, was %s".formatted(what, is, was)));
    }
  }

  private static void kept(
      String path, String what, List<String> was, List<String> is, List<Finding> findings) {
    was.stream()
        .filter(it -> !is.contains(it))
        .forEach(it -> findings.add(Finding.breaking(path, "has lost the " + what + " " + it)));
  }
}
