package org.adafisher.examples;

import org.adafisher.AdaFisher;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Transfer learning: a network that was trained with Adam gets a new output layer and AdaFisher,
 * its convolution frozen; then the same from an AdaFisher network, as a ComputationGraph. What is
 * special about AdaFisher: the fine-tune configuration names it, and the new network is attached.
 */
public final class FineTuning {

  private static final int BATCH = 32;
  private static final int EPOCHS = 8;

  private FineTuning() {}

  /**
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());

    MultiLayerNetwork adam =
        new MultiLayerNetwork(
            global(new Adam(1e-3))
                .list()
                .layer(convolution())
                .layer(hidden())
                .layer(output())
                .setInputType(InputType.convolutionalFlat(8, 8, 1))
                .build());
    adam.init();
    adam.fit(digits.train(BATCH, 1), EPOCHS);
    MultiLayerNetwork tuned =
        new TransferLearning.Builder(adam)
            .fineTuneConfiguration(fineTune())
            .setFeatureExtractor(0) // the convolution stays as it is
            .nOutReplace(2, 10, WeightInit.XAVIER) // another output layer of ten classes
            .build();
    AdaFisher.attach(tuned);
    double before = tuned.evaluate(digits.inOrder(Part.TEST, BATCH)).accuracy();
    tuned.fit(digits.train(BATCH, 2), EPOCHS);
    report(
        "from Adam, MultiLayerNetwork",
        before,
        tuned.evaluate(digits.inOrder(Part.TEST, BATCH)).accuracy());

    ComputationGraph adaFisher =
        new ComputationGraph(
            global(new AdaFisher(1e-3))
                .graphBuilder()
                .addInputs("pixels")
                .addLayer("convolution", convolution(), "pixels")
                .addLayer("hidden", hidden(), "convolution")
                .addLayer("digit", output(), "hidden")
                .setOutputs("digit")
                .setInputTypes(InputType.convolutionalFlat(8, 8, 1))
                .build());
    adaFisher.init();
    AdaFisher.attach(adaFisher);
    adaFisher.fit(digits.train(BATCH, 1), EPOCHS);
    ComputationGraph tunedGraph =
        new TransferLearning.GraphBuilder(adaFisher)
            .fineTuneConfiguration(fineTune())
            .setFeatureExtractor("convolution")
            .nOutReplace("digit", 10, WeightInit.XAVIER)
            .build();
    AdaFisher.attach(tunedGraph);
    before = accuracy(tunedGraph, digits);
    tunedGraph.fit(digits.train(BATCH, 2), EPOCHS);
    report("from AdaFisher, ComputationGraph", before, accuracy(tunedGraph, digits));
  }

  private static double accuracy(ComputationGraph net, Dataset digits) {
    Evaluation evaluation = net.evaluate(digits.inOrder(Part.TEST, BATCH));
    return evaluation.accuracy();
  }

  private static void report(String what, double before, double after) {
    System.out.printf(
        "%s: test accuracy %.3f with a new output layer, %.3f fine-tuned%n", what, before, after);
  }

  private static FineTuneConfiguration fineTune() {
    return new FineTuneConfiguration.Builder().updater(new AdaFisher(1e-3)).build();
  }

  private static NeuralNetConfiguration.Builder global(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .activation(Activation.RELU)
        .updater(updater);
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(16).build();
  }

  private static DenseLayer hidden() {
    return new DenseLayer.Builder().nOut(32).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(10)
        .activation(Activation.SOFTMAX)
        .build();
  }
}
