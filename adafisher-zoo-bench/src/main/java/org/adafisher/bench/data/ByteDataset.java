package org.adafisher.bench.data;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * A data set that is kept as bytes, of which every minibatch is made when it is asked for.
 *
 * @param shape what a model has to fit
 * @param parts the examples of each part
 * @param minibatches what the bytes mean
 */
record ByteDataset(Shape shape, Map<Part, Examples> parts, Minibatches minibatches)
    implements Dataset {

  /** Order and augmentation are drawn from two generators, so that neither disturbs the other. */
  private static final long AUGMENTATION_STREAM = 0x5DEECE66DL;

  @Override
  public String sha256() {
    ContentHash hash = new ContentHash().add(shape.task().name()).add(shape.input().toString());
    hash.add(shape.classes());
    for (Part part : Part.values()) {
      Examples examples = parts.get(part);
      hash.add(examples.classes());
      for (byte[] row : examples.rows()) {
        hash.add(row);
      }
    }
    return hash.hex();
  }

  @Override
  public int size(Part part) {
    return parts.get(part).size();
  }

  @Override
  public DataSetIterator inOrder(Part part, int batchSize) {
    int[] order = IntStream.range(0, size(part)).toArray();
    return pass(part, order, batchSize, Optional::empty);
  }

  @Override
  public DataSetIterator train(int batchSize, long orderSeed) {
    int[] order = Permutations.random(size(Part.TRAIN), new Random(orderSeed));
    return pass(
        Part.TRAIN,
        order,
        batchSize,
        () -> Optional.of(new SplittableRandom(orderSeed + AUGMENTATION_STREAM)));
  }

  private DataSetIterator pass(
      Part part, int[] order, int batchSize, Supplier<Optional<SplittableRandom>> chance) {
    Examples examples = parts.get(part);
    return new Pass(
        (indices, augmentation) -> minibatches.make(examples, indices, augmentation),
        order,
        batchSize,
        shape.classes(),
        chance);
  }
}
