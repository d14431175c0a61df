package org.adafisher.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.adafisher.AdaFisher;
import org.adafisher.AdaFisherListener;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.layers.LayerNormalization;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.BaseInputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.shade.jackson.databind.JsonNode;

/** The DL4J network that a golden run describes, with the run's initial parameters. */
final class GoldenNetwork {

  private final GoldenRun run;
  private final DataType type;
  private final boolean fused;
  private final MultiLayerNetwork net;
  private final AdaFisherListener listener;

  /** A layer normalisation's name to that of the dense layer which has it. */
  private final Map<String, String> normalized = new LinkedHashMap<>();

  GoldenNetwork(GoldenRun run, DataType type) {
    this(run, type, false);
  }

  /**
   * @param run what it is made of and trained on
   * @param type of its parameters
   * @param fused whether a layer normalisation is that of DL4J's dense layer, which has no epsilon
   */
  GoldenNetwork(GoldenRun run, DataType type, boolean fused) {
    this.run = run;
    this.type = type;
    this.fused = fused;
    this.net = build();
    run.initialParameters()
        .forEach(
            name -> {
              INDArray target = dl4jParameter(name);
              INDArray value = run.initial(name, type);
              target.assign(
                  isDenseWeight(name, target) ? value.transpose() : value.reshape(target.shape()));
            });
    this.listener = AdaFisher.attach(net);
  }

