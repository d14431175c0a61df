package org.adafisher.bench.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The examples that a part can still be taken from, in a fixed order. Taking follows that order
 * class by class, so that of two numbers the smaller takes a subset of what the larger takes.
 */
final class Pool {

  /** The seed of the orders from which parts are taken. Changing it makes other data sets. */
  static final long SPLIT_SEED = 20260101L;

  private final int[] labels;
  private final int classes;
  private int[] remaining;

  /**
   * Everything in its order.
   *
   * @param labels the class of every example
   * @param classes how many classes there are
   */
  Pool(int[] labels, int classes) {
    this.labels = labels;
    this.classes = classes;
    this.remaining = IntStream.range(0, labels.length).toArray();
  }

  /** How many are left. */
  int size() {
    return remaining.length;
  }

  /** What is left, in order. */
  int[] rest() {
    return remaining.clone();
  }

  /** How many can be taken with one example of each class left. */
  int spare() {
    return (int) (size() - IntStream.of(counts()).filter(n -> n > 0).count());
  }

  /**
   * Takes equally many of each class, as far as classes have them: the first of every class, the
   * second of every class, and so on.
   */
  int[] takeEqually(int howMany) {
    int[] rank = ranks();
    return take(firstBy(Comparator.comparingInt((Integer i) -> rank[i]), howMany));
  }

  /**
   * The same, but leaves the last example of every class.
   *
   * @param howMany at most {@link #spare}
   */
  int[] takeEquallyAndLeaveOne(int howMany) {
    int[] rank = ranks();
    int[] count = counts();
    Comparator<Integer> lastOfTheirClass =
        Comparator.comparing((Integer i) -> rank[i] == count[labels[remaining[i]]] - 1);
    return take(firstBy(lastOfTheirClass.thenComparingInt(i -> rank[i]), howMany));
  }

  /**
   * Takes the first of each class: so many of every 100, rounded, but at least one, and not the
   * only one.
   */
  int[] takePercent(int percent) {
    int[] rank = ranks();
    int[] count = counts();
    boolean[] taken = new boolean[remaining.length];
    for (int i = 0; i < taken.length; i++) {
      int all = count[labels[remaining[i]]];
      int share = Math.max(1, Math.round(all * percent / 100f));
      taken[i] = rank[i] < Math.min(share, all - 1);
    }
    return take(taken);
  }

  /** The how-manieth of its class each remaining example is, from 0. */
  private int[] ranks() {
    int[] seen = new int[classes];
    return IntStream.of(remaining).map(example -> seen[labels[example]]++).toArray();
  }

  private int[] counts() {
    int[] count = new int[classes];
    for (int example : remaining) {
      count[labels[example]]++;
    }
    return count;
  }

  private boolean[] firstBy(Comparator<Integer> order, int howMany) {
    Integer[] positions = IntStream.range(0, remaining.length).boxed().toArray(Integer[]::new);
    Arrays.sort(positions, order.thenComparing(Comparator.naturalOrder()));
    boolean[] first = new boolean[remaining.length];
    for (int i = 0; i < howMany; i++) {
      first[positions[i]] = true;
    }
    return first;
  }

  private int[] take(boolean[] taken) {
    int[] all = remaining;
    int[] part = IntStream.range(0, all.length).filter(i -> taken[i]).map(i -> all[i]).toArray();
    remaining = IntStream.range(0, all.length).filter(i -> !taken[i]).map(i -> all[i]).toArray();
    return part;
  }
}
