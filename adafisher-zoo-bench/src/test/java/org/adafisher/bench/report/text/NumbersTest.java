package org.adafisher.bench.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NumbersTest {

  private final Locale before = Locale.getDefault();

  @BeforeEach
  void aLocaleWithADecimalComma() {
    Locale.setDefault(Locale.GERMANY);
  }

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void compactHasNoMoreDigitsThanAreNeeded() {
    assertThat(Numbers.compact(0.003, 4)).isEqualTo("0.003");
    assertThat(Numbers.compact(1200, 3)).isEqualTo("1,200");
    assertThat(Numbers.compact(1e-5, 3)).isEqualTo("1e-5");
    assertThat(Numbers.compact(-2.34e-7, 2)).isEqualTo("-2.3e-7");
    assertThat(Numbers.compact(0, 3)).isEqualTo("0");
    assertThat(Numbers.compact(Double.NaN, 3)).isEqualTo("-");
  }

  @Test
  void significantFillsUpWithZeros() {
    assertThat(Numbers.significant(0.5, 4)).isEqualTo("0.5000");
    assertThat(Numbers.significant(1987.4, 3)).isEqualTo("1,987");
    assertThat(Numbers.significant(1.5e-6, 3)).isEqualTo("1.50e-06");
  }

  @Test
  void aDeviationIsAsPreciseAsItsMean() {
    assertThat(Numbers.like(0.0001234, 0.02, 4)).isEqualTo("0.00012");
  }

  @Test
  void signsAreShownButForZero() {
    assertThat(Numbers.signed(1.234, 2)).isEqualTo("+1.23");
    assertThat(Numbers.signed(-1.234, 2)).isEqualTo("-1.23");
    assertThat(Numbers.signed(-0.001, 2)).isEqualTo("0.00");
    assertThat(Numbers.signed(0.001, 2)).isEqualTo("0.00");
    assertThat(Numbers.signed(1234, 0)).isEqualTo("+1,234");
    assertThat(Numbers.signed(Double.NaN, 0)).isEqualTo("-");
  }

  @Test
  void namesAreSortedByTheNumbersInThem() {
    assertThat(List.of("10_a", "2_b", "2_a", "x").stream().sorted(NaturalOrder.COMPARATOR))
        .containsExactly("2_a", "2_b", "10_a", "x");
  }
}
