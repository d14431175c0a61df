package org.adafisher.bench.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.model.Blueprint;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.text.Perplexity;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks whose output is their input, so that the right score is known. */
class ScoreTest {

  @Test
  void ofClassesOverMinibatches() {
    MultiLayerNetwork identity =
        network(new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build());
    DataSet first =
        new DataSet(
            Nd4j.createFromArray(new float[][] {{.5f, .25f, .25f}, {.1f, .2f, .7f}}),
            Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}}));
    DataSet second =
        new DataSet(
            Nd4j.createFromArray(new float[][] {{0, 0, 1}}),
            Nd4j.createFromArray(new float[][] {{1, 0, 0}}));

    Score two = Score.of(identity, Task.CLASSIFICATION, List.of(first, second).iterator(), 2);
    Score all = Score.of(identity, Task.CLASSIFICATION, List.of(first, second).iterator(), 3);

    assertThat(two.loss()).isCloseTo(-(Math.log(.5) + Math.log(.2)) / 2, within(1e-6));
    assertThat(two.accuracy()).isEqualTo(0.5);
    assertThat(all.loss())
        .isCloseTo(-(Math.log(.5) + Math.log(.2) + Math.log(1e-10)) / 3, within(1e-5));
    assertThat(all.accuracy()).isCloseTo(1 / 3., within(1e-9));
  }

  @Test
  void aPredictionThatIsNotANumberIsACertainMistake() {
    MultiLayerNetwork identity =
        network(new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build());
    DataSet batch =
        new DataSet(
            Nd4j.createFromArray(new float[][] {{Float.NaN, Float.NaN}, {.5f, .5f}}),
            Nd4j.createFromArray(new float[][] {{0, 1}, {1, 0}}));

    Score score = Score.of(identity, Task.CLASSIFICATION, List.of(batch).iterator(), 2);

    assertThat(score.loss()).isCloseTo(-(Math.log(1e-10) + Math.log(.5)) / 2, within(1e-5));
    assertThat(score.accuracy()).isEqualTo(0.5);
  }

  @Test
  void ofTimeSteps() {
    MultiLayerNetwork identity =
        network(
            new RnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build());
    DataSet series =
        new DataSet(
            Nd4j.createFromArray(new float[][][] {{{.75f, .5f}, {.25f, .5f}}}),
            Nd4j.createFromArray(new float[][][] {{{1, 0}, {0, 1}}}));

    Score score = Score.of(identity, Task.SEQUENCE, List.of(series).iterator(), 1);

    assertThat(score.loss()).isCloseTo(-(Math.log(.75) + Math.log(.5)) / 2, within(1e-6));
  }

  @Test
  void ofPixels() {
    MultiLayerNetwork identity =
        network(
            new CnnLossLayer.Builder(LossFunction.XENT).activation(Activation.IDENTITY).build());
    DataSet image =
        new DataSet(
            Nd4j.createFromArray(new float[][][][] {{{{.75f, .5f}, {.25f, .1f}}}}),
            Nd4j.createFromArray(new float[][][][] {{{{1, 1}, {1, 0}}}}));

    Score score = Score.of(identity, Task.SEGMENTATION, List.of(image).iterator(), 1);

    assertThat(score.loss())
        .isCloseTo(
            -(Math.log(.75) + Math.log(.5) + Math.log(.25) + Math.log(.9)) / 4, within(1e-6));
    assertThat(score.accuracy()).isEqualTo(0.5);
  }

  @Test
  void ofReconstructedImages() {
    MultiLayerNetwork identity =
        network(new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build());
    DataSet first =
        new DataSet(
            Nd4j.createFromArray(new float[][] {{.5f, 0}, {.25f, 1}}),
            Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}}));
    DataSet second =
        new DataSet(
            Nd4j.createFromArray(new float[][] {{Float.NaN, .5f}}),
            Nd4j.createFromArray(new float[][] {{.5f, .5f}}));

    Score two = Score.of(identity, Task.RECONSTRUCTION, List.of(first, second).iterator(), 2);
    Score all = Score.of(identity, Task.RECONSTRUCTION, List.of(first, second).iterator(), 3);

    // About the mean image (.5, .5), the two and the three deviate by 1 in all.
    assertThat(two.loss()).isCloseTo((.25 + .0625) / 2, within(1e-9));
    assertThat(two.accuracy()).isCloseTo(1 - .3125, within(1e-9));
    assertThat(all.loss()).isCloseTo((.25 + .0625 + .25) / 3, within(1e-9));
    assertThat(all.accuracy()).isCloseTo(1 - .5625, within(1e-9));
  }

  @Test
  void theMeanImageAndWorseExplainNothing() {
    MultiLayerNetwork identity =
        network(new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build());
    INDArray images = Nd4j.createFromArray(new float[][] {{1, .5f}, {0, .25f}});
    INDArray mean = Nd4j.createFromArray(new float[][] {{.5f, .375f}, {.5f, .375f}});

    assertThat(reconstruction(identity, mean, images).accuracy()).isCloseTo(0, within(1e-9));
    assertThat(reconstruction(identity, images.rsub(1), images).accuracy()).isZero();
    assertThat(reconstruction(identity, images.dup(), images).accuracy()).isEqualTo(1);
    assertThat(reconstruction(identity, mean, mean.dup()).accuracy()).as("no variance").isZero();
  }

  @Test
  void ofTokensOnShortMinibatches() {
    ComputationGraph bigrams = bigrams();
    DataSet first = tokens(new float[][] {{0, 1}, {1, 0}}, new float[][][] {{{1, 1}}, {{0, 0}}});
    DataSet second = tokens(new float[][] {{1, 0}}, new float[][][] {{{1, 0}}});
    second.setLabelsMaskArray(Nd4j.createFromArray(new float[][] {{1, 0}}));

    Score all = Score.of(bigrams, Task.LANGUAGE, List.of(first, second).iterator(), 3);

    assertThat(all.loss())
        .isCloseTo(
            -(Math.log(.75) + Math.log(.1) + Math.log(.9) + Math.log(.25) + Math.log(.1)) / 5,
            within(1e-6));
    assertThat(all.accuracy()).isEqualTo(2 / 5.);
    assertThat(
            bigrams
                .doEvaluation(
                    new ExistingDataSetIterator(List.of(first, second)), new Perplexity())[0]
                .loss())
        .as("as DL4J's own evaluation")
        .isCloseTo(all.loss(), within(1e-6));
  }

  /** A transformer works on rows, which do not say how many examples they are of. */
  @Test
  void aShortLastMinibatchOfTrainingDoesNotMatter() {
    var type = Models.REGISTRY.get("transformer");
    Map<String, Double> values = new HashMap<>();
    type.parameters().forEach(p -> values.put(p.name(), p.defaultValue().orElseThrow()));
    values.put("width", 8.0);
    Model network =
        type.build(
            new Blueprint(
                new Shape(Task.LANGUAGE, InputType.recurrent(3, 2), 3), 1, new Sgd(0), values));
    DataSet two = tokens(new float[][] {{0, 1}, {1, 2}}, new float[][][] {{{1, 2}}, {{2, 0}}});
    Score before = Score.of(network, Task.LANGUAGE, List.of(two).iterator(), 4);

    Networks.fit(network, tokens(new float[][] {{0, 1}}, new float[][][] {{{1, 2}}}));

    assertThat(Score.of(network, Task.LANGUAGE, List.of(two).iterator(), 4)).isEqualTo(before);
  }

  private static DataSet tokens(float[][] features, float[][][] labels) {
    return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
  }

  /** After 0 comes 1 with 3/4, after 1 comes 0 with 9/10. */
  private static ComputationGraph bigrams() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("tokens")
                .addLayer(
                    "embedding",
                    new EmbeddingSequenceLayer.Builder()
                        .nIn(2)
                        .nOut(2)
                        .inputLength(2)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "tokens")
                .addLayer(
                    "output",
                    new RnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "embedding")
                .setOutputs("output")
                .build());
    graph.init();
    graph.setParam("embedding_W", Nd4j.createFromArray(new float[][] {{.25f, .75f}, {.9f, .1f}}));
    return graph;
  }

  private static Score reconstruction(
      MultiLayerNetwork identity, INDArray output, INDArray images) {
    return Score.of(
        identity, Task.RECONSTRUCTION, List.of(new DataSet(output, images)).iterator(), 2);
  }

  private static MultiLayerNetwork network(org.deeplearning4j.nn.conf.layers.Layer layer) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(new NeuralNetConfiguration.Builder().list().layer(layer).build());
    network.init();
    return network;
  }
}
