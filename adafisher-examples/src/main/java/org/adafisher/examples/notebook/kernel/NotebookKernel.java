package org.adafisher.examples.notebook.kernel;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.PngCanvas;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.BaseNotebookStatics;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.common.Image;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.magic.LineMagic;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;

/**
 * A Java kernel: cells are JShell's, charts are shown as pictures, an error fails the cell. Cells
 * have {@code display}, {@code render}, {@code updateDisplay} and the magics {@code %classpath} and
 * {@code %maven} as in JJava.
 */
final class NotebookKernel extends BaseKernel {

  private static final String INDENT = "  ";

  private final CellEvaluator evaluator;

  /**
   * A kernel that cells can be sent to.
   *
   * @param classpath this process's own, which is what cells can use
   */
  NotebookKernel(String classpath) {
    super(
        "adafisher",
        Runtime.version().toString(),
        new LanguageInfo.Builder("Java")
            .version(System.getProperty("java.specification.version"))
            .mimetype("text/x-java-source")
            .fileExtension(".jshell")
            .pygments("java")
            .codemirror("java")
            .build(),
        List.of(),
        null, // no history
        new JupyterIO(StandardCharsets.UTF_8),
        new CommManager(),
        new Renderer(),
        new MagicParser("^\\s*%", "%%", new MagicTranspiler()),
        new MagicsRegistry(),
        false,
        new StringStyler.Builder().build());
    getMagicsRegistry().registerLineMagic("maven", new MavenMagic(classpath));
    getMagicsRegistry()
        .registerLineMagic(
            "classpath",
            (LineMagic<Void, NotebookKernel>)
                (kernel, paths) -> {
                  paths.forEach(kernel.evaluator::addToClasspath);
                  return null;
                });
    getRenderer()
        .createRegistration(Chart.class)
        .preferring(MIMEType.IMAGE_PNG)
        .register((chart, context) -> show(chart, context.getOutputContainer()));
    getRenderer()
        .createRegistration(BufferedImage.class)
        .preferring(MIMEType.IMAGE_PNG)
        .register(
            (picture, context) -> {
              Image.renderImage(picture, context);
              context.getOutputContainer().putText(size(picture));
            });
    evaluator = new CellEvaluator();
    evaluator.evaluate("import static " + BaseNotebookStatics.class.getName() + ".*;");
  }

  private static void show(Chart chart, DisplayData output) {
    output.putText(chart.title());
    output.putData(
        MIMEType.IMAGE_PNG,
        Base64.getEncoder().encodeToString(PngCanvas.file(chart)),
        Map.of("width", (int) chart.width(), "height", (int) chart.height()));
  }

  /** In place of Java's own words for a picture, which differ every time. */
  private static String size(BufferedImage picture) {
    return picture.getWidth() + " x " + picture.getHeight() + " pixels";
  }

  @Override
  public Object evalRaw(String cell) {
    try {
      return evaluator.evaluate(Magics.resolve(cell, getMagicParser()::resolveMagics));
    } finally {
      System.out.flush(); // a line that has not ended yet is this cell's
      System.err.flush();
    }
  }

  @Override
  public List<String> formatError(Throwable error) {
    List<String> lines = new ArrayList<>(words(error).lines().toList());
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (cause != error.getCause()) {
        lines.add("Caused by: " + CellEvaluator.thrown(cause));
      }
      for (StackTraceElement frame : cause.getStackTrace()) {
        lines.add("    at " + place(frame));
      }
    }
    return lines;
  }

  private static String words(Throwable error) {
    return error instanceof CompilationException || error instanceof EvaluationException
        ? error.getMessage()
        : CellEvaluator.thrown(error);
  }

  /** JShell calls the file of a snippet by its number. */
  private static String place(StackTraceElement frame) {
    String file = frame.getFileName();
    return file != null && file.startsWith("#")
        ? "%s(snippet %s, line %d)"
            .formatted(
                frame.getMethodName().isEmpty() ? "" : frame.getMethodName() + " ",
                file,
                frame.getLineNumber())
        : frame.toString();
  }

  @Override
  public DisplayData inspect(String code, int at, boolean extraDetail) {
    List<Documentation> found = evaluator.analysis().documentation(code, at, false);
    return found.isEmpty()
        ? null
        : new DisplayData(
            found.stream().map(Documentation::signature).collect(Collectors.joining("\n")));
  }

  @Override
  public ReplacementOptions complete(String code, int at) {
    int[] start = {at};
    List<String> words =
        evaluator.analysis().completionSuggestions(code, at, start).stream()
            .map(Suggestion::continuation)
            .distinct()
            .toList();
    return new ReplacementOptions(words, start[0], at);
  }

  @Override
  public String isComplete(String code) {
    CompletionInfo info = evaluator.analysis().analyzeCompletion(code);
    while (info.completeness().isComplete() && !info.remaining().isBlank()) {
      info = evaluator.analysis().analyzeCompletion(info.remaining());
    }
    return switch (info.completeness()) {
      case COMPLETE, COMPLETE_WITH_SEMI, EMPTY -> IS_COMPLETE_YES;
      case CONSIDERED_INCOMPLETE, DEFINITELY_INCOMPLETE -> INDENT;
      case UNKNOWN -> IS_COMPLETE_BAD;
    };
  }

  @Override
  public void interrupt() {
    evaluator.interrupt();
  }

  @Override
  public void onShutdown(boolean isRestarting) {
    super.onShutdown(isRestarting);
    evaluator.close();
  }
}
