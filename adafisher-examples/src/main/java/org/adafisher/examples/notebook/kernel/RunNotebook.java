package org.adafisher.examples.notebook.kernel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Executes a notebook's cells in the kernel where there is no Jupyter; what they show is rendered
 * and thrown away.
 */
public final class RunNotebook {

  private RunNotebook() {}

  /**
   * Exits with 1 at the first cell that fails.
   *
   * @param arguments the notebook
   * @throws IOException if it is no notebook
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("Give one argument, the path of a notebook.");
      System.exit(2);
    }
    int failed = run(new File(arguments[0]));
    System.exit(failed == 0 ? 0 : 1); // ND4J has threads that never end
  }

  /**
   * @return number of the first code cell that failed, from 1; 0 if all went well
   */
  static int run(File notebook) throws IOException {
    NotebookKernel kernel = new NotebookKernel(System.getProperty("java.class.path"));
    kernel.onStartup();
    try {
      int number = 0;
      for (String cell : codeCells(notebook)) {
        number++;
        try {
          kernel.eval(cell);
        } catch (Throwable e) {
          System.err.printf("Cell %d of %s failed:%n%s%n", number, notebook.getName(), cell);
          kernel.formatError(e).forEach(System.err::println);
          return number;
        }
      }
      return 0;
    } finally {
      kernel.onShutdown(false);
    }
  }

  /** Notebooks have a cell's text in one piece or line by line. */
  private static String source(File notebook, JsonNode source) throws IOException {
    if (source.isTextual()) {
      return source.asText();
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode line : source) {
      text.append(line.asText());
    }
    if (!source.isArray()) {
      throw new IOException(
          notebook + " has a code cell without a source, a text or a list of lines");
    }
    return text.toString();
  }

  private static List<String> codeCells(File notebook) throws IOException {
    List<String> cells = new ArrayList<>();
    for (JsonNode cell : new ObjectMapper().readTree(notebook).path("cells")) {
      if (cell.path("cell_type").asText().equals("code")) {
        cells.add(source(notebook, cell.path("source")));
      }
    }
    if (cells.isEmpty()) {
      throw new IOException(notebook + " has no code cells: is it a notebook?");
    }
    return cells;
  }
}
