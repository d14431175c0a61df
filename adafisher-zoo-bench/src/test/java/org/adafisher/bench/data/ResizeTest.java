package org.adafisher.bench.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResizeTest {

  @Test
  void growingTakesPixelCentresAtHalfCoordinates() {
    Image image = grey(2, 2, 0, 100, 200, 40);

    // By hand, in both axes: 1, 3/4, 1/4 and 0 of the first pixel.
    assertThat(values(Resize.toSquare(image, 4)))
        .containsExactly(0, 25, 75, 100, 50, 59, 76, 85, 150, 126, 79, 55, 200, 160, 80, 40);
  }

  @Test
  void shrinkingLooksAtEveryPixel() {
    Image image = grey(1, 4, 0, 80, 160, 240);

    // Triangles of two pixels to either side: weights 3/8, 3/8, 1/8 cut off at the border.
    assertThat(values(Resize.toSquare(image, 2))[0])
        .isEqualTo(Math.round((3 * 0 + 3 * 80 + 160) / 7f));
    assertThat(values(Resize.toSquare(image, 2))[1])
        .isEqualTo(Math.round((80 + 3 * 160 + 3 * 240) / 7f));
    assertThat(values(Resize.toSquare(image, 1))).containsExactly(120);
  }

  @Test
  void eachChannelIsResizedAlone() {
    Image image = new Image("", 3, 1, 2, new byte[] {0, 100, 7, 7, (byte) 255, (byte) 255});

    assertThat(values(Resize.toSquare(image, 2)))
        .containsExactly(0, 100, 0, 100, 7, 7, 7, 7, 255, 255, 255, 255);
  }

  @Test
  void theSameSizeIsTheSameImage() {
    Image image = grey(2, 2, 1, 2, 3, 4);

    assertThat(Resize.toSquare(image, 2)).isSameAs(image);
  }

  @Test
  void anEvenImageStaysEven() {
    int[] pixels = new int[35];
    Arrays.fill(pixels, 201);

    assertThat(values(Resize.toSquare(grey(5, 7, pixels), 3))).containsOnly(201);
    assertThat(values(Resize.toSquare(grey(5, 7, pixels), 16))).containsOnly(201);
  }

  @Test
  void greyIsReplicatedAndColoursBecomeLuma() {
    Image grey = grey(1, 2, 10, 250);
    Image rgb = Channels.convert(grey, 3);

    assertThat(values(rgb)).containsExactly(10, 250, 10, 250, 10, 250);
    assertThat(values(Channels.convert(rgb, 1))).containsExactly(10, 250);
    Image red = new Image("", 3, 1, 1, new byte[] {(byte) 255, 0, 0});
    Image green = new Image("", 3, 1, 1, new byte[] {0, (byte) 255, 0});
    Image blue = new Image("", 3, 1, 1, new byte[] {0, 0, (byte) 255});
    assertThat(values(Channels.convert(red, 1))).containsExactly(76);
    assertThat(values(Channels.convert(green, 1))).containsExactly(150);
    assertThat(values(Channels.convert(blue, 1))).containsExactly(29);
  }

  private static Image grey(int height, int width, int... pixels) {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) pixels[i];
    }
    return new Image("", 1, height, width, bytes);
  }

  private static int[] values(Image image) {
    int[] values = new int[image.pixels().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.pixels()[i] & 0xFF;
    }
    return values;
  }
}
