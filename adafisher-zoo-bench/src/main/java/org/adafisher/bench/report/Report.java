package org.adafisher.bench.report;

import java.awt.AWTError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.PngCanvas;
import org.adafisher.bench.report.chart.SvgCanvas;
import org.adafisher.bench.result.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a report: a web page, its plots as files, and the numbers as CSV. */
public final class Report {

  /** The page, in the report's directory. */
  public static final String PAGE_FILE = "report.html";

  /** The plots, in the report's directory. */
  public static final String PLOT_DIRECTORY = "plots";

  private static final Logger LOG = LoggerFactory.getLogger(Report.class);

  private final Path directory;
  private final Function<Chart, byte[]> png;
  private final List<Path> written = new ArrayList<>();

  private Report(Path directory, Function<Chart, byte[]> png) {
    this.directory = directory;
    this.png = png;
  }

  /**
   * Writes all for which there is data, in place of what the files held before. Unfinished
   * experiments can be reported, too. Where the system has no fonts the PNG files are left out.
   *
   * @param directory is made if it is not there
   * @return the files that were written, the page first
   * @throws IOException if a file cannot be written; each is there in full or as it was before
   */
  public static List<Path> write(ReportData data, Path directory) throws IOException {
    return write(data, directory, PngCanvas::file);
  }

  /** The charts of the page, in its order, by the name of their files without its ending. */
  public static Map<String, Chart> charts(ReportData data) throws IOException {
    Figures figures = new Figures();
    Page.of(Results.of(data), figures);
    return figures.charts();
  }

  static List<Path> write(ReportData data, Path directory, Function<Chart, byte[]> png)
      throws IOException {
    Report report = new Report(directory, png);
    report.write(Results.of(data));
    return List.copyOf(report.written);
  }

  private void write(Results results) throws IOException {
    Files.createDirectories(directory.resolve(PLOT_DIRECTORY));
    Figures figures = new Figures();
    write(PAGE_FILE, Page.of(results, figures));
    for (Map.Entry<String, String> csv : CsvFiles.of(results).entrySet()) {
      write(csv.getKey(), csv.getValue());
    }
    for (Map.Entry<String, Chart> chart : figures.charts().entrySet()) {
      write(plot(chart.getKey(), "svg"), SvgCanvas.file(chart.getValue()));
    }
    writePngs(figures.charts());
  }

  private void writePngs(Map<String, Chart> charts) throws IOException {
    for (Map.Entry<String, Chart> chart : charts.entrySet()) {
      byte[] content;
      try {
        content = png.apply(chart.getValue());
      } catch (InternalError | LinkageError | AWTError e) { // AWT without fontconfig or freetype
        LOG.warn("No PNG plots: this system has no fonts, install fontconfig and any font.");
        return;
      }
      write(plot(chart.getKey(), "png"), content);
    }
  }

  private static String plot(String name, String ending) {
    return PLOT_DIRECTORY + "/" + name + "." + ending;
  }

  private void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = directory.resolve(name);
    AtomicFile.write(file, content);
    written.add(file);
  }
}
