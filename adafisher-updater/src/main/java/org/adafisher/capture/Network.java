package org.adafisher.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What DL4J's two network classes have in common, for which they share no type of their own: their
 * trainable parts, listeners and updater blocks.
 */
public sealed interface Network {

  /**
   * Views a DL4J network.
   *
   * @param model a {@link MultiLayerNetwork} or {@link ComputationGraph}
   * @return the view; it holds the network itself
   * @throws IllegalArgumentException if it is neither
   */
  static Network of(Model model) {
    if (model instanceof MultiLayerNetwork net) {
      return new Stack(net);
    }
    if (model instanceof ComputationGraph graph) {
      return new Graph(graph);
    }
    throw new IllegalArgumentException(
        "AdaFisher works on a MultiLayerNetwork or ComputationGraph, not on "
            + (model == null ? "null" : model.getClass().getName())
            + ".");
  }

  /**
   * @return the network itself
   */
  Model model();

  /**
   * @return whether {@code init()} has been called
   */
  boolean isInitialized();

  /**
   * @return what has parameters, in the order of the parameter vector: layers, or a graph's
   *     vertices
   */
  List<Trainable> trainables();

  /**
   * @return the configurations of all layers, as they are saved with the model
   */
  List<org.deeplearning4j.nn.conf.layers.Layer> layerConfigurations();

  /**
   * @return the listeners that the network tells of its passes
   */
  Collection<TrainingListener> listeners();

  /**
   * @param listeners the listeners that the network shall have instead
   */
  void setListeners(Collection<TrainingListener> listeners);

  /**
   * @param create make the updater if there is none yet
   * @return the network's updater, or {@code null}
   */
  BaseMultiLayerUpdater<?> updater(boolean create);

  /** Lets the network make a new updater from its configuration when it next needs one. */
  void dropUpdater();

  /**
   * @return the data type of the parameters
   */
  DataType dataType();

  /**
   * @return the training iteration and epoch, both from 0
   */
  int[] iterationAndEpoch();

  /**
   * @return the configuration, as it is saved with the model
   */
  String json();

  /**
   * @return the minibatch of the pass that is under way
   */
  default Minibatch minibatch() {
    return new Minibatch(model().batchSize(), model().conf().isMiniBatch());
  }

  /**
   * @return the algorithm that turns gradients into steps
   */
  default OptimizationAlgorithm optimizationAlgorithm() {
    return model().conf().getOptimizationAlgo();
  }

  /**
   * @return what makes the network's steps and owns its updater; {@code null} if DL4J has dropped
   *     it
   */
  default ConvexOptimizer optimizer() {
    try {
      return model().getOptimizer();
    } catch (NullPointerException e) { // DL4J does not look whether there is one
      return null;
    }
  }

  /**
   * @return the updater's blocks: consecutive parameters with one updater configuration
   */
  default List<UpdaterBlock> updaterBlocks() {
    return updater(true).getUpdaterBlocks();
  }

  /**
   * @param trainable one of {@link #trainables()}
   * @return the layer that it is or holds, {@code null} for a vertex without one
   */
  static Layer layerOf(Trainable trainable) {
    if (trainable instanceof Layer layer) {
      return layer;
    }
    return trainable instanceof GraphVertex vertex ? vertex.getLayer() : null;
  }

  /** A {@link MultiLayerNetwork}. */
  record Stack(MultiLayerNetwork model) implements Network {

    /** DL4J's own count needs labels, which a loop with external errors has none of. */
    @Override
    public Minibatch minibatch() {
      int examples =
          model.getLabels() == null ? Math.toIntExact(model.getInput().size(0)) : model.batchSize();
      return new Minibatch(examples, model.conf().isMiniBatch());
    }

    @Override
    public boolean isInitialized() {
      return model.isInitCalled();
    }

    @Override
    public List<Trainable> trainables() {
      return List.of(model.getLayers());
    }

    @Override
    public List<org.deeplearning4j.nn.conf.layers.Layer> layerConfigurations() {
      return model.getLayerWiseConfigurations().getConfs().stream()
          .map(NeuralNetConfiguration::getLayer)
          .toList();
    }

    @Override
    public Collection<TrainingListener> listeners() {
      return model.getListeners();
    }

    @Override
    public void setListeners(Collection<TrainingListener> listeners) {
      model.setListeners(listeners);
    }

    @Override
    public BaseMultiLayerUpdater<?> updater(boolean create) {
      return (BaseMultiLayerUpdater<?>) model.getUpdater(create);
    }

    @Override
    public void dropUpdater() {
      model.setUpdater(null);
    }

    @Override
    public DataType dataType() {
      return model.getLayerWiseConfigurations().getDataType();
    }

    @Override
    public int[] iterationAndEpoch() {
      return new int[] {model.getIterationCount(), model.getEpochCount()};
    }

    @Override
    public String json() {
      return model.getLayerWiseConfigurations().toJson();
    }
  }

  /** A {@link ComputationGraph}. */
  record Graph(ComputationGraph model) implements Network {

    @Override
    public boolean isInitialized() {
      return model.getVertices() != null;
    }

    @Override
    public List<Trainable> trainables() {
      List<Trainable> result = new ArrayList<>();
      for (int index : model.topologicalSortOrder()) {
        GraphVertex vertex = model.getVertices()[index];
        if (vertex.numParams() > 0) {
          result.add(vertex);
        }
      }
      return result;
    }

    @Override
    public List<org.deeplearning4j.nn.conf.layers.Layer> layerConfigurations() {
      return model.getConfiguration().getVertices().values().stream()
          .filter(LayerVertex.class::isInstance)
          .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer())
          .toList();
    }

    @Override
    public Collection<TrainingListener> listeners() {
      return model.getListeners();
    }

    @Override
    public void setListeners(Collection<TrainingListener> listeners) {
      model.setListeners(listeners);
    }

    @Override
    public BaseMultiLayerUpdater<?> updater(boolean create) {
      return model.getUpdater(create);
    }

    @Override
    public void dropUpdater() {
      model.setUpdater(null);
    }

    @Override
    public DataType dataType() {
      return model.getConfiguration().getDataType();
    }

    @Override
    public int[] iterationAndEpoch() {
      return new int[] {model.getIterationCount(), model.getEpochCount()};
    }

    @Override
    public String json() {
      return model.getConfiguration().toJson();
    }
  }
}
