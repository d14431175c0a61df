package org.adafisher.bench.text;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Lets a language model go on with a text. */
public final class Sampler {

  private final UnaryOperator<INDArray> network;
  private final Tokenizer tokenizer;
  private final int context;

  /**
   * A sampler of a network that sees no token's future.
   *
   * @param network from token numbers [1, context] to probabilities [1, vocabulary, context]
   * @param context how many tokens it sees at once
   */
  public Sampler(UnaryOperator<INDArray> network, Tokenizer tokenizer, int context) {
    this.network = network;
    this.tokenizer = tokenizer;
    this.context = context;
  }

  /** A sampler of a graph with one input and one output. */
  public static Sampler of(ComputationGraph graph, Tokenizer tokenizer, int context) {
    return new Sampler(
        tokens -> {
          // Output would obey what the last minibatch left behind: its labels decide how many
          // examples there are, and its masks what is hidden.
          graph.clear();
          graph.clearLayerMaskArrays();
          return graph.output(false, tokens)[0];
        },
        tokenizer,
        context);
  }

  /**
   * What follows after a prompt. The token of unknown words is never drawn.
   *
   * @param count how many tokens
   * @return their text, without the prompt
   * @throws IllegalArgumentException if the prompt has no token
   */
  public String continuation(String prompt, int count, Sampling sampling) {
    int[] start = tokenizer.encodePrompt(prompt);
    if (start.length == 0) {
      throw new IllegalArgumentException("the prompt is empty; give at least one token");
    }
    int[] text = Arrays.copyOf(start, start.length + count);
    SplittableRandom random = new SplittableRandom(sampling.seed());
    for (int length = start.length; length < text.length; length++) {
      text[length] = draw(next(text, length), sampling, random);
    }
    String whole = tokenizer.decode(text);
    String known = tokenizer.decode(start);
    // Bytes of one character can be on both sides of the seam; then the whole is cut where it was.
    return whole.substring(Math.min(known.length(), whole.length()));
  }

  /** Probabilities of what comes after the first so many tokens. */
  private double[] next(int[] text, int length) {
    int from = Math.max(0, length - context);
    // Always the whole context, whatever comes after: the network sees no token's future.
    float[] window = new float[context];
    for (int i = from; i < length; i++) {
      window[i - from] = text[i];
    }
    INDArray probabilities = network.apply(Nd4j.create(window, new long[] {1, context}, 'c'));
    return IntStream.range(0, Math.toIntExact(probabilities.size(1)))
        .mapToDouble(token -> probabilities.getDouble(0, token, length - from - 1))
        .toArray();
  }

  private int draw(double[] probabilities, Sampling sampling, SplittableRandom random) {
    for (int token = 0; token < probabilities.length; token++) {
      probabilities[token] = Double.isNaN(probabilities[token]) ? 0 : probabilities[token];
    }
    tokenizer.unknown().ifPresent(unknown -> probabilities[unknown] = 0);
    int[] best =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(Comparator.comparingDouble(token -> -probabilities[token]))
            .limit(sampling.topK())
            .mapToInt(Integer::intValue)
            .toArray();
    // Of the best, so that a power of small numbers does not end at zero.
    double top = probabilities[best[0]];
    double[] weights =
        IntStream.of(best)
            .mapToDouble(token -> Math.pow(probabilities[token] / top, 1 / sampling.temperature()))
            .toArray();
    double left = random.nextDouble() * Arrays.stream(weights).sum();
    for (int i = 0; i < best.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return best[i];
      }
    }
    return best[0];
  }
}
