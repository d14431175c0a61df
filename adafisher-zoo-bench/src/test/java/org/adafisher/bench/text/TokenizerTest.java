package org.adafisher.bench.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

  private static final String TRAINING =
      "In the beginning, the earth was void; the earth's face was dark.\n";

  @Test
  void theNamesThatConfigurationsUse() {
    assertThat(Tokenizers.REGISTRY.names()).containsExactly("byte", "character", "word", "bpe");
    assertThat(Tokenizers.REGISTRY.names()).contains(Tokenizers.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte", "character", "bpe"})
  void theTrainingTextComesBackAsItWas(String name) {
    String text = TRAINING + "Grüße, 世界! \uD83D\uDE00\n";
    Tokenizer tokenizer = tokenizer(name, text, OptionalInt.empty());

    int[] tokens = tokenizer.encode(text);

    assertThat(tokenizer.decode(tokens)).isEqualTo(text);
    assertThat(IntStream.of(tokens))
        .allMatch(token -> token >= 0 && token < tokenizer.vocabularySize());
  }

  @Test
  void bytesAreTheirOwnNumbers() {
    Tokenizer tokenizer = tokenizer("byte", "a", OptionalInt.empty());

    assertThat(tokenizer.vocabularySize()).isEqualTo(256);
    assertThat(tokenizer.encode("aé")).containsExactly(97, 0xC3, 0xA9);
    assertThat(tokenizer.decode(new int[] {97, 0xC3, 98})).isEqualTo("a\uFFFDb");
    assertThat(tokenizer.unknown()).isEmpty();
  }

  @Test
  void charactersOutsideTheTrainingPartAreOneToken() {
    Tokenizer tokenizer = tokenizer("character", "abba c", OptionalInt.empty());

    assertThat(tokenizer.vocabularySize()).isEqualTo(5);
    assertThat(tokenizer.encode("abxy")).containsExactly(1, 2, 0, 0);
    assertThat(tokenizer.decode(new int[] {2, 0})).isEqualTo("b\uFFFD");
    assertThat(tokenizer("character", "abba c", OptionalInt.of(3)).decode(new int[] {1, 2}))
        .isEqualTo("ab");
  }

  @Test
  void wordsAndMarksAreSeparate() {
    Tokenizer tokenizer = tokenizer("word", TRAINING + TRAINING, OptionalInt.empty());

    assertThat(tokenizer.decode(tokenizer.encode("the earth's face, was dark.\nvoid the face")))
        .isEqualTo("the earth's face, was dark.\nvoid the face\n");
    // the | earth | was | In | beginning | , | void | ; | earth's | face | dark | . | eos, and
    // <unk>
    assertThat(tokenizer.vocabularySize()).isEqualTo(14);
    assertThat(tokenizer.decode(tokenizer.encode("the sea was"))).isEqualTo("the <unk> was\n");
    assertThat(tokenizer.unknown()).hasValue(0);
  }

  @Test
  void wordsThatOccurOnceAreUnknownUnlessTheTextHasUnknownWordsItself() {
    Tokenizer own = tokenizer("word", "a a b\n", OptionalInt.empty());
    Tokenizer prepared = tokenizer("word", "a a b <unk>\n", OptionalInt.empty());

    assertThat(own.vocabularySize()).as("<unk>, a").isEqualTo(2);
    assertThat(prepared.vocabularySize()).as("<unk>, a, b, <eos>").isEqualTo(4);
    assertThat(prepared.encode("b c <unk>")[1]).isEqualTo(0).isEqualTo(prepared.encode("<unk>")[0]);
  }

  @Test
  void tokenFilesAreCutAtBlanksAlone() {
    Segmenter segmenter = Tokenizers.REGISTRY.get("word").segmenter(true);
    int[] pieces = segmenter.split(" \n = U.S. @-@ born = \n");

    assertThat(pieces).hasSize(1 + 5 + 1);
    assertThat(segmenter.join(pieces)).isEqualTo("\n= U.S. @-@ born =\n");
  }

  @Test
  void theVocabularyKeepsTheMostFrequent() {
    Tokenizer tokenizer = tokenizer("word", "b b a a a c c c c\nd d\n", OptionalInt.of(3));

    assertThat(tokenizer.decode(new int[] {1, 2})).isEqualTo("c a");
    assertThat(tokenizer.vocabularySize()).isEqualTo(3);
  }

  @Test
  void pairsThatTheTrainingPartLacksAreBytes() {
    Tokenizer tokenizer = tokenizer("bpe", TRAINING, OptionalInt.empty());

    assertThat(IntStream.of(tokenizer.encode(" the earth was")))
        .hasSize(3)
        .allMatch(token -> token > 255);
    assertThat(tokenizer.encode(" firmament").length).isEqualTo(" firmament".length());
    assertThat(tokenizer.decode(tokenizer.encode(" firmament 世"))).isEqualTo(" firmament 世");
    assertThat(tokenizer.vocabularySize()).isBetween(257, 256 + TRAINING.length());
    assertThat(tokenizer("bpe", TRAINING, OptionalInt.of(257)).decode(new int[] {256}))
        .isEqualTo(" the");
  }

  @Test
  void aVocabularyWithoutRoomIsRefused() {
    assertThatThrownBy(() -> tokenizer("byte", "a", OptionalInt.of(100)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vocabulary has to be at least 256, not 100");
  }

  private static Tokenizer tokenizer(String name, String training, OptionalInt most) {
    Segmenter segmenter = Tokenizers.REGISTRY.get(name).segmenter(false);
    return Tokenizer.of(segmenter, segmenter.split(training), most);
  }

  @ParameterizedTest
  @ValueSource(strings = {"byte", "character", "word", "bpe"})
  void oneLongLineIsNoTrouble(String name) {
    String line = "well-".repeat(50_000) + "known";
    Tokenizer tokenizer = tokenizer(name, line + "\n" + line + "\n", OptionalInt.empty());

    assertThat(tokenizer.decode(tokenizer.encodePrompt(line))).isEqualTo(line);
  }

  @Test
  void aPromptEndsNoLine() {
    Tokenizer tokenizer = tokenizer("word", TRAINING + TRAINING, OptionalInt.empty());

    assertThat(tokenizer.decode(tokenizer.encodePrompt("the earth"))).isEqualTo("the earth");
    assertThat(tokenizer.decode(tokenizer.encodePrompt("the\nearth"))).isEqualTo("the\nearth");
    assertThat(tokenizer.decode(tokenizer.encodePrompt("the earth\r\n"))).isEqualTo("the earth\n");
    assertThat(tokenizer.encodePrompt("")).isEmpty();
  }

  @Test
  void whatCannotBeSeenIsNoWord() {
    String odd = "\uFEFFa\u00A0b\u200Bc\u2003d\u2060e\u3000f\u0000g \u200E\u202F";
    Segmenter marks = Tokenizers.REGISTRY.get("word").segmenter(false);
    Segmenter separated = Tokenizers.REGISTRY.get("word").segmenter(true);

    assertThat(marks.join(marks.split(odd))).isEqualTo("a b c d e f g\n");
    assertThat(marks.split("co\u00ADoperate \u2764\uFE0F")).as("word, heart, end").hasSize(3);
    assertThat(separated.join(separated.split("a\u00A0b \u200B c"))).isEqualTo("a b c\n");
  }
}
