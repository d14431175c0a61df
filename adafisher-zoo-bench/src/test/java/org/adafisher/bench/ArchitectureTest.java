package org.adafisher.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.adafisher", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("org.adafisher.bench.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NOTHING_BELOW_THE_COMMAND_LINE_KNOWS_IT =
      noClasses()
          .that()
          .resideInAPackage("org.adafisher.bench.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.adafisher.bench");

  @ArchTest
  static final ArchRule THE_UPDATER_KNOWS_NOTHING_OF_THE_BENCHMARK =
      noClasses()
          .that()
          .resideInAPackage("org.adafisher..")
          .and()
          .resideOutsideOfPackage("org.adafisher.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.adafisher.bench..");
}
