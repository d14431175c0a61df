package org.adafisher.bench.rival;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.adafisher.capture.Network;
import org.adafisher.capture.UpdaterConfigurations;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;

/** Connects {@link LayerUpdater}s to a network. */
public final class LayerUpdaters {

  private LayerUpdaters() {}

  /**
   * An updater at work.
   *
   * @param <U> its class
   * @param trainable the layer or vertex whose parameters it steps
   * @param updater the updater
   * @param gradient of its parameters, 1-d: Deeplearning4j's own, into which backward passes write
   */
  public record Attached<U>(Trainable trainable, U updater, INDArray gradient) {}

  /**
   * Tells every updater of a network which parameters it steps. Called again, it changes nothing;
   * the state of updaters that knew them already is kept if it holds for all.
   *
   * @param model after {@code init()}
   * @param type the updaters' class
   * @throws IllegalArgumentException if no layer has such an updater, or one has it for parameters
   *     that do not lie together; if the network's data type is not FLOAT or DOUBLE, or its
   *     optimization algorithm not stochastic gradient descent
   * @throws IllegalStateException if the network has not been initialised
   */
  public static void attach(Model model, Class<? extends LayerUpdater> type) {
    Network network = Network.of(model);
    if (!network.isInitialized()) {
      throw new IllegalStateException(
          "%1$s: the network has no parameters yet; call net.init() before %1$s.attach(net)."
              .formatted(type.getSimpleName()));
    }
    requireSuitable(network, type.getSimpleName());
    boolean any = false;
    boolean changed = false;
    for (Trainable trainable : network.trainables()) {
      for (LayerUpdater updater : updatersOf(trainable, type)) {
        any = true;
        ParameterBlock block = blockOf(trainable, updater);
        if (!block.equals(updater.getBlock())) {
          LayerUpdater withBlock = updater.withBlock(block);
          replace(trainable, u -> u == updater ? withBlock : u);
          changed = true;
        }
      }
    }
    if (!any) {
      throw new IllegalArgumentException(
          "%1$s: no trainable layer of this network has %1$s; give its configuration .updater(new %1$s(...)) first."
              .formatted(type.getSimpleName()));
    }
    if (changed && network.updater(false) != null) {
      network.dropUpdater(); // its state has other sizes
    }
  }

  private static void requireSuitable(Network network, String name) {
    if (network.dataType() != DataType.FLOAT && network.dataType() != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "%s: the network's data type is %s, in which squares vanish and step counts end early; use FLOAT or DOUBLE."
              .formatted(name, network.dataType()));
    }
    if (network.optimizationAlgorithm() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
      throw new IllegalArgumentException(
          "%s: the network's optimization algorithm is %s, but updaters work with STOCHASTIC_GRADIENT_DESCENT only; leave optimizationAlgo out of its configuration."
              .formatted(name, network.optimizationAlgorithm()));
    }
  }

  /**
   * As {@link #attach(Model, Class)}, with a listener that the optimizer needs.
   *
   * @param listener added unless the network has one of its class
   */
  public static void attach(
      Model model, Class<? extends LayerUpdater> type, TrainingListener listener) {
    attach(model, type);
    Network network = Network.of(model);
    if (network.listeners().stream().noneMatch(l -> l.getClass() == listener.getClass())) {
      List<TrainingListener> listeners = new ArrayList<>(network.listeners());
      listeners.add(listener);
      network.setListeners(listeners);
    }
  }

  /**
   * The updaters of a network that are of a class.
   *
   * @param <U> the class
   */
  public static <U extends LayerGradientUpdater<?>> List<Attached<U>> in(
      Network network, Class<U> type) {
    return network.updaterBlocks().stream()
        .filter(block -> type.isInstance(block.getGradientUpdater()))
        .map(
            block ->
                new Attached<>(
                    block.getLayersAndVariablesInBlock().get(0).getLayer(),
                    type.cast(block.getGradientUpdater()),
                    block.getGradientView()))
        .toList();
  }

  private static Set<LayerUpdater> updatersOf(
      Trainable trainable, Class<? extends LayerUpdater> type) {
    Map<LayerUpdater, Boolean> found = new IdentityHashMap<>();
    for (String name : trainable.paramTable(false).keySet()) {
      if (type.isInstance(trainable.getConfig().getUpdaterByParam(name))) {
        found.put((LayerUpdater) trainable.getConfig().getUpdaterByParam(name), true);
      }
    }
    return found.keySet();
  }

  private static ParameterBlock blockOf(Trainable trainable, LayerUpdater updater) {
    String layer = trainable.getConfig().getLayerName();
    List<Map.Entry<String, INDArray>> own = new ArrayList<>();
    trainable
        .paramTable(false)
        .forEach(
            (name, array) -> {
              if (trainable.getConfig().getUpdaterByParam(name) == updater) {
                own.add(Map.entry(name, array));
              }
            });
    own.sort(Comparator.comparingLong(entry -> entry.getValue().offset()));
    long start = own.get(0).getValue().offset();
    List<BlockParameter> parameters = new ArrayList<>();
    long end = 0;
    for (Map.Entry<String, INDArray> entry : own) {
      INDArray array = entry.getValue();
      BlockParameter parameter =
          new BlockParameter(
              entry.getKey(), array.offset() - start, array.shape(), array.ordering());
      if (parameter.offset() != end || trainable.getConfig().isPretrainParam(entry.getKey())) {
        throw new IllegalArgumentException(
            "%s: cannot train layer '%s', since other updaters step parameters between its own, or some are for pretraining alone."
                .formatted(updater.getClass().getSimpleName(), layer));
      }
      end += parameter.length();
      parameters.add(parameter);
    }
    return new ParameterBlock(
        layer, trainable.getConfig().getClass().getSimpleName(), List.copyOf(parameters));
  }

  private static void replace(Trainable trainable, UnaryOperator<IUpdater> replacement) {
    var layer = Network.layerOf(trainable);
    if (layer != null) {
      UpdaterConfigurations.replace(layer.conf().getLayer(), replacement);
    } else if (trainable.getConfig() instanceof SameDiffVertex vertex) {
      UpdaterConfigurations.replace(vertex, replacement);
    }
  }
}
