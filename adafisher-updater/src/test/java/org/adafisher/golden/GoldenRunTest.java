package org.adafisher.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.adafisher.curvature.KroneckerFactors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.databind.JsonNode;

/**
 * DL4J networks under AdaFisher follow the authors' own code, and under its centred formulation the
 * executable specification of that, step by step.
 *
 * <p>The recorded runs c.., m.. and own_.. are of the centred formulation's specification. The own_
 * ones cover what the others do not: {@code own_cnn_bias_less} convolutions without bias (dilation
 * 2; 1x1; 2x3 with stride 2, 1), batch normalization, a dense layer without bias, every constant
 * other than its default; {@code own_mlp_narrow} layers of one unit and of one input, an input that
 * is 0 at every refresh but not between, a constant one, a summed loss with weight decay; {@code
 * own_default_schedule} the burn-in of 100 steps and the refreshes after it.
 */
class GoldenRunTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "case01_mlp",
        "case02_mlp_l2_tcov5",
        "case03_mlp_adafisherw",
        "case04_cnn",
        "case05_cnn_bn",
        "case06_layernorm_seq",
        "case07_mse",
        "case09_mixed_bias",
        "case13_mlp_paper_ema",
        "r20_linear_nobias_layernorm2d",
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
        "case06_layernorm_seq",
        "case07_mse",
        "case09_mixed_bias",
        "case13_mlp_paper_ema",
        "r20_linear_nobias_layernorm2d",
        "r23_checkpoint"
      })
  void staysNearTheDoubleRunInFloat(String name) {
    follow(name, DataType.FLOAT, 5e-6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c12_mlp_normaliser_momentum",
        "c14m_edge_cases",
        "c15_checkpoint",
        "m03_cnn_bias",
        "m05_embedding_lm",
        "own_cnn_bias_less",
        "own_mlp_narrow",
        "own_default_schedule"
      })
  void followsTheCentredSpecificationInDouble(String name) {
    follow(name, DataType.DOUBLE, 1e-10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c12_mlp_normaliser_momentum",
        "c14m_edge_cases",
        "c15_checkpoint",
        "m03_cnn_bias",
        "m05_embedding_lm",
        "own_cnn_bias_less",
        "own_mlp_narrow",
        "own_default_schedule"
      })
  void staysNearTheCentredSpecificationInFloat(String name) {
    follow(name, DataType.FLOAT, 5e-6);
  }

  /**
   * The layer normalisation of DL4J's dense layer has no epsilon in its square root where the
   * authors' PyTorch has 1e-5, so the two networks themselves differ by about that much.
   */
  @Test
  void followsThroughALayerNormUpToItsEpsilon() {
    GoldenRun run = GoldenRun.load("r20_linear_nobias_layernorm2d");
    follow("r20, fused", run, new GoldenNetwork(run, DataType.DOUBLE, true), 2e-4);
  }

  private static void follow(String name, DataType type, double tolerance) {
    GoldenRun run = GoldenRun.load(name);
    follow(name, run, new GoldenNetwork(run, type), tolerance);
  }

  private static void follow(String name, GoldenRun run, GoldenNetwork network, double tolerance) {
    Map<String, GoldenRun.Factors> lastFactors = Map.of();
    for (int i = 0; i < run.steps().size(); i++) {
      JsonNode expected = run.steps().get(i);
      String where = name + ", step " + expected.get("step").asInt();

      double loss = network.step(run.batches().get(i));

      assertThat(loss)
          .as("loss of %s", where)
          .isCloseTo(expected.get("loss").asDouble(), within(tolerance));
      if (expected.get("refreshed").asBoolean()) {
        lastFactors = run.factors(expected);
      }
      if (!lastFactors.isEmpty()) {
        assertThat(network.listener().factors(network.net())).as(where).hasSameSizeAs(lastFactors);
      }
      lastFactors.forEach(
          (layer, factors) -> {
            KroneckerFactors f = network.factors(layer);
            double[] h = f.inputFactor().toDoubleVector();
            assertThat(h).as("H of %s of %s", layer, where).hasSameSizeAs(factors.input());
            for (int j = 0; j < h.length; j++) {
              assertThat(h[j])
                  .as("H[%d] of %s of %s", j, layer, where)
                  .isCloseTo(
                      factors.input()[j], within(tolerance * Math.max(1, factors.inputScale()[j])));
            }
            assertClose("S of " + layer, where, f.gradientFactor(), factors.gradient(), tolerance);
          });
      if (expected.has("params")) {
        for (String parameter : GoldenRun.keys(expected.get("params"))) {
          assertClose(
              parameter,
              where,
              network.parameter(parameter),
              GoldenRun.doubles(expected.get("params").get(parameter)),
              tolerance);
        }
      }
    }
  }

  private static void assertClose(
      String what, String where, INDArray actual, double[] expected, double tolerance) {
    assertThat(actual.toDoubleVector())
        .as("%s of %s", what, where)
        .containsExactly(expected, within(tolerance));
  }
}
