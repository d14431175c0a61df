package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.in;
import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.adafisher.bench.text.Tokenizer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

class LanguageTextTest {

  private static final String PTB_LINE = " the <unk> said N years ago \n";

  @TempDir private Path folder;

  @Test
  void thePartsAreTheTextFromBeginningToEnd() throws DataException {
    TokenDataset genesis = load(request().text("byte", 64), "genesis-tokens");
    String text = Genesis.read();
    StringBuilder read = new StringBuilder();
    for (Part part : Part.values()) {
      String features = features(genesis, part);
      String answers = answers(genesis, part);
      assertThat(answers.substring(0, answers.length() - 1)).isEqualTo(features.substring(1));
      read.append(features, 0, 1).append(answers);
      if (part == Part.TRAIN) { // the rest is less than a window
        int rest = (int) Math.round(0.9 * text.length()) - read.length();
        assertThat(rest).isBetween(-1, 64);
        read.append(text, read.length(), text.indexOf(features(genesis, Part.VALIDATION)));
      }
    }

    assertThat(read.toString()).isEqualTo(text);
  }

  @Test
  void ninetyFiveFiveUnlessNumbersOfTokensAreGiven() throws DataException {
    int all = Genesis.read().length();
    TokenDataset genesis = load(request().text("byte", 50), "genesis-tokens");
    TokenDataset given =
        load(request().text("byte", 50).train(501).validation(102).test(151), "genesis-tokens");

    assertThat(genesis.shape())
        .isEqualTo(new Shape(Task.LANGUAGE, InputType.recurrent(256, 50), 256));
    assertThat(answers(genesis, Part.VALIDATION)).hasSize((int) Math.round(0.05 * all) - 1);
    assertThat(answers(genesis, Part.TEST)).hasSize((int) Math.round(0.05 * all) - 1);
    assertThat(genesis.size(Part.TRAIN))
        .isEqualTo((all - 2 * (int) Math.round(0.05 * all) - 1) / 50);
    assertThat(given.size(Part.TRAIN)).isEqualTo(10);
    assertThat(given.size(Part.VALIDATION)).isEqualTo(3);
    assertThat(given.size(Part.TEST)).isEqualTo(3);
    assertThat(answers(given, Part.VALIDATION)).hasSize(101);
    assertThat(answers(given, Part.TEST))
        .isEqualTo(
            answers(genesis, Part.TEST).substring(answers(genesis, Part.TEST).length() - 150));
  }

  @Test
  void theLastWindowIsMaskedWhereTheTextIsOver() throws DataException {
    TokenDataset genesis = load(request().text("byte", 8).validation(20), "genesis-tokens");
    DataSet all = genesis.inOrder(Part.VALIDATION, 3).next();
    DataSetIterator two = genesis.inOrder(Part.VALIDATION, 2);

    assertThat(all.getFeatures().shape()).containsExactly(3, 8);
    assertThat(all.getLabels().shape()).containsExactly(3, 1, 8);
    assertThat(all.getFeaturesMaskArray()).isNull();
    assertThat(all.getLabelsMaskArray().sum(1).toIntVector()).containsExactly(8, 8, 3);
    assertThat(all.getLabelsMaskArray().getInt(2, 2)).isOne();
    assertThat(all.getLabelsMaskArray().getInt(2, 3)).isZero();
    assertThat(two.next().getLabelsMaskArray()).as("whole windows").isNull();
    assertThat(two.next().getLabelsMaskArray().sumNumber().intValue()).isEqualTo(3);
  }

  @Test
  void trainingSeesEveryWindowOnceInAnOrderOfItsSeed() throws DataException {
    TokenDataset genesis =
        load(request().text("byte", 16).train(161).validation(40), "genesis-tokens");
    List<String> stored = windows(genesis, genesis.inOrder(Part.TRAIN, 3));
    List<String> one = windows(genesis, genesis.train(3, 1));

    assertThat(stored).hasSize(10);
    assertThat(String.join("", stored)).isEqualTo(Genesis.read().substring(0, 160));
    assertThat(one).containsExactlyInAnyOrderElementsOf(stored).isNotEqualTo(stored);
    assertThat(windows(genesis, genesis.train(3, 1))).isEqualTo(one);
    assertThat(windows(genesis, genesis.train(3, 2))).isNotEqualTo(one);
  }

