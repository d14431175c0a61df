package org.adafisher.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.adafisher.AdaFisher;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;

class ModelsTest {

  private static final int CLASSES = 10;
  private static final long SEED = 42;
  private static final Set<String> NOT_WEIGHTS = Set.of("mean", "var", "log10stdev");

  /** The smallest squares with which the models can be built and run. */
  private static final Map<String, Integer> MINIMUM_SIZES =
      Map.of(
          "digits-cnn", 4,
          "densenet121", 8,
          "alexnet", 43,
          "resnet50", 69,
          "squeezenet", 23,
          "xception", 7,
          "inception-resnet-v1", 75);

  private static final Set<String> TAKE_FLAT_IMAGES =
      Set.of("digits-cnn", "digits-mlp", "mlp", "lenet", "vgg16", "vgg19");

  private static final Set<String> OTHER_TASKS =
      Set.of("unet", "lstm", "text-generation-lstm", "deep-autoencoder", "transformer");

  private static final Set<String> UNTRAINABLE =
      Set.of("tiny-yolo", "yolo2", "simple-cnn", "nasnet");

  static Stream<String> all() {
    return Models.REGISTRY.names().stream();
  }

  static Stream<String> trainable() {
    return all().filter(name -> !UNTRAINABLE.contains(name));
  }

  static Stream<String> classifiers() {
    return trainable().filter(name -> !OTHER_TASKS.contains(name));
  }

  @ParameterizedTest
  @MethodSource("all")
  void isDescribedInOneLine(String name) {
    assertThat(type(name).description()).isNotBlank().doesNotContain("\n").doesNotEndWith(".");
  }

