package org.adafisher;

import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The update alone, without forward and backward pass, of one dense layer of {@code width} x {@code
 * width}: {@code mvn -q -DskipTests -Pjmh package}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UpdateBenchmark {

  @Param({"AdaFisher", "Centred", "Spectral", "Adam", "Nesterovs"})
  private String updater;

  @Param({"20", "500", "4096"})
  private int width;

  private UpdaterBlock block;

  @Setup
  public void network() {
    IUpdater config =
        switch (updater) {
          case "Adam" -> new Adam(1e-6);
          case "Centred" ->
              AdaFisher.builder()
                  .refreshInterval(Integer.MAX_VALUE)
                  .formulation(new Centred().withBurnIn(0))
                  .build();
          case "Spectral" ->
              AdaFisher.builder()
                  .refreshInterval(Integer.MAX_VALUE)
                  .formulation(new Spectral().withBurnIn(0))
                  .build();
          case "Nesterovs" -> new Nesterovs(1e-6, 0.9);
          default -> AdaFisher.builder().refreshInterval(Integer.MAX_VALUE).build();
        };
    MultiLayerNetwork net =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(config)
                .list()
                .layer(new DenseLayer.Builder().nIn(width).nOut(width).build())
                .layer(new OutputLayer.Builder().nIn(width).nOut(2).build())
                .build());
    net.init();
    if (config instanceof AdaFisher) {
      AdaFisher.attach(net);
    }
    block = ((BaseMultiLayerUpdater<?>) net.getUpdater()).getUpdaterBlocks().get(0);
  }

  @Benchmark
  public void update() {
    // An update is written over its gradient: without a new one the values would sink to denormals.
    block.getGradientView().assign(1e-3);
    if (block.getGradientUpdater() instanceof AdaFisherUpdater ours) {
      ours.bind(block);
      ours.beginPass();
    }
    block.update(1, 0);
  }
}
