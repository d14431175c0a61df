package org.adafisher.bench.data;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * {@link DigitImages} under noise, with the question where the ink is: yes where a pixel of the
 * noise-free image is above one half.
 *
 * <p>The noise is Gaussian with a standard deviation of 0.3, cut to [0, 1], the same in all
 * channels of a pixel, and fixed: an image always has the same noise, in whatever part it is.
 */
final class DigitsInk implements DatasetType {

  static final String NAME = "digits-ink";

  private static final int DEFAULT_SIZE = 32;
  private static final double NOISE = 0.3 * DigitImages.WHITE;
  private static final long NOISE_SEED = 20260102L;

  @Override
  public String description() {
    return "the digits at 32x32 (imageSize changes that) under noise: where is ink? 997 + 300 for"
        + " validation + 500; built in";
  }

  @Override
  public boolean needsDirectory() {
    return false;
  }

  @Override
  public boolean images() {
    return true;
  }

  @Override
  public Task task() {
    return Task.SEGMENTATION;
  }

  @Override
  public Dataset load(DataRequest request) throws DataException {
    RequestRules.embedded(NAME, request);
    DataRequest sized =
        new DataRequest(
            request.directory(),
            request.train(),
            request.validation(),
            request.test(),
            OptionalInt.of(request.imageSize().orElse(DEFAULT_SIZE)),
            request.channels(),
            request.augmentation(),
            request.text());
    DecodedImages clean =
        ImageDecoding.decode(NAME, DigitImages.read(), DigitImages.VALIDATION, sized);
    int channels = clean.channels();
    Map<Part, Examples> noisy = new EnumMap<>(Part.class);
    clean
        .parts()
        .forEach(
            (part, examples) -> {
              byte[][] rows =
                  Arrays.stream(examples.rows())
                      .map(pixels -> noisyWithInk(pixels, channels))
                      .toArray(byte[][]::new);
              noisy.put(part, new Examples(rows, examples.classes()));
            });
    int imageBytes = channels * clean.height() * clean.width();
    byte[][] noisyTraining =
        Arrays.stream(noisy.get(Part.TRAIN).rows())
            .map(row -> Arrays.copyOf(row, imageBytes))
            .toArray(byte[][]::new);
    PixelScale scale = PixelScale.fractions(noisyTraining, channels, DigitImages.WHITE);
    return new ByteDataset(
        new Shape(task(), InputType.convolutional(clean.height(), clean.width(), channels), 1),
        noisy,
        new InkMinibatches(clean.batch(request.augmentation()), scale));
  }

  /** The row that {@link InkMinibatches} describes. */
  private static byte[] noisyWithInk(byte[] clean, int channels) {
    int pixels = clean.length / channels;
    byte[] row = Arrays.copyOf(clean, clean.length + pixels);
    // Seeded by the image itself, so that leaving out others does not change its noise.
    Random random = new Random(NOISE_SEED + Arrays.hashCode(Arrays.copyOf(clean, pixels)));
    for (int i = 0; i < pixels; i++) {
      int value = clean[i] & 0xFF;
      long noisy = Math.round(value + NOISE * random.nextGaussian());
      for (int c = 0; c < channels; c++) {
        row[c * pixels + i] = (byte) Math.max(0, Math.min(DigitImages.WHITE, noisy));
      }
      row[clean.length + i] = (byte) (2 * value > DigitImages.WHITE ? 1 : 0);
    }
    return row;
  }
}
