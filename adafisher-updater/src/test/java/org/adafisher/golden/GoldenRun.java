package org.adafisher.golden;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** One recorded run of the authors' own code, step by step, as src/test/resources/golden has it. */
record GoldenRun(JsonNode json) {

  static GoldenRun load(String name) {
    try (InputStream in =
        new GZIPInputStream(GoldenRun.class.getResourceAsStream("/golden/" + name + ".json.gz"))) {
      return new GoldenRun(new ObjectMapper().readTree(in));
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

  boolean hasPaperAveraging() {
    return json.get("hyperparameters").get("ema").asText().startsWith("PATCHED");
  }

  boolean isCrossEntropy() {
    return json.get("loss").asText().startsWith("cross_entropy");
  }

  boolean isSummed() {
    return json.get("loss").asText().endsWith("_sum");
  }

  List<JsonNode> layers() {
    return listOf(json.get("network"));
  }

  List<JsonNode> batches() {
    return listOf(json.get("batches"));
  }

  List<JsonNode> steps() {
    return listOf(json.get("steps_float64"));
  }

  INDArray initial(String parameter, DataType type) {
    return array(json.get("initial_parameters").get(parameter), type);
  }

  List<String> initialParameters() {
    return keys(json.get("initial_parameters"));
  }

  static List<String> keys(JsonNode object) {
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

  static double[] doubles(JsonNode data) {
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
