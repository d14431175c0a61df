package org.adafisher.examples;

import org.adafisher.AdaFisher;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.termination.ScoreImprovementEpochTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Trains until the validation loss has not fallen for three epochs and takes the best model, once
 * with a MultiLayerNetwork and once with a ComputationGraph. What is special about AdaFisher: the
 * network is attached before the trainer gets it, and the best model, which is a copy, is attached
 * again before it trains on.
 */
public final class EarlyStopping {

  private static final int BATCH = 32;
  private static final int PATIENCE = 3;
  private static final int MOST_EPOCHS = 20;

  private EarlyStopping() {}

  /**
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    Dataset digits = Datasets.REGISTRY.get("digits").load(DataRequest.plain());

    MultiLayerNetwork stack =
        new MultiLayerNetwork(
            global()
                .list()
                .layer(hidden())
                .layer(output())
                .setInputType(InputType.feedForward(64))
                .build());
    stack.init();
    AdaFisher.attach(stack);
    EarlyStoppingResult<MultiLayerNetwork> ofStack =
        new EarlyStoppingTrainer(until(digits), stack, digits.train(BATCH, 1)).fit();
    report("MultiLayerNetwork", ofStack);

    ComputationGraph graph =
        new ComputationGraph(
            global()
                .graphBuilder()
                .addInputs("pixels")
                .addLayer("hidden", hidden(), "pixels")
                .addLayer("digit", output(), "hidden")
                .setOutputs("digit")
                .setInputTypes(InputType.feedForward(64))
                .build());
    graph.init();
    AdaFisher.attach(graph);
    EarlyStoppingResult<ComputationGraph> ofGraph =
        new EarlyStoppingGraphTrainer(until(digits), graph, digits.train(BATCH, 1)).fit();
    report("ComputationGraph", ofGraph);

    MultiLayerNetwork best = ofStack.getBestModel();
    double accuracy = best.evaluate(digits.inOrder(Part.TEST, BATCH)).accuracy();
    AdaFisher.attach(best); // momentum and factors came with it
    best.fit(digits.train(BATCH, 2));
    System.out.printf(
        "test accuracy of the best model: %.3f; after another epoch: %.3f%n",
        accuracy, best.evaluate(digits.inOrder(Part.TEST, BATCH)).accuracy());
  }

  private static <T extends Model> EarlyStoppingConfiguration<T> until(Dataset digits) {
    return new EarlyStoppingConfiguration.Builder<T>()
        .epochTerminationConditions(
            new ScoreImprovementEpochTerminationCondition(PATIENCE),
            new MaxEpochsTerminationCondition(MOST_EPOCHS))
        .scoreCalculator(new DataSetLossCalculator(digits.inOrder(Part.VALIDATION, BATCH), true))
        .modelSaver(new InMemoryModelSaver<>())
        .build();
  }

  private static void report(String kind, EarlyStoppingResult<?> result) {
    System.out.printf(
        "%s: stopped after %d epochs (%s); best was epoch %d, validation loss %.3f%n",
        kind,
        result.getTotalEpochs(),
        result.getTerminationDetails(),
        result.getBestModelEpoch(),
        result.getScoreVsEpoch().get(result.getBestModelEpoch()));
  }

  private static NeuralNetConfiguration.Builder global() {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .activation(Activation.RELU)
        .updater(new AdaFisher(1e-3));
  }

  private static DenseLayer hidden() {
    return new DenseLayer.Builder().nOut(64).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(10)
        .activation(Activation.SOFTMAX)
        .build();
  }
}
