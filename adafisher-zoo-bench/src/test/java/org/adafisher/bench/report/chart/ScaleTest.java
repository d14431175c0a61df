package org.adafisher.bench.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {

  @Test
  void roundEndsAtTicks() {
    LinearScale scale = LinearScale.round(71.3, 98.2);

    assertThat(labels(scale)).containsExactly("70", "80", "90", "100");
    assertThat(scale.position(70)).isZero();
    assertThat(scale.position(85)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void exactEndsWhereItIsToldTo() {
    assertThat(labels(LinearScale.exact(0, 9.9))).containsExactly("0", "2", "4", "6", "8");
    assertThat(LinearScale.exact(0, 9.9).position(9.9)).isCloseTo(1, within(1e-12));
  }

  @Test
  void countsHaveNoFractions() {
    assertThat(labels(LinearScale.whole(1, 3))).containsExactly("1", "2", "3");
    assertThat(labels(LinearScale.whole(1, 1))).containsExactly("1", "2");
  }

  @Test
  void equalEndsStillMakeAScale() {
    assertThat(LinearScale.round(5, 5).position(5)).isFinite();
    assertThat(LogScale.around(5, 5).position(5)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void logarithmicTicksGrowWithTheRange() {
    assertThat(labels(new LogScale(0.03, 3)))
        .containsExactly("0.05", "0.1", "0.2", "0.5", "1", "2");
    assertThat(labels(new LogScale(1e-6, 1))).hasSize(7).startsWith("1e-6", "1e-5", "0.0001");
    assertThat(labels(new LogScale(0.61, 0.72))).contains("0.650", "0.700");
  }

  @Test
  void labelsKeepTheirDistanceAndOrder() {
    assertThat(LabelLayout.spread(List.of(50.0, 10.0, 52.0, 99.0), 10, 100))
        .containsExactly(50.0, 10.0, 60.0, 99.0);
    assertThat(LabelLayout.spread(List.of(100.0, 100.0, 99.0), 10, 100))
        .containsExactly(90.0, 100.0, 80.0);
  }

  private static List<String> labels(Scale scale) {
    return scale.ticks().stream().map(Tick::label).toList();
  }
}
