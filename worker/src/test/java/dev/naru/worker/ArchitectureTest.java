package dev.naru.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Borders inside the worker, and around it. */
@AnalyzeClasses(packages = "dev.naru.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule KNOWS_NOTHING_OF_KUBERNETES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.fabric8..", "io.javaoperatorsdk..", "dev.naru.crds..", "dev.naru.operator..");

  @ArchTest
  static final ArchRule READERS_KNOW_NO_WAREHOUSE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.naru.worker.source..", "dev.naru.worker.avro..", "dev.naru.worker.probe..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.naru.worker.run..", "dev.naru.worker.stage..", "com.google.api..");

  @ArchTest
  static final ArchRule ENGINES_DO_NOT_KNOW_EACH_OTHER =
      slices().matching("dev.naru.worker.source.(*)..").should().notDependOnEachOther();
}
