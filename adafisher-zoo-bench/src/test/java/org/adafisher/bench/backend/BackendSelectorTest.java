package org.adafisher.bench.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4jBackend;

class BackendSelectorTest {

  @Test
  void theProcessorCanBeHadAsOftenAsOneLikes() {
    assertThatCode(() -> BackendSelector.select(Backend.CPU)).doesNotThrowAnyException();
    assertThatCode(() -> BackendSelector.select(Backend.CPU)).doesNotThrowAnyException();
  }

  @Test
  void aBackendThatIsNotOnTheClasspathIsOneSentence() {
    assertThatThrownBy(() -> BackendSelector.select(Backend.CUDA))
        .isInstanceOf(BackendException.class)
        .hasMessage(
            "backend: cuda cannot be used, since ND4J's JCublasBackend is not on the classpath;"
                + " build with -Pcuda, which puts nd4j-cuda-11.6 on the classpath, or set backend:"
                + " cpu.");
  }

  @Test
  void nd4jSeesOneBackendAlone() {
    ClassLoader one =
        new OneBackendClassLoader(
            ND4JClassLoading.getNd4jClassloader(),
            ServiceLoader.load(Nd4jBackend.class).stream().findFirst().orElseThrow().type());

    assertThat(ServiceLoader.load(Nd4jBackend.class, one)).hasSize(1);
  }
}