  @ParameterizedTest
  @MethodSource("trainable")
  void everyParameterHasFactors(String name) {
    Model network = build(name, smallest(name), SEED, new AdaFisher(1e-3));

    assertThat(AdaFisher.attach(network).parametersWithoutFactors(network)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("trainable")
  void isBuiltAsTheExperimentWantsIt(String name) {
    IUpdater updater = new Nesterovs(0.125, 0.5);
    Shape shape = smallest(name);
    assertThat(type(name).refusal(shape)).isEmpty();

    Model network = build(name, shape, SEED, updater);

    assertThat(network.params().dataType()).isEqualTo(DataType.FLOAT);
    assertThat(network.conf().isMiniBatch()).isTrue();
    Set<Integer> updaters = new HashSet<>();
    int layersWithWeights = 0;
    for (NeuralNetConfiguration configuration : configurations(network)) {
      assertThat(configuration.getSeed()).isEqualTo(SEED);
      assertThat(configuration.isMiniBatch()).isTrue();
      if (configuration.getLayer() instanceof BaseLayer layer
          && layer.initializer().numParams(layer) > 0) {
        assertThat(layer.getRegularization()).isEmpty();
        assertThat(layer.getRegularizationBias()).isEmpty();
        assertThat(layer.getIUpdater()).isEqualTo(updater);
        assertThat(layer.getBiasUpdater()).isNull();
        updaters.add(System.identityHashCode(layer.getIUpdater()));
        layersWithWeights++;
      }
    }
    assertThat(updaters).hasSize(layersWithWeights);
    for (var layer : layers(network)) {
      for (String parameter : layer.paramTable().keySet()) {
        assertThat(layer.conf().getLayer().getRegularizationByParam(parameter))
            .satisfiesAnyOf(list -> assertThat(list).isNull(), list -> assertThat(list).isEmpty());
        assertThat(layer.conf().getLayer().getUpdaterByParam(parameter))
            .satisfiesAnyOf(
                used -> assertThat(used).isEqualTo(updater),
                used -> assertThat(used).isInstanceOf(NoOp.class));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"digits-cnn", "lenet", "squeezenet", "text-generation-lstm", "transformer"})
  void theSeedDecidesTheWeights(String name) {
    Shape shape = smallest(name);
    INDArray weights = build(name, shape, 1, new Nesterovs()).params();
    assertThat(build(name, shape, 1, new Nesterovs()).params()).isEqualTo(weights);
    assertThat(build(name, shape, 2, new Nesterovs()).params()).isNotEqualTo(weights);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, 11173962", // what is usually given for CIFAR-10
    "densenet121, 6956298", // likewise
    "mobilenetv3-small, 1528106", // 2,542,856 with 1000 classes, which take 1025 weights each
  })
  void hasAsManyWeightsAsInThePaper(String name, long weights) {
    Model network = build(name, images(32, 3), SEED, new Nesterovs());
    assertThat(weights(network)).isEqualTo(weights);
  }

  @Test
  void parametersSetTheSize() {
    // Of a width w: 2724 w^2 in convolutions, 177 w in BatchNorm and stem, 80 w + 10 at the end.
    assertThat(weights(build("resnet18", images(32, 3), Map.of("width", 8.0))))
        .isEqualTo(2724 * 8 * 8 + 257 * 8 + CLASSES);
    assertThat(
            weights(
                build("mlp", images(8, 1), Map.of("hidden", 2.0, "width", 5.0, "lastWidth", 0.0))))
        .isEqualTo((64 + 1) * 5 + (5 + 1) * 5 + (5 + 1) * CLASSES);
    assertThat(
            weights(
                build("mlp", images(8, 1), Map.of("hidden", 2.0, "width", 5.0, "lastWidth", 4.0))))
        .isEqualTo((64 + 1) * 5 + (5 + 1) * 4 + (4 + 1) * CLASSES);
    assertThat(weights(build("deep-autoencoder", vectors(7), Map.of("scale", 0.01))))
        .as("7-10-5-3-1-3-5-10-7") // 2.5 rounded up, and at least a code of 1
        .isEqualTo(80 + 55 + 18 + 4 + 6 + 20 + 60 + 77);
  }

  @Test
  void hardSwishIsThatOfThePaper() {
    ComputationGraph network =
        (ComputationGraph) build("mobilenetv3-small", images(8, 3), SEED, new Nesterovs());
    Map<String, INDArray> activations =
        network.feedForward(Nd4j.rand(2, 3, 8, 8).subi(0.5).muli(20), false);
    INDArray x = activations.get("stem_bn");
    INDArray swish = activations.get("stem");
    assertThat(x.minNumber().doubleValue()).isLessThan(-3);
    assertThat(x.maxNumber().doubleValue()).isGreaterThan(3);
    for (long i = 0; i < x.length(); i++) {
      double value = x.getDouble(i);
      double gate = Math.min(Math.max(value + 3, 0), 6) / 6;
      assertThat(swish.getDouble(i)).isCloseTo(value * gate, within(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18", "mobilenetv3-small", "densenet121"})
  void ownGraphsCanBeSavedAsJson(String name) {
    Shape shape = images(8, 3);
    ComputationGraphConfiguration configuration =
        ((ComputationGraph) build(name, shape, SEED, new Nesterovs())).getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(configuration.toJson()))
        .isEqualTo(configuration);
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void saysHowSmallImagesMayBe(String name) {
    int minimum = MINIMUM_SIZES.getOrDefault(name, 1);
    assertThat(type(name).refusal(images(minimum, 3))).isEmpty();
    if (minimum > 1) {
      assertThat(type(name).refusal(images(minimum - 1, 3)))
          .hasValue(
              "it needs images of at least %1$dx%1$d pixels, these are %2$dx%2$d; set imageSize"
                  .formatted(minimum, minimum - 1));
    }
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void aClassifierRefusesOtherTasks(String name) {
    assertThat(type(name).refusal(masks(96)))
        .hasValue("it gives one class an image, and the data has yes or no a pixel");
    assertThat(type(name).refusal(text()))
        .hasValue("it gives one class an image, and the data has one class a time step");
  }

  @ParameterizedTest
  @MethodSource("classifiers")
  void takesFlatImagesOrSaysThatItDoesNot(String name) {
    Shape flat = new Shape(Task.CLASSIFICATION, InputType.convolutionalFlat(96, 96, 1), CLASSES);
    if (TAKE_FLAT_IMAGES.contains(name)) {
      assertThat(type(name).refusal(flat)).isEmpty();
    } else {
      assertThat(type(name).refusal(flat))
          .hasValueSatisfying(
              clause ->
                  assertThat(clause)
                      .startsWith("it takes images in rows and columns, ")
                      .endsWith(" at least, these are flat; set imageSize"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits-cnn", "digits-mlp", "mlp", "lenet"})
  void flatImagesAreWhatTheySeem(String name) {
    INDArray images = Nd4j.rand(2, 1, 8, 12);
    Shape flat = new Shape(Task.CLASSIFICATION, InputType.convolutionalFlat(8, 12, 1), CLASSES);
    Shape square = new Shape(Task.CLASSIFICATION, InputType.convolutional(8, 12, 1), CLASSES);
    INDArray fromFlat =
        ((MultiLayerNetwork) build(name, flat, SEED, new Nesterovs()))
            .output(images.reshape(2, 96));
    INDArray fromRows =
        ((MultiLayerNetwork) build(name, square, SEED, new Nesterovs())).output(images);
    assertThat(fromFlat).isEqualTo(fromRows);
  }

  @Test
  void theZooTakesHeightForHeight() {
    Shape wide = new Shape(Task.CLASSIFICATION, InputType.convolutional(24, 40, 3), CLASSES);
    ComputationGraph network = (ComputationGraph) build("squeezenet", wide, SEED, new Nesterovs());
    InputType.InputTypeConvolutional pooled =
        (InputType.InputTypeConvolutional)
            network.getConfiguration().getLayerActivationTypes(wide.input()).get("fire2");
    assertThat(pooled.getHeight()).isLessThan(pooled.getWidth());
    assertThat(network.outputSingle(Nd4j.rand(2, 3, 24, 40)).shape()).containsExactly(2, CLASSES);
  }

  @Test
  void uNetLabelsEveryPixelOfImagesOfTheRightSize() {
    assertThat(type("unet").refusal(masks(32))).isEmpty();
    assertThat(type("unet").refusal(masks(8)))
        .hasValue("it needs images of at least 16x16 pixels, these are 8x8; set imageSize");
    assertThat(type("unet").refusal(masks(24)))
        .hasValue(
            "it needs images whose sides are multiples of 16 pixels, these are 24x24; set"
                + " imageSize");
    assertThat(type("unet").refusal(images(32, 3)))
        .hasValue("it labels every pixel, and the data has one class an image");
  }

  @Test
  void theTransformerContinuesTokens() {
    assertThat(type("transformer").refusal(tokens())).isEmpty();
    assertThat(type("transformer").refusal(text()))
        .hasValue("it continues tokens, and the data has one class a time step");
    assertThat(type("text-generation-lstm").refusal(tokens()))
        .hasValue("it continues text, and the data has the next token");
  }

  @Test
  void theLstmContinuesText() {
    assertThat(type("text-generation-lstm").refusal(text())).isEmpty();
    assertThat(type("text-generation-lstm").refusal(images(32, 3)))
        .hasValue("it continues text, and the data has one class an image");
  }

  @Test
  void theAutoencoderReconstructsVectors() {
    assertThat(type("deep-autoencoder").refusal(vectors(784))).isEmpty();
    assertThat(type("deep-autoencoder").refusal(images(28, 1)))
        .hasValue("it reconstructs images, and the data has one class an image");
    assertThat(type("deep-autoencoder").refusal(masks(28)))
        .hasValue("it reconstructs images, and the data has yes or no a pixel");
    assertThat(type("mlp").refusal(vectors(784)))
        .hasValue("it gives one class an image, and the data has the image itself");
  }

  @Test
  void theAutoencodersWidthsAreThoseOfThePaper() {
    MultiLayerNetwork network =
        (MultiLayerNetwork) build("deep-autoencoder", vectors(784), SEED, new Nesterovs());
    assertThat(Stream.of(network.getLayers()).map(layer -> layer.getParam("W").size(1)))
        .containsExactly(1000L, 500L, 250L, 30L, 250L, 500L, 1000L, 784L);
    INDArray code = network.feedForward(Nd4j.rand(5, 784)).get(4);
    assertThat(code.minNumber().doubleValue()).as("linear").isNegative();
    assertThat(network.output(Nd4j.rand(5, 784)).minNumber().doubleValue()).isBetween(0.0, 1.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"digits-mlp", "mlp"})
  void denseClassifiersTakeVectorsAndOthersDoNot(String name) {
    Shape shape = new Shape(Task.CLASSIFICATION, InputType.feedForward(64), CLASSES);
    assertThat(type(name).refusal(shape)).isEmpty();
    assertThat(
            ((MultiLayerNetwork) build(name, shape, SEED, new Nesterovs()))
                .output(Nd4j.rand(2, 64))
                .shape())
        .containsExactly(2, CLASSES);
    assertThat(type("lenet").refusal(shape)).hasValue("it takes images, these are none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-yolo", "yolo2", "simple-cnn", "nasnet"})
  void whatCannotBeTrainedSaysWhy(String name) {
    ModelType type = type(name);
    String reason = type.refusal(images(224, 3)).orElseThrow();
    assertThat(type.description()).contains("cannot be trained", reason);
    assertThatThrownBy(() -> build(name, images(224, 3), SEED, new Nesterovs()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining(reason);
  }

  private static ModelType type(String name) {
    return Models.REGISTRY.get(name);
  }

  private static Model build(String name, Shape shape, long seed, IUpdater updater) {
    Map<String, Double> values = new HashMap<>();
    for (Parameter parameter : type(name).parameters()) {
      values.put(parameter.name(), parameter.defaultValue().orElseThrow());
    }
    return type(name).build(new Blueprint(shape, seed, updater, values));
  }

  private static Model build(String name, Shape shape, Map<String, Double> values) {
    return type(name).build(new Blueprint(shape, SEED, new Nesterovs(), values));
  }

  private static Shape smallest(String name) {
    return switch (name) {
      case "unet" -> masks(16);
      case "lstm", "text-generation-lstm" -> text();
      case "transformer" -> tokens();
      case "deep-autoencoder" -> vectors(4);
      default -> images(MINIMUM_SIZES.getOrDefault(name, 1), 3);
    };
  }

  private static Shape images(int size, int channels) {
    return new Shape(Task.CLASSIFICATION, InputType.convolutional(size, size, channels), CLASSES);
  }

  private static Shape masks(int size) {
    return new Shape(Task.SEGMENTATION, InputType.convolutional(size, size, 1), 1);
  }

  private static Shape vectors(int length) {
    return new Shape(Task.RECONSTRUCTION, InputType.feedForward(length), length);
  }

  private static Shape text() {
    return new Shape(Task.SEQUENCE, InputType.recurrent(30, 50), 30);
  }

  private static Shape tokens() {
    return new Shape(Task.LANGUAGE, InputType.recurrent(30, 50), 30);
  }

  private static List<NeuralNetConfiguration> configurations(Model network) {
    return Stream.of(layers(network)).map(org.deeplearning4j.nn.api.Layer::conf).toList();
  }

  private static org.deeplearning4j.nn.api.Layer[] layers(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getLayers()
        : ((MultiLayerNetwork) network).getLayers();
  }

  /** Without BatchNorm's running statistics, which DL4J counts among its parameters. */
  private static long weights(Model network) {
    long result = 0;
    for (var layer : layers(network)) {
      for (Map.Entry<String, INDArray> parameter : layer.paramTable().entrySet()) {
        result += NOT_WEIGHTS.contains(parameter.getKey()) ? 0 : parameter.getValue().length();
      }
    }
    return result;
  }
}
