package org.adafisher.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.adafisher.curvature.KroneckerFactors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/** DL4J networks under AdaFisher follow the authors' own code step by step. */
class GoldenRunTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "case01_mlp",
        "case02_mlp_l2_tcov5",
        "case03_mlp_adafisherw",
        "case04_cnn",
        "case05_cnn_bn",
        "case07_mse",
        "case09_mixed_bias",
        "case13_mlp_paper_ema",
        "r23_checkpoint"
      })
  void followsTheAuthorsCodeInDouble(String name) {
    follow(name, DataType.DOUBLE, 1e-10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "case01_mlp",
        "case02_mlp_l2_tcov5",
        "case03_mlp_adafisherw",
        "case04_cnn",
        "case05_cnn_bn",
        "case07_mse",
        "case09_mixed_bias",
        "case13_mlp_paper_ema",
        "r23_checkpoint"
      })
  void staysNearTheDoubleRunInFloat(String name) {
    follow(name, DataType.FLOAT, 5e-6);
  }

  private static void follow(String name, DataType type, double tolerance) {
    GoldenRun run = GoldenRun.load(name);
    GoldenNetwork network = new GoldenNetwork(run, type);
    JsonNode lastRefresh = null;
    for (int i = 0; i < run.steps().size(); i++) {
      JsonNode expected = run.steps().get(i);
      String where = name + ", step " + expected.get("step").asInt();

      double loss = network.step(run.batches().get(i));

      assertThat(loss)
          .as("loss of %s", where)
          .isCloseTo(expected.get("loss").asDouble(), within(tolerance));
      if (expected.get("refreshed").asBoolean()) {
        lastRefresh = expected;
      }
      JsonNode factorsExpected = lastRefresh;
      Map<String, KroneckerFactors> factors = network.listener().factors(network.net());
      assertThat(factors.keySet())
          .as(where)
          .containsExactlyInAnyOrderElementsOf(keys(lastRefresh, "H_D"));
      factors.forEach(
          (layer, f) -> {
            JsonNode h = factorsExpected.get("H_D").get(layer);
            JsonNode s = factorsExpected.get("S_D").get(layer);
            assertClose("H of " + layer, where, f.inputFactor(), h, tolerance);
            assertClose("S of " + layer, where, f.gradientFactor(), s, tolerance);
          });
      if (expected.has("params")) {
        for (String parameter : keys(expected, "params")) {
          assertClose(
              parameter,
              where,
              network.parameter(parameter),
              expected.get("params").get(parameter),
              tolerance);
        }
      }
    }
  }

  private static java.util.List<String> keys(JsonNode node, String field) {
    java.util.List<String> result = new java.util.ArrayList<>();
    node.get(field).fieldNames().forEachRemaining(result::add);
    return result;
  }

  private static void assertClose(
      String what, String where, INDArray actual, JsonNode expected, double tolerance) {
    assertThat(actual.toDoubleVector())
        .as("%s of %s", what, where)
        .containsExactly(GoldenRun.doubles(expected), within(tolerance));
  }
}
