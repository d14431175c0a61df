package org.adafisher.bench.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4jBackend;

class BackendSelectorTest {

  private static final Optional<String> PROPERTY =
      Optional.ofNullable(System.getProperty(Natives.PROPERTY));

  @AfterEach
  void restore() {
    PROPERTY.ifPresentOrElse(
        value -> System.setProperty(Natives.PROPERTY, value),
        () -> System.clearProperty(Natives.PROPERTY));
  }

  @Test
  void theProcessorCanBeHadAsOftenAsOneLikes() {
    assertThatCode(() -> BackendSelector.select(Backend.CPU, Optional.empty()))
        .doesNotThrowAnyException();
    assertThatCode(() -> BackendSelector.select(Backend.CPU, Optional.of(running())))
        .doesNotThrowAnyException();
  }

  @Test
  void otherNativesThanThoseThatRunAreOneSentence() {
    Natives other = running() == Natives.PLAIN ? Natives.ONEDNN : Natives.PLAIN;
    assertThatThrownBy(() -> BackendSelector.select(Backend.CPU, Optional.of(other)))
        .isInstanceOf(BackendException.class)
        .message()
        .startsWith("natives: " + other + " ")
        .containsAnyOf("start one program for each.", "Or set natives: plain.");
  }

  @Test
  void thePropertyDecidesWhereNothingElseDoes() {
    System.setProperty(Natives.PROPERTY, running().toString());
    assertThatCode(() -> BackendSelector.select(Backend.CPU, Optional.empty()))
        .doesNotThrowAnyException();

    System.setProperty(Natives.PROPERTY, "fast");
    assertThatCode(() -> BackendSelector.select(Backend.CPU, Optional.of(running())))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> BackendSelector.select(Backend.CPU, Optional.empty()))
        .isInstanceOf(BackendException.class)
        .hasMessage("The system property adafisher.natives is 'fast'; allowed: onednn, plain.");
  }

  @Test
  void aBackendThatIsNotOnTheClasspathIsOneSentence() {
    assertThatThrownBy(() -> BackendSelector.select(Backend.CUDA, Optional.empty()))
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

  private static Natives running() {
    return Natives.loadedWithOneDnn() ? Natives.ONEDNN : Natives.PLAIN;
  }
}
