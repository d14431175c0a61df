package org.adafisher.bench.report;

import java.util.Map;
import org.adafisher.bench.report.html.Cell;
import org.adafisher.bench.report.html.Html;
import org.adafisher.bench.report.html.Table;

/** What one needs to know and to do to repeat it. */
final class SetupSection {

  private SetupSection() {}

  static void write(Html html, ReportData data) {
    html.open("section", "id", "setup").element("h2", "Setup");
    words(html, "Optimizers", data.optimizers());
    words(html, "Environment", data.environment());
    if (!data.configuration().isBlank()) {
      html.element("h3", "How to reproduce it");
      html.open("p")
          .text("Save the configuration below as ")
          .element("code", "experiment.yaml")
          .text(" and give it to the benchmark runner: ")
          .element(
              "code",
              "java -jar adafisher-bench.jar "
                  + (data.tuning().isPresent() ? "tune" : data.runs().isEmpty() ? "cost" : "run")
                  + " experiment.yaml")
          .text(". Times depend on the machine, and on a GPU so do the last digits of the rest.")
          .close();
      html.open("details").element("summary", "The configuration, verbatim");
      html.open("pre").element("code", data.configuration()).close();
      html.close();
    }
    html.close();
  }

  private static void words(Html html, String heading, Map<String, String> entries) {
    if (!entries.isEmpty()) {
      html.element("h3", heading);
      Table table = Table.ofWords();
      entries.forEach((name, words) -> table.row(Cell.of(name), Cell.of(words)));
      table.write(html);
    }
  }
}
