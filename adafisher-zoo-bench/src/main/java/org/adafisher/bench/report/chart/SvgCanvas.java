package org.adafisher.bench.report.chart;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.adafisher.bench.report.html.Markup;

/** Draws as SVG. */
public final class SvgCanvas implements Canvas {

  private static final String NAMESPACE = " xmlns=\"http://www.w3.org/2000/svg\"";
  private static final String FONTS = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif";
  private static final double TENTHS = 10;

  private final StringBuilder svg = new StringBuilder();

  private SvgCanvas() {}

  /** A file of its own. */
  public static String file(Chart chart) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + draw(chart, NAMESPACE) + "\n";
  }

  /** A part of an HTML page, which knows what an svg is and needs no namespace. */
  public static String inline(Chart chart) {
    return draw(chart, "");
  }

  private static String draw(Chart chart, String namespace) {
    SvgCanvas canvas = new SvgCanvas();
    String width = number(chart.width());
    String height = number(chart.height());
    canvas.add(
        "<svg%s width=\"%s\" height=\"%s\" viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"%s\""
            + " font-family=\"%s\">",
        namespace, width, height, width, height, Markup.escape(chart.title()), FONTS);
    chart.draw(canvas);
    return canvas.svg.append("</svg>").toString();
  }

  @Override
  public void rectangle(double x, double y, double width, double height, int rgb) {
    add(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>",
        number(x), number(y), number(width), number(height), color(rgb));
  }

  @Override
  public void polyline(List<Point> points, Stroke stroke) {
    String dashes =
        stroke.dashes().isEmpty()
            ? ""
            : stroke.dashes().stream()
                .map(SvgCanvas::number)
                .collect(Collectors.joining(" ", " stroke-dasharray=\"", "\""));
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\""
            + " stroke-linejoin=\"round\"%s/>",
        points(points), color(stroke.rgb()), number(stroke.width()), dashes);
  }

  @Override
  public void polygon(List<Point> points, int rgb, double opacity) {
    add(
        "<polygon points=\"%s\" fill=\"%s\" fill-opacity=\"%s\"/>",
        points(points), color(rgb), String.format(Locale.ROOT, "%.2f", opacity));
  }

  /** As a PNG of one pixel a cell: thousands of rectangles would make a file of megabytes. */
  @Override
  public void image(double x, double y, double width, double height, int[][] rgb) {
    add(
        "<image x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\""
            + " style=\"image-rendering:pixelated\" href=\"data:image/png;base64,%s\"/>",
        number(x),
        number(y),
        number(width),
        number(height),
        Base64.getEncoder().encodeToString(Pixels.png(Pixels.image(rgb))));
  }

  @Override
  public void text(double x, double y, String text, TextStyle style) {
    add(
        "<text x=\"%s\" y=\"%s\" font-size=\"%s\"%s%s fill=\"%s\">%s</text>",
        number(x),
        number(y),
        number(style.size()),
        style.bold() ? " font-weight=\"bold\"" : "",
        style.anchor() == TextStyle.Anchor.START
            ? ""
            : " text-anchor=\"" + style.anchor().name().toLowerCase(Locale.ROOT) + "\"",
        color(style.rgb()),
        Markup.escape(text));
  }

  /** An svg within the svg clips, and needs no identifier that could occur twice on a page. */
  @Override
  public void clipped(double x, double y, double width, double height, Runnable content) {
    String box = String.join(" ", List.of(number(x), number(y), number(width), number(height)));
    add(
        "<svg x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" viewBox=\"%s\" overflow=\"hidden\">",
        number(x), number(y), number(width), number(height), box);
    content.run();
    svg.append("</svg>");
  }

  @Override
  public void titled(String title, Runnable content) {
    add("<g><title>%s</title>", Markup.escape(title));
    content.run();
    svg.append("</g>");
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }

  private static String points(List<Point> points) {
    return points.stream()
        .map(point -> number(point.x()) + "," + number(point.y()))
        .collect(Collectors.joining(" "));
  }

  private static String number(double value) {
    double rounded = Math.round(value * TENTHS) / TENTHS;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }

  private static String color(int rgb) {
    return String.format(Locale.ROOT, "#%06X", rgb);
  }
}
