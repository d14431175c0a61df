package org.adafisher.bench.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.adafisher.bench.data.Dataset;
import org.adafisher.bench.data.Part;
import org.adafisher.bench.data.Shape;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.EpochResult.TestResult;
import org.adafisher.bench.result.RunResult;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeRecurrent;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** A network in training, and what was measured on it so far. */
final class TrainingRun {

  /** Of the training part, for the loss after every epoch. */
  private static final int TRAIN_SAMPLE = 1000;

  /** Small enough for large images on any machine. */
  private static final int EVALUATION_BATCH = 100;

  /** Of a language model's output in numbers, 256 MB: large vocabularies make large outputs. */
  private static final long EVALUATION_OUTPUT = 1L << 26;

  private static final double NANOS_A_SECOND = 1e9;
  private static final double NANOS_A_MILLI = 1e6;

  private final Arm arm;
  private final Model network;
  private RunResult result;

  /**
   * @param arm what is run
   * @param network new, or as it was after the last epoch of the result
   * @param result without epochs, or those that were done
   */
  TrainingRun(Arm arm, Model network, RunResult result) {
    this.arm = arm;
    this.network = network;
    this.result = result;
  }

  Arm arm() {
    return arm;
  }

  Model network() {
    return network;
  }

  RunResult result() {
    return result;
  }

  /**
   * Trains for one epoch, or for what is left of the budget, and measures.
   *
   * @param listener is told of steps done
   */
  void runEpoch(Dataset data, LongConsumer listener) {
    int epoch = result.epochs().size() + 1;
    long steps = epoch == 1 ? 0 : result.last().steps();
    double seconds = epoch == 1 ? 0 : result.last().seconds();
    // Equal for all arms of a seed, and the same whether or not the run was interrupted before.
    long epochSeed = 1_000_003L * arm.seed() + epoch;
    Nd4j.getRandom().setSeed(epochSeed);
    DataSetIterator batches = data.train(arm.batchSize(), epochSeed);
    double lossSum = 0;
    List<Double> millis = new ArrayList<>();
    while (batches.hasNext() && steps < result.plannedSteps()) {
      var batch = batches.next();
      double penalties = Networks.penalties(network);
      long start = System.nanoTime();
      Networks.fit(network, batch);
      long nanos = System.nanoTime() - start;
      millis.add(nanos / NANOS_A_MILLI);
      lossSum += network.score() - penalties;
      seconds += nanos / NANOS_A_SECOND;
      steps++;
      listener.accept(1);
    }
    result = result.with(measured(data, epoch, steps, seconds, lossSum / millis.size(), millis));
  }

  private EpochResult measured(
      Dataset data,
      int epoch,
      long steps,
      double seconds,
      double minibatchLoss,
      List<Double> millis) {
    Task task = data.shape().task();
    boolean diverged = !Networks.finite(network);
    Score nothing = new Score(Double.NaN, Double.NaN);
    Score train = diverged ? nothing : score(data, task, Part.TRAIN, TRAIN_SAMPLE);
    Score validation = diverged ? nothing : score(data, task, Part.VALIDATION, Long.MAX_VALUE);
    Optional<TestResult> test = Optional.empty();
    if (!diverged && steps >= result.plannedSteps()) {
      Score score = score(data, task, Part.TEST, Long.MAX_VALUE);
      test = Optional.of(new TestResult(score.loss(), score.accuracy()));
    }
    double[] sample = millis.stream().mapToDouble(Double::doubleValue).toArray();
    Map<String, FactorSpread> spread =
        diverged
            ? Map.of()
            : Optimizers.REGISTRY
                .get(arm.optimizer().type())
                .factorSpread(network, arm.optimizer().values());
    return new EpochResult(
        epoch,
        steps,
        seconds,
        minibatchLoss,
        train.loss(),
        validation.loss(),
        validation.accuracy(),
        StepTimer.median(sample),
        millis.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN),
        spread,
        test);
  }

  private Score score(Dataset data, Task task, Part part, long examples) {
    return Score.of(network, task, data.inOrder(part, evaluationBatch(data.shape())), examples);
  }

  private static int evaluationBatch(Shape shape) {
    return shape.task() == Task.LANGUAGE && shape.input() instanceof InputTypeRecurrent text
        ? (int)
            Math.max(
                1,
                Math.min(
                    EVALUATION_BATCH,
                    EVALUATION_OUTPUT / (shape.classes() * text.getTimeSeriesLength())))
        : EVALUATION_BATCH;
  }
}
