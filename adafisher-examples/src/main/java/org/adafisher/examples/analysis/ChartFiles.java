package org.adafisher.examples.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.PngCanvas;
import org.adafisher.bench.report.chart.SvgCanvas;
import org.adafisher.bench.result.AtomicFile;

/** Charts as files. */
public final class ChartFiles {

  private ChartFiles() {}

  /**
   * Writes a chart as PNG and as SVG.
   *
   * @param chart the picture
   * @param directory where to; made if it is not there
   * @param name of the files without an ending
   * @throws IOException if a file cannot be written
   */
  public static void write(Chart chart, Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    AtomicFile.write(directory.resolve(name + ".png"), PngCanvas.file(chart));
    AtomicFile.write(directory.resolve(name + ".svg"), SvgCanvas.file(chart));
  }
}
