package org.adafisher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.adafisher.capture.Network;
import org.adafisher.capture.UpdaterConfigurations;
import org.adafisher.curvature.FactorEstimators;
import org.adafisher.curvature.FactorLayout;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.ParameterSpan;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects AdaFisher to a network and frees a network of it. */
final class Attachment {

  private static final Logger log = LoggerFactory.getLogger(AdaFisher.class);

  private Attachment() {}

  static AdaFisherListener attach(Model model) {
    Network network = Network.of(model);
    requireInitialized(network);
    Optional<AdaFisherListener> present =
        network.listeners().stream()
            .filter(AdaFisherListener.class::isInstance)
            .map(AdaFisherListener.class::cast)
            .findFirst();
    AdaFisherListener listener = present.orElseGet(AdaFisherListener::new);
    boolean known = wasAttached(network);
    listener.attachTo(network);
    if (known
        && network.iterationAndEpoch()[0] > 0
        && isFresh(network)
        && !hasInitialBiases(network)) {
      log.warn(
          "The network has done {} iterations, but it comes without the updater state that"
              + " AdaFisher had in them (saved without it, or the file was cut short): momentum and"
              + " factors start anew.",
          network.iterationAndEpoch()[0]);
    }
    if (present.isEmpty()) {
      List<TrainingListener> listeners = new ArrayList<>(network.listeners());
      listeners.add(listener);
      network.setListeners(listeners);
    }
    return listener;
  }

  static void detach(Model model) {
    Network network = Network.of(model);
    requireInitialized(network);
    List<TrainingListener> listeners = new ArrayList<>();
    for (TrainingListener listener : network.listeners()) {
      if (listener instanceof AdaFisherListener ours) {
        ours.detachFrom(network);
      } else {
        listeners.add(listener);
      }
    }
    network.setListeners(listeners);
    int iteration = network.iterationAndEpoch()[0];
    int epoch = network.iterationAndEpoch()[1];
    UnaryOperator<IUpdater> plain =
        updater -> {
          if (updater instanceof AdaFisher) {
            return new Sgd(updater.getLearningRate(iteration, epoch));
          }
          if (updater.hasLearningRate() && mentionsThisLibrary(updater)) {
            updater.setLrAndSchedule(updater.getLearningRate(iteration, epoch), null);
          }
          return updater;
        };
    network.layerConfigurations().forEach(conf -> UpdaterConfigurations.replace(conf, plain));
    network.trainables().stream()
        .map(Trainable::getConfig)
        .filter(SameDiffVertex.class::isInstance)
        .forEach(conf -> UpdaterConfigurations.replace((SameDiffVertex) conf, plain));
    renewUpdater(network);
  }

  /**
   * Checks a network and tells each of its AdaFisher updaters the layer that it is for.
   *
   * @param network the network
   * @param own give it updater objects of its own: DL4J's clones and transfer learning share them
   *     with the network that they came from, and a learning rate set on one would be set on both
   * @param isNew whether something that is to be logged has not been logged before
   * @throws IllegalArgumentException see {@link AdaFisher#attach}
   * @throws IllegalStateException see {@link AdaFisher#attach}
   */
  static void prepare(Network network, boolean own, Predicate<String> isNew) {
    requireInitialized(network);
    requireSuitable(network);
    if (!adapt(network, own, isNew)) {
      throw new IllegalArgumentException(
          "AdaFisher: no trainable layer of this network has AdaFisher; give its configuration"
              + " .updater(new AdaFisher(1e-3)) first.");
    }
  }

  /**
   * DL4J's updater is made once: a layer that is given another updater later would be trained by
   * the old one, and saved with a state that does not fit its configuration. So the configuration
   * is followed; the state of what did not change is kept.
   */
  static void followConfiguration(Network network, Predicate<String> isNew) {
    if (!followsConfiguration(network)) {
      adapt(network, false, isNew);
    }
  }

