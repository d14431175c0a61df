package org.adafisher.examples.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.adafisher.bench.data.Augmentation;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.bench.data.TextForm;
import org.adafisher.bench.data.TokenDataset;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.text.Sampler;
import org.adafisher.bench.text.Sampling;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/** With a small recurrent network in the transformer's place. */
class TrainingTest {

  private static final int CONTEXT = 12;

  /** Rhymes that a small network learns in no time. */
  private static final String TEXT = "one two three four five, once I caught a fish alive; ";

  @TempDir private Path directory;
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private TokenDataset data;

  @BeforeEach
  void readText() throws IOException, DataException {
    data = read(TEXT.repeat(40));
  }

  private TokenDataset read(String text) throws IOException, DataException {
    Path file = Files.writeString(directory.resolve("rhyme.txt"), text);
    return Datasets.language(
        new DataRequest(
            Optional.of(file),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Augmentation.NONE,
            recipe("adam", 1).form()));
  }

  @Test
  void perplexityFallsAndTheNetworkGoesOnWithTheText() throws IOException {
    Training training = training(recipe("adam", 12), this::network);
    ComputationGraph graph = training.run();

    // Letters alone, without what came before, have a perplexity of about 17.
    assertThat(training.perplexity(graph, Part.TEST).perplexity()).isLessThan(1.6);
    assertThat(
            Sampler.of(graph, data.tokenizer(), CONTEXT)
                .continuation("one two thr", 12, new Sampling(1, 1, 1)))
        .isEqualTo("ee four five");
    List<String> lines = console.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(12);
    assertThat(lines.get(11)).startsWith("epoch 12 of 12: perplexity 1.").contains("in validation");
  }

  @ParameterizedTest
  @ValueSource(strings = {"adafisherw", "centred-adam"})
  void aTrainingThatWasStoppedGoesOnAsIfItHadNotBeen(String optimizer) throws IOException {
    Recipe recipe = recipe(optimizer, 3);
    ComputationGraph whole = training(recipe, this::network).run();
    Path other = Files.createDirectory(directory.resolve("other"));
    Training stopped = new Training(recipe, data, u -> stopping(network(u)), other, out(), false);

    assertThatThrownBy(stopped::run).hasMessage("the lights went out");
    try (Stream<Path> files = Files.list(other)) {
      assertThat(files).containsExactly(other.resolve("model.zip"));
    }
    ComputationGraph resumed =
        new Training(recipe, data, TrainingTest::never, other, out(), false).run();

    assertThat(console.toString(StandardCharsets.UTF_8)).contains("model.zip has 1 of 3 epochs.");
    assertThat(
            resumed.params().distance2(whole.params()) / whole.params().norm2Number().doubleValue())
        .isCloseTo(0, within(1e-6));
    ComputationGraph done =
        new Training(recipe, data, TrainingTest::never, other, out(), false).run();
    assertThat(done.params()).isEqualTo(resumed.params());
  }

