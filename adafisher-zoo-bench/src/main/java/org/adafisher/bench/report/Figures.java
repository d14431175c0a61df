package org.adafisher.bench.report;

import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.SvgCanvas;
import org.adafisher.bench.report.html.Html;

/** The charts of a page, each of which becomes files, too. */
final class Figures {

  private final Map<String, Chart> charts = new LinkedHashMap<>();

  /**
   * Puts a chart on the page.
   *
   * @param name what its files are to be called, in any characters
   * @param caption what one has to know to read it; may be empty
   */
  void add(Html html, String name, Chart chart, String caption) {
    charts.put(free(slug(name)), chart);
    html.open("figure")
        .open("div", "class", "scroll", "tabindex", "0")
        .markup(SvgCanvas.inline(chart))
        .close();
    if (!caption.isEmpty()) {
      html.element("figcaption", caption);
    }
    html.close();
  }

  /** By file name without an ending, in the order of the page. */
  Map<String, Chart> charts() {
    return charts;
  }

  private String free(String slug) {
    String name = slug;
    for (int i = 2; charts.containsKey(name); i++) {
      name = slug + "-" + i;
    }
    return name;
  }

  /** Letters, digits and hyphens alone: safe in every file system. */
  static String slug(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKD)
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\p{M}", "")
        .replaceAll("[^a-z0-9]+", "-")
        .replaceAll("^-|-$", "");
  }
}