  @Test
  void theVocabularyIsThatOfTheTrainingPart() throws Exception {
    Path file =
        Files.writeString(folder.resolve("a.txt"), "ab".repeat(90) + "xyxyxyxyxyxyxyxyxyxy");
    TokenDataset text = load(in(file).text("character", 8), "text");

    assertThat(text.shape().classes()).as("a, b, and one for all others").isEqualTo(3);
    assertThat(answers(text, Part.TEST)).isEqualTo("\uFFFD".repeat(9));
    assertThat(load(in(file).text("byte", 8), "text").shape().classes()).isEqualTo(256);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',                    wiki.%s.tokens, valid,      true
          wikitext-2,            wiki.%s.tokens, valid,      true
          wikitext-2-raw,        wiki.%s.raw,    valid,      true
          simple-examples/data,  ptb.%s.txt,     valid,      true
          '',                    %s.txt,         valid,      false
          '',                    %s.txt,         validation, false
          """)
  void foldersHaveAFileForEachPart(String sub, String names, String validation, boolean separated)
      throws Exception {
    Path place = Files.createDirectories(folder.resolve(sub));
    Files.writeString(place.resolve(names.formatted("train")), PTB_LINE.repeat(4));
    Files.writeString(place.resolve(names.formatted(validation)), PTB_LINE.repeat(2));
    Files.writeString(place.resolve(names.formatted("test")), PTB_LINE + " U.S. years");
    TokenDataset text = load(in(folder).text("word", 5), "text");
    Tokenizer tokenizer = text.tokenizer();

    assertThat(tokenizer.vocabularySize()).as("with <unk> and <eos>").isEqualTo(7);
    assertThat(text.size(Part.TRAIN)).isEqualTo((4 * 7 - 1) / 5);
    assertThat(answers(text, Part.VALIDATION))
        .isEqualTo("<unk> said N years ago\nthe <unk> said N years ago\n");
    assertThat(answers(text, Part.TEST))
        .isEqualTo(
            separated
                ? "<unk> said N years ago\n<unk> years\n"
                : "<unk> said N years ago\n<unk> <unk> <unk> <unk> years\n");
    assertThat(load(in(folder).text("word", 5).train(13).validation(8), "text").size(Part.TRAIN))
        .isEqualTo(2);
  }

  @Test
  void everyMistakeIsOneSentence() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.txt"));
    Path latin =
        Files.write(
            folder.resolve("latin.txt"), "Gr\u00FC\u00DFe".getBytes(StandardCharsets.ISO_8859_1));
    Path brief = Files.writeString(folder.resolve("brief.txt"), "In the beginning");
    Path none = Files.createDirectory(folder.resolve("none"));
    Path part = Files.createDirectory(folder.resolve("part"));
    Files.writeString(part.resolve("wiki.train.tokens"), "a b c");

    refused(
        in(folder.resolve("missing.txt")), "missing.txt is missing; expected is a UTF-8 text file");
    refused(in(empty), "empty.txt is empty; expected");
    refused(in(latin), "latin.txt is not UTF-8; expected");
    refused(in(none), "none has no text that can be trained on; expected");
    refused(in(part), "wiki.valid.tokens is missing; expected");
    refused(
        in(brief),
        "text: the training part has 14 tokens, and it takes 65 at least, a context and the token"
            + " after it; give more text or a shorter context");
    refused(in(brief).text("byte", 5), "text: the validation part has 1 tokens, and it takes 2");
    refused(
        in(brief).validation(10).test(6),
        "text: validation and test ask for 10 and 6 of 16 tokens, which leaves none to train on");
    refused(in(brief).train(20), "text: train asks for 20 tokens, but there are 14");
    refused(
        in(brief).vocabulary(100),
        "text: vocabulary has to be at least 256, not 100, for the tokenizer byte");
    refused(in(brief).imageSize(8), "text is text: imageSize does not apply");
    refused(request(), "text needs a file or a directory");
    assertThatThrownBy(() -> load(in(brief), "genesis-tokens"))
        .isInstanceOf(DataException.class)
        .hasMessage("genesis-tokens is built in: directory does not apply; remove it");
  }

  private static void refused(Requests request, String sentence) {
    assertThatThrownBy(() -> request.load("text"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(sentence)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  private static TokenDataset load(Requests request, String name) throws DataException {
    return (TokenDataset) request.load(name);
  }

  private static List<String> windows(TokenDataset data, DataSetIterator pass) {
    List<String> windows = new ArrayList<>();
    while (pass.hasNext()) {
      for (int[] window : pass.next().getFeatures().toIntMatrix()) {
        windows.add(data.tokenizer().decode(window));
      }
    }
    return windows;
  }

  private static String features(TokenDataset data, Part part) {
    DataSet all = data.inOrder(part, data.size(part)).next();
    return text(data, all.getFeatures(), all.getLabelsMaskArray());
  }

  private static String answers(TokenDataset data, Part part) {
    DataSet all = data.inOrder(part, data.size(part)).next();
    INDArray labels = all.getLabels();
    return text(data, labels.reshape(labels.size(0), labels.size(2)), all.getLabelsMaskArray());
  }

  private static String text(TokenDataset data, INDArray numbers, INDArray mask) {
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < numbers.size(0); i++) {
      for (int t = 0; t < numbers.size(1); t++) {
        if (mask == null || mask.getInt(i, t) == 1) {
          tokens.add(numbers.getInt(i, t));
        }
      }
    }
    return data.tokenizer().decode(tokens.stream().mapToInt(Integer::intValue).toArray());
  }

  @Test
  void thePromptIsNotCutInsideACharacter() throws Exception {
    Path file = Files.writeString(folder.resolve("greek.txt"), "\u03B1\u20AC".repeat(200));
    for (int validation : new int[] {20, 21, 22, 23, 24}) {
      TokenDataset text =
          load(in(file).text("byte", 8).validation(validation).test(validation), "text");
      for (int tokens = 1; tokens < 9; tokens++) {
        assertThat(text.beginning(Part.TEST, tokens)).isNotEmpty().doesNotContain("\uFFFD");
      }
    }
  }

  @Test
  void otherEncodingsAreNamedAndAMarkIsNoText() throws Exception {
    Path wide = folder.resolve("wide.txt");
    Files.write(wide, "some text".getBytes(StandardCharsets.UTF_16));
    Path bare = folder.resolve("bare.txt");
    Files.write(bare, "some text".getBytes(StandardCharsets.UTF_16LE));
    Path marked =
        Files.writeString(folder.resolve("marked.txt"), "\uFEFF" + "some text\n".repeat(99));

    refused(in(wide), "wide.txt is UTF-16, not UTF-8; expected");
    refused(in(bare), "bare.txt has NUL characters, so it is not UTF-8 text; expected");
    assertThat(load(in(marked).text("byte", 8), "text").beginning(Part.TRAIN, 9))
        .isEqualTo("some text");
  }

  @Test
  void twoFilesForValidationAreRefused() throws Exception {
    for (String name : List.of("train", "valid", "val", "test")) {
      Files.writeString(folder.resolve(name + ".txt"), "some text");
    }

    refused(in(folder), "val.txt is there beside valid.txt, of which one is allowed; expected");
  }
}
