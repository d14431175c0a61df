package org.adafisher.examples.notebook.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;

/** Evaluates cells of Java, one after the other, in one JShell. */
final class CellEvaluator implements AutoCloseable {

  private static final List<String> IMPORTS =
      List.of(
          "java.io", "java.math", "java.nio.file", "java.time", "java.util", "java.util.stream");

  private final CellControl control = new CellControl();
  private final JShell shell;

  /** An evaluator whose cells see this process's classpath, with the usual packages imported. */
  CellEvaluator() {
    shell = JShell.builder().executionEngine(new Provider(control), Map.of()).build();
    IMPORTS.forEach(name -> evaluate("import " + name + ".*;"));
  }

  /**
   * Evaluates a cell: any number of imports, declarations, statements and expressions.
   *
   * @return the value of the last one if it is an expression, else null
   * @throws CompilationException if it is not Java, or names what does not exist; what stands
   *     before that has been done
   * @throws EvaluationException if it threw
   */
  Object evaluate(String cell) {
    control.beginCell();
    try {
      return evaluateAll(cell);
    } finally {
      control.endCell();
    }
  }

  private Object evaluateAll(String cell) {
    Object value = null;
    List<Snippet> snippets = new ArrayList<>();
    String rest = cell;
    while (!rest.isBlank()) {
      CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (info.completeness() == Completeness.EMPTY) { // a comment
        break;
      }
      if (!info.completeness().isComplete() && info.completeness() != Completeness.UNKNOWN) {
        throw new CompilationException("The cell ends too early, after: " + rest.strip());
      }
      // What the analysis cannot tell the end of, the compiler has an error for.
      boolean unknown = info.completeness() == Completeness.UNKNOWN;
      // A blank line before an import would make JShell replace what is declared already.
      value = evaluateOne((unknown ? rest : info.source()).strip(), snippets);
      rest = unknown ? "" : info.remaining();
    }
    snippets.forEach(this::requireResolved);
    return value;
  }

  private Object evaluateOne(String source, List<Snippet> snippets) {
    Object value = null;
    for (SnippetEvent event : shell.eval(source)) {
      if (event.causeSnippet() != null) { // an older one that this one changed
        if (event.snippet() instanceof VarSnippet variable && event.status().isActive()) {
          control.keepValue(variable.name());
        }
        continue;
      }
      Object taken = control.takeValue();
      if (event.exception() != null) {
        throw failure(event.exception());
      }
      if (event.status() == Snippet.Status.REJECTED) {
        throw new CompilationException(words(event.snippet()));
      }
      snippets.add(event.snippet());
      value = isExpression(event.snippet().subKind()) ? taken : null;
    }
    control.forgetReplaced();
    return value;
  }

  private static boolean isExpression(SubKind kind) {
    return kind == SubKind.VAR_VALUE_SUBKIND
        || kind == SubKind.OTHER_EXPRESSION_SUBKIND
        || kind == SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
  }

  /** JShell waits for what a declaration lacks; in a notebook it is a slip of the pen. */
  private void requireResolved(Snippet snippet) {
    Snippet.Status status = shell.status(snippet);
    if (snippet instanceof DeclarationSnippet declaration
        && (status == Snippet.Status.RECOVERABLE_DEFINED
            || status == Snippet.Status.RECOVERABLE_NOT_DEFINED)) {
      throw new CompilationException(
          shell.unresolvedDependencies(declaration).collect(Collectors.joining(", "))
              + " cannot be found"
              + place(snippet.source().strip(), 0));
    }
  }

  private RuntimeException failure(JShellException exception) {
    if (exception instanceof UnresolvedReferenceException unresolved) {
      return new CompilationException(
          shell.unresolvedDependencies(unresolved.getSnippet()).collect(Collectors.joining(", "))
              + " cannot be found"
              + place(unresolved.getSnippet().source().strip(), 0));
    }
    return new EvaluationException(thrown(exception), exception);
  }

  /** As a stack trace begins: the exception's class, and its message if it has one. */
  static String thrown(Throwable exception) {
    String name =
        exception instanceof EvalException eval
            ? eval.getExceptionClassName()
            : exception.getClass().getName();
    return exception.getMessage() == null ? name : name + ": " + exception.getMessage();
  }

  private String words(Snippet snippet) {
    return shell
        .diagnostics(snippet)
        .filter(Diag::isError)
        .map(
            diag ->
                diag.getMessage(Locale.ENGLISH) + place(snippet.source(), (int) diag.getPosition()))
        .collect(Collectors.joining("\n"));
  }

  /** The line of the source, and under it a mark. */
  private static String place(String source, int position) {
    int at = Math.max(0, Math.min(position, source.length()));
    int start = source.lastIndexOf('\n', at - 1) + 1;
    int end = source.indexOf('\n', at);
    String line = source.substring(start, end < 0 ? source.length() : end);
    return "\n    " + line.replace('\t', ' ') + "\n    " + " ".repeat(at - start) + "^";
  }

  /** Makes cells see another jar or folder of classes. */
  void addToClasspath(String path) {
    shell.addToClasspath(path);
  }

  /** What can be asked about source without running it. */
  SourceCodeAnalysis analysis() {
    return shell.sourceCodeAnalysis();
  }

  /**
   * Ends the cell that is being evaluated, also one that computes; what it has done to variables
   * stays.
   */
  void interrupt() {
    shell.stop();
  }

  @Override
  public void close() {
    shell.close();
  }

  /** Gives JShell the control that the evaluator asks for values. */
  private record Provider(CellControl control) implements ExecutionControlProvider {

    @Override
    public String name() {
      return "cells";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
      return control;
    }
  }
}
