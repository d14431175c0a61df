package org.adafisher.bench.data;

import java.util.Arrays;

/** How a picture has to be turned to stand upright; the eight cases of EXIF, by ImageIO's names. */
enum Orientation {
  NORMAL("Normal", false, false, false),
  FLIP_H("FlipH", false, false, true),
  ROTATE_180("Rotate180", false, true, true),
  FLIP_V("FlipV", false, true, false),
  TRANSPOSE("FlipVRotate90", true, false, false),
  CLOCKWISE("Rotate270", true, true, false),
  TRANSVERSE("FlipHRotate90", true, true, true),
  COUNTERCLOCKWISE("Rotate90", true, false, true);

  private final String name;
  private final boolean swapped;
  private final boolean rowsReversed;
  private final boolean columnsReversed;

  /**
   * A case.
   *
   * @param swapped whether stored rows are the upright picture's columns
   * @param rowsReversed whether the stored rows count from the last
   * @param columnsReversed whether the stored columns do
   */
  Orientation(String name, boolean swapped, boolean rowsReversed, boolean columnsReversed) {
    this.name = name;
    this.swapped = swapped;
    this.rowsReversed = rowsReversed;
    this.columnsReversed = columnsReversed;
  }

  /** Of ImageIO's standard metadata; what is not known there is normal. */
  static Orientation of(String name) {
    return Arrays.stream(values()).filter(o -> o.name.equals(name)).findFirst().orElse(NORMAL);
  }

  /** The picture upright. */
  Image upright(Image stored) {
    if (this == NORMAL) {
      return stored;
    }
    int height = swapped ? stored.width() : stored.height();
    int width = swapped ? stored.height() : stored.width();
    byte[] pixels = new byte[stored.pixels().length];
    int at = 0;
    for (int c = 0; c < stored.channels(); c++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int row = swapped ? x : y;
          int column = swapped ? y : x;
          row = rowsReversed ? stored.height() - 1 - row : row;
          column = columnsReversed ? stored.width() - 1 - column : column;
          pixels[at++] = stored.pixels()[(c * stored.height() + row) * stored.width() + column];
        }
      }
    }
    return new Image(stored.name(), stored.channels(), height, width, pixels);
  }
}