  /**
   * Whether the updater that is in use is the configuration's wherever one of them is AdaFisher.
   */
  private static boolean followsConfiguration(Network network) {
    BaseMultiLayerUpdater<?> updater = network.updater(false);
    if (updater == null) {
      return true;
    }
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      Object used = block.getGradientUpdater().getConfig();
      for (UpdaterBlock.ParamState parameter : block.getLayersAndVariablesInBlock()) {
        IUpdater configured =
            parameter.getLayer().getConfig().getUpdaterByParam(parameter.getParamName());
        boolean same =
            used instanceof AdaFisher ours
                ? configured instanceof AdaFisher theirs && ours.hasStateOf(theirs)
                : !(configured instanceof AdaFisher);
        if (!same) {
          return false;
        }
      }
    }
    return true;
  }

  private static void requireSuitable(Network network) {
    if (network.optimizationAlgorithm() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
      throw new IllegalStateException(
          "AdaFisher: the network's optimization algorithm is %s, but updaters work with STOCHASTIC_GRADIENT_DESCENT only; leave optimizationAlgo out of its configuration."
              .formatted(network.optimizationAlgorithm()));
    }
    if (network.dataType() != DataType.FLOAT && network.dataType() != DataType.DOUBLE) {
      throw new IllegalStateException(
          "AdaFisher: the network's data type is %s, in which squared gradients vanish and step counts end at 2048; use FLOAT or DOUBLE."
              .formatted(network.dataType()));
    }
  }

  /**
   * @return whether there is an AdaFisher to adapt
   */
  private static boolean adapt(Network network, boolean own, Predicate<String> isNew) {
    if (network.trainables().stream()
        .flatMap(trainable -> updatersOf(trainable).stream())
        .anyMatch(updater -> updater.keeper().filter(k -> k.keeps(network)).isPresent())) {
      network.updater(true); // with the state that DL4J may have dropped, before its keeper goes
    }
    boolean any = false;
    boolean changed = !followsConfiguration(network);
    for (Trainable trainable : network.trainables()) {
      boolean frozen = isFrozen(trainable);
      for (AdaFisher updater : updatersOf(trainable)) {
        any |= !frozen;
        LayerSlot slot = frozen ? null : slotOf(trainable, updater);
        if (own || !Objects.equals(slot, updater.slot())) {
          Layer layer = Network.layerOf(trainable);
          UnaryOperator<IUpdater> withSlot = u -> u == updater ? updater.withSlot(slot) : u;
          if (layer != null) {
            UpdaterConfigurations.replace(layer.conf().getLayer(), withSlot);
          } else if (trainable.getConfig() instanceof SameDiffVertex vertex) {
            UpdaterConfigurations.replace(vertex, withSlot);
          }
          changed = true;
        }
      }
    }
    int duplicates = any ? DuplicateRegularization.remove(network.model()) : 0;
    if (duplicates > 0 && isNew.test("regularizations")) {
      log.info(
          "Removed {} regularizations that DL4J would have applied twice (weightDecay set on the"
              + " network's builder).",
          duplicates);
    }
    Set<String> withoutFactors = parametersWithoutFactors(network);
    if (!withoutFactors.isEmpty() && isNew.test("without factors " + withoutFactors)) {
      log.info(
          "No factors are known for {} (layers, or single parameters of one): AdaFisher updates"
              + " them by its formulation's rule for such parameters.",
          withoutFactors);
    }
    if (changed) {
      renewUpdater(network);
    }
    return any;
  }

  /** Whether the configuration is of a network that was attached before. */
  private static boolean wasAttached(Network network) {
    return network.trainables().stream()
        .flatMap(trainable -> updatersOf(trainable).stream())
        .anyMatch(updater -> updater.slot() != null);
  }

  /** Whether AdaFisher has not yet made a step, by its own count. */
  private static boolean isFresh(Network network) {
    return network.updater(false) == null
        || network.updaterBlocks().stream()
            .filter(block -> block.getGradientUpdater() instanceof AdaFisherUpdater)
            .allMatch(block -> ((AdaFisherUpdater) block.getGradientUpdater()).isFresh(block));
  }

  /**
   * Whether a network's parameters have not been trained, as far as one can tell: a network that is
   * made from the configuration of a trained one has that one's count of iterations, but biases as
   * they start.
   */
  private static boolean hasInitialBiases(Network network) {
    boolean any = false;
    for (Trainable trainable : network.trainables()) {
      Layer layer = Network.layerOf(trainable);
      INDArray bias = trainable.paramTable(false).get(DefaultParamInitializer.BIAS_KEY);
      if (bias == null
          || layer == null
          || !(layer.conf().getLayer() instanceof FeedForwardLayer conf)
          || conf instanceof AbstractLSTM) { // whose gates do not all start alike
        continue;
      }
      any = true;
      // Of the network's own type, in which the start value may be another number.
      double start = Nd4j.scalar(bias.dataType(), conf.getBiasInit()).getDouble(0);
      if (bias.minNumber().doubleValue() != start || bias.maxNumber().doubleValue() != start) {
        return false;
      }
    }
    return any;
  }

  /**
   * @param network prepared
   * @return names of the layers, and as {@code layer/parameter} of single parameters, that the rule
   *     is for
   */
  static Set<String> parametersWithoutFactors(Network network) {
    Set<String> result = new LinkedHashSet<>();
    for (Trainable trainable : network.trainables()) {
      if (isFrozen(trainable)) {
        continue;
      }
      String layerName = trainable.getConfig().getLayerName();
      for (AdaFisher updater : updatersOf(trainable)) {
        if (updater.slot() == null) {
          result.add(layerName);
        } else {
          updater.slot().parametersWithoutFactors().stream()
              .filter(parameter -> !trainable.getConfig().isPretrainParam(parameter))
              .forEach(parameter -> result.add(layerName + "/" + parameter));
        }
      }
    }
    return result;
  }

  private static void requireInitialized(Network network) {
    if (!network.isInitialized()) {
      throw new IllegalStateException(
          "AdaFisher: the network has no parameters yet; call net.init() before"
              + " AdaFisher.attach(net).");
    }
  }

  /**
   * Whether a layer's gradients are 0 although it has an updater, which DL4J then asks for a step
   * of 0. A {@code FrozenLayer} has none.
   */
  private static boolean isFrozen(Trainable trainable) {
    return Network.layerOf(trainable) instanceof FrozenLayerWithBackprop;
  }

  /** All AdaFisher updaters of a network. */
  static List<AdaFisher> updatersOf(Network network) {
    return network.trainables().stream()
        .flatMap(trainable -> updatersOf(trainable).stream())
        .toList();
  }

  /** The distinct AdaFisher updaters of a layer's parameters: one, or another for the biases. */
  private static List<AdaFisher> updatersOf(Trainable trainable) {
    Map<AdaFisher, Boolean> seen = new IdentityHashMap<>();
    List<AdaFisher> result = new ArrayList<>();
    for (String parameter : parametersOf(trainable)) {
      if (trainable.getConfig().getUpdaterByParam(parameter) instanceof AdaFisher updater
          && seen.put(updater, true) == null) {
        result.add(updater);
      }
    }
    return result;
  }

  private static List<String> parametersOf(Trainable trainable) {
    Map<String, ?> table = trainable.paramTable(false);
    return table == null ? List.of() : List.copyOf(table.keySet());
  }

  /** The slot of an updater in a layer; {@code null} if the layer has no factors. */
  private static LayerSlot slotOf(Trainable trainable, AdaFisher updater) {
    Layer layer = Network.layerOf(trainable);
    Optional<FactorLayout> layout =
        trainable instanceof SameDiffGraphVertex vertex
            ? FactorEstimators.forVertex(vertex).map(e -> e.layout(vertex))
            : FactorEstimators.forLayer(layer).map(e -> e.layout(layer));
    if (layout.isEmpty()) {
      return null;
    }
    List<FactorPart> parts = new ArrayList<>(layout.get().parts());
    List<List<ParameterSpan>> blocks = new ArrayList<>();
    boolean open = false;
    List<Map.Entry<String, INDArray>> parameters = asLaidOut(trainable);
    if (cutsParameters(trainable, parameters)) {
      return null;
    }
    boolean openPretrained = false;
    for (Map.Entry<String, INDArray> entry : parameters) {
      String parameter = entry.getKey();
      boolean ours = trainable.getConfig().getUpdaterByParam(parameter) == updater;
      // What only layer-wise pretraining trains has a block of its own in DL4J.
      boolean pretrained = trainable.getConfig().isPretrainParam(parameter);
      if (ours && (!open || pretrained != openPretrained)) {
        blocks.add(new ArrayList<>());
      }
      openPretrained = pretrained;
      if (ours) {
        List<ParameterSpan> block = blocks.get(blocks.size() - 1);
        List<ParameterSpan> spans = layout.get().spansOf(parameter);
        block.addAll(spans);
        if (spans.isEmpty()) {
          parts.add(FactorPart.withoutFactors(parameter));
          block.add(ParameterSpan.withoutFactors(parameter, entry.getValue().length()));
        }
      }
      open = ours;
    }
    return new LayerSlot(
        trainable.getConfig().getLayerName(),
        parts.stream()
            .filter(
                part ->
                    blocks.stream()
                        .flatMap(List::stream)
                        .anyMatch(span -> span.part().equals(part.name())))
            .toList(),
        blocks);
  }

  /** The parameters in the order of the parameter vector, in which DL4J does not list them all. */
  private static List<Map.Entry<String, INDArray>> asLaidOut(Trainable trainable) {
    List<Map.Entry<String, INDArray>> parameters =
        new ArrayList<>(trainable.paramTable(false).entrySet());
    parameters.sort(Comparator.comparingLong(entry -> entry.getValue().offset()));
    return parameters;
  }

  /**
   * DL4J cuts a layer's vector for its updaters by the lengths of the parameters as it lists them.
   * Where that is not how they are laid out (depthwise and separable convolutions with a bias), two
   * updaters get pieces that are no parameters.
   */
  private static boolean cutsParameters(
      Trainable trainable, List<Map.Entry<String, INDArray>> laidOut) {
    List<String> listed = parametersOf(trainable);
    boolean asListed = laidOut.stream().map(Map.Entry::getKey).toList().equals(listed);
    IUpdater first = trainable.getConfig().getUpdaterByParam(listed.get(0));
    return !asListed
        && listed.stream()
            .anyMatch(parameter -> trainable.getConfig().getUpdaterByParam(parameter) != first);
  }

  /**
   * Has DL4J lay the updater state out anew, if it had already done so, and takes over what the
   * change did not touch.
   */
  private static void renewUpdater(Network network) {
    BaseMultiLayerUpdater<?> old = network.updater(false);
    if (old == null) {
      return;
    }
    network.dropUpdater();
    for (UpdaterBlock block : network.updaterBlocks()) {
      old.getUpdaterBlocks().stream()
          .filter(before -> sameKind(before, block))
          .findFirst()
          .ifPresent(before -> block.getUpdaterView().assign(before.getUpdaterView()));
    }
  }

  private static boolean sameKind(UpdaterBlock a, UpdaterBlock b) {
    return a.getUpdaterView() != null
        && b.getUpdaterView() != null
        && a.getParamOffsetStart() == b.getParamOffsetStart()
        && a.getParamOffsetEnd() == b.getParamOffsetEnd()
        && a.getUpdaterView().length() == b.getUpdaterView().length()
        && a.getGradientUpdater().getClass() == b.getGradientUpdater().getClass();
  }

  private static boolean mentionsThisLibrary(IUpdater updater) {
    try {
      return NeuralNetConfiguration.mapper()
          .writeValueAsString(updater)
          .contains(AdaFisher.class.getPackageName() + ".");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "AdaFisher: cannot write updater " + updater + " as JSON.", e);
    }
  }
}
