package org.adafisher.bench.text;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.nd4j.evaluation.BaseEvaluation;
import org.nd4j.evaluation.IMetric;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The perplexity of a language model, exp(mean cross-entropy in nats), over the tokens of all
 * minibatches: every token counts alike, however many a minibatch has.
 *
 * <p>Labels are token numbers [examples, 1, tokens] or [examples, tokens], predictions
 * probabilities [examples, vocabulary, tokens]; where the mask [examples, tokens] is 0, a token
 * does not count. Use it as Deeplearning4j's own evaluations: {@code network.doEvaluation(iterator,
 * new Perplexity())}; after a training step {@code network.clear()} first, since DL4J takes the
 * number of examples from the labels of its last minibatch.
 */
public final class Perplexity extends BaseEvaluation<Perplexity> {

  private static final long serialVersionUID = 1L;

  /**
   * As in Deeplearning4j's cross-entropy: a certain mistake costs 23 nats, not infinitely many. A
   * prediction that is not a number counts as such a mistake.
   */
  private static final double LEAST_PROBABILITY = 1e-10;

  private double nats;
  private long right;
  private long tokens;

  /** What {@link #getValue} can be asked for. */
  public enum Metric implements IMetric {
    /** exp(loss). */
    PERPLEXITY,
    /** Mean nats a token. */
    LOSS,
    /** Share of tokens whose most probable prediction is right. */
    ACCURACY;

    @Override
    public Class<Perplexity> getEvaluationClass() {
      return Perplexity.class;
    }

    @Override
    public boolean minimize() {
      return this != ACCURACY;
    }
  }

  @Override
  public void eval(
      INDArray labels,
      INDArray predictions,
      INDArray mask,
      List<? extends Serializable> recordMetaData) {
    if (predictions.rank() != 3) {
      throw new IllegalArgumentException(
          "predictions have to be [examples, vocabulary, tokens], not "
              + Arrays.toString(predictions.shape()));
    }
    int examples = Math.toIntExact(predictions.size(0));
    int length = Math.toIntExact(predictions.size(2));
    if (labels.length() != (long) examples * length || labels.size(0) != examples) {
      throw new IllegalArgumentException(
          "labels have to be token numbers, [%d, 1, %d], not %s"
              .formatted(examples, length, Arrays.toString(labels.shape())));
    }
    INDArray answers = labels.reshape(examples, length);
    INDArray best = predictions.argMax(1);
    for (int example = 0; example < examples; example++) {
      for (int place = 0; place < length; place++) {
        if (mask != null && mask.getDouble(example, place) == 0) {
          continue;
        }
        long answer = Math.round(answers.getDouble(example, place));
        double probability = predictions.getDouble(example, answer, place);
        nats -= Math.log(probability >= LEAST_PROBABILITY ? probability : LEAST_PROBABILITY);
        right += best.getLong(example, place) == answer ? 1 : 0;
        tokens++;
      }
    }
  }

  /** exp(loss); NaN without a token. */
  public double perplexity() {
    return Math.exp(loss());
  }

  /** Mean cross-entropy of a token in nats; NaN without a token. */
  public double loss() {
    return nats / tokens;
  }

  /** Share of tokens whose most probable prediction is right; NaN without a token. */
  public double accuracy() {
    return (double) right / tokens;
  }

  /** How many tokens were counted. */
  public long tokens() {
    return tokens;
  }

  @Override
  public void merge(Perplexity other) {
    nats += other.nats;
    right += other.right;
    tokens += other.tokens;
  }

  @Override
  public void reset() {
    nats = 0;
    right = 0;
    tokens = 0;
  }

  @Override
  public String stats() {
    return String.format(
        Locale.ROOT,
        "perplexity %.4f (%.4f nats a token), %.2f %% of %,d tokens right",
        perplexity(),
        loss(),
        100 * accuracy(),
        tokens);
  }

  /**
   * One of its numbers.
   *
   * @throws IllegalArgumentException if the metric is not a {@link Metric}
   */
  @Override
  public double getValue(IMetric metric) {
    if (!(metric instanceof Metric own)) {
      throw new IllegalArgumentException(metric + " is no metric of a perplexity");
    }
    return switch (own) {
      case PERPLEXITY -> perplexity();
      case LOSS -> loss();
      case ACCURACY -> accuracy();
    };
  }

  @Override
  public Perplexity newInstance() {
    return new Perplexity();
  }
}
