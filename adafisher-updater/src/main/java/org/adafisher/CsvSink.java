package org.adafisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.deeplearning4j.nn.api.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends reports to a CSV file, whole lines or none. */
final class CsvSink implements FactorStatsSink {

  private static final Logger log = LoggerFactory.getLogger(AdaFisherStatsListener.class);

  private static final String HEADER =
      "layer,iteration,epoch,parameters,min,median,mean,max,dampingShare,droppedRefreshes,refreshes,"
          + "refreshMillis,lastRefreshMillis";

  private final Path file;
  private boolean broken;

  private CsvSink(Path file) {
    this.file = file;
  }

  static CsvSink open(Path file) {
    CsvSink sink = new CsvSink(file);
    try {
      if (file.toAbsolutePath().getParent() != null) {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
      sink.begin();
    } catch (IOException e) {
      throw new UncheckedIOException("AdaFisherStatsListener: cannot write to " + file + ".", e);
    }
    return sink;
  }

  /** Writes the header, or sees to it that the file which is there can be gone on with. */
  private void begin() throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      byte[] header = (HEADER + "\n").getBytes(StandardCharsets.UTF_8);
      ByteBuffer start = ByteBuffer.allocate(header.length);
      while (start.hasRemaining() && channel.read(start, start.position()) >= 0) {
        // until it is full or the file ends
      }
      String present = new String(start.array(), 0, start.position(), StandardCharsets.UTF_8);
      if (!(HEADER + "\n").startsWith(present)) {
        throw new IllegalArgumentException(
            "AdaFisherStatsListener: %s is there already and has other columns; give another file or move it."
                .formatted(file));
      }
      if (present.length() < header.length) { // new, or lost before its header was complete
        channel.truncate(0);
        write(channel, header);
      } else {
        channel.truncate(endOfLastLine(channel));
      }
    }
  }

  /** A machine that lost power may have left part of a line. */
  private static long endOfLastLine(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long end = channel.size(); end > 0; end--) {
      one.clear();
      channel.read(one, end - 1);
      if (one.get(0) == '\n') {
        return end;
      }
    }
    return 0;
  }

  @Override
  public void report(Model model, List<FactorStats> layers) {
    if (broken) {
      return;
    }
    String rows = layers.stream().map(CsvSink::row).collect(Collectors.joining());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.APPEND)) {
      write(channel, rows.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      broken = true;
      log.warn("Cannot write to {} any longer: no more statistics go there.", file, e);
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static String row(FactorStats stats) {
    return quoted(stats.layer())
        + ","
        + stats.iteration()
        + ","
        + stats.epoch()
        + ","
        + stats.parameters()
        + ","
        + numbers(stats.min(), stats.median(), stats.mean(), stats.max(), stats.dampingShare())
        + ","
        + stats.droppedRefreshes()
        + ","
        + stats.refreshes()
        + ","
        + numbers(stats.refreshMillis(), stats.lastRefreshMillis())
        + "\n";
  }

  private static String numbers(double... values) {
    return DoubleStream.of(values)
        .mapToObj(value -> Double.isNaN(value) ? "" : Double.toString(value))
        .collect(Collectors.joining(","));
  }

  private static String quoted(String text) {
    return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
