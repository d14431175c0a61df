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

  /** With a number and an ending less than the 255 that file systems take. */
  private static final int LONGEST_NAME = 200;

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
    String name = slug.length() > LONGEST_NAME ? slug.substring(0, LONGEST_NAME) : slug;
    String first = name;
    for (int i = 2; charts.containsKey(name); i++) {
      name = first + "-" + i;
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
