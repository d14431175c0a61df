package org.adafisher.bench.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** What a pass gives, as text that can be compared: one string an example. */
final class Rows {

  private Rows() {}

  /** Features and labels. */
  static List<String> of(DataSetIterator pass) {
    List<String> rows = new ArrayList<>();
    while (pass.hasNext()) {
      DataSet batch = pass.next();
      int examples = batch.numExamples();
      float[] features = all(batch.getFeatures());
      float[] labels = all(batch.getLabels());
      for (int i = 0; i < examples; i++) {
        rows.add(text(features, i, examples) + text(labels, i, examples));
      }
    }
    return rows;
  }

  static List<String> of(Dataset dataset, Part part) {
    return of(dataset.inOrder(part, 64));
  }

  /** How many examples of each class a part has. */
  static int[] perClass(Dataset dataset, Part part) {
    return dataset.inOrder(part, dataset.size(part)).next().getLabels().sum(0).toIntVector();
  }

  /** One example of a batch, flattened. */
  static float[] values(INDArray batch, int example) {
    return row(all(batch), example, (int) batch.size(0));
  }

  private static float[] all(INDArray batch) {
    return batch.dup('c').data().asFloat();
  }

  private static float[] row(float[] all, int example, int examples) {
    int length = all.length / examples;
    return Arrays.copyOfRange(all, example * length, (example + 1) * length);
  }

  private static String text(float[] all, int example, int examples) {
    return Arrays.toString(row(all, example, examples));
  }
}
