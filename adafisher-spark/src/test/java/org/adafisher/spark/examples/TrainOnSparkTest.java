package org.adafisher.spark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainOnSparkTest {

  @TempDir Path folder;

  @Test
  void goesOnFromTheFileThatItWrote() throws IOException {
    File file = folder.resolve("net.zip").toFile();
    for (int run = 1; run <= 2; run++) {
      TrainOnSpark.main(new String[] {"1", file.getPath()});
      MultiLayerNetwork net = MultiLayerNetwork.load(file, true);
      assertThat(net.getIterationCount()).isEqualTo(20 * run);
      // Of the first layer's state: the count of steps, after the momentum of W and b.
      double steps = net.getUpdater().getStateViewArray().getDouble(64 * 64 + 64);
      assertThat(steps).isEqualTo(20.0 * run);
    }
  }
}
