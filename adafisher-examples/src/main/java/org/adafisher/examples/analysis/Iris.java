package org.adafisher.examples.analysis;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Fisher's irises: 150 flowers of 3 species, 4 lengths in centimetres each; built in. */
public final class Iris {

  private static final String RESOURCE = "iris.csv";
  private static final int MEASURES = 4;
  private static final List<String> SPECIES = List.of("setosa", "versicolor", "virginica");

  private Iris() {}

  /**
   * All flowers.
   *
   * @return features [150, 4] in centimetres, labels [150, 3] one-hot, in double precision
   */
  public static DataSet load() {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(Iris.class.getResourceAsStream(RESOURCE), RESOURCE),
            StandardCharsets.UTF_8)) {
      List<CSVRecord> rows =
          CSVFormat.DEFAULT
              .builder()
              .setHeader()
              .setSkipHeaderRecord(true)
              .get()
              .parse(reader)
              .getRecords();
      INDArray features = Nd4j.zeros(DataType.DOUBLE, rows.size(), MEASURES);
      INDArray labels = Nd4j.zeros(DataType.DOUBLE, rows.size(), SPECIES.size());
      for (int i = 0; i < rows.size(); i++) {
        for (int j = 0; j < MEASURES; j++) {
          features.putScalar(i, j, Double.parseDouble(rows.get(i).get(j)));
        }
        labels.putScalar(i, SPECIES.indexOf(rows.get(i).get(MEASURES)), 1);
      }
      return new DataSet(features, labels);
    } catch (IOException e) { // it is in the jar
      throw new UncheckedIOException(e);
    }
  }

  /**
   * All flowers, each length with mean 0 and standard deviation 1.
   *
   * @return as {@link #load}
   */
  public static DataSet standardised() {
    DataSet data = load();
    INDArray features = data.getFeatures();
    features.subiRowVector(features.mean(0)).diviRowVector(features.std(0));
    return data;
  }
}
