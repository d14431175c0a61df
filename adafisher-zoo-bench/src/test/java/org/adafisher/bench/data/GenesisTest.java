package org.adafisher.bench.data;

import static org.adafisher.bench.data.Requests.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class GenesisTest {

  @Test
  void thePartsAreTheTextFromBeginningToEnd() throws DataException, IOException {
    String text = text();
    Dataset genesis = request().load("genesis");
    StringBuilder read = new StringBuilder();
    StringBuilder answers = new StringBuilder();
    for (Part part : Part.values()) {
      DataSet all = genesis.inOrder(part, genesis.size(part)).next();
      read.append(decode(all.getFeatures(), text));
      answers.append(decode(all.getLabels(), text));
    }

    assertThat(read).startsWith("In the beginning God created the heaven and the earth.\nAnd");
    assertThat(read.toString()).isEqualTo(text.substring(0, read.length()));
    assertThat(answers.toString()).isEqualTo(text.substring(1, read.length() + 1));
    assertThat(text.length() - read.length()).isBetween(1, 50);
  }

  @Test
  void ninetyFiveFive() throws DataException {
    Dataset genesis = request().load("genesis");

    assertThat(genesis.shape()).isEqualTo(new Shape(Task.SEQUENCE, InputType.recurrent(60), 60));
    assertThat(genesis.size(Part.TRAIN)).isEqualTo(1560);
    assertThat(genesis.size(Part.VALIDATION)).isEqualTo(87);
    assertThat(genesis.size(Part.TEST)).isEqualTo(87);
    assertThat(genesis.train(16, 1).next().getFeatures().shape()).containsExactly(16, 60, 50);
  }

  @Test
  void limitsAreNestedAndLeaveTheOtherPartsAlone() throws DataException {
    Dataset genesis = request().load("genesis");
    Dataset ten = request().train(10).test(5).load("genesis");
    Dataset twenty = request().train(20).validation(30).load("genesis");

    assertThat(Rows.of(twenty, Part.VALIDATION))
        .hasSize(30)
        .isEqualTo(Rows.of(genesis, Part.VALIDATION).subList(57, 87));
    assertThat(Rows.of(genesis, Part.TRAIN)).containsAll(Rows.of(ten, Part.TRAIN));
    assertThat(Rows.of(request().train(20).load("genesis"), Part.TRAIN))
        .hasSize(20)
        .containsAll(Rows.of(ten, Part.TRAIN));
    assertThat(Rows.of(ten, Part.VALIDATION)).isEqualTo(Rows.of(genesis, Part.VALIDATION));
    assertThat(Rows.of(genesis, Part.TEST)).containsAll(Rows.of(ten, Part.TEST));
  }

  @Test
  void whatOnlyImagesHaveIsRefused() {
    refused(request().imageSize(32), "genesis is text: imageSize does not apply; remove it");
    refused(request().channels(3), "genesis is text: channels does not apply; remove it");
    refused(
        request().augmentation(0, true, 0),
        "genesis is text: augmentation does not apply; remove it");
    refused(
        request().train(2000),
        "genesis: train asks for 2000, but there are 1560 training windows without those for"
            + " validation");
  }

  private static void refused(Requests request, String sentence) {
    assertThatThrownBy(() -> request.load("genesis"))
        .isInstanceOf(DataException.class)
        .hasMessage(sentence);
  }

  private static String text() throws IOException {
    try (InputStream file = Genesis.class.getResourceAsStream("genesis.txt")) {
      return new String(file.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private static String decode(INDArray oneHot, String text) {
    List<String> alphabet =
        text.chars().distinct().sorted().mapToObj(Character::toString).collect(Collectors.toList());
    StringBuilder decoded = new StringBuilder();
    assertThat(oneHot.sumNumber().intValue()).isEqualTo(oneHot.size(0) * oneHot.size(2));
    for (int[] window : oneHot.argMax(1).toIntMatrix()) {
      for (int character : window) {
        decoded.append(alphabet.get(character));
      }
    }
    return decoded.toString();
  }
}
