package org.adafisher.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.datavec.image.data.ImageWritable;
import org.datavec.image.loader.NativeImageLoader;

/** Decodes image files with DataVec, always into red, green and blue. Not for several threads. */
final class ImageFileDecoder {

  private static final List<String> EXTENSIONS =
      Arrays.stream(NativeImageLoader.ALLOWED_FORMATS)
          .map(extension -> "." + extension.toLowerCase(Locale.ROOT))
          .distinct()
          .toList();

  private final NativeImageLoader loader = new NativeImageLoader();
  private final DataDirectory directory;

  /**
   * For the files of a directory.
   *
   * @param directory for error messages
   */
  ImageFileDecoder(DataDirectory directory) {
    this.directory = directory;
  }

  /** Whether a file is called like an image that DataVec knows. */
  static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return EXTENSIONS.stream().anyMatch(name::endsWith);
  }

  /**
   * The image in a file.
   *
   * @throws DataException if it is missing or cannot be decoded
   */
  Image decode(Path file) throws DataException {
    directory.requireFile(file);
    try {
      ImageWritable decoded = loader.asWritable(file.toFile());
      int depth = decoded.getDepth();
      if (depth != Byte.SIZE && depth != Short.SIZE) {
        throw directory.problem(file, "has neither 8-bit nor 16-bit pixels");
      }
      // 16-bit pixels come as they are; 65535 / 257 = 255.
      float unit = depth == Short.SIZE ? 257 : 1;
      float[] values = loader.asMatrix(decoded).data().asFloat();
      return rgb(file.toString(), values, decoded.getHeight(), decoded.getWidth(), unit);
    } catch (IOException | RuntimeException e) {
      // OpenCV's own complaints are unchecked.
      throw directory.problem(file, "cannot be decoded as an image", e);
    }
  }

  /** DataVec's channels are blue, green, red; or one. */
  private static Image rgb(String name, float[] values, int height, int width, float unit) {
    int pixels = height * width;
    int channels = values.length / pixels;
    byte[] bytes = new byte[channels * pixels];
    for (int c = 0; c < channels; c++) {
      int from = (channels - 1 - c) * pixels;
      for (int i = 0; i < pixels; i++) {
        bytes[c * pixels + i] = (byte) Math.round(values[from + i] / unit);
      }
    }
    return Channels.convert(new Image(name, channels, height, width, bytes), Channels.RGB);
  }
}
