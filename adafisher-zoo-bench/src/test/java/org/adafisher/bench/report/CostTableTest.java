package org.adafisher.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CostTableTest {

  @Test
  void aStepCostsAsManyEpochsAsFitInTheReferencesTime() {
    String table = CostTable.of(MadeUp.onlyCosts());

    assertThat(table.substring(table.indexOf("vgg16")))
        .isEqualToNormalizingNewlines(
            """
            vgg16 (14,700,000 parameters)
              optimizer   batch   ms a step   of Adam's   epochs in its 200   state, MB
              -------------------------------------------------------------------------
              Adam           16       1,987       1.000                 200       117.6
              AdaFisher      16       1,850       0.930                 215       58.90
            """);
  }

  @Test
  void withoutCostsThereIsNoTable() {
    assertThat(CostTable.of(MadeUp.oneSeed())).isEmpty();
  }
}
