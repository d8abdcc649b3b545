package dev.naru.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.naru.operator", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  /** Desired objects and decisions are functions: they hold no client and know no framework. */
  @ArchTest
  static final ArchRule pureClassesHoldNoClient =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Manifests")
          .or()
          .haveSimpleNameEndingWith("Resolver")
          .or()
          .haveSimpleNameEndingWith("Verdict")
          .or()
          .haveSimpleNameEndingWith("Document")
          .or()
          .resideInAPackage("..template..")
          .and()
          .haveSimpleNameNotEndingWith("Reconciler")
          .and()
          .haveSimpleNameNotEndingWith("Source")
          .or()
          .haveSimpleNameStartingWith("Run")
          .and()
          .doNotHaveSimpleName("RunRecorder")
          .or()
          .resideInAnyPackage("..pod..", "..model.rollout..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8.kubernetes.client..", "io.javaoperatorsdk..");

  /** What BigQuery answers reaches the reconcilers only through their own words. */
  @ArchTest
  static final ArchRule bigQueryStaysBehindTwoClasses =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("BigQuery")
          .and()
          .resideOutsideOfPackages("..mart..", "..backfill..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.naru.bigquery..");

  /** Marts know what they ask of BigQuery as an interface, and nothing of how it is asked. */
  @ArchTest
  static final ArchRule martsAskThroughOneInterface =
      noClasses()
          .that()
          .resideInAnyPackage("..mart..", "..backfill..")
          .and()
          .haveSimpleNameNotStartingWith("BigQuery")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "dev\\.naru\\.bigquery\\.(WarehouseSession|JobRunner|Query|Tables|Patience|Resources)");

  /** Features may use the shared packages, never the other way round. */
  @ArchTest
  static final ArchRule sharedPackagesKnowNoFeature =
      noClasses()
          .that()
          .resideInAnyPackage(
              "..kube..", "..pod..", "..rights..", "..status..", "..schedule..", "..runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..ingestion..",
              "..connection..",
              "..mart..",
              "..backfill..",
              "dev.naru.operator.model..",
              "..warehouse..",
              "..template..");

  /** SQL is asked about through one interface; how it is answered is nobody's business here. */
  @ArchTest
  static final ArchRule analyzerStaysOutside =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "com.google.zetasql..", "dev.naru.sql.analyzer..", "io.grpc..", "io.netty..");

  /** Who we are at Google is decided in one place of the module bigquery, per warehouse. */
  @ArchTest
  static final ArchRule credentialsStayOutside =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.google.auth..", "com.google.api.client.googleapis.auth..");

  /** Every session of a mart is opened for the warehouse that the mart names, by one class. */
  @ArchTest
  static final ArchRule oneClassOpensSessions =
      noClasses()
          .that()
          .doNotHaveSimpleName("BigQueryMarts")
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "opens a session of a mart",
                  it ->
                      it.getTargetOwner().getSimpleName().equals("MartWarehouse")
                          && (it.getName().equals("open") || it.getName().equals("on"))));
}
