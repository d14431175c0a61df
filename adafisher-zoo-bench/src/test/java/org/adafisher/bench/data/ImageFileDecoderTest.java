package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFileDecoderTest {

  @TempDir Path directory;
  private ImageFileDecoder decoder;

  @BeforeEach
  void openDirectory() throws DataException {
    decoder = new ImageFileDecoder(DataDirectory.open("images", directory, "have a look"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.bmp", "A.PNG"})
  void coloursAreRedGreenBlueRowByRow(String name) throws IOException, DataException {
    BufferedImage picture = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(0, 0, 0xFF8040);
    picture.setRGB(2, 1, 0x0102C8);
    Pictures.write(directory.resolve(name), picture);

    Image image = decoder.decode(directory.resolve(name));

    assertThat(image.dimensions()).isEqualTo("2x3");
    assertThat(image.pixels())
        .containsExactly(0xFF, 0, 0, 0, 0, 0x01, 0x80, 0, 0, 0, 0, 0x02, 0x40, 0, 0, 0, 0, 0xC8);
  }

  @Test
  void jpegIsAboutTheSame() throws IOException, DataException {
    Pictures.write(directory.resolve("a.jpg"), 16, 8, 0xC86432);

    Image image = decoder.decode(directory.resolve("a.jpg"));

    assertThat(image.channels()).isEqualTo(3);
    assertThat(image.dimensions()).isEqualTo("16x8");
    assertThat(image.pixels()[0] & 0xFF).isBetween(198, 202);
    assertThat(image.pixels()[128] & 0xFF).isBetween(98, 102);
    assertThat(image.pixels()[383] & 0xFF).isBetween(48, 52);
  }

  @Test
  void greyBecomesColourAndSixteenBitsBecomeEight() throws IOException, DataException {
    BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 77);
    Pictures.write(directory.resolve("grey.png"), grey);
    BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    deep.getRaster().setSample(0, 0, 0, 65535);
    deep.getRaster().setSample(1, 0, 0, 257 * 100);
    Pictures.write(directory.resolve("deep.png"), deep);

    assertThat(decoder.decode(directory.resolve("grey.png")).pixels())
        .containsExactly(77, 0, 77, 0, 77, 0);
    assertThat(decoder.decode(directory.resolve("deep.png")).pixels())
        .containsExactly(255, 100, 255, 100, 255, 100);
  }

  @Test
  void whatIsNoImage() throws IOException {
    Path text = Files.writeString(directory.resolve("text.png"), "this is not an image at all");
    Path empty = Files.createFile(directory.resolve("empty.jpg"));

    assertThatThrownBy(() -> decoder.decode(text))
        .isInstanceOf(DataException.class)
        .hasMessage("images: " + text + " cannot be decoded as an image; have a look");
    assertThatThrownBy(() -> decoder.decode(empty))
        .isInstanceOf(DataException.class)
        .hasMessage("images: " + empty + " is empty; have a look");
  }

  /** A reader may fill what is missing with the picture that it has decoded before. */
  @ParameterizedTest
  @ValueSource(strings = {"a.jpg", "a.png", "a.bmp", "a.gif", "a.tiff"})
  void isWholeOrAnError(String name) throws IOException, DataException {
    Path file = directory.resolve(name);
    Random random = new Random(1);
    BufferedImage noise = new BufferedImage(16, 12, BufferedImage.TYPE_INT_RGB);
    noise.setRGB(0, 0, 16, 12, random.ints(192, 0, 1 << 24).toArray(), 0, 16);
    Pictures.write(file, noise);
    byte[] content = Files.readAllBytes(file);
    byte[] pixels = decoder.decode(file).pixels();

    int errors = 0;
    for (int length = 0; length < content.length; length++) {
      Files.write(file, Arrays.copyOf(content, length));
      try {
        assertThat(decoder.decode(file).pixels())
            .as("the first %d bytes", length)
            .isEqualTo(pixels);
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith("images: " + file + " ").hasMessageNotContaining("\n");
        errors++;
      }
    }
    assertThat(errors).isGreaterThan(content.length * 9 / 10);
  }
}
