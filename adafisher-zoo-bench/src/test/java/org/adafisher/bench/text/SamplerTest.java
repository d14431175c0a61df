package org.adafisher.bench.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Made-up networks, so that it is known what has to be drawn. */
class SamplerTest {

  private static final int CONTEXT = 4;

  /** Tokens: 0 the unknown one, then a, b, c, d. */
  private final Tokenizer letters = letters();

  private final List<float[]> seen = new ArrayList<>();

  @Test
  void theMostProbableTokensFollowEachOther() {
    Sampler sampler = new Sampler(this::successor, letters, CONTEXT);

    assertThat(sampler.continuation("a", 7, new Sampling(1, 1, 3))).isEqualTo("bcdabcd");
  }

  @Test
  void theNetworkSeesTheLastTokensOfTheContext() {
    new Sampler(this::successor, letters, CONTEXT).continuation("abc", 3, new Sampling(1, 1, 3));

    assertThat(seen.get(0)).containsExactly(1, 2, 3, 0);
    assertThat(seen.get(1)).containsExactly(1, 2, 3, 4);
    assertThat(seen.get(2)).containsExactly(2, 3, 4, 1);
  }

  @Test
  void theOrderOfTheNumbersInMemoryDoesNotMatter() {
    Sampler sampler =
        new Sampler(
            tokens -> successor(tokens).permute(0, 2, 1).dup('f').permute(0, 2, 1),
            letters,
            CONTEXT);

    assertThat(sampler.continuation("a", 7, new Sampling(1, 1, 3))).isEqualTo("bcdabcd");
  }

  @Test
  void whatIsNoNumberIsNeverDrawn() {
    Sampler sampler =
        new Sampler(
            tokens -> {
              INDArray probabilities = same(tokens);
              for (int i = 0; i < CONTEXT; i++) {
                probabilities.putScalar(0, 1, i, Double.NaN);
              }
              return probabilities;
            },
            letters,
            CONTEXT);

    assertThat(sampler.continuation("a", 100, new Sampling(1, 5, 3))).matches("[bcd]+");
  }

  @Test
  void onlyTheBestAreDrawnAndTheUnknownTokenNever() {
    String drawn = drawn(new Sampling(1, 2, 5), 300);

    assertThat(drawn).containsPattern("a").containsPattern("b").matches("[ab]+");
    assertThat(drawn(new Sampling(1, 100, 5), 300)).contains("c", "d").matches("[abcd]+");
  }

  @Test
  void temperatureSharpensAndFlattens() {
    long cold = drawn(new Sampling(0.25, 5, 5), 400).chars().filter(c -> c == 'a').count();
    long given = drawn(new Sampling(1, 5, 5), 400).chars().filter(c -> c == 'a').count();
    long hot = drawn(new Sampling(4, 5, 5), 400).chars().filter(c -> c == 'a').count();

    // a has 0.4 of 0.8 without the unknown token: squares of squares and fourth roots of the
    // shares.
    assertThat(given / 400.).isBetween(0.42, 0.58);
    assertThat(cold / 400.).isGreaterThan(0.87);
    assertThat(hot / 400.).isBetween(0.25, 0.38);
  }

  @Test
  void equalSeedsDrawEqualTexts() {
    Sampling one = new Sampling(1, 5, 1);

    assertThat(drawn(one, 50))
        .isEqualTo(drawn(one, 50))
        .isNotEqualTo(drawn(new Sampling(1, 5, 2), 50));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> new Sampling(0, 5, 1))
        .hasMessage("temperature has to be above 0, not 0.0");
    assertThatThrownBy(() -> new Sampling(Double.NaN, 5, 1)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Sampling(1, 0, 1)).hasMessage("top-k has to be at least 1, not 0");
    assertThatThrownBy(
            () ->
                new Sampler(this::successor, letters, CONTEXT)
                    .continuation("", 3, new Sampling(1, 1, 1)))
        .hasMessageStartingWith("the prompt is empty");
  }

  private String drawn(Sampling sampling, int count) {
    return new Sampler(SamplerTest::same, letters, CONTEXT).continuation("a", count, sampling);
  }

  /** After each letter the next, and the first after the last. */
  private INDArray successor(INDArray tokens) {
    seen.add(tokens.dup().data().asFloat());
    INDArray probabilities = Nd4j.valueArrayOf(new long[] {1, 5, CONTEXT}, 0.1f);
    for (int i = 0; i < CONTEXT; i++) {
      probabilities.putScalar(0, tokens.getInt(0, i) % 4 + 1, i, 0.6f);
    }
    return probabilities;
  }

  /** Whatever came before. */
  private static INDArray same(INDArray tokens) {
    INDArray probabilities = Nd4j.create(1, 5, CONTEXT);
    float[] each = {0.2f, 0.4f, 0.2f, 0.1f, 0.1f};
    for (int token = 0; token < each.length; token++) {
      for (int i = 0; i < CONTEXT; i++) {
        probabilities.putScalar(0, token, i, each[token]);
      }
    }
    return probabilities;
  }

  private static Tokenizer letters() {
    Segmenter segmenter = Tokenizers.REGISTRY.get("character").segmenter(false);
    return Tokenizer.of(segmenter, segmenter.split("abcd"), OptionalInt.empty());
  }
}
