package org.adafisher.bench.registry;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RegistryTest {

  private final Registry<Integer> registry = Registry.of("number", entry("b", 2), entry("a", 1));

  @Test
  void keepsTheOrderOfItsEntries() {
    assertThat(registry.names()).containsExactly("b", "a");
    assertThat(registry.get("a")).isEqualTo(1);
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> registry.get("c"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown number 'c'; allowed: b, a");
  }

  @Test
  void aNameCannotStandForTwoThings() {
    assertThatThrownBy(() -> Registry.of("number", entry("a", 1), entry("a", 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
  }
}
