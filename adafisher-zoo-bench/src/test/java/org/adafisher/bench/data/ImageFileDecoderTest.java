package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
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

  private static final Map<String, String> WEBP =
      Map.of(
          "lossy", "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
          "lossless", "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");

  /** Rows that differ, so that half a picture is another one. */
  private static BufferedImage colourful(int type) {
    BufferedImage picture = new BufferedImage(24, 20, type);
    Random random = new Random(7);
    for (int i = 0; i < 480; i++) {
      picture.setRGB(i % 24, i / 24, 0xFF000000 | random.nextInt(0x1000000));
    }
    return picture;
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "bmp", "gif", "tif", "pnm", "lossy.webp", "lossless.webp"})
  void everyBeginningOfAFileIsAnErrorOrTheWholePicture(String name) throws Exception {
    Path file = directory.resolve("whole." + name);
    if (name.endsWith("webp")) {
      Files.write(file, Base64.getDecoder().decode(WEBP.get(name.substring(0, name.indexOf('.')))));
    } else {
      Pictures.write(file, colourful(BufferedImage.TYPE_INT_RGB));
    }
    byte[] whole = Files.readAllBytes(file);
    byte[] pixels = decoder.decode(file).pixels();
    Path cut = directory.resolve("cut." + name);
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      try {
        assertThat(decoder.decode(cut).pixels()).as("%d bytes", length).isEqualTo(pixels);
      } catch (DataException e) {
        assertThat(e).hasMessageStartingWith("images: " + cut + " ");
        assertThat(e.getMessage().lines()).hasSize(1);
      }
    }
  }

  @Test
  void aPngThatWasChangedIsAnError() throws Exception {
    Path file = directory.resolve("a.png");
    Pictures.write(file, colourful(BufferedImage.TYPE_INT_RGB));
    byte[] content = Files.readAllBytes(file);
    for (int at = 8; at < content.length; at += 7) {
      byte[] changed = content.clone();
      changed[at] ^= 4;
      Files.write(file, changed);
      assertThatThrownBy(() -> decoder.decode(file)).isInstanceOf(DataException.class);
    }
  }

  @Test
  void theContentTellsTheFormat() throws Exception {
    Path png = directory.resolve("a.png");
    Pictures.write(png, colourful(BufferedImage.TYPE_INT_RGB));
    Path misnamed = Files.copy(png, directory.resolve("b.jpg"));
    Path zeros = Files.write(directory.resolve("zeros.jpg"), new byte[4000]);

    assertThat(decoder.decode(misnamed).pixels()).isEqualTo(decoder.decode(png).pixels());
    assertThatThrownBy(() -> decoder.decode(zeros))
        .hasMessage("images: " + zeros + " cannot be decoded as an image; have a look");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void camerasSayWhichSideIsUp(int orientation) throws Exception {
    // Dark at the top left, light to the right, so that all eight differ.
    BufferedImage upright = new BufferedImage(32, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 512; i++) {
      upright.getRaster().setSample(i % 32, i / 32, 0, 4 * (i % 32) + 8 * (i / 32));
    }
    Path file = directory.resolve("a.jpg");
    Pictures.write(file, stored(upright, orientation));
    byte[] plain = Files.readAllBytes(file);
    byte[] exif = {
      (byte) 0xFF,
      (byte) 0xE1,
      0,
      34,
      'E',
      'x',
      'i',
      'f',
      0,
      0,
      'M',
      'M',
      0,
      42,
      0,
      0,
      0,
      8,
      0,
      1,
      1,
      0x12,
      0,
      3,
      0,
      0,
      0,
      1,
      0,
      (byte) orientation,
      0,
      0,
      0,
      0,
      0,
      0
    };
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(plain, 0, 2);
    all.write(exif);
    all.write(plain, 2, plain.length - 2);
    Files.write(file, all.toByteArray());

    Image image = decoder.decode(file);

    assertThat(image.dimensions()).isEqualTo("16x32");
    for (int i = 0; i < 512; i++) {
      assertThat(image.pixels()[i] & 0xFF)
          .isCloseTo(upright.getRaster().getSample(i % 32, i / 32, 0), within(12));
    }
  }

  /** As the EXIF standard has it: where row 0 and column 0 of what is stored are to be seen. */
  private static BufferedImage stored(BufferedImage upright, int orientation) {
    int width = upright.getWidth();
    int height = upright.getHeight();
    boolean turned = orientation > 4;
    BufferedImage stored =
        new BufferedImage(
            turned ? height : width, turned ? width : height, BufferedImage.TYPE_BYTE_GRAY);
    for (int row = 0; row < stored.getHeight(); row++) {
      for (int column = 0; column < stored.getWidth(); column++) {
        int along = turned ? row : column;
        int across = turned ? column : row;
        int x;
        int y;
        if (turned) {
          // 5: top left, 6: row 0 is the right side, 7: right and bottom, 8: column 0 is the bottom
          x = orientation == 6 || orientation == 7 ? width - 1 - along : along;
          y = orientation == 7 || orientation == 8 ? height - 1 - across : across;
        } else {
          x = orientation == 2 || orientation == 3 ? width - 1 - along : along;
          y = orientation == 3 || orientation == 4 ? height - 1 - across : across;
        }
        stored.getRaster().setSample(column, row, 0, upright.getRaster().getSample(x, y, 0));
      }
    }
    return stored;
  }

  @Test
  void palettesAndTransparencyAreTheirColours() throws Exception {
    BufferedImage palette = colourful(BufferedImage.TYPE_BYTE_INDEXED);
    BufferedImage clear = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(0, 0, 0x00C86432);
    BufferedImage grey =
        new BufferedImage(
            new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_BYTE),
            Raster.createInterleavedRaster(
                new DataBufferByte(new byte[] {77, 10}, 2), 1, 1, 2, 2, new int[] {0, 1}, null),
            false,
            null);
    for (String ending : List.of("png", "gif")) {
      Path file = directory.resolve("palette." + ending);
      Pictures.write(file, palette);
      byte[] pixels = decoder.decode(file).pixels();
      for (int i = 0; i < 480; i++) {
        int rgb = palette.getRGB(i % 24, i / 24);
        assertThat(pixels[i]).isEqualTo((byte) (rgb >> 16));
        assertThat(pixels[960 + i]).isEqualTo((byte) rgb);
      }
    }
    Pictures.write(directory.resolve("clear.png"), clear);
    Pictures.write(directory.resolve("grey.png"), grey);

    assertThat(decoder.decode(directory.resolve("clear.png")).pixels())
        .containsExactly(0xC8, 0x64, 0x32);
    assertThat(decoder.decode(directory.resolve("grey.png")).pixels()).containsExactly(77, 77, 77);
  }

  @Test
  void inksLetThroughWhatIsLeftOfWhite() {
    // Stored inverted: full cyan is 0; a quarter of black is 191.
    Raster inks =
        Raster.createInterleavedRaster(
            new DataBufferByte(new byte[] {0, (byte) 255, (byte) 128, (byte) 191}, 4),
            1,
            1,
            4,
            4,
            new int[] {0, 1, 2, 3},
            null);

    assertThat(Samples.inks("inks", inks, false).pixels()).containsExactly(0, 191, 96);
  }

  @Test
  void ofAnAnimationTheFirstPictureCounts() throws Exception {
    Path file = directory.resolve("a.gif");
    BufferedImage first = colourful(BufferedImage.TYPE_BYTE_INDEXED);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      writer.writeToSequence(new IIOImage(first, null, null), null);
      writer.writeToSequence(
          new IIOImage(new BufferedImage(24, 20, BufferedImage.TYPE_BYTE_INDEXED), null, null),
          null);
      writer.endWriteSequence();
    }

    assertThat(decoder.decode(file).pixels()[30]).isEqualTo((byte) (first.getRGB(6, 1) >> 16));
  }
}
