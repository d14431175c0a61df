package org.adafisher.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.adafisher.curvature.KroneckerFactors;
import org.junit.jupiter.api.Test;
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

  /**
   * DL4J's layer normalisation has no epsilon in its square root where the authors' PyTorch has
   * 1e-5, so the two networks themselves differ by about that much.
   */
  @Test
  void followsThroughALayerNormUpToItsEpsilon() {
    follow("r20_linear_nobias_layernorm2d", DataType.DOUBLE, 2e-4);
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
      assertThat(network.listener().factors(network.net()))
          .as(where)
          .hasSameSizeAs(GoldenRun.keys(lastRefresh.get("H_D")));
      for (String layer : GoldenRun.keys(lastRefresh.get("H_D"))) {
        KroneckerFactors f = network.factors(layer);
        JsonNode h = lastRefresh.get("H_D").get(layer);
        JsonNode s = lastRefresh.get("S_D").get(layer);
        assertClose("H of " + layer, where, f.inputFactor(), h, tolerance);
        assertClose("S of " + layer, where, f.gradientFactor(), s, tolerance);
      }
      if (expected.has("params")) {
        for (String parameter : GoldenRun.keys(expected.get("params"))) {
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

  private static void assertClose(
      String what, String where, INDArray actual, JsonNode expected, double tolerance) {
    assertThat(actual.toDoubleVector())
        .as("%s of %s", what, where)
        .containsExactly(GoldenRun.doubles(expected), within(tolerance));
  }
}
