package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class DatasetsTest {

  private static final Set<String> TEXTS = Set.of("genesis", "genesis-tokens", "text");

  @Test
  void theNamesThatConfigurationsUse() {
    assertThat(Datasets.REGISTRY.kind()).isEqualTo("data set");
    assertThat(Datasets.REGISTRY.names())
        .containsExactly(
            "digits",
            "digits-pixels",
            "digits-ill-scaled",
            "digits-ink",
            "genesis",
            "genesis-tokens",
            "text",
            "mnist",
            "fashion-mnist",
            "fashion-mnist-pixels",
            "fashion-mnist-ill-scaled",
            "cifar10",
            "cifar100",
            "tiny-imagenet",
            "images");
  }

  @Test
  void everyOneSaysInOneLineWhatItIs() {
    for (String name : Datasets.REGISTRY.names()) {
      DatasetType type = Datasets.REGISTRY.get(name);
      assertThat(type.description()).doesNotContain("\n").doesNotEndWith(".").hasSizeLessThan(160);
      assertThat(type.needsDirectory()).isEqualTo(type.description().contains("needs"));
      assertThat(type.images()).isEqualTo(!TEXTS.contains(name));
    }
  }
}
