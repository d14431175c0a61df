package org.adafisher.bench.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.optimizer.OptimizerType.StepKind;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Parameter.Range;
import org.adafisher.bench.rival.shampoo.Grafting;
import org.adafisher.bench.rival.shampoo.Shampoo;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.schedule.FixedSchedule;

class ShampooOptimizerTest {

  private final OptimizerType type = Optimizers.REGISTRY.get("shampoo");

  @Test
  void graftingIsChosenByNumber() {
    for (Grafting grafting : Grafting.values()) {
      Map<String, Double> values = defaults();
      values.put("grafting", (double) grafting.ordinal());

      Shampoo shampoo = (Shampoo) type.updater(new FixedSchedule(0.1), values);

      assertThat(shampoo.getGrafting()).isEqualTo(grafting);
      assertThat(Range.ONE_OF_THREE.contains(grafting.ordinal())).isTrue();
    }
    assertThat(Range.ONE_OF_THREE.contains(Grafting.values().length)).isFalse();
    assertThat(Range.ONE_OF_THREE.contains(0.5)).isFalse();
  }

  @Test
  void itsDefaultsAreTheUpdaters() {
    Map<String, Double> values = defaults();
    Shampoo expected = new Shampoo();
    expected.setLrAndSchedule(Double.NaN, new FixedSchedule(0.1));

    assertThat(type.updater(new FixedSchedule(0.1), values)).isEqualTo(expected);
  }

  @Test
  void oneStepInTwentyTakesRoots() {
    assertThat(type.stepKinds(defaults()))
        .extracting(StepKind::share)
        .isEqualTo(List.of(0.95, 0.05));
  }

  private Map<String, Double> defaults() {
    Map<String, Double> values = new HashMap<>();
    for (Parameter parameter : type.parameters()) {
      parameter.defaultValue().ifPresent(value -> values.put(parameter.name(), value));
    }
    return values;
  }
}
