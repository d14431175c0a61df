package org.adafisher.examples.notebook.kernel;

import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the lines of a cell that are magics: those that begin with % where a statement may begin.
 * In a text block or a comment a % is text, and after an unfinished expression the remainder.
 */
final class Magics {

  /** Comments, text blocks, strings and characters, of which nothing is looked at. */
  private static final Pattern OPAQUE =
      Pattern.compile(
          "//[^\\n]*+"
              + "|/\\*(?s:.)*?(?:\\*/|\\z)"
              + "|\"\"\"(?:[^\\\\\"]|\\\\(?s:.)|\"(?!\"\"))*+(?:\"\"\"|\\z)"
              + "|\"(?:[^\\\\\"\\n]|\\\\.)*+(?:\"|$)"
              + "|'(?:[^\\\\'\\n]|\\\\.)*+(?:'|$)",
          Pattern.MULTILINE);

  private static final Pattern CELL_MAGIC = Pattern.compile("\\s*%%");
  private static final Pattern LINE = Pattern.compile("[^\\n]*(?:\\n|\\z)");

  private Magics() {}

  /**
   * The cell with its magics replaced.
   *
   * @param magic makes Java of a magic line, or of a whole cell that begins with %%
   */
  static String resolve(String cell, UnaryOperator<String> magic) {
    if (CELL_MAGIC.matcher(cell).lookingAt()) {
      return magic.apply(cell);
    }
    StringBuilder java = new StringBuilder();
    String rest = cell;
    boolean statement = true; // whether one may begin here
    while (!rest.isEmpty()) {
      Matcher line = LINE.matcher(rest);
      line.lookingAt();
      if (statement && line.group().stripLeading().startsWith("%")) {
        String text = line.group().stripTrailing();
        java.append(magic.apply(text)).append(line.group().substring(text.length()));
        rest = rest.substring(line.end());
      } else {
        int end = endOfLine(rest);
        statement = endsStatement(rest.substring(0, end), statement);
        java.append(rest, 0, end);
        rest = rest.substring(end);
      }
    }
    return java.toString();
  }

  /** Where the line ends that follows the last text block or comment begun in it. */
  private static int endOfLine(String text) {
    int from = 0;
    for (MatchResult opaque : OPAQUE.matcher(text).results().toList()) {
      int end = text.indexOf('\n', from);
      if (end >= 0 && end < opaque.start()) {
        return end + 1;
      }
      from = opaque.end();
    }
    int end = text.indexOf('\n', from);
    return end < 0 ? text.length() : end + 1;
  }

  private static boolean endsStatement(String code, boolean before) {
    StringBuilder visible = new StringBuilder();
    int from = 0;
    for (MatchResult opaque : OPAQUE.matcher(code).results().toList()) {
      boolean comment = opaque.group().startsWith("/");
      visible.append(code, from, opaque.start()).append(comment ? " " : "x");
      from = opaque.end();
    }
    String text = visible.append(code.substring(from)).toString().strip();
    return text.isEmpty() ? before : text.endsWith(";") || text.endsWith("}") || text.endsWith("{");
  }
}
