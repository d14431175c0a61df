package org.adafisher.examples.language;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.adafisher.bench.PathArgument;
import org.adafisher.bench.StopNotice;
import org.adafisher.bench.data.Augmentation;
import org.adafisher.bench.data.DataException;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Part;
import org.adafisher.bench.data.TextForm;
import org.adafisher.bench.data.TokenDataset;
import org.adafisher.bench.model.Blueprint;
import org.adafisher.bench.model.ModelType;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.result.AtomicFile;
import org.adafisher.bench.text.Sampler;
import org.adafisher.bench.text.Sampling;
import org.adafisher.bench.text.Tokenizers;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.nn.graph.ComputationGraph;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Trains a transformer on a text and lets it write: {@code mvn -q -DskipTests -Planguage package}.
 */
@Command(
    name = "language-model",
    description = {
      "Trains a transformer on a text, token by token, and lets it go on with a prompt.",
      "Interrupted, it goes on after the last complete epoch when it is given again; when all are"
          + " done it only writes."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class LanguageModel implements Callable<Integer> {

  private static final String MODEL = "transformer";
  private static final String DEFAULT_OPTIMIZER = "adafisherw";

  /** Small, since Deeplearning4j sums the loss over the tokens of an example. */
  private static final double DEFAULT_RATE = 5e-5;

  @Option(
      names = "--text",
      paramLabel = "PATH",
      description =
          "A UTF-8 file, or the folder of WikiText-2, the Penn Treebank or train.txt, valid.txt,"
              + " test.txt; without it, 87 kB of Genesis that are built in.")
  private Path text;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      defaultValue = "results/language-model",
      description = "Where the model and the sample go.")
  private Path out;

  @Option(
      names = "--tokenizer",
      defaultValue = Tokenizers.DEFAULT,
      description = "byte, character, word or bpe.")
  private String tokenizer;

  @Option(
      names = "--vocabulary",
      paramLabel = "TOKENS",
      description = "At most so many different tokens; all of the training part if left out.")
  private Integer vocabulary;

  @Option(names = "--context", defaultValue = "64", description = "Tokens it sees at once.")
  private int context;

  @Option(names = "--layers", defaultValue = "2", description = "Transformer blocks.")
  private double layers;

  @Option(names = "--heads", defaultValue = "4", description = "Heads of attention a block.")
  private double heads;

  @Option(names = "--width", defaultValue = "64", description = "Units of the residual stream.")
  private double width;

  @Option(
      names = "--feed-forward",
      defaultValue = "4",
      description = "How many times wider a block's GELU layer is.")
  private double feedForward;

  @Option(
      names = "--post-norm",
      description = "Layer normalization behind each sum, not in front of what is added.")
  private boolean postNorm;

  @Option(names = "--dropout", defaultValue = "0", description = "Share that is dropped.")
  private double dropout;

  @Option(
      names = "--optimizer",
      defaultValue = DEFAULT_OPTIMIZER,
      description = "Any that adafisher-bench list names.")
  private String optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description =
          "At the start; it goes to zero as a cosine. Needed with another --optimizer; 5e-5 without"
              + " one.")
  private Double learningRate;

  @Option(
      names = "-O",
      paramLabel = "KEY=VALUE",
      description = "Another number of the optimizer: -O weightDecay=0.1 -O beta=0.95")
  private Map<String, Double> optimizerValues = new LinkedHashMap<>();

  @Option(names = "--batch", defaultValue = "16", description = "Windows of text a step.")
  private int batch;

  @Option(names = "--epochs", defaultValue = "10", description = "Passes over the training part.")
  private int epochs;

  @Option(names = "--seed", defaultValue = "1", description = "Of weights, order and samples.")
  private long seed;

  @Option(
      names = "--prompt",
      description = "What it goes on with; the beginning of the test part if left out.")
  private String prompt;

  @Option(names = "--tokens", defaultValue = "400", description = "How many tokens it writes.")
  private int tokens;

  @Option(
      names = "--temperature",
      defaultValue = "0.8",
      description = "Below 1 the probable gets more probable.")
  private double temperature;

  @Option(names = "--top-k", defaultValue = "40", description = "Draws from so many tokens.")
  private int topK;

  private LanguageModel() {}

  /** Runs, then exits: 0, 1 if a file could not be read or written, 2 for a mistake in input. */
  public static void main(String[] arguments) {
    OneDnn.enable(); // convolutions several times faster: docs/onednn.md
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    return new CommandLine(new LanguageModel())
        .registerConverter(Path.class, PathArgument::convert)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> {
              if (e instanceof DataException || e instanceof IllegalArgumentException) {
                command.getErr().println(e.getMessage());
                return CommandLine.ExitCode.USAGE;
              }
              if (e instanceof IOException) {
                command.getErr().println("A file could not be read or written: " + e.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
              }
              throw e;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws DataException, IOException {
    Sampling sampling = new Sampling(temperature, topK, seed);
    requireAtLeastOne("--context", context);
    requireAtLeastOne("--batch", batch);
    requireAtLeastOne("--epochs", epochs);
    requireAtLeastOne("--tokens", tokens);
    ModelType model = Models.REGISTRY.get(MODEL);
    Recipe recipe = recipe(model);
    TokenDataset data = Datasets.language(request(recipe.form()));
    System.out.printf(
        "%s: %,d windows of %d tokens to train on, %,d different tokens (%s)%n",
        recipe.text(),
        data.size(Part.TRAIN),
        context,
        data.tokenizer().vocabularySize(),
        tokenizer);
    Training training =
        new Training(
            recipe,
            data,
            updater ->
                (ComputationGraph)
                    model.build(new Blueprint(data.shape(), seed, updater, recipe.model())),
            out,
            System.out,
            System.console() != null);
    ComputationGraph graph = trained(training);
    System.out.printf("test part: %s%n%n", training.perplexity(graph, Part.TEST).stats());
    write(graph, data, sampling);
    return CommandLine.ExitCode.OK;
  }

  private static ComputationGraph trained(Training training) throws IOException {
    StopNotice notice =
        StopNotice.of("give the same command again, and it goes on after the last complete epoch");
    try {
      return training.run();
    } finally {
      notice.close();
    }
  }

  private void write(ComputationGraph graph, TokenDataset data, Sampling sampling)
      throws IOException {
    String start = prompt == null ? beginning(data) : prompt;
    String written =
        start
            + Sampler.of(graph, data.tokenizer(), context).continuation(start, tokens, sampling)
            + "\n";
    System.out.println(written);
    Path file = out.resolve("sample.txt");
    AtomicFile.write(file, written);
    System.out.printf("In %s: model.zip, sample.txt%n", out);
  }

  /** Half a window, so that the network has something to go by. */
  private String beginning(TokenDataset data) {
    return data.beginning(Part.TEST, (context + 1) / 2);
  }

  private Recipe recipe(ModelType model) {
    Map<String, Double> given = new LinkedHashMap<>(optimizerValues);
    var parameters = Optimizers.REGISTRY.get(optimizer).parameters();
    if (learningRate != null) {
      given.put("learningRate", learningRate);
    } else if (optimizer.equals(DEFAULT_OPTIMIZER)) {
      given.putIfAbsent("learningRate", DEFAULT_RATE);
    }
    return new Recipe(
        text == null ? "Genesis" : text.toString(),
        new TextForm(
            tokenizer,
            vocabulary == null ? OptionalInt.empty() : OptionalInt.of(vocabulary),
            context),
        Recipe.values(
            MODEL,
            model.parameters(),
            Map.of(
                "layers", layers,
                "heads", heads,
                "width", width,
                "feedForward", feedForward,
                "preNorm", postNorm ? 0.0 : 1.0,
                "dropout", dropout)),
        optimizer,
        Recipe.values(optimizer, parameters, given),
        batch,
        epochs,
        seed);
  }

  private DataRequest request(TextForm form) {
    return new DataRequest(
        Optional.ofNullable(text),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Augmentation.NONE,
        form);
  }

  private static void requireAtLeastOne(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " has to be at least 1, not " + value);
    }
  }
}
