package org.adafisher.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.adafisher.bench.report.ReportData.Tuning;
import org.adafisher.bench.result.ChanceLevel;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {

  @TempDir private Path directory;

  static Stream<Named<ReportData>> experiments() {
    return Stream.of(
        Named.of("full", MadeUp.full()),
        Named.of("sweep", MadeUp.sweep()),
        Named.of("interrupted", MadeUp.interrupted()),
        Named.of("one seed", MadeUp.oneSeed()),
        Named.of("language", Runs.ofLanguage(MadeUp.full())),
        Named.of("sweep of language", Runs.ofLanguage(MadeUp.sweep())),
        Named.of("only costs", MadeUp.onlyCosts()),
        Named.of("only tuning", MadeUp.onlyTuning()),
        Named.of("nothing", Runs.data(Map.of(), List.of())),
        Named.of(
            "nothing but divergence",
            Runs.data(Map.of(), List.of(Runs.run("m", "Adam", 1, Double.NaN)))));
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void thePageIsWellFormedAndNeedsNothingElse(ReportData data) throws Exception {
    Report.write(data, directory, chart -> new byte[] {1});

    String page = Files.readString(directory.resolve(Report.PAGE_FILE));
    NodeList all = Xml.parse(page).getElementsByTagName("*");
    List<String> links = new ArrayList<>();
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      assertThat(element.getTagName()).isNotIn("script", "link", "img", "iframe", "object");
      if (element.hasAttribute("href")) {
        links.add(element.getAttribute("href"));
      }
      assertThat(element.hasAttribute("src")).isFalse();
    }
    assertThat(links).isNotEmpty().allMatch(link -> page.contains("id=\"" + link.substring(1)));
    assertThat(page).doesNotContain("@import", "url(", "http://", "https://");
    assertThat(page).doesNotContain(">NaN", "Infinity");
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void theSameDataMakesTheSameFiles(ReportData data) throws Exception {
    Map<String, String> first = texts(data, directory.resolve("first"));

    assertThat(texts(data, directory.resolve("second"))).isEqualTo(first);
  }

  private static Map<String, String> texts(ReportData data, Path directory) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Path file : Report.write(data, directory, chart -> new byte[] {1})) {
      texts.put(directory.relativize(file).toString(), Files.readString(file));
    }
    return texts;
  }

  @Test
  void theChartsAreThoseOfTheFiles() throws Exception {
    List<String> files =
        Report.write(MadeUp.full(), directory).stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".svg"))
            .map(name -> name.substring(0, name.length() - ".svg".length()))
            .toList();

    assertThat(files).isNotEmpty();
    assertThat(Report.charts(MadeUp.full()).keySet()).containsExactlyElementsOf(files);
  }

  @Test
  void everyFileOfAFullExperimentIsThere() throws Exception {
    List<Path> files = Report.write(MadeUp.full(), directory);

    assertThat(files).allMatch(Files::isRegularFile).doesNotHaveDuplicates();
    assertThat(names(files))
        .startsWith(
            "report.html",
            "summary.csv",
            "epochs.csv",
            "steps-to-target.csv",
            "factors.csv",
            "tuning.csv",
            "cost.csv")
        .contains(
            "lenet-training-loss-by-epoch.svg",
            "lenet-training-loss-by-epoch.png",
            "resnet18-gn-to-validation-accuracy-95-steps.png");
    for (Path file : files) {
      if (file.toString().endsWith(".svg")) {
        Xml.parse(Files.readString(file));
      } else if (file.toString().endsWith(".png")) {
        byte[] png = Files.readAllBytes(file);
        assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isGreaterThan(100);
      }
    }
  }

  @Test
  void withoutFontsAllButThePngFilesIsThere() throws Exception {
    List<Path> files =
        Report.write(
            MadeUp.full(),
            directory,
            chart -> {
              throw new InternalError("Fontconfig head is null");
            });

    assertThat(names(files))
        .contains("report.html", "summary.csv", "lenet-training-loss-by-epoch.svg")
        .noneMatch(name -> name.endsWith(".png"));
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(file -> file.getFileName().toString()).toList();
  }

  @Test
  void thePageSaysHowFarAnInterruptedExperimentIs() throws Exception {
    assertThat(page(MadeUp.interrupted()))
        .contains("18 of 30 runs are complete.")
        .contains("Only one seed is complete")
        .contains("1 going on");
    assertThat(page(MadeUp.full())).contains("30 of 30 runs are complete");
  }

  @Test
  void oneSeedHasNoDeviationAndThePageSaysSo() throws Exception {
    assertThat(page(MadeUp.oneSeed()))
        .contains("one seed: there is no deviation")
        .doesNotContain("\u00B1");
  }

  @Test
  void onlyWhatWasMeasuredHasItsPart() throws Exception {
    assertThat(page(MadeUp.onlyCosts()))
        .contains("What a step costs", "0.93 of Adam")
        .doesNotContain("<h2>What it shows", "<h3>Results", "<h2>Tuning");
    assertThat(page(MadeUp.onlyTuning()))
        .contains("<h2>Tuning", "is the highest of the grid", "1 of 2 diverged")
        .doesNotContain("<h2>What it shows", "<h3>Results");
    assertThat(page(MadeUp.sweep())).contains("<h3>Robustness", "within 2 points of its best");
    assertThat(page(MadeUp.full())).doesNotContain("<h3>Robustness");
  }

  @Test
  void aLanguageModelHasPerplexitiesAndIsJudgedByThem() throws Exception {
    assertThat(page(Runs.ofLanguage(MadeUp.full())))
        .contains("has the best mean test perplexity: ")
        .contains(">test perplexity</th>", "validation perplexity, log scale")
        .doesNotContain("best mean test accuracy", "points)", "points of test");
    assertThat(page(Runs.ofLanguage(MadeUp.sweep())))
        .contains("with its best mean validation perplexity, chosen afterwards");
    assertThat(page(MadeUp.full())).doesNotContain("perplexity");
  }

  @Test
  void partsComeInTheOrderOfTheQuestions() throws Exception {
    assertThat(page(MadeUp.full()))
        .containsSubsequence(
            "<h1>Digits &amp; friends</h1>",
            "<h2>What it shows",
            "<h2>lenet",
            "<h3>Results",
            "<h3>Curves",
            "<h3>Steps and seconds to a target",
            "<h3>What a step costs",
            "<h3>How F lies in the layers",
            "<h2>resnet18-gn",
            "<h2>vgg16",
            "<h2>Tuning",
            "<h2>Setup");
  }

  @Test
  void divergedArmsStayInTheTableWithWhatIsLeft() throws Exception {
    assertThat(page(MadeUp.full()))
        .contains("AMSGrad &lt;wild &amp; &quot;quoted&quot;&gt;")
        .contains("2 of 3 diverged<br/><small>the rest: ")
        .contains("<td class=\"diverged\">diverged</td>");
  }

  @Test
  void seedsAtChanceAreCountedWhereverTheirMeanWouldBe() throws Exception {
    List<RunResult> runs = new ArrayList<>();
    for (double rate : new double[] {0.1, 0.2}) {
      for (int seed = 1; seed <= 3; seed++) {
        double loss = rate == 0.2 && seed > 1 ? 0.95 : 0.2;
        runs.add(
            Runs.run(new Trial("m", "Adam", rate, 64, seed), 1, loss)
                .onData("", new ChanceLevel(0.9, 0.1)));
      }
    }
    Map<String, String> adam = Map.of("Adam", "adam");
    assertThat(page(Runs.data(adam, runs)))
        .contains("2 of 3 at chance<br/><small>the rest: 79.00</small>")
        .contains("<small>2 at chance</small>")
        .contains("batch size 64: 2 of 3 at chance")
        .contains("1 had a seed that ended at chance")
        .contains("At chance: no better than guessing");
    assertThat(directory.resolve("summary.csv")).content().contains("at_chance", ",3,3,0,2,,");

    assertThat(page(Runs.data(adam, runs.subList(3, 6))))
        .contains("the line is the mean of two kinds of run")
        .contains("Adam is left out of the comparison: 2 of 3 seeds ended at chance.");
    Tuning tuning = new Tuning(Measure.VALIDATION_LOSS, runs, Map.of("m", Map.of("Adam", 0.1)));
    assertThat(page(Runs.ofTuning(Runs.data(adam, List.of()), tuning)))
        .contains("2 of 3 at chance<br/><small>lr 0.2</small>");
  }

  @Test
  void theConfigurationIsThereToTheLetter() throws Exception {
    NodeList code = Xml.parse(page(MadeUp.full())).getElementsByTagName("pre");

    assertThat(code.item(0).getTextContent()).isEqualTo(MadeUp.full().configuration());
  }

  private String page(ReportData data) throws IOException {
    Report.write(data, directory, chart -> new byte[] {1});
    return Files.readString(directory.resolve(Report.PAGE_FILE));
  }
}
