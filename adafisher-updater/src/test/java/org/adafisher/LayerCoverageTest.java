package org.adafisher;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.adafisher.LayerSamples.Sample;
import org.adafisher.capture.Network;
import org.adafisher.curvature.FactorEstimators;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.IUpdater;

/** What covers the parameters of every layer class of DL4J, and the table of it in the docs. */
class LayerCoverageTest {

  private static final Path TABLE = Path.of("../docs/layers.md");

  /** Batch normalization's running averages and the centers of a center loss have no gradient. */
  private static final Set<String> NOT_TRAINED = Set.of("mean", "var", "log10stdev", "cL");

  private static final String REGENERATE = "adafisher.writeDocs";

  @Test
  void everyLayerClassOfDl4jIsCovered() {
    Set<String> known = new TreeSet<>();
    LayerSamples.all().forEach(sample -> known.add(sample.kind().getName()));
    LayerSamples.withoutOwnParameters().forEach(layer -> known.add(layer.getClass().getName()));
    LayerSamples.aliases().forEach(kind -> known.add(kind.getName()));
    LayerSamples.unusable().keySet().forEach(kind -> known.add(kind.getName()));

    Set<String> classes =
        new ClassFileImporter()
            .importPackages("org.deeplearning4j.nn.conf").stream()
                .filter(found -> found.isAssignableTo(Layer.class))
                .filter(found -> !found.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));

    assertThat(classes).hasSizeGreaterThan(60);
    assertThat(known)
        .as("a layer class of DL4J needs a sample network, or must be among those without any")
        .containsAll(classes);
  }

  @Test
  void whatHasNoParametersHasNone() {
    for (Layer layer : LayerSamples.withoutOwnParameters()) {
      assertThat(layer.initializer().numParams(layer)).as(layer.getClass().getName()).isZero();
    }
  }

  @Test
  void noParameterIsForgotten() {
    for (Sample sample : LayerSamples.all()) {
      Map<String, String> coverage = coverage(sample);
      tested(sample.network().apply(new AdaFisher(1e-3)), sample)
          .paramTable(false)
          .keySet()
          .forEach(
              parameter ->
                  assertThat(coverage.containsKey(parameter))
                      .as("%s, %s", sample, parameter)
                      .isEqualTo(!NOT_TRAINED.contains(parameter)));
    }
  }

  @Test
  void theTableInTheDocsIsThatOfTheCode() throws IOException {
    String table = table();
    if (Boolean.getBoolean(REGENERATE)) {
      Files.writeString(TABLE, table);
    }
    assertThat(Files.readString(TABLE))
        .as("run mvn -pl adafisher-updater test -Dtest=LayerCoverageTest -D%s=true", REGENERATE)
        .isEqualTo(table);
  }

  private static String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # Layers

        What AdaFisher knows of every layer of Deeplearning4j 1.0.0-M2.1 that has trainable parameters, and of its own.
        This table is made from the code by `LayerCoverageTest`.

        - **exact**: the mean over rows (examples, positions, time steps that are not masked) of the squared inputs and of the
          squared pre-activation gradients.
        - **approximate**: something else, which is named.
        - **rule**: no factors. Under Released, Paper and Placebo such a parameter has what a layer without any signal has; under
          Centred and Spectral a diagonal of its own, `E[gradient^2]`. `AdaFisher.attach` logs which parameters of a network these are, and
          `AdaFisherListener.parametersWithoutFactors` returns them.

        | layer | parameters | factors |
        |---|---|---|
        """);
    for (Sample sample : LayerSamples.all()) {
      Map<String, List<String>> byCoverage = new LinkedHashMap<>();
      coverage(sample)
          .forEach(
              (parameter, how) ->
                  byCoverage.computeIfAbsent(how, first -> new ArrayList<>()).add(parameter));
      byCoverage.forEach(
          (how, parameters) ->
              text.append(
                  "| %s | %s | %s |%n".formatted(sample, String.join(", ", parameters), how)));
    }
    LayerSamples.unusable()
        .forEach(
            (kind, why) -> text.append("| %s | | %s |%n".formatted(kind.getSimpleName(), why)));
    text.append(
        """

        A wrapper (`Bidirectional`, `LastTimeStep`, `MaskZeroLayer`, `TimeDistributed`) has the factors of the layer inside it; the
        table shows one with an LSTM or a dense layer. Layers and vertices of your own, and SameDiff layers that are not in the
        table, fall under the rule. All other layers of Deeplearning4j have no parameters.

        ## Why some have none, and other limits

        - **PReLULayer**: the gradient that reaches it is nowhere to be seen. **OCNNOutputLayer**: its gradients hold penalties of
          the layer's own. **VariationalAutoencoder**: the mean that its encoder ends in is kept to itself.
        - **SimpleRnn with `hasLayerNorm`** fails in Deeplearning4j's own forward pass. **Convolution1D in NWC format** falls under
          the rule: Deeplearning4j's backward pass of it throws, or gives a wrong gradient.
        - **Depthwise and separable convolutions whose bias has another updater** fall under the rule: Deeplearning4j hands
          updaters pieces that cut across these layers' parameters. Under weight noise a separable convolution's intermediate is
          recomputed without the noise: an approximation.
        - **GravesBidirectionalLSTM with a cache mode** falls under the rule.
        - **LSTM and GravesLSTM without a mask of their own**: the steps after the last one that has any gradient count as padding.
        - **SameDiff layers** (locally connected, attention, capsules): Deeplearning4j doubles their gradients and those of all
          layers below them. Factors and momentum see the same gradients, so they fit together.
        """);
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  private static Trainable tested(Model net, Sample sample) {
    return Network.of(net).trainables().stream()
        .filter(one -> one.getConfig().getLayerName().equals(sample.layer()))
        .findFirst()
        .orElseThrow();
  }

  /** By parameter that an updater of ours is for, in the layer's order. */
  private static Map<String, String> coverage(Sample sample) {
    Model net = sample.network().apply(new AdaFisher(1e-3));
    AdaFisher.attach(net);
    Trainable tested = tested(net, sample);
    String approximation =
        Optional.ofNullable(Network.layerOf(tested))
            .flatMap(FactorEstimators::forLayer)
            .map(estimator -> estimator.approximation())
            .orElse("");
    Map<String, String> result = new LinkedHashMap<>();
    for (String parameter : tested.paramTable(false).keySet()) {
      IUpdater updater = tested.getConfig().getUpdaterByParam(parameter);
      if (updater instanceof AdaFisher ours) {
        if (tested.getConfig().isPretrainParam(parameter)) {
          result.put(parameter, "none: only layer-wise pretraining trains them");
          continue;
        }
        boolean rule =
            ours.slot() == null || ours.slot().parametersWithoutFactors().contains(parameter);
        result.put(
            parameter,
            rule ? "rule" : approximation.isEmpty() ? "exact" : "approximate: " + approximation);
      }
    }
    return result;
  }
}
