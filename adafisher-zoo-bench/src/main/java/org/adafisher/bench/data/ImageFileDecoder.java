package org.adafisher.bench.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Decodes image files with ImageIO, always into red, green and blue as they are stored: no colour
 * profile is applied and transparency is left out, as the usual loaders of training images do. What
 * a camera says about which side is up is followed. Of several pictures in a file the first counts.
 *
 * <p>A format is told by a file's content, whatever its name. A picture of which the reader is not
 * sure is an error: half a picture has the wrong label more often than not.
 */
final class ImageFileDecoder {

  /** A file format, by ImageIO's name for it and the ends of its files' names. */
  private record Format(String name, List<String> endings) {}

  private static final String JPEG = "jpeg";
  private static final String PNG = "png";
  private static final String GIF = "gif";
  private static final String TIFF = "tiff";
  private static final String WEBP = "webp";

  private static final List<Format> FORMATS =
      List.of(
          new Format(JPEG, List.of(".jpg", ".jpeg", ".jpe", ".jfif")),
          new Format(PNG, List.of(".png")),
          new Format(GIF, List.of(".gif")),
          new Format("bmp", List.of(".bmp")),
          new Format(TIFF, List.of(".tif", ".tiff")),
          new Format(WEBP, List.of(".webp")),
          new Format("pnm", List.of(".pnm", ".pbm", ".pgm", ".ppm", ".pam")));

  /** What a reader warns of that leaves the pixels alone. */
  private static final Pattern HARMLESS =
      Pattern.compile("(?i)profile|thumb|exif|metadata|Invalid SOS parameters|Adobe|JFIF");

  /** Readers need about so many bytes a pixel: samples, and as many again while they decode. */
  private static final int BYTES_A_PIXEL = 8;

  private static final String STANDARD_METADATA = "javax_imageio_1.0";
  private static final String GIF_METADATA = "javax_imageio_gif_stream_1.0";

  private final DataDirectory directory;

  /**
   * For the files of a directory.
   *
   * @param directory for error messages
   */
  ImageFileDecoder(DataDirectory directory) {
    this.directory = directory;
  }

  /** Whether a file is called like an image that can be decoded. */
  static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return FORMATS.stream().flatMap(f -> f.endings().stream()).anyMatch(name::endsWith);
  }

  /** The ends of the names of image files, for people. */
  static String endings() {
    return FORMATS.stream().flatMap(f -> f.endings().stream()).collect(Collectors.joining(" "));
  }

  /**
   * The image in a file.
   *
   * @throws DataException if it is missing, broken or cannot be decoded
   */
  Image decode(Path file) throws DataException {
    byte[] content = directory.read(file);
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      Format format = null;
      ImageReader reader = null;
      for (Iterator<ImageReader> all = ImageIO.getImageReaders(stream);
          all.hasNext() && format == null; ) {
        reader = all.next();
        format = format(reader).orElse(null);
      }
      if (format == null) {
        throw directory.problem(file, "cannot be decoded as an image");
      }
      try {
        Completeness.check(format.name(), content);
        return decode(file, stream, format, reader);
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      // On broken files readers fail in every way.
      throw directory.problem(file, "cannot be decoded as an image" + reason(e), e);
    }
  }

  private static Optional<Format> format(ImageReader reader) {
    Set<String> names =
        Arrays.stream(reader.getOriginatingProvider().getFormatNames())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    return FORMATS.stream().filter(format -> names.contains(format.name())).findFirst();
  }

  private static String reason(Exception e) {
    return e instanceof DamagedImageException ? " (" + e.getMessage() + ")" : "";
  }

  private Image decode(Path file, ImageInputStream stream, Format format, ImageReader reader)
      throws IOException, DataException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    boolean metadata = format.name().equals(JPEG) || format.name().equals(TIFF);
    reader.setInput(stream, false, !metadata && !format.name().equals(GIF));
    checkSize(file, reader.getWidth(0), reader.getHeight(0));
    if (format.name().equals(GIF)) {
      checkCanvas(reader);
    }
    Image image = pixels(file, format, reader);
    Optional<String> damage =
        warnings.stream().filter(warning -> !HARMLESS.matcher(warning).find()).findFirst();
    if (damage.isPresent()) {
      throw new DamagedImageException(damage.get());
    }
    return metadata
        ? Orientation.of(orientation(reader.getImageMetadata(0))).upright(image)
        : image;
  }

  private void checkSize(Path file, int width, int height) throws DataException {
    double need = (double) width * height * BYTES_A_PIXEL;
    if (need > Runtime.getRuntime().maxMemory()) {
      throw directory.problem(
          file, "has %dx%d pixels, too many for Java's memory".formatted(height, width));
    }
  }

  /** The first picture of an animation may be a piece of it, somewhere on a canvas. */
  private static void checkCanvas(ImageReader reader) throws IOException {
    Element canvas =
        (Element)
            ((Element) reader.getStreamMetadata().getAsTree(GIF_METADATA))
                .getElementsByTagName("LogicalScreenDescriptor")
                .item(0);
    if (reader.getWidth(0) < Integer.parseInt(canvas.getAttribute("logicalScreenWidth"))
        || reader.getHeight(0) < Integer.parseInt(canvas.getAttribute("logicalScreenHeight"))) {
      throw new DamagedImageException("its first picture does not fill its canvas");
    }
  }

  private static Image pixels(Path file, Format format, ImageReader reader) throws IOException {
    if (!format.name().equals(JPEG)) {
      return Samples.image(file.toString(), reader.read(0));
    }
    // The reader would apply a colour profile unless the stored colours are asked for.
    ImageReadParam stored = reader.getDefaultReadParam();
    stored.setDestinationType(reader.getRawImageType(0));
    if (stored.getDestinationType().getNumBands() == Samples.INK_BANDS
        && !stored.getDestinationType().getColorModel().hasAlpha()) {
      return Samples.inks(file.toString(), reader.readRaster(0, null), isYcck(reader));
    }
    BufferedImage picture = reader.read(0, stored);
    return Samples.image(file.toString(), picture);
  }

  /** Of a JPEG with four inks: whether they are stored as brightness, two colours and black. */
  private static boolean isYcck(ImageReader reader) throws IOException {
    NodeList adobe =
        ((Element) reader.getImageMetadata(0).getAsTree("javax_imageio_jpeg_image_1.0"))
            .getElementsByTagName("app14Adobe");
    return adobe.getLength() > 0 && ((Element) adobe.item(0)).getAttribute("transform").equals("2");
  }

  private static String orientation(IIOMetadata metadata) {
    NodeList found =
        ((Element) metadata.getAsTree(STANDARD_METADATA)).getElementsByTagName("ImageOrientation");
    return found.getLength() == 0 ? "Normal" : ((Element) found.item(0)).getAttribute("value");
  }
}
