package org.adafisher.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.adafisher.Centred;
import org.adafisher.Formulation;
import org.adafisher.Paper;
import org.adafisher.Released;
import org.adafisher.Spectral;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;

/**
 * One recorded run, step by step, as src/test/resources/golden has it: of the authors' own code, or
 * of the executable specification of the centred or the spectral formulation.
 */
record GoldenRun(ObjectNode json) {

  static GoldenRun load(String name) {
    try (InputStream in =
        new GZIPInputStream(GoldenRun.class.getResourceAsStream("/golden/" + name + ".json.gz"))) {
      return new GoldenRun((ObjectNode) new ObjectMapper().readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  double hyper(String name) {
    return json.get("hyperparameters").get(name).asDouble();
  }

  String optimizer() {
    return json.get("optimizer").asText();
  }

  boolean isCentred() {
    return optimizer().equals("CentredAdaFisher");
  }

  boolean isSpectral() {
    return optimizer().equals("SpectralAdaFisher");
  }

  /** Whether only weights are decayed, and never through the momentum. */
  boolean decaysWeightsAlone() {
    return isCentred() || isSpectral();
  }

  /** With its hyper-parameters. */
  Formulation formulation() {
    if (isCentred()) {
      return new Centred(
          hyper("rho"),
          hyper("beta2"),
          hyper("eps"),
          hyper("damping_in"),
          hyper("damping_out"),
          hyper("damping_rest"),
          hyper("lr_rest"),
          (int) hyper("burn_in"),
          hyper("guard_in"),
          hyper("guard_mean"),
          hyper("guard_norm"));
    }
    if (isSpectral()) {
      return new Spectral(
          hyper("rho"),
          hyper("beta2"),
          hyper("eps"),
          hyper("damping_in"),
          hyper("damping_out"),
          hyper("damping_rest"),
          hyper("lr_rest"),
          (int) hyper("burn_in"),
          (int) hyper("block"),
          (int) hyper("ns_steps"),
          hyper("guard_in"),
          hyper("guard_mean"),
          hyper("guard_norm"),
          hyper("guard_trace"),
          Spectral.Coordinates.FISHER);
    }
    boolean paper = json.get("hyperparameters").get("ema").asText().startsWith("PATCHED");
    return paper
        ? new Paper(hyper("gamma"), hyper("Lambda"))
        : new Released(hyper("gamma"), hyper("Lambda"));
  }

  /** The run in double precision. */
  List<Step> doubleSteps() {
    return steps("steps_float64");
  }

  /** The same in single precision. */
  List<Step> floatSteps() {
    return steps("steps_float32");
  }

  private List<Step> steps(String name) {
    List<Step> result = new ArrayList<>();
    Map<String, Step.Factors> factors = Map.of();
    for (JsonNode step : json.get(name)) {
      if (step.get("refreshed").asBoolean()) {
        factors = factors(step);
      }
      Map<String, double[]> parameters = new LinkedHashMap<>();
      if (step.has("params")) {
        for (String parameter : keys(step.get("params"))) {
          parameters.put(parameter, doubles(step.get("params").get(parameter)));
        }
      }
      result.add(
          new Step(step.get("step").asInt(), step.get("loss").asDouble(), factors, parameters));
    }
    return result;
  }

  /** By layer; empty for a step that did not record them. */
  private Map<String, Step.Factors> factors(JsonNode step) {
    Map<String, Step.Factors> result = new LinkedHashMap<>();
    if (step.has("mu")) {
      for (String layer : keys(step.get("mu"))) {
        result.put(
            layer,
            centred(
                layer,
                doubles(step.get("mu").get(layer)),
                doubles(step.get("x2").get(layer)),
                doubles(step.get("s").get(layer))));
      }
    } else if (step.has("H_D")) {
      for (String layer : keys(step.get("H_D"))) {
        double[] h = doubles(step.get("H_D").get(layer));
        result.put(
            layer, new Step.Factors(h, new double[h.length], doubles(step.get("S_D").get(layer))));
      }
    }
    return result;
  }

  /** This run with a hyper-parameter other than that which it was recorded with. */
  GoldenRun with(String hyperparameter, double value) {
    ObjectNode changed = json.deepCopy();
    ((ObjectNode) changed.get("hyperparameters")).put(hyperparameter, value);
    return new GoldenRun(changed);
  }

  private Step.Factors centred(String layer, double[] mean, double[] square, double[] s) {
    JsonNode spec =
        layers().stream()
            .filter(node -> node.get("name").asText().equals(layer))
            .findFirst()
            .orElseThrow();
    if (spec.get("type").asText().equals("Embedding")) {
      return new Step.Factors(square, square, s);
    }
    int length = mean.length + (spec.get("bias").asBoolean() ? 1 : 0);
    double[] squares = Arrays.copyOf(square, length);
    double[] a = new double[length];
    Arrays.fill(a, 1 + hyper("eps"));
    for (int j = 0; j < mean.length; j++) {
      a[j] = Math.max(square[j] - mean[j] * mean[j], 0) + hyper("eps") * square[j];
    }
    return new Step.Factors(a, squares, s);
  }

  boolean isCrossEntropy() {
    return json.get("loss").asText().startsWith("cross_entropy");
  }

  boolean isSummed() {
    return json.get("loss").asText().endsWith("_sum");
  }

  /** Without the flattening of a series to rows, which DL4J's output layer does by itself. */
  List<JsonNode> layers() {
    return listOf(json.get("network")).stream()
        .filter(spec -> !spec.get("type").asText().equals("Flatten2"))
        .toList();
  }

  List<JsonNode> batches() {
    return listOf(json.get("batches"));
  }

  INDArray initial(String parameter, DataType type) {
    return array(json.get("initial_parameters").get(parameter), type);
  }

  List<String> initialParameters() {
    return keys(json.get("initial_parameters"));
  }

  private static List<String> keys(JsonNode object) {
    List<String> result = new ArrayList<>();
    object.fieldNames().forEachRemaining(result::add);
    return result;
  }

  static INDArray array(JsonNode node, DataType type) {
    return vector(node.get("data"), type).reshape('c', longs(node.get("shape")));
  }

  static INDArray matrix(JsonNode rows, DataType type) {
    double[][] result = new double[rows.size()][];
    for (int i = 0; i < result.length; i++) {
      result[i] = doubles(rows.get(i));
    }
    return Nd4j.createFromArray(result).castTo(type);
  }

  static INDArray vector(JsonNode data, DataType type) {
    return Nd4j.createFromArray(doubles(data)).castTo(type);
  }

  private static double[] doubles(JsonNode data) {
    double[] result = new double[data.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = data.get(i).asDouble();
    }
    return result;
  }

  private static long[] longs(JsonNode data) {
    long[] result = new long[data.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = data.get(i).asLong();
    }
    return result;
  }

  private static List<JsonNode> listOf(JsonNode array) {
    List<JsonNode> result = new ArrayList<>();
    array.forEach(result::add);
    return result;
  }
}