  /**
   * Trains on all batches and shows of each step what the run recorded.
   *
   * @param afterStep what else to do after each step
   */
  List<Step> train(Consumer<MultiLayerNetwork> afterStep) {
    List<Step> recorded = run.doubleSteps();
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < recorded.size(); i++) {
      double regularization = net.calcRegularizationScore(true);
      net.fit(dataSet(run.batches().get(i)));
      steps.add(show(net.score() - regularization, recorded.get(i)));
      afterStep.accept(net);
    }
    return steps;
  }

  private Step show(double loss, Step recorded) {
    Map<String, Step.Factors> factors = new LinkedHashMap<>();
    Map<String, KroneckerFactors> all = listener.factors(net);
    if (!recorded.factors().isEmpty() && all.size() != recorded.factors().size()) {
      throw new AssertionError(all.keySet() + " have factors, not " + recorded.factors().keySet());
    }
    for (String layer : recorded.factors().keySet()) {
      String dense = normalized.get(layer);
      KroneckerFactors of = all.get(dense == null ? layer : dense + "/layerNorm");
      double[] input = of.inputFactor().toDoubleVector();
      factors.put(
          layer,
          new Step.Factors(input, new double[input.length], of.gradientFactor().toDoubleVector()));
    }
    Map<String, double[]> parameters = new LinkedHashMap<>();
    for (String name : recorded.parameters().keySet()) {
      parameters.put(name, parameter(name).toDoubleVector());
    }
    return new Step(recorded.number(), loss, factors, parameters);
  }

  private DataSet dataSet(JsonNode batch) {
    INDArray features = GoldenRun.array(batch.get("x"), type);
    INDArray labels;
    if (features.rank() == 3) {
      features = features.permute(0, 2, 1).dup('c');
      labels = Nd4j.zeros(type, features.size(0), classes(), features.size(2));
      for (int i = 0; i < batch.get("y").size(); i++) {
        for (int step = 0; step < batch.get("y").get(i).size(); step++) {
          int label = batch.get("y").get(i).get(step).asInt();
          labels.putScalar(new int[] {i, label, step}, 1);
        }
      }
    } else if (run.isCrossEntropy()) {
      int classes = classes();
      labels = Nd4j.zeros(type, features.size(0), classes);
      for (int i = 0; i < batch.get("y").size(); i++) {
        labels.putScalar(i, batch.get("y").get(i).asInt(), 1);
      }
    } else {
      labels = GoldenRun.matrix(batch.get("y"), type);
    }
    return new DataSet(features, labels);
  }

  private int classes() {
    return run.layers().get(run.layers().size() - 1).get("out_features").asInt();
  }

  /** A parameter as the authors' code lays it out, flattened. */
  private INDArray parameter(String name) {
    INDArray value = dl4jParameter(name);
    return (isDenseWeight(name, value) ? value.transpose() : value)
        .dup('c')
        .reshape(value.length());
  }

  private INDArray dl4jParameter(String name) {
    int dot = name.lastIndexOf('.');
    String layer = name.substring(0, dot);
    boolean weight = name.endsWith(".weight");
    if (normalized.containsKey(layer)) {
      return net.getLayer(normalized.get(layer)).getParam(weight ? "g" : "b");
    }
    Layer dl4j = net.getLayer(layer);
    if (isNorm(dl4j)) {
      return dl4j.getParam(weight ? "gamma" : "beta");
    }
    if (dl4j.conf().getLayer() instanceof LayerNormalization) {
      return dl4j.getParam(weight ? LayerNormalization.GAIN : LayerNormalization.SHIFT);
    }
    return dl4j.getParam(weight ? "W" : "b");
  }

  private boolean isDenseWeight(String name, INDArray value) {
    String layer = name.substring(0, name.lastIndexOf('.'));
    return value.rank() == 2
        && name.endsWith(".weight")
        && !normalized.containsKey(layer)
        && !isNorm(net.getLayer(layer))
        && !(net.getLayer(layer).conf().getLayer() instanceof EmbeddingSequenceLayer);
  }

  private static boolean isNorm(Layer layer) {
    return layer.conf().getLayer() instanceof BatchNormalization;
  }

  private MultiLayerNetwork build() {
    double decay = run.hyper("weight_decay");
    NeuralNetConfiguration.Builder global =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .miniBatch(!run.isSummed())
            .updater(
                AdaFisher.builder()
                    .learningRate(run.hyper("lr"))
                    .beta(run.hyper("beta"))
                    .refreshInterval((int) run.hyper("TCov"))
                    .formulation(run.formulation())
                    .build());
    boolean decoupled = run.decaysWeightsAlone() || run.optimizer().equals("AdaFisherW");
    if (decay > 0 && decoupled) {
      global.weightDecay(decay, true);
      if (!run.decaysWeightsAlone()) {
        global.weightDecayBias(decay, true);
      }
    } else if (decay > 0) {
      global.l2(decay).l2Bias(decay);
    }
    NeuralNetConfiguration.ListBuilder list = global.list();
    List<JsonNode> layers = run.layers();
    for (int i = 0; i < layers.size(); i++) {
      JsonNode spec = layers.get(i);
      String name = spec.get("name").asText();
      switch (spec.get("type").asText()) {
        case "Linear" -> {
          boolean bias = spec.get("bias").asBoolean();
          int in = spec.get("in_features").asInt();
          int out = spec.get("out_features").asInt();
          if (i == layers.size() - 1 && isOfSequences()) {
            // The recorded loss is the mean over all rows, DL4J's the sum over a series' steps.
            INDArray perRow = Nd4j.ones(type, 1, out).divi(shapeOfInput().get(1).asInt());
            list.layer(
                new RnnOutputLayer.Builder(new LossMCXENT(perRow))
                    .activation(Activation.SOFTMAX)
                    .name(name)
                    .hasBias(bias)
                    .nIn(in)
                    .nOut(out)
                    .build());
          } else if (i == layers.size() - 1) {
            list.layer(
                new OutputLayer.Builder(
                        run.isCrossEntropy() ? LossFunction.MCXENT : LossFunction.MSE)
                    .activation(run.isCrossEntropy() ? Activation.SOFTMAX : Activation.IDENTITY)
                    .name(name)
                    .hasBias(bias)
                    .nIn(in)
                    .nOut(out)
                    .build());
          } else {
            boolean norm = fused && isLayerNorm(layers.get(i + 1));
            if (norm) { // DL4J has it inside the dense layer, whose bias is the shift
              normalized.put(layers.get(++i).get("name").asText(), name);
            }
            Activation activation = activation(layers.get(i + 1));
            i += activation == Activation.IDENTITY ? 0 : 1;
            list.layer(
                new DenseLayer.Builder()
                    .name(name)
                    .hasLayerNorm(norm)
                    .hasBias(bias || norm)
                    .nIn(in)
                    .nOut(out)
                    .activation(activation)
                    .build());
          }
        }
        case "Conv2d" -> {
          Activation activation = activation(layers.get(i + 1));
          i += activation == Activation.IDENTITY ? 0 : 1;
          list.layer(
              new ConvolutionLayer.Builder(ints(spec.get("kernel_size")))
                  .stride(ints(spec.get("stride")))
                  .padding(ints(spec.get("padding")))
                  .dilation(ints(spec.get("dilation")))
                  .name(name)
                  .hasBias(spec.get("bias").asBoolean())
                  .nOut(spec.get("out_channels").asInt())
                  .activation(activation)
                  .build());
        }
        case "BatchNorm2d" ->
            list.layer(
                new BatchNormalization.Builder()
                    .name(name)
                    .eps(spec.get("eps").asDouble())
                    .build());
        case "LayerNorm" ->
            list.layer(
                new LayerNormalization.Builder()
                    .name(name)
                    .nIn(spec.get("normalized_shape").get(0).asInt())
                    .eps(spec.get("eps").asDouble())
                    .build());
        case "Embedding" -> {
          list.layer(
              new EmbeddingSequenceLayer.Builder()
                  .name(name)
                  .nIn(spec.get("num_embeddings").asInt())
                  .nOut(spec.get("embedding_dim").asInt())
                  .inputLength(run.batches().get(0).get("x").get("shape").get(1).asInt())
                  .activation(Activation.IDENTITY)
                  .build());
          list.inputPreProcessor(
              1, new FlattenSteps(run.batches().get(0).get("x").get("shape").get(1).asInt()));
        }
        case "Flatten" -> {} // DL4J puts it in by itself
        default ->
            list.layer(
                new ActivationLayer.Builder().name(name).activation(activation(spec)).build());
      }
    }
    JsonNode shape = shapeOfInput();
    if (isOfSequences()) {
      list.setInputType(InputType.recurrent(shape.get(2).asInt(), shape.get(1).asInt()));
    } else if (shape.size() == 4) {
      list.setInputType(
          InputType.convolutional(
              shape.get(2).asInt(), shape.get(3).asInt(), shape.get(1).asInt()));
    }
    MultiLayerNetwork result = new MultiLayerNetwork(list.build());
    result.init();
    if (decay > 0 && !decoupled) {
      result.addListeners(new NormDecay(decay));
    }
    return result;
  }

  /** What follows the golden runs' embeddings: [batch, units, steps] to [batch, steps * units]. */
  private static final class FlattenSteps extends BaseInputPreProcessor {

    private static final long serialVersionUID = 1L;

    private final int steps;

    private FlattenSteps(int steps) {
      this.steps = steps;
    }

    @Override
    public INDArray preProcess(INDArray input, int miniBatchSize, LayerWorkspaceMgr workspaces) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS, input.permute(0, 2, 1).dup('c').reshape('c', input.size(0), -1));
    }

    @Override
    public INDArray backprop(INDArray output, int miniBatchSize, LayerWorkspaceMgr workspaces) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATION_GRAD,
          output.dup('c').reshape('c', output.size(0), steps, -1).permute(0, 2, 1));
    }

    @Override
    public InputType getOutputType(InputType inputType) {
      return InputType.feedForward(inputType.arrayElementsPerExample());
    }
  }

  private JsonNode shapeOfInput() {
    return run.batches().get(0).get("x").get("shape");
  }

  private boolean isOfSequences() {
    return shapeOfInput().size() == 3;
  }

  private static boolean isLayerNorm(JsonNode spec) {
    return spec.get("type").asText().equals("LayerNorm");
  }

  private static Activation activation(JsonNode spec) {
    return switch (spec.get("type").asText()) {
      case "ReLU" -> Activation.RELU;
      case "Tanh" -> Activation.TANH;
      case "Sigmoid" -> Activation.SIGMOID;
      default -> Activation.IDENTITY;
    };
  }

  private static int[] ints(JsonNode node) {
    return new int[] {node.get(0).asInt(), node.get(1).asInt()};
  }

  /** DL4J decays no normalization parameter, the authors' code does: for comparison only. */
  private static final class NormDecay extends BaseTrainingListener {

    private final double decay;

    private NormDecay(double decay) {
      this.decay = decay;
    }

    @Override
    public void onGradientCalculation(Model model) {
      Layer[] layers =
          model instanceof ComputationGraph graph
              ? graph.getLayers()
              : ((MultiLayerNetwork) model).getLayers();
      for (Layer layer : layers) {
        if (isNorm(layer)) {
          INDArray gradients = layer.getGradientsViewArray();
          long n = layer.getParam("gamma").length();
          double scale = decay * model.batchSize();
          for (int k = 0; k < 2; k++) {
            INDArray gradient =
                gradients
                    .reshape(gradients.length())
                    .get(org.nd4j.linalg.indexing.NDArrayIndex.interval(k * n, (k + 1) * n));
            INDArray value = layer.getParam(k == 0 ? "gamma" : "beta");
            gradient.addi(value.reshape(n).mul(scale));
          }
        }
      }
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {}
  }
}
