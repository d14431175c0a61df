package org.adafisher.examples.language;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.adafisher.bench.data.Part;
import org.adafisher.bench.data.TokenDataset;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.optimizer.Regularization;
import org.adafisher.bench.optimizer.Schedules;
import org.adafisher.bench.text.Perplexity;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** Trains a language model, from the start or from where a checkpoint has it. */
final class Training {

  private static final String EPOCH = "epoch";
  private static final String CONTENT = "SHA-256 of the text";
  private static final String CHECKPOINT = "model.zip";
  private static final int REFRESH_MILLIS = 250;

  private final Recipe recipe;
  private final TokenDataset data;
  private final Function<IUpdater, ComputationGraph> model;
  private final Path file;
  private final PrintStream out;
  private final boolean terminal;

  /**
   * A training.
   *
   * @param model makes the initialised network that is trained with an updater
   * @param directory where the checkpoint is
   * @param out where progress goes
   * @param terminal whether a person looks at it, and a bar may move
   */
  Training(
      Recipe recipe,
      TokenDataset data,
      Function<IUpdater, ComputationGraph> model,
      Path directory,
      PrintStream out,
      boolean terminal) {
    this.recipe = recipe;
    this.data = data;
    this.model = model;
    this.file = directory.resolve(CHECKPOINT);
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Trains all epochs that are left.
   *
   * @return the trained network
   * @throws IllegalArgumentException if the directory has the model of another recipe or text
   * @throws IOException if the checkpoint cannot be read or written
   */
  ComputationGraph run() throws IOException {
    OptimizerType type = Optimizers.REGISTRY.get(recipe.optimizer());
    ComputationGraph graph;
    int epoch = 0;
    if (Files.exists(file)) {
      Checkpoint checkpoint = Checkpoint.read(file);
      requireSameRecipe(checkpoint.notes());
      requireSameText(checkpoint);
      graph = checkpoint.graph();
      type.attach(graph, recipe.optimizerValues());
      type.restoreOwnState(graph, checkpoint.optimizerState());
      epoch = Integer.parseInt(checkpoint.notes().get(EPOCH));
      out.printf("%s has %d of %d epochs.%n", file, epoch, recipe.epochs());
    } else {
      graph = start(type);
    }
    while (epoch < recipe.epochs()) {
      epoch++;
      runEpoch(graph, epoch);
      Map<String, String> notes = new LinkedHashMap<>(recipe.words());
      notes.put(EPOCH, String.valueOf(epoch));
      notes.put(CONTENT, data.sha256());
      new Checkpoint(graph, notes, type.ownState(graph)).write(file);
    }
    return graph;
  }

  private ComputationGraph start(OptimizerType type) {
    int steps = recipe.epochs() * stepsAnEpoch();
    ISchedule schedule =
        Schedules.REGISTRY
            .get("cosine")
            .over(recipe.optimizerValues().getOrDefault("learningRate", 1.0), steps);
    Nd4j.getRandom().setSeed(recipe.seed());
    ComputationGraph graph = model.apply(type.updater(schedule, recipe.optimizerValues()));
    if (recipe.optimizerValues().containsKey("learningRate")) {
      graph.setLearningRate(schedule); // AdaGrad loses it when the layers copy it
    }
    Regularization.apply(graph, recipe.optimizerValues());
    type.attach(graph, recipe.optimizerValues());
    return graph;
  }

  private void requireSameRecipe(Map<String, String> notes) {
    recipe
        .words()
        .forEach(
            (name, value) -> {
              if (!value.equals(notes.get(name))) {
                throw new IllegalArgumentException(
                    "%s was trained with %s %s, not %s; give another --out, or remove it"
                        .formatted(file, name, notes.get(name), value));
              }
            });
  }

  /** A model of another text would take its tokens for those of this one, and write nonsense. */
  private void requireSameText(Checkpoint checkpoint) {
    String before = checkpoint.notes().get(CONTENT);
    var output = (FeedForwardLayer) checkpoint.graph().getOutputLayer(0).conf().getLayer();
    boolean sameText =
        before == null
            ? output.getNOut() == data.tokenizer().vocabularySize()
            : before.equals(data.sha256());
    if (!sameText) {
      throw new IllegalArgumentException(
          "%s was trained on another content of %s than it has now; put the old text back, give another --out, or remove it"
              .formatted(file, recipe.text()));
    }
    if (before == null) {
      out.printf(
          "%s does not say on which text it was trained; it is taken to be the same.%n", file);
    }
  }

  private int stepsAnEpoch() {
    return (data.size(Part.TRAIN) + recipe.batchSize() - 1) / recipe.batchSize();
  }

  private void runEpoch(ComputationGraph graph, int epoch) {
    long start = System.nanoTime();
    // Of seed and epoch alone, so that a training that was interrupted goes on as it would have.
    long seed = 1_000_003L * recipe.seed() + epoch;
    Nd4j.getRandom().setSeed(seed);
    DataSetIterator batches = data.train(recipe.batchSize(), seed);
    double loss = 0;
    try (ProgressBar bar = bar(epoch)) {
      while (batches.hasNext()) {
        DataSet batch = batches.next();
        double penalties = graph.calcRegularizationScore(true); // in the score of the next step
        graph.fit(batch);
        // Deeplearning4j sums over an example's tokens.
        loss += (graph.score() - penalties) / data.context();
        bar.step();
      }
    }
    double training = Math.exp(loss / stepsAnEpoch());
    out.printf(
        Locale.ROOT,
        "epoch %d of %d: perplexity %.2f in training, %.2f in validation; %d s%n",
        epoch,
        recipe.epochs(),
        training,
        perplexity(graph, Part.VALIDATION).perplexity(),
        (System.nanoTime() - start) / 1_000_000_000L);
  }

  /** What the network makes of a part. */
  Perplexity perplexity(ComputationGraph graph, Part part) {
    graph.clear(); // else the last minibatch's labels decide how many examples there are
    return graph.doEvaluation(data.inOrder(part, recipe.batchSize()), new Perplexity())[0];
  }

  /** A bar that moves on a terminal, and none in a file. */
  private ProgressBar bar(int epoch) {
    ProgressBarBuilder bar =
        new ProgressBarBuilder()
            .setTaskName("epoch " + epoch)
            .setInitialMax(stepsAnEpoch())
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .clearDisplayOnFinish();
    return (terminal
            ? bar.setConsumer(new ConsoleProgressBarConsumer(out))
            : bar.setConsumer(new NoDisplay()))
        .build();
  }
}
