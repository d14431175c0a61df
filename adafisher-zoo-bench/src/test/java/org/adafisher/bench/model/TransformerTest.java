package org.adafisher.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.optimizer.Regularization;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.curvature.KroneckerFactors;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.slf4j.LoggerFactory;

class TransformerTest {

  private static final int VOCABULARY = 5;
  private static final int CONTEXT = 8;

  private static final Map<String, Double> TINY =
      Map.of("layers", 2.0, "heads", 2.0, "width", 16.0, "feedForward", 2.0);

  @ParameterizedTest
  @CsvSource({
    "adam, 0.01, 1, 60, 0.1",
    "adam, 0.01, 0, 60, 0.1",
    "adafisherw, 0.0001, 1, 60, 0.1",
    // Whose steps are of one length: it takes a number of them until the outputs are that large.
    "centred, 0.02, 1, 80, 0.7",
    "spectral, 0.02, 1, 80, 0.7",
  })
  void learnsAnEndlessRepetition(
      String optimizer, double rate, double preNorm, int steps, double loss) {
    OptimizerType type = Optimizers.REGISTRY.get(optimizer);
    Map<String, Double> values = defaults(type.parameters());
    values.put("learningRate", rate);
    ComputationGraph net =
        network(type.updater(new FixedSchedule(rate), values), with(TINY, "preNorm", preNorm));
    Regularization.apply(net, values);
    type.attach(net, values);
    DataSet data = repetition(VOCABULARY, CONTEXT);

    double before = net.score(data) / CONTEXT;
    assertThat(before).as("knows nothing").isCloseTo(Math.log(VOCABULARY), within(0.1));
    for (int step = 0; step < steps; step++) {
      net.fit(data);
    }

    // The score has the decay of the weights in it.
    double dataLoss = net.score(data) - net.calcRegularizationScore(true);
    assertThat(dataLoss / CONTEXT).isLessThan(loss);
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "adafisherw", "centred", "spectral", "muon"})
  void goesOnFromAFileAsIfItHadNeverStopped(String optimizer, @TempDir Path folder)
      throws IOException {
    OptimizerType type = Optimizers.REGISTRY.get(optimizer);
    Map<String, Double> values = defaults(type.parameters());
    if (values.containsKey("refreshInterval")) {
      values.put("refreshInterval", 3.0);
    }
    double rate = optimizer.equals("adafisherw") ? 1e-5 : 1e-3;
    ComputationGraph whole = network(type.updater(new FixedSchedule(rate), values), TINY);
    Regularization.apply(whole, values);
    type.attach(whole, values);
    DataSet data = repetition(VOCABULARY, CONTEXT);
    for (int step = 0; step < 4; step++) {
      whole.fit(data);
    }
    File file = folder.resolve("model.zip").toFile();
    whole.save(file, true);
    ComputationGraph resumed = ComputationGraph.load(file, true);
    type.attach(resumed, values);
    INDArray saved = whole.params().dup();
    for (int step = 0; step < 5; step++) {
      whole.fit(data);
      resumed.fit(data);
    }
    assertThat(whole.params().sumNumber().doubleValue()).isFinite();
    assertThat(resumed.params()).isEqualTo(whole.params()).isNotEqualTo(saved);
    assertThat(resumed.getUpdater().getStateViewArray())
        .isEqualTo(whole.getUpdater().getStateViewArray());
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "0, 0", "1, 0.5"})
  void everyWeightHasFactors(double preNorm, double dropout) {
    ComputationGraph net =
        network(
            AdaFisher.builder().refreshInterval(1).build(),
            with(with(TINY, "preNorm", preNorm), "dropout", dropout));
    assertThat(said(net)).isEmpty();
    AdaFisherListener listener = AdaFisher.attach(net);
    net.fit(repetition(VOCABULARY, CONTEXT));
    Map<String, KroneckerFactors> factors = listener.factors(net);
    assertThat(factors.keySet()).isEqualTo(layersWithParameters(net));
    factors.forEach(
        (layer, of) -> {
          // 1 before anything is seen, at most 0.088 after the first refresh
          assertThat(of.inputFactor().maxNumber().doubleValue()).as(layer).isLessThan(0.1);
          assertThat(of.gradientFactor().maxNumber().doubleValue()).as(layer).isLessThan(0.1);
        });
  }

  /** With a mask too: what it hides does not count. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theInputFactorOfAProjectionIsTheMeanSquareOverTokens(boolean masked) {
    ComputationGraph net = network(AdaFisher.builder().refreshInterval(1).build(), TINY);
    AdaFisherListener listener = AdaFisher.attach(net);
    DataSet data = repetition(VOCABULARY, CONTEXT);
    if (masked) {
      INDArray mask = Nd4j.ones(data.getFeatures().shape());
      mask.get(NDArrayIndex.point(1), NDArrayIndex.interval(3, CONTEXT)).assign(0);
      data.setFeaturesMaskArray(mask);
      data.setLabelsMaskArray(mask);
    }
    net.setLayerMaskArrays(masked ? new INDArray[] {data.getFeaturesMaskArray()} : null, null);
    INDArray input = net.feedForward(data.getFeatures(), true).get("block2_attention_norm").dup();
    INDArray counts = masked ? data.getFeaturesMaskArray() : Nd4j.ones(data.getFeatures().shape());
    int width = 16;
    double[] meanSquare = new double[width + 1];
    double rows = counts.sumNumber().doubleValue();
    for (int j = 0; j < width; j++) {
      for (int t = 0; t < CONTEXT; t++) {
        for (int i = 0; i < VOCABULARY; i++) {
          // Rows come step by step.
          double value = input.getDouble(t * VOCABULARY + i, j);
          meanSquare[j] += counts.getDouble(i, t) * value * value / rows;
        }
      }
    }
    meanSquare[width] = 1; // of the bias
    double least = Arrays.stream(meanSquare).min().orElseThrow();
    double range = Arrays.stream(meanSquare).max().orElseThrow() - least;

    net.fit(data);

    INDArray factor = listener.factors(net).get("block2_attention_queries").inputFactor();
    for (int j = 0; j <= width; j++) {
      double normalised = (meanSquare[j] - least) / (range + 1e-6);
      assertThat(factor.getDouble(j)).isCloseTo(0.08 + 0.008 * normalised, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, false", "0, false", "1, true"})
  void theGradientIsThatOfDifferences(double preNorm, boolean masked) {
    DataType defaultType = Nd4j.dataType();
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE); // DL4J's check insists on it
    try {
      Map<String, Double> values = with(with(TINY, "width", 4.0), "layers", 1.0);
      ComputationGraph net =
          network(new NoOp(), with(values, "preNorm", preNorm)).convertDataType(DataType.DOUBLE);
      // Larger than at the start, where attention hardly matters.
      Random random = new Random(1);
      for (long i = 0; i < net.numParams(); i++) {
        net.params().putScalar(i, 0.7 * random.nextGaussian());
      }
      DataSet data = repetition(VOCABULARY, 4);
      INDArray[] mask = null;
      if (masked) {
        mask = new INDArray[] {Nd4j.ones(VOCABULARY, 4)};
        mask[0].get(NDArrayIndex.point(1), NDArrayIndex.interval(2, 4)).assign(0);
      }
      assertThat(
              GradientCheckUtil.checkGradients(
                  new GradientCheckUtil.GraphConfig()
                      .net(net)
                      .inputs(new INDArray[] {data.getFeatures()})
                      .labels(new INDArray[] {data.getLabels()})
                      .inputMask(mask)
                      .labelMask(mask)
                      .epsilon(1e-6)
                      .maxRelError(1e-4)
                      .minAbsoluteError(1e-8)))
          .isTrue();
    } finally {
      Nd4j.setDefaultDataTypes(defaultType, defaultType);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void aLaterTokenChangesNothingEarlier(double preNorm) {
    ComputationGraph net = network(new NoOp(), with(TINY, "preNorm", preNorm));
    INDArray tokens = repetition(VOCABULARY, CONTEXT).getFeatures();
    INDArray before = net.outputSingle(tokens);
    tokens.putScalar(0, 5, (tokens.getInt(0, 5) + 2) % VOCABULARY);
    INDArray after = net.outputSingle(tokens);
    for (int t = 0; t < CONTEXT; t++) {
      double change = column(before, t).distance1(column(after, t));
      if (t < 5) {
        assertThat(change).as("token %d", t).isZero();
      } else {
        assertThat(change).as("token %d", t).isPositive();
      }
    }
  }

  @Test
  void takesShorterTextsButNoLongerOnes() {
    ComputationGraph net = network(new NoOp(), TINY);
    INDArray tokens = repetition(VOCABULARY, CONTEXT).getFeatures();
    INDArray whole = net.outputSingle(tokens);
    for (int length : new int[] {1, 3}) {
      var piece = NDArrayIndex.interval(0, length);
      INDArray part = net.outputSingle(tokens.get(NDArrayIndex.all(), piece));
      INDArray same = whole.get(NDArrayIndex.all(), NDArrayIndex.all(), piece);
      assertThat(part.shape()).isEqualTo(same.shape());
      assertThat(part.sub(same).amaxNumber().doubleValue()).isLessThan(1e-5);
      INDArray one = net.outputSingle(tokens.get(NDArrayIndex.interval(0, 1), piece));
      INDArray first = same.get(NDArrayIndex.interval(0, 1));
      assertThat(one.shape()).isEqualTo(first.shape());
      assertThat(one.sub(first).amaxNumber().doubleValue()).isLessThan(1e-5);
    }
    assertThatThrownBy(() -> net.outputSingle(Nd4j.zeros(1, CONTEXT + 1)))
        .hasMessageContaining("the text has 9 tokens, and there are 8 positions");
  }

  @Test
  void dropsInTrainingAlone() {
    ComputationGraph net = network(new NoOp(), with(TINY, "dropout", 0.3));
    INDArray tokens = repetition(VOCABULARY, CONTEXT).getFeatures();
    assertThat(net.outputSingle(false, tokens)).isEqualTo(net.outputSingle(false, tokens));
    assertThat(net.outputSingle(true, tokens)).isNotEqualTo(net.outputSingle(true, tokens));
    net.setLayerMaskArrays(null, null);
    Map<String, INDArray> seen = net.feedForward(tokens, true);
    INDArray dropped = seen.get("embedding_dropout").dup();
    // Those of the training pass are dropped from in place.
    INDArray rows = net.feedForward(tokens, false).get("rows");
    double share = dropped.eq(0).castTo(dropped.dataType()).meanNumber().doubleValue();
    assertThat(share).as("dropped, not kept").isCloseTo(0.3, within(0.08));
    for (long i = 0; i < rows.size(0); i++) {
      for (long j = 0; j < rows.size(1); j++) {
        double value = dropped.getDouble(i, j);
        if (value != 0) {
          assertThat(value).isCloseTo(rows.getDouble(i, j) / 0.7, within(1e-6));
        }
      }
    }
  }

  @Test
  void startsAsGpt2Does() {
    ComputationGraph net = network(new NoOp(), with(with(TINY, "width", 128.0), "layers", 8.0));
    assertThat(deviation(net, "block1_attention_queries_W")).isCloseTo(0.02, within(0.001));
    assertThat(deviation(net, "block8_feed_forward_inner_W")).isCloseTo(0.02, within(0.001));
    assertThat(deviation(net, "block1_attention_output_W")).isCloseTo(0.005, within(0.0003));
    assertThat(deviation(net, "block8_feed_forward_output_W")).isCloseTo(0.005, within(0.0003));
    assertThat(net.getParam("block1_attention_output_b").amaxNumber().doubleValue()).isZero();
  }

  @Test
  void thePapersSizeIsBuilt() {
    int vocabulary = 1000;
    int width = 768;
    int context = 256;
    ComputationGraph net =
        (ComputationGraph)
            Models.REGISTRY
                .get("transformer")
                .build(
                    new Blueprint(
                        shape(vocabulary, context),
                        1,
                        new NoOp(),
                        values(Map.of("layers", 4.0, "heads", 12.0, "width", 768.0))));
    long block = 4L * (width + 1) * width + 2L * 4 * width * width + 5 * width + 4 * width;
    assertThat(net.numParams())
        .isEqualTo(
            4 * block + (vocabulary + context) * width + 2 * width + (width + 1) * vocabulary);
    ComputationGraphConfiguration conf = net.getConfiguration();
    assertThat(ComputationGraphConfiguration.fromJson(conf.toJson())).isEqualTo(conf);
  }

  @Test
  void refusesWhatDoesNotFit() {
    ModelType type = Models.REGISTRY.get("transformer");
    assertThat(type.refusal(shape(VOCABULARY, CONTEXT))).isEmpty();
    assertThat(type.refusal(new Shape(Task.SEQUENCE, InputType.recurrent(5, 8), 5)))
        .hasValue("it continues tokens, and the data has one class a time step");
    assertThat(type.refusal(new Shape(Task.LANGUAGE, InputType.recurrent(5), 5)))
        .hasValue("it needs to know how long a text can be, and the data does not");
    assertThatThrownBy(() -> network(new NoOp(), with(TINY, "heads", 3.0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a width of 16 cannot be shared by 3 heads; set width to a multiple of heads");
  }

  private static double deviation(ComputationGraph net, String parameter) {
    return net.getParam(parameter).stdNumber().doubleValue();
  }

  private static INDArray column(INDArray output, int step) {
    return output.get(NDArrayIndex.point(0), NDArrayIndex.all(), NDArrayIndex.point(step)).dup();
  }

  private static Set<String> layersWithParameters(ComputationGraph net) {
    return Stream.of(net.getLayers())
        .filter(layer -> layer.numParams() > 0)
        .map(layer -> layer.conf().getLayer().getLayerName())
        .collect(Collectors.toSet());
  }

  private static List<String> said(ComputationGraph net) {
    Logger logger = (Logger) LoggerFactory.getLogger(AdaFisher.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    Level level = logger.getLevel();
    appender.start();
    logger.addAppender(appender);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    try {
      AdaFisher.attach(net);
    } finally {
      logger.detachAppender(appender);
      logger.setLevel(level);
      logger.setAdditive(true);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  /** As many texts as there are tokens, each 0 1 2 ... again and again from another start. */
  private static DataSet repetition(int vocabulary, int context) {
    INDArray tokens = Nd4j.create(vocabulary, context);
    INDArray next = Nd4j.create(vocabulary, 1, context);
    for (int i = 0; i < vocabulary; i++) {
      for (int t = 0; t < context; t++) {
        tokens.putScalar(i, t, (i + t) % vocabulary);
        next.putScalar(i, 0, t, (i + t + 1) % vocabulary);
      }
    }
    return new DataSet(tokens, next);
  }

  private static ComputationGraph network(IUpdater updater, Map<String, Double> values) {
    return (ComputationGraph)
        Models.REGISTRY
            .get("transformer")
            .build(new Blueprint(shape(VOCABULARY, CONTEXT), 1, updater, values(values)));
  }

  private static Shape shape(int vocabulary, int context) {
    return new Shape(Task.LANGUAGE, InputType.recurrent(vocabulary, context), vocabulary);
  }

  private static Map<String, Double> values(Map<String, Double> set) {
    Map<String, Double> values = defaults(Models.REGISTRY.get("transformer").parameters());
    values.putAll(set);
    return values;
  }

  private static Map<String, Double> defaults(List<Parameter> parameters) {
    Map<String, Double> values = new HashMap<>();
    parameters.forEach(
        parameter -> values.put(parameter.name(), parameter.defaultValue().orElse(1e-3)));
    return values;
  }

  private static Map<String, Double> with(Map<String, Double> values, String name, double value) {
    Map<String, Double> result = new HashMap<>(values);
    result.put(name, value);
    return result;
  }
}
