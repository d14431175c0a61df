package org.adafisher.bench.report.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** Draws as PNG. */
public final class PngCanvas implements Canvas {

  /** Two pixels a unit: sharp on today's screens and in print. */
  private static final int SCALE = 2;

  private static final int OPAQUE = 255;

  private final Graphics2D graphics;

  private PngCanvas(Graphics2D graphics) {
    this.graphics = graphics;
  }

  /**
   * The file's content.
   *
   * @throws InternalError if the system has no fonts, or a LinkageError, as AWT likes
   */
  public static byte[] file(Chart chart) {
    return Pixels.png(image(chart, SCALE));
  }

  /**
   * The picture.
   *
   * @param scale pixels a unit
   * @throws InternalError as {@link #file}
   */
  public static BufferedImage image(Chart chart, double scale) {
    BufferedImage image =
        new BufferedImage(
            (int) Math.ceil(scale * chart.width()),
            (int) Math.ceil(scale * chart.height()),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setColor(new Color(Palette.PAPER)); // a chart may end within the last pixel
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.scale(scale, scale);
      chart.draw(new PngCanvas(graphics));
    } finally {
      graphics.dispose();
    }
    return image;
  }

  @Override
  public void rectangle(double x, double y, double width, double height, int rgb) {
    graphics.setColor(new Color(rgb));
    graphics.fill(new Rectangle2D.Double(x, y, width, height));
  }

  @Override
  public void polyline(List<Point> points, Stroke stroke) {
    if (points.isEmpty()) {
      return;
    }
    graphics.setColor(new Color(stroke.rgb()));
    graphics.setStroke(
        new BasicStroke(
            (float) stroke.width(),
            BasicStroke.CAP_BUTT,
            BasicStroke.JOIN_ROUND,
            1,
            dashes(stroke),
            0));
    graphics.draw(path(points));
  }

  @Override
  public void polygon(List<Point> points, int rgb, double opacity) {
    if (points.isEmpty()) {
      return;
    }
    Color color = new Color(rgb);
    graphics.setColor(
        new Color(
            color.getRed(), color.getGreen(), color.getBlue(), (int) Math.round(OPAQUE * opacity)));
    Path2D path = path(points);
    path.closePath();
    graphics.fill(path);
  }

  @Override
  public void image(double x, double y, double width, double height, int[][] rgb) {
    Object before = graphics.getRenderingHint(RenderingHints.KEY_INTERPOLATION);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    BufferedImage cells = Pixels.image(rgb);
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.scale(width / cells.getWidth(), height / cells.getHeight());
    graphics.drawImage(cells, place, null);
    if (before != null) { // AWT knows no word for its default
      graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, before);
    }
  }

  @Override
  public void text(double x, double y, String text, TextStyle style) {
    graphics.setColor(new Color(style.rgb()));
    graphics.setFont(
        new Font(Font.SANS_SERIF, style.bold() ? Font.BOLD : Font.PLAIN, 1)
            .deriveFont((float) style.size()));
    double width = graphics.getFontMetrics().getStringBounds(text, graphics).getWidth();
    double start =
        switch (style.anchor()) {
          case START -> x;
          case MIDDLE -> x - width / 2;
          case END -> x - width;
        };
    graphics.drawString(text, (float) start, (float) y);
  }

  @Override
  public void clipped(double x, double y, double width, double height, Runnable content) {
    Shape before = graphics.getClip();
    graphics.clip(new Rectangle2D.Double(x, y, width, height));
    content.run();
    graphics.setClip(before);
  }

  /** A PNG cannot be pointed at. */
  @Override
  public void titled(String title, Runnable content) {
    content.run();
  }

  private static Path2D path(List<Point> points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points.get(0).x(), points.get(0).y());
    points.stream().skip(1).forEach(point -> path.lineTo(point.x(), point.y()));
    return path;
  }

  /** Null is AWT's word for an unbroken line. */
  private static float[] dashes(Stroke stroke) {
    if (stroke.dashes().isEmpty()) {
      return null;
    }
    float[] dashes = new float[stroke.dashes().size()];
    for (int i = 0; i < dashes.length; i++) {
      dashes[i] = stroke.dashes().get(i).floatValue();
    }
    return dashes;
  }
}
