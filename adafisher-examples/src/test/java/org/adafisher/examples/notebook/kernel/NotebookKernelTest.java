package org.adafisher.examples.notebook.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotebookKernelTest {

  private NotebookKernel kernel;

  @BeforeAll
  void start() {
    kernel = new NotebookKernel(System.getProperty("java.class.path"));
    kernel.onStartup();
  }

  @AfterAll
  void stop() {
    kernel.onShutdown(false);
  }

  @Test
  void aCellHasSeveralImportsDeclarationsAndStatementsAndItsLastExpressionIsShown() {
    DisplayData shown =
        kernel.eval(
            """
            import java.util.concurrent.TimeUnit; // one more
            record Pair(int left, int right) {}
            int sum(Pair pair) { return pair.left() + pair.right(); }
            int total = 0;
            for (int i = 0; i < 3; i++) {
              total += sum(new Pair(i, 1));
            }
            /* shown: */ TimeUnit.MINUTES.toSeconds(total)
            // 360
            """);

    assertThat(shown.getData(MIMEType.TEXT_PLAIN)).isEqualTo("360");
    assertThat(kernel.evalRaw("total + 1")).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int hidden = 1;",
        "hidden2 = 2;",
        "import java.util.zip.CRC32;",
        "void nothing() {}",
        "nothing2();",
        "1 + 1; int after = 3;",
        "// a comment",
        "",
        "%maven org.dflib.jjava:jjava-jupyter:1.0-a6"
      })
  void whatHasNoValueToShowShowsNone(String cell) {
    kernel.evalRaw("int hidden2; void nothing2() {}");

    assertThat(kernel.eval(cell)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int x = \"text\";  | incompatible types",
        "int y = undefined; | undefined",
        "Undefined z;       | Undefined",
        "int f() { return lacking(); } | lacking",
        "for (int i = 0;    | ends too early",
        "int 1x = ) ;       | ^",
        "foo(               | ends too early"
      })
  void whatIsNotJavaFailsTheCellAndSaysWhere(String cell, String words) {
    assertThatThrownBy(() -> kernel.evalRaw(cell))
        .isInstanceOf(CompilationException.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatStandsBeforeAMistakeHasBeenDone() {
    assertThatThrownBy(() -> kernel.evalRaw("int kept = 5;\nint lost = kept.length();"))
        .isInstanceOf(CompilationException.class)
        .hasMessageContaining("    int lost = kept.length();\n                   ^");

    assertThat(kernel.evalRaw("kept")).isEqualTo(5);
  }

  @Test
  void variablesKeepTheirValuesWhenMoreIsImported() {
    kernel.evalRaw("String name = \"kept\"; int number = 3; List<String> list = List.of(name);");
    kernel.evalRaw("import java.util.zip.CRC32;\n\nimport java.util.zip.*;\nimport java.util.*;");

    assertThat(kernel.evalRaw("name + number + list")).isEqualTo("kept3[kept]");
  }

  @Test
  void aVariableThatIsDeclaredAgainIsNewForAllThatUseIt() {
    kernel.evalRaw(
        """
        Object again = new Object();
        var old = new java.lang.ref.WeakReference<>(again);
        Object use() { return again; }
        """);
    kernel.evalRaw("Object again = \"new\";");
    assertThat(kernel.evalRaw("use()")).isEqualTo("new");
    assertThat(kernel.evalRaw("int again; again")).isEqualTo(0);
    kernel.evalRaw("System.gc();");
    assertThat(kernel.evalRaw("old.get()")).as("the old network, say, is garbage").isNull();
  }

  @Test
  void anExceptionFailsTheCellWithItsCauseAndItsPlace() {
    Throwable thrown =
        catchThrowable(
            () ->
                kernel.evalRaw(
                    """
                    void fail() {
                      throw new IllegalStateException("outer", new java.io.IOException("inner"));
                    }
                    fail();
                    """));

    assertThat(thrown)
        .isInstanceOf(EvaluationException.class)
        .hasMessage("java.lang.IllegalStateException: outer");
    assertThat(kernel.formatError(thrown))
        .startsWith("java.lang.IllegalStateException: outer")
        .contains("Caused by: java.io.IOException: inner")
        .anyMatch(line -> line.matches("    at fail \\(snippet #\\d+, line 2\\)"))
        .noneMatch(line -> line.contains("jdk.jshell") || line.contains("REPL"));
  }

  @Test
  void anErrorFailsTheCellLikeAnException() {
    assertThatThrownBy(() -> kernel.evalRaw("throw new AssertionError();"))
        .isInstanceOf(EvaluationException.class)
        .hasMessage("java.lang.AssertionError");
  }

  @Test
  void anInterruptEndsWhatWaitsAndTheNextCellRuns() throws Exception {
    AtomicBoolean leftBehind = new AtomicBoolean();
    CompletableFuture<Object> cell =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return kernel.evalRaw("Thread.sleep(60_000);");
              } finally {
                leftBehind.set(Thread.currentThread().isInterrupted());
              }
            });
    while (!cell.isDone()) { // while it is compiled there is nothing to interrupt
      kernel.interrupt();
      TimeUnit.MILLISECONDS.sleep(20);
    }

    assertThatThrownBy(cell::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(jdk.jshell.EvalException.class)
        .hasMessageContaining("InterruptedException");
    assertThat(leftBehind).isFalse();
    assertThat(kernel.evalRaw("\"and on\"")).isEqualTo("and on");
  }

  @Test
  void aChartIsShownAsAPicture() throws IOException {
    kernel.evalRaw(
        """
        import org.adafisher.examples.notebook.Plot;
        Plot plot = Plot.of("the loss", "step").line("Adam", List.of(3.0, 2.0, 1.5));
        """);
    DisplayData chart = kernel.eval("plot.chart()");
    DisplayData image = kernel.eval("plot.image()");

    assertThat(chart.getData(MIMEType.TEXT_PLAIN)).isEqualTo("the loss");
    assertThat(picture(chart).getWidth()).isEqualTo(1280);
    assertThat(image.getData(MIMEType.TEXT_PLAIN)).asString().startsWith("800 x ");
    assertThat(picture(image).getWidth()).isEqualTo(800);
  }

  private static BufferedImage picture(DisplayData shown) throws IOException {
    return ImageIO.read(
        new ByteArrayInputStream(
            Base64.getMimeDecoder().decode((String) shown.getData(MIMEType.IMAGE_PNG))));
  }

  @Test
  void cellsCanShowWhatTheyLike() {
    assertThat((DisplayData) kernel.evalRaw("render(\"<b>bold</b>\", \"text/html\")"))
        .extracting(data -> data.getData(MIMEType.TEXT_HTML))
        .isEqualTo("<b>bold</b>");
    assertThat(kernel.evalRaw("display(1)")).isInstanceOf(String.class); // to update it by
  }

  @Test
  void aLineWithoutEndIsPrintedWithItsCell() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(
        new PrintStream(new java.io.BufferedOutputStream(printed), false, StandardCharsets.UTF_8));
    try {
      kernel.evalRaw("System.out.print(\"half a line\");");
    } finally {
      System.setOut(before);
    }

    assertThat(printed).hasToString("half a line");
  }

  @Test
  void whatThisKernelCannotFetchIsAnError() {
    assertThatThrownBy(() -> kernel.evalRaw("%maven com.example:not-here:1.0\n1"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("com.example:not-here:1.0: this kernel fetches nothing");
    assertThatThrownBy(() -> kernel.evalRaw("%undefinedMagic x"))
        .isInstanceOf(EvaluationException.class);
  }

  @Test
  void classesCanBeAddedToTheClasspath(@TempDir Path folder) throws IOException {
    Path source = folder.resolve("Added.java");
    Files.writeString(
        source, "package more; public class Added { public static int six() { return 6; } }");
    ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-d", folder.toString(), source.toString());

    assertThat(kernel.evalRaw("%classpath \"" + folder + "\"\nmore.Added.six() + 1")).isEqualTo(7);
  }

  @Test
  void completesNamesAndTellsWhetherACellIsComplete() {
    kernel.evalRaw("String greeting = \"hello\";");

    assertThat(kernel.complete("greeting.toUpp", 14).getReplacements())
        .containsExactly("toUpperCase(");
    assertThat(kernel.isComplete("int a = 1;\nfor (;;) {")).isBlank().isNotEmpty();
    assertThat(kernel.isComplete("int a = 1;")).isEqualTo(NotebookKernel.IS_COMPLETE_YES);
    assertThat(List.of(kernel.inspect("greeting.length(", 16, false).getData(MIMEType.TEXT_PLAIN)))
        .containsExactly("int String.length()");
  }

  @Test
  void aPercentSignInTextsCommentsAndSumsIsNoMagic() {
    String block =
        "String text = \"\"\"\n%first\n  %second \\\"\"\" \"quoted\"\n%%third\"\"\";\ntext";
    assertThat(kernel.evalRaw(block)).isEqualTo("%first\n  %second \"\"\" \"quoted\"\n%%third");
    assertThat(kernel.evalRaw("int rest = 17\n  % 5;\nrest")).isEqualTo(2);
    assertThat(
            kernel.evalRaw(
                "/* \"\n%maven\n*/ // \"\"\"\n%maven org.dflib.jjava:jjava-jupyter:1\n3"))
        .isEqualTo(3);
    assertThat(
            kernel.evalRaw(
                "String s = \"// \\\"\"; // '\n%maven org.dflib.jjava:jjava-jupyter:1\ns"))
        .isEqualTo("// \"");
  }

  @Test
  void anInterruptStopsTrainingAndVariablesStay() throws Exception {
    kernel.evalRaw(
        """
        import org.deeplearning4j.nn.conf.*;
        import org.deeplearning4j.nn.conf.layers.*;
        import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
        import org.nd4j.linalg.factory.Nd4j;
        import org.adafisher.AdaFisher;
        MultiLayerNetwork net = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
            .updater(new AdaFisher(1e-3)).list()
            .layer(new DenseLayer.Builder().nIn(20).nOut(30).build())
            .layer(new OutputLayer.Builder().nOut(3).build()).build());
        net.init();
        AdaFisher.attach(net);
        var data = new org.nd4j.linalg.dataset.DataSet(Nd4j.rand(16, 20), Nd4j.zeros(16, 3));
        java.util.concurrent.atomic.AtomicLong steps = new java.util.concurrent.atomic.AtomicLong();
        """);
    interrupted("while (true) { net.fit(data); steps.incrementAndGet(); }\nsteps.set(-1);");

    long before = (Long) kernel.evalRaw("steps.get()");
    assertThat(before).isPositive();
    assertThat(kernel.evalRaw("net.fit(data); net.getIterationCount()"))
        .isIn((int) before + 1, (int) before + 2); // the stopped step may have been counted
    assertThat(Double.isFinite((Double) kernel.evalRaw("net.score()"))).isTrue();
  }

  @Test
  void anInterruptStopsWhatNeverEndsOrCatchesEverything() throws Exception {
    kernel.evalRaw("int counted = 0;");
    interrupted("while (true) { counted++; }");
    assertThat((Integer) kernel.evalRaw("counted != 0 ? 1 : 0")).isOne();
    interrupted("while (true) { try { Thread.sleep(10); } catch (InterruptedException e) { } }");
    assertThat(kernel.evalRaw("\"and on\"")).isEqualTo("and on");
  }

  /** Runs a cell that does not end, interrupts it, and sees that it fails as interrupted. */
  private void interrupted(String cell) throws Exception {
    CompletableFuture<Object> running = CompletableFuture.supplyAsync(() -> kernel.evalRaw(cell));
    TimeUnit.SECONDS.sleep(2);
    assertThat(running).isNotDone();
    kernel.interrupt();

    assertThatThrownBy(() -> running.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("InterruptedException");
  }
}
