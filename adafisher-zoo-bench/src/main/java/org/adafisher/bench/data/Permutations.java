package org.adafisher.bench.data;

import java.util.Random;

/** Uniformly random orders. */
final class Permutations {

  private Permutations() {}

  /** The numbers 0 to n - 1 in random order (Fisher-Yates). */
  static int[] random(int n, Random random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
