package org.adafisher.bench.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.BaseEvaluation;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

class PerplexityTest {

  /** Two examples, two words, three places. */
  private static final INDArray PREDICTIONS =
      Nd4j.createFromArray(
          new double[][][] {
            {{.5, .25, .9}, {.5, .75, .1}},
            {{.8, .125, .4}, {.2, .875, .6}}
          });

  private static final INDArray LABELS =
      Nd4j.createFromArray(new double[][][] {{{1, 1, 0}}, {{0, 0, 1}}});

  @Test
  void isTheExponentialOfTheMeanLossOverAllTokens() {
    Perplexity perplexity = new Perplexity();
    perplexity.eval(LABELS, PREDICTIONS);

    double nats = -Math.log(.5 * .75 * .9 * .8 * .125 * .6);
    assertThat(perplexity.loss()).isCloseTo(nats / 6, within(1e-12));
    assertThat(perplexity.perplexity()).isCloseTo(Math.exp(nats / 6), within(1e-12));
    assertThat(perplexity.tokens()).isEqualTo(6);
    assertThat(perplexity.getValue(Perplexity.Metric.LOSS)).isEqualTo(perplexity.loss());
    assertThat(perplexity.stats()).contains("perplexity 1.9154", "of 6 tokens");
  }

  @Test
  void maskedTokensDoNotCount() {
    INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 1}, {1, 0, 0}});
    Perplexity perplexity = new Perplexity();
    perplexity.eval(LABELS, PREDICTIONS, mask);

    assertThat(perplexity.loss()).isCloseTo(-Math.log(.5 * .75 * .9 * .8) / 4, within(1e-12));
    assertThat(perplexity.tokens()).isEqualTo(4);
    assertThat(perplexity.accuracy()).isEqualTo(3 / 4.); // of equals the first counts: a mistake
  }

  @Test
  void mergingIsAsIfItHadSeenBothAndMinibatchesDoNotWeigh() {
    INDArray mask = Nd4j.createFromArray(new double[][] {{1, 0, 0}});
    Perplexity whole = new Perplexity();
    whole.eval(LABELS, PREDICTIONS);
    whole.eval(LABELS.get(firstExample()), PREDICTIONS.get(firstExample()), mask);
    Perplexity first = new Perplexity();
    first.eval(LABELS, PREDICTIONS);
    Perplexity second = first.newInstance();
    second.eval(LABELS.get(firstExample()), PREDICTIONS.get(firstExample()), mask);
    first.merge(second);

    assertThat(second.tokens()).isEqualTo(1);
    assertThat(second.perplexity()).isCloseTo(2, within(1e-12));
    assertThat(first.tokens()).isEqualTo(7);
    assertThat(first.perplexity()).isCloseTo(whole.perplexity(), within(1e-12));
    assertThat(first.accuracy()).isEqualTo(whole.accuracy());
    first.reset();
    assertThat(first.tokens()).isZero();
  }

  @Test
  void certainMistakesAndWhatIsNoNumberCostTwentyThreeNats() {
    INDArray bad = Nd4j.createFromArray(new double[][][] {{{0, Double.NaN}, {1, 1}}});
    Perplexity perplexity = new Perplexity();
    perplexity.eval(Nd4j.zeros(1, 1, 2), bad);

    assertThat(perplexity.loss()).isCloseTo(-Math.log(1e-10), within(1e-9));
  }

  @Test
  void travelsAsJson() {
    Perplexity perplexity = new Perplexity();
    perplexity.eval(LABELS, PREDICTIONS);

    Perplexity back = BaseEvaluation.fromJson(perplexity.toJson(), Perplexity.class);

    assertThat(back.perplexity()).isEqualTo(perplexity.perplexity());
    assertThat(back.tokens()).isEqualTo(6);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    Perplexity perplexity = new Perplexity();

    assertThatThrownBy(() -> perplexity.eval(PREDICTIONS, PREDICTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels have to be token numbers, [2, 1, 3], not [2, 2, 3]");
    assertThatThrownBy(() -> perplexity.eval(LABELS, Nd4j.zeros(2, 3)))
        .hasMessageStartingWith("predictions have to be [examples, vocabulary, tokens]");
    assertThatThrownBy(() -> perplexity.getValue(Evaluation.Metric.F1))
        .hasMessage("F1 is no metric of a perplexity");
  }

  private static INDArrayIndex[] firstExample() {
    return new INDArrayIndex[] {
      NDArrayIndex.interval(0, 1), NDArrayIndex.all(), NDArrayIndex.all()
    };
  }
}
