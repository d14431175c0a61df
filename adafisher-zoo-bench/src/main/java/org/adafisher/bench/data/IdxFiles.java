package org.adafisher.bench.data;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The four files of MNIST and its kin, gzipped or not: big-endian headers of 4-byte numbers (a
 * magic number, then one size for each dimension), then one byte a pixel or label.
 */
final class IdxFiles implements ImageReader {

  private static final int CLASSES = 10;
  private static final int IMAGES_MAGIC = 0x00000803;
  private static final int LABELS_MAGIC = 0x00000801;

  @Override
  public ImageParts read(DataDirectory directory) throws DataException {
    return ImageParts.of(CLASSES, part(directory, "train"), part(directory, "t10k"));
  }

  private static ImageList part(DataDirectory directory, String prefix) throws DataException {
    Idx images = Idx.read(directory, prefix + "-images-idx3-ubyte", IMAGES_MAGIC, 3);
    Idx labels = Idx.read(directory, prefix + "-labels-idx1-ubyte", LABELS_MAGIC, 1);
    int count = images.sizes()[0];
    if (count == 0 || images.exampleBytes() == 0) {
      throw directory.problem(images.file(), "has no images");
    }
    if (count != labels.sizes()[0]) {
      throw directory.problem(
          images.file(),
          "has %d images, but %s has %d labels"
              .formatted(count, labels.file().getFileName(), labels.sizes()[0]));
    }
    int[] classes = new int[count];
    for (int i = 0; i < count; i++) {
      classes[i] = labels.data().get(labels.data().position() + i) & 0xFF;
      if (classes[i] >= CLASSES) {
        throw directory.problem(
            labels.file(), "has the label %d, but labels are 0 to 9".formatted(classes[i]));
      }
    }
    return new ImageList(classes, images::image);
  }

  /**
   * One file.
   *
   * @param file where it is
   * @param sizes of its dimensions
   * @param data its bytes, positioned after the header
   */
  private record Idx(Path file, int[] sizes, ByteBuffer data) {

    static Idx read(DataDirectory directory, String name, int magic, int dimensions)
        throws DataException {
      Path plain = directory.path().resolve(name);
      Path gzipped = directory.path().resolve(name + ".gz");
      if (!Files.exists(plain) && !Files.exists(gzipped)) {
        throw directory.problem(plain, "is missing, and so is its .gz");
      }
      Path file = Files.exists(plain) ? plain : gzipped;
      ByteBuffer data =
          ByteBuffer.wrap(
              file.equals(plain) ? directory.read(plain) : directory.readGzipped(gzipped));
      int header = Integer.BYTES * (1 + dimensions);
      if (data.remaining() < header) {
        throw directory.problem(
            file, "has %d bytes, less than its header".formatted(data.remaining()));
      }
      int found = data.getInt();
      if (found != magic) {
        throw directory.problem(
            file, "starts with the number 0x%08x, not 0x%08x".formatted(found, magic));
      }
      int[] sizes = new int[dimensions];
      // A broken header can promise anything; as a floating-point number the product cannot wrap.
      double promised = 1;
      for (int d = 0; d < dimensions; d++) {
        sizes[d] = data.getInt();
        promised *= sizes[d] & 0xFFFFFFFFL;
      }
      if (promised != data.remaining()) {
        throw directory.problem(
            file,
            "has %d bytes of data, but its header promises %.0f"
                .formatted(data.remaining(), promised));
      }
      return new Idx(file, sizes, data);
    }

    int exampleBytes() {
      return sizes[1] * sizes[2];
    }

    Image image(int index) {
      int from = data.position() + index * exampleBytes();
      byte[] pixels = Arrays.copyOfRange(data.array(), from, from + exampleBytes());
      return new Image(file + ", image " + index, Channels.GREY, sizes[1], sizes[2], pixels);
    }
  }
}