  @Test
  void theModelOfAnotherRecipeIsNotGoneOnWith() throws IOException {
    training(recipe("adam", 1), this::network).run();

    assertThatThrownBy(() -> training(recipe("adam", 2), this::network).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was trained with epochs 1, not 2; give another --out, or remove it");
    Files.writeString(directory.resolve("model.zip"), "no model");
    assertThatThrownBy(() -> training(recipe("adam", 1), this::network).run())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be read")
        .hasMessageContaining("remove it to start again");
  }

  @ParameterizedTest
  @CsvSource({
    "fish, bird", // another vocabulary
    "one, neo", // the same letters
    "'u', 'j'" // the same numbers, for letters are numbered by how frequent they are
  })
  void theModelOfAnEditedTextIsNotGoneOnWith(String old, String edited) throws Exception {
    training(recipe("adam", 1), this::network).run();
    byte[] before = Files.readAllBytes(directory.resolve("model.zip"));
    data = read(TEXT.replace(old, edited).repeat(40));

    assertThatThrownBy(() -> training(recipe("adam", 1), TrainingTest::never).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.zip was trained on another content of rhyme than it has now")
        .hasMessageEndingWith("put the old text back, give another --out, or remove it");

    assertThat(directory.resolve("model.zip")).hasBinaryContent(before);
    data = read(TEXT.repeat(40));
    training(recipe("adam", 1), TrainingTest::never).run();
  }

  @Test
  void aModelThatDoesNotSayItsTextIsAcceptedWithOneLineIfItsVocabularyFits() throws Exception {
    training(recipe("adam", 1), this::network).run();
    Path file = directory.resolve("model.zip");
    Checkpoint checkpoint = Checkpoint.read(file);
    Map<String, String> notes = new HashMap<>(checkpoint.notes());
    notes.remove("SHA-256 of the text");
    new Checkpoint(checkpoint.graph(), notes, checkpoint.optimizerState()).write(file);

    training(recipe("adam", 1), TrainingTest::never).run();
    assertThat(console.toString(StandardCharsets.UTF_8))
        .contains(
            "model.zip does not say on which text it was trained; it is taken to be the same.");

    data = read(TEXT.replace("fish", "bird").repeat(40));
    assertThatThrownBy(() -> training(recipe("adam", 1), TrainingTest::never).run())
        .hasMessageContaining("another content of rhyme");
  }

  @Test
  void anEditedTextIsOneSentenceAndStatusTwo() throws Exception {
    Path text = Files.writeString(directory.resolve("small.txt"), TEXT.repeat(40));
    String[] arguments = {
      "--text",
      text.toString(),
      "--out",
      directory.resolve("out").toString(),
      "--tokenizer",
      "character",
      "--context",
      "8",
      "--layers",
      "1",
      "--heads",
      "1",
      "--width",
      "4",
      "--epochs",
      "1",
      "--tokens",
      "5"
    };
    PrintStream realErr = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      assertThat(LanguageModel.execute(arguments)).isZero();
      Files.writeString(text, TEXT.replace("fish", "bird").repeat(40));
      err.reset();
      assertThat(LanguageModel.execute(arguments)).isEqualTo(2);
    } finally {
      System.setErr(realErr);
    }
    assertThat(err.toString(StandardCharsets.UTF_8).strip().lines())
        .hasSize(1)
        .allMatch(line -> line.contains("was trained on another content of"));
  }

  @Test
  void valuesAreCheckedAgainstTheirParameters() {
    var parameters = Optimizers.REGISTRY.get("adamw").parameters();

    assertThat(Recipe.values("adamw", parameters, Map.of("learningRate", 0.1)))
        .containsEntry("learningRate", 0.1)
        .containsEntry("weightDecay", 0.01);
    assertThatThrownBy(() -> Recipe.values("adamw", parameters, Map.of()))
        .hasMessage("adamw needs learningRate");
    assertThatThrownBy(
            () -> Recipe.values("adamw", parameters, Map.of("learningRate", 1., "gamma", 1.)))
        .hasMessageStartingWith("adamw has no gamma; it has: learningRate, beta1");
    assertThatThrownBy(() -> Recipe.values("adamw", parameters, Map.of("learningRate", -1.)))
        .hasMessage("learningRate of adamw has to be a number above 0, not -1.0");
  }

  private Training training(Recipe recipe, Function<IUpdater, ComputationGraph> model) {
    return new Training(recipe, data, model, directory, out(), false);
  }

  private PrintStream out() {
    return new PrintStream(console, true, StandardCharsets.UTF_8);
  }

  private static Recipe recipe(String optimizer, int epochs) {
    return new Recipe(
        "rhyme",
        new TextForm("character", OptionalInt.empty(), CONTEXT),
        Map.of(),
        optimizer,
        Recipe.values(
            optimizer,
            Optimizers.REGISTRY.get(optimizer).parameters(),
            Map.of("learningRate", optimizer.equals("adafisherw") ? 1e-3 : 0.02)),
        8,
        epochs,
        7);
  }

  private static ComputationGraph never(IUpdater updater) {
    throw new AssertionError("a new network, though there is a checkpoint");
  }

  /** In the second epoch of 20 steps each. */
  private static ComputationGraph stopping(ComputationGraph graph) {
    graph.addListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            if (iteration == 25) {
              throw new IllegalStateException("the lights went out");
            }
          }
        });
    return graph;
  }

  private ComputationGraph network(IUpdater updater) {
    int tokens = data.tokenizer().vocabularySize();
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(updater)
                .graphBuilder()
                .addInputs("tokens")
                .setInputTypes(InputType.recurrent(tokens, CONTEXT))
                .addLayer(
                    "embedding",
                    new EmbeddingSequenceLayer.Builder()
                        .nIn(tokens)
                        .nOut(8)
                        .inputLength(CONTEXT)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "tokens")
                .addLayer("memory", new LSTM.Builder().nOut(24).build(), "embedding")
                .addLayer(
                    "output",
                    new RnnOutputLayer.Builder(new LossSparseMCXENT())
                        .nOut(tokens)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "memory")
                .setOutputs("output")
                .build());
    graph.init();
    return graph;
  }
}
