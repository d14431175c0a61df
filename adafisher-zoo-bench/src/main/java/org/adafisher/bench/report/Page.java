package org.adafisher.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.adafisher.bench.report.html.Cell;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.html.Table;
import org.adafisher.bench.report.text.Numbers;

/** The report as one HTML page that needs nothing but itself. */
final class Page {

  private static final String STYLE_SHEET = "report.css";

  private final Results results;
  private final ReportData data;
  private final Figures figures;
  private final Html html = new Html();

  private Page(Results results, Figures figures) {
    this.results = results;
    this.data = results.data();
    this.figures = figures;
  }

  /**
   * The page's text.
   *
   * @param figures is given the charts
   * @throws IOException if the style sheet is not where this class is
   */
  static String of(Results results, Figures figures) throws IOException {
    return new Page(results, figures).write();
  }

  private String write() throws IOException {
    html.open("html", "lang", "en");
    html.open("head");
    html.empty("meta", "charset", "utf-8");
    html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.element("title", data.title());
    html.open("style").markup(styleSheet()).close();
    html.close();
    html.open("body").open("main");
    writeHeader();
    writeFindings();
    for (int i = 0; i < results.models().size(); i++) {
      writeModel(results.models().get(i), anchor(i));
    }
    data.tuning().ifPresent(tuning -> TuningSection.write(html, tuning));
    SetupSection.write(html, data);
    return html.close().close().close().document();
  }

  private void writeHeader() {
    html.open("header").element("h1", data.title());
    if (!data.description().isBlank()) {
      html.element("p", data.description(), "class", "description");
    }
    if (!results.complete()) {
      html.element(
          "p",
          results.completion() + ". Tables and sentences are about those alone and will change.",
          "class",
          "warning");
    }
    Table conditions = Table.ofWords();
    conditions().forEach((name, words) -> conditions.row(Cell.of(name), Cell.of(words)));
    conditions.write(html);
    writeContents();
    html.close();
  }

  private Map<String, String> conditions() {
    Map<String, String> conditions = new LinkedHashMap<>(data.conditions());
    if (!data.runs().isEmpty()) {
      conditions.putIfAbsent(
          "seeds", results.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")));
      conditions.put("runs", results.completion());
    }
    if (!data.reference().isBlank()) {
      conditions.putIfAbsent("reference", data.reference());
    }
    return conditions;
  }

  private void writeContents() {
    html.open("nav", "aria-label", "Contents").open("ul");
    if (!data.runs().isEmpty()) {
      link("findings", "What it shows");
    }
    for (int i = 0; i < results.models().size(); i++) {
      link(anchor(i), results.models().get(i).model());
    }
    if (data.tuning().isPresent()) {
      link("tuning", "Tuning");
    }
    link("setup", "Setup");
    html.close().close();
  }

  private void link(String anchor, String words) {
    html.open("li").element("a", words, "href", "#" + anchor).close();
  }

  private static String anchor(int model) {
    return "model-" + (model + 1);
  }

  private void writeFindings() {
    if (data.runs().isEmpty()) {
      return;
    }
    html.open("section", "id", "findings").element("h2", "What it shows");
    Roles roles = new Roles(data.optimizers());
    for (ModelResults model : results.models()) {
      List<String> sentences = model.arms().isEmpty() ? List.of() : Findings.of(model, roles);
      if (!sentences.isEmpty()) {
        html.element("h3", model.model());
        html.open("ul");
        sentences.forEach(sentence -> html.element("li", sentence));
        html.close();
      }
    }
    html.element("p", Findings.RULE, "class", "note");
    html.close();
  }

  private void writeModel(ModelResults model, String anchor) {
    html.open("section", "id", anchor);
    html.element("h2", model.model());
    html.element("p", Numbers.fixed(model.parameters(), 0) + " parameters", "class", "note");
    boolean begun = model.arms().stream().anyMatch(arm -> !arm.runs().isEmpty());
    if (begun) {
      ResultsSection.write(html, model);
      CurvesSection.write(html, model, figures);
      if (TargetsSection.applies(model)) {
        TargetsSection.write(html, model, figures);
      }
      if (model.sweep()) {
        RobustnessSection.write(html, model, figures);
      }
    }
    if (!model.costs().isEmpty()) {
      CostSection.write(html, model, data, figures);
    }
    if (begun && FactorsSection.applies(model)) {
      FactorsSection.write(html, model, figures);
    }
    html.close();
  }

  private static String styleSheet() throws IOException {
    try (InputStream file = Page.class.getResourceAsStream(STYLE_SHEET)) {
      return new String(
          Objects.requireNonNull(file, STYLE_SHEET).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
