package org.adafisher.curvature;

import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The convolution's input factor, 64 channels of 32x32, kernel 3x3, padding 1, batch 64, against
 * unrolling the patches: {@code mvn -q -DskipTests -Pjmh package}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ConvolutionFactorBenchmark {

  private static final int BATCH = 64;
  private static final int CHANNELS = 64;
  private static final int SIZE = 32;

  private final ConvolutionLayer conf =
      new ConvolutionLayer.Builder(3, 3)
          .padding(1, 1)
          .convolutionMode(ConvolutionMode.Truncate)
          .nIn(CHANNELS)
          .nOut(CHANNELS)
          .build();
  private final INDArray input = Nd4j.rand(BATCH, CHANNELS, SIZE, SIZE);

  @Benchmark
  public double[] estimator() {
    return new ConvolutionEstimator()
        .windows(conf, input.shape(), input.shape())
        .moments(input)
        .square();
  }

  @Benchmark
  public double[] im2col() {
    INDArray patches = Convolution.im2col(input, 3, 3, 1, 1, 1, 1, false);
    return patches.muli(patches).mean(0, 4, 5).reshape(-1).toDoubleVector();
  }
}
