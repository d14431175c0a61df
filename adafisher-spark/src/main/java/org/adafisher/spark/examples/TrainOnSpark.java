package org.adafisher.spark.examples;

import java.io.File;
import java.io.IOException;
import java.util.Locale;
import org.adafisher.AdaFisher;
import org.adafisher.spark.AdaFisherSpark;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Trains a network on handwritten digits with AdaFisher, on all workers that Spark has: two threads
 * of this machine unless {@code spark-submit} says otherwise.
 */
public final class TrainOnSpark {

  private static final int BATCH = 32;

  private TrainOnSpark() {}

  /**
   * @param args epochs, 10 unless given; then the file that the model goes to, if it shall be
   *     saved. A file that is there already is gone on from
   * @throws IOException if the file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    int epochs = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    File file = args.length > 1 ? new File(args[1]) : null;
    SparkConf conf =
        new SparkConf().setAppName("AdaFisher on Spark").setIfMissing("spark.master", "local[2]");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      int workers = spark.defaultParallelism();
      Digits digits = Digits.read();
      JavaRDD<DataSet> training = spark.parallelize(digits.training(BATCH));
      JavaRDD<DataSet> test = spark.parallelize(digits.test(BATCH));

      // Five steps on each worker, then parameters, momentum and factors are averaged.
      ParameterAveragingTrainingMaster master =
          new ParameterAveragingTrainingMaster.Builder(workers, BATCH)
              .batchSizePerWorker(BATCH)
              .averagingFrequency(5)
              .saveUpdater(true)
              .rddTrainingApproach(RDDTrainingApproach.Direct)
              .build();
      SparkDl4jMultiLayer net = new SparkDl4jMultiLayer(spark, network(file), master);
      AdaFisherSpark.attach(net);

      for (int epoch = 1; epoch <= epochs; epoch++) {
        net.fit(training);
        System.out.printf(
            Locale.ROOT,
            "epoch %d: %d steps on each of %d workers, score %.4f, test accuracy %.3f%n",
            epoch,
            net.getNetwork().getIterationCount(),
            workers,
            net.getScore(),
            net.evaluate(test).accuracy());
      }
      if (file != null) {
        net.getNetwork().save(file, true);
      }
    }
  }

  private static MultiLayerNetwork network(File file) throws IOException {
    if (file != null && file.exists()) {
      return MultiLayerNetwork.load(file, true);
    }
    MultiLayerConfiguration conf =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .activation(Activation.TANH)
            .updater(new AdaFisher(1e-3))
            .list()
            .layer(new DenseLayer.Builder().nOut(64).build())
            .layer(
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(Digits.CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build())
            .setInputType(InputType.feedForward(Digits.PIXELS))
            .build();
    MultiLayerNetwork net = new MultiLayerNetwork(conf);
    net.init();
    return net;
  }
}
