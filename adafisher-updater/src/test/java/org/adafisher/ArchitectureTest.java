package org.adafisher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.adafisher", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule CAPTURE_KNOWS_NOTHING_OF_ADAFISHER =
      noClasses()
          .that()
          .resideInAPackage("org.adafisher.capture")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.adafisher", "org.adafisher.curvature");

  @ArchTest
  static final ArchRule CURVATURE_KNOWS_ONLY_CAPTURE =
      noClasses()
          .that()
          .resideInAPackage("org.adafisher.curvature")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.adafisher");

  @ArchTest
  static final ArchRule THE_UPDATER_STANDS_ON_DL4J_ALONE =
      noClasses()
          .that()
          .resideInAPackage("org.adafisher..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.adafisher.bench..", "org.adafisher.examples..");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.adafisher.(*)..").should().beFreeOfCycles();
}
