package org.adafisher.bench.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * The first 25 chapters of Genesis in the King James Version (genesis-LICENSE.txt, next to the
 * text, says where it comes from), cut into windows of 50 characters that do not overlap; the task
 * is to say the next character after each.
 *
 * <p>Training, validation and test part follow each other in the text: 90, 5 and 5 % of the
 * windows.
 */
final class Genesis implements DatasetType {

  static final String NAME = "genesis";

  private static final String RESOURCE = "genesis.txt";
  private static final int STEPS = 50;
  private static final double SHARE = 0.05;

  @Override
  public String description() {
    return "87 kB of English text, Genesis in the King James Version: say the next character of 60;"
        + " built in";
  }

  @Override
  public boolean needsDirectory() {
    return false;
  }

  @Override
  public boolean images() {
    return false;
  }

  @Override
  public Task task() {
    return Task.SEQUENCE;
  }

  @Override
  public Dataset load(DataRequest request) throws DataException {
    RequestRules.embedded(NAME, request);
    RequestRules.text(NAME, request);
    String text = read();
    int[] alphabet = text.chars().distinct().sorted().toArray();
    byte[] numbers = numbers(text, alphabet);
    // The last window needs one more character, for its last answer.
    int windows = (text.length() - 1) / STEPS;
    int share = (int) Math.round(SHARE * windows);
    int beforeTest = windows - share;

    PartSizes sizes = new PartSizes(NAME, "windows", request);
    // How many is all that counts: they are the last windows before the test part.
    int validation = sizes.validation(pool(beforeTest), OptionalInt.of(share)).length;
    int train = beforeTest - validation;
    Map<Part, Examples> parts = new EnumMap<>(Part.class);
    parts.put(Part.TRAIN, examples(numbers, 0, shuffled(sizes.train(pool(train)), train)));
    parts.put(Part.VALIDATION, examples(numbers, train, IntStream.range(0, validation).toArray()));
    parts.put(Part.TEST, examples(numbers, beforeTest, shuffled(sizes.test(pool(share)), share)));
    return new ByteDataset(
        new Shape(task(), InputType.recurrent(alphabet.length), alphabet.length),
        parts,
        new TextMinibatches(alphabet.length, STEPS));
  }

  private static Pool pool(int windows) {
    return new Pool(new int[windows], 1);
  }

  /**
   * Numbers of an order shuffled with a fixed seed, as numbers of windows in the order of the text.
   */
  private static int[] shuffled(int[] chosen, int windows) {
    int[] order = Permutations.random(windows, new Random(Pool.SPLIT_SEED));
    return IntStream.of(chosen).map(i -> order[i]).sorted().toArray();
  }

  private static byte[] numbers(String text, int[] alphabet) {
    byte[] numbers = new byte[text.length()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (byte) Arrays.binarySearch(alphabet, text.charAt(i));
    }
    return numbers;
  }

  private static Examples examples(byte[] numbers, int first, int[] windows) {
    byte[][] rows =
        IntStream.of(windows)
            .map(window -> (first + window) * STEPS)
            .mapToObj(at -> Arrays.copyOfRange(numbers, at, at + STEPS + 1))
            .toArray(byte[][]::new);
    return new Examples(rows, new int[rows.length]);
  }

  /** The text. */
  static String read() {
    try (InputStream file = Genesis.class.getResourceAsStream(RESOURCE)) {
      if (file == null) {
        throw new IOException("the embedded file " + RESOURCE + " is missing from the jar");
      }
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
