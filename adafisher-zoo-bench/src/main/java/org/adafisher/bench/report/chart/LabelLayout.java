package org.adafisher.bench.report.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Moves labels that would lie on top of each other apart. */
final class LabelLayout {

  private LabelLayout() {}

  /**
   * Places in the order of those wished for, and as close to them as can be in one pass down and
   * one pass up.
   *
   * @param wished where the labels want to be
   * @param gap the least distance
   * @param last no label is below this
   */
  static List<Double> spread(List<Double> wished, double gap, double last) {
    List<Integer> order =
        IntStream.range(0, wished.size())
            .boxed()
            .sorted(Comparator.comparing(wished::get))
            .toList();
    List<Double> placed = new ArrayList<>(wished);
    for (int i = 1; i < order.size(); i++) {
      double least = placed.get(order.get(i - 1)) + gap;
      placed.set(order.get(i), Math.max(least, placed.get(order.get(i))));
    }
    double most = last;
    for (int i = order.size() - 1; i >= 0; i--) {
      placed.set(order.get(i), Math.min(most, placed.get(order.get(i))));
      most = placed.get(order.get(i)) - gap;
    }
    return placed;
  }
}
