package org.adafisher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.adafisher.SpectralBlocks.Rows;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.ParameterSpan;
import org.nd4j.linalg.api.blas.Level1;
import org.nd4j.linalg.api.blas.Level2;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.broadcast.BroadcastMulOp;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The step of {@link Spectral} for large weights and their bias, by native matrix products.
 *
 * <p>The whitened momentum is scaled by input and by unit. Its rows, which are one of the two, meet
 * in Gram matrices and are combined by polar factors: their scaling, before and after, goes into
 * those small matrices, and only the other one passes over the weights. The bias is a row or a
 * column of its own, kept apart.
 *
 * <p>As in {@link CentredWeights} each input's weights are scaled by sqrt(a / mean(a)) until the
 * size of the step is known. The momentum is first scaled by its norm, so that a FLOAT has its
 * squares.
 */
final class SpectralBlas {

  /** See {@link CentredWeights}. */
  private static final double LEAST_ROOT = 1e-15;

  /** Least norm by which a momentum is divided, so that the inverse is a FLOAT. */
  private static final double LEAST_NORM = 1e-30;

  private final Spectral spectral;
  private final int inputs;
  private final int outputs;
  private final CentredBias bias;
  private final ParameterView momentum;
  private final ParameterView gradient;
  private final INDArray mean;
  private final SpectralBlocks blocks;
  private final PolarFactor polar;

  /** Made at the first step: most layers of a small network need none. */
  private Memory memory;

  /**
   * @param spectral the constants
   * @param span the weights
   * @param start their offset in the block
   * @param bias {@code null} if there is none
   * @param mean of the inputs, in the state
   */
  SpectralBlas(Spectral spectral, ParameterSpan span, long start, CentredBias bias, INDArray mean) {
    this.spectral = spectral;
    this.inputs = Math.toIntExact(span.inputs());
    this.outputs = Math.toIntExact(span.outputs());
    this.bias = bias;
    this.momentum = new ParameterView(start, span);
    this.gradient = new ParameterView(start, span);
    this.mean = mean;
    this.blocks = SpectralBlocks.of(outputs, columns(), spectral.blockSize());
    this.polar = new PolarFactor(spectral.iterations(), spectral.guardTrace());
  }

  private int columns() {
    return inputs + (bias == null ? 0 : 1);
  }

  /**
   * @param curvature of the weights
   * @param scale of the layer's step
   * @param largest number of the data type: a momentum whose square is beyond that has no step
   * @param step of the block
   */
  void apply(CentredCurvature curvature, double scale, double largest, Step step) {
    INDArray m = momentum.of(step.momentum()).flat();
    INDArray u = gradient.of(step.gradient()).flat();
    if (memory == null) {
      memory = Workspaces.outside(() -> new Memory(m));
    }
    Direction direction = new Direction(curvature, step);
    direction.whiten();
    double trace = direction.takeFactors();
    double[] biasStep = direction.write();
    double square = direction.square(biasStep);

    double rate = step.learningRate() * scale / spectral.norm(square, step.beta());
    if (!(trace <= largest) && Double.isFinite(direction.norm)) {
      u.assign(0);
      Arrays.fill(biasStep, 0);
    } else {
      memory.load(memory.ofInputs, j -> rate / direction.root[j]);
      multiplyBroadcast(gradient.byInput(), memory.ofInputs, gradient.byInput(), 0);
    }
    if (bias != null) {
      moveBias(step, Arrays.stream(biasStep).map(x -> rate * x).toArray());
    }
  }

  /** b is to move by u - U mu, and by what the decay of W will take from the mean output. */
  private void moveBias(Step step, double[] biasStep) {
    INDArray target = bias.gradient().of(step.gradient()).flat();
    memory.load(target, k -> biasStep[k]);
    multiply(gradient.byUnit(), mean, target, -1, 1);
    double decay = bias.decay().in(step);
    if (decay != 0) {
      INDArray weights = bias.weights().get().reshape('c', outputs, inputs);
      multiply(weights, mean, target, -decay, 1);
    }
  }

  /** {@code z = alpha x y + beta z}; x and y may have any strides. */
  private static void multiply(INDArray x, INDArray y, INDArray z, double alpha, double beta) {
    Nd4j.exec(new Mmul(x, y, z, alpha, beta, MMulTranspose.builder().build()));
  }

  /** {@code z = x * y}, where y lies along that dimension. */
  private static void multiplyBroadcast(INDArray x, INDArray y, INDArray z, int dimension) {
    Nd4j.exec(new BroadcastMulOp(x, y, z, dimension));
  }

  /** How the direction of one step comes about. */
  private final class Direction {

    private final CentredCurvature curvature;
    private final Step step;
    private final double[] root;
    private final double[] rootH;
    private final double[] rootS;
    private final double rootBiasH;
    private final double[] ofBias;
    private final double norm;
    private final double unit;

    /** What the rows are scaled by, before and after the polar factor; the bias is the last one. */
    private final double[] before;

    private final double[] after;

    /** u but for its scaling, if the bias is a row. */
    private double[] biasRow = new double[0];

    private Direction(CentredCurvature curvature, Step step) {
      this.curvature = curvature;
      this.step = step;
      this.root =
          Arrays.stream(curvature.a())
              .map(a -> Math.max(Math.sqrt(a / curvature.meanA()), LEAST_ROOT))
              .toArray();
      this.rootH = Arrays.stream(curvature.h()).map(Math::sqrt).toArray();
      this.rootS = Arrays.stream(curvature.inverseS()).map(Math::sqrt).toArray();
      this.rootBiasH = Math.sqrt(curvature.biasH());
      this.ofBias =
          bias == null
              ? new double[0]
              : bias.momentum().of(step.momentum()).flat().toDoubleVector();
      double square = Arrays.stream(ofBias).map(x -> x * x).sum();
      this.norm =
          Math.hypot(Nd4j.getBlasWrapper().level1().nrm2(momentum.flat()), Math.sqrt(square));
      this.unit = 1 / Math.max(norm, LEAST_NORM);
      if (blocks.byUnit()) {
        before = rootS;
        after = rootS;
      } else {
        before = Arrays.copyOf(rootH, columns());
        after = new double[columns()];
        for (int j = 0; j < inputs; j++) {
          after[j] = rootH[j] * root[j];
        }
        if (bias != null) {
          before[inputs] = rootBiasH;
          after[inputs] = rootBiasH;
        }
      }
    }

    /** The entry of a row of units, or of the column of a unit, that is the bias's. */
    private double whiteBias(int k) {
      return ofBias[k] * unit * (blocks.byUnit() ? rootBiasH : rootS[k]);
    }

    /** X, but for the scaling of its rows. */
    private void whiten() {
      INDArray m = momentum.byInput();
      if (blocks.byUnit()) {
        memory.load(memory.ofInputs, j -> rootH[j] * unit);
        multiplyBroadcast(m, memory.ofInputs, memory.white, 0);
        if (bias != null) {
          memory.load(memory.ofInputs, j -> rootH[j] * curvature.mean()[j]);
          memory.load(memory.ofUnits, k -> ofBias[k] * unit);
        }
      } else {
        memory.load(memory.ofUnits, k -> rootS[k] * unit);
        multiplyBroadcast(m, memory.ofUnits, memory.white, 1); // which is the transposition too
        if (bias != null) {
          memory.load(memory.ofInputs, j -> curvature.mean()[j]);
          memory.load(memory.ofUnits, this::whiteBias);
        }
      }
      if (bias != null) {
        Level2 blas = Nd4j.getBlasWrapper().level2();
        if (blocks.byUnit()) {
          blas.ger('f', -1, memory.ofInputs, memory.ofUnits, memory.white);
        } else {
          blas.ger('f', -1, memory.ofUnits, memory.ofInputs, memory.whiteByUnit);
        }
      }
    }

    /**
     * Writes the polar factors, with the scaling of the rows, over the Gram matrices.
     *
     * @return the largest trace of a Gram matrix
     */
    private double takeFactors() {
      for (View view : memory.views) {
        if (view.hasWeights()) {
          multiply(view.y, view.transposed, view.factor, 1, 0);
          if (view.hasBias) {
            multiply(view.y, memory.ofUnits, memory.biasColumn, 1, 0);
          }
        }
      }
      double[] values = memory.small.toDoubleVector();
      double largest = 0;
      for (View view : memory.views) {
        double[][] gram = gram(view, values);
        largest = Math.max(largest, polar.apply(gram, step.correction() * unit));
        putFactor(view, gram, values);
      }
      memory.small.assign(Nd4j.create(values, new long[] {values.length}, mean.dataType()));
      return largest;
    }

    private double[][] gram(View view, double[] values) {
      int from = view.rows.from();
      int n = view.rows.count();
      int weights = view.weights;
      double[][] gram = new double[n][n];
      for (int i = 0; i < weights; i++) {
        for (int j = 0; j <= i; j++) {
          double product = values[view.offset + i * weights + j];
          if (blocks.byUnit() && bias != null) {
            product += whiteBias(from + i) * whiteBias(from + j);
          }
          gram[i][j] = product * before[from + i] * before[from + j];
          gram[j][i] = gram[i][j];
        }
      }
      if (view.hasBias) {
        double square = 0;
        for (int k = 0; k < outputs; k++) {
          square += whiteBias(k) * whiteBias(k);
        }
        gram[weights][weights] = square * rootBiasH * rootBiasH;
        for (int i = 0; i < weights; i++) {
          gram[weights][i] = values[memory.biasOffset + i] * before[from + i] * rootBiasH;
          gram[i][weights] = gram[weights][i];
        }
      }
      return gram;
    }

    private void putFactor(View view, double[][] factor, double[] values) {
      int from = view.rows.from();
      int weights = view.weights;
      for (int i = 0; i < weights; i++) {
        for (int j = 0; j < weights; j++) {
          values[view.offset + i * weights + j] = after[from + i] * factor[i][j] * before[from + j];
        }
      }
      if (view.hasBias) {
        biasRow = new double[weights + 1];
        for (int i = 0; i < weights; i++) {
          biasRow[i] = factor[weights][i] * before[from + i];
          values[memory.biasOffset + i] = after[from + i] * factor[i][weights] * rootBiasH;
          values[memory.biasOffset + weights + i] = biasRow[i];
        }
        biasRow[weights] = factor[weights][weights] * rootBiasH;
      } else if (blocks.byUnit() && bias != null) {
        double[] row = new double[weights];
        for (int i = 0; i < weights; i++) {
          for (int j = 0; j < weights; j++) {
            row[i] += factor[i][j] * before[from + j] * whiteBias(from + j);
          }
        }
        biasRow = biasRow.length == 0 ? new double[outputs] : biasRow;
        System.arraycopy(row, 0, biasRow, from, weights);
      }
    }

    /**
     * U, each input's weights scaled by their root, takes the place of the gradient.
     *
     * @return u
     */
    private double[] write() {
      memory.aim(gradient);
      if (!blocks.byUnit()) {
        memory.load(memory.alsoOfUnits, k -> rootS[k]);
      }
      for (View view : memory.views) {
        if (!view.hasWeights()) {
          continue;
        }
        if (blocks.byUnit()) {
          multiply(view.factor, view.y, view.target, 1, 0);
        } else {
          INDArray rows = memory.rows(view);
          multiply(view.factor, view.y, rows, 1, 0);
          if (view.hasBias) {
            multiply(memory.biasColumnAsMatrix, memory.ofUnitsAsRow, rows, 1, 1);
          }
          multiplyBroadcast(rows, memory.alsoOfUnits, view.target, 1);
        }
      }
      double[] biasStep = new double[bias == null ? 0 : outputs];
      if (blocks.byUnit()) {
        for (int k = 0; k < biasStep.length; k++) {
          biasStep[k] = biasRow[k] * rootS[k] * rootBiasH;
        }
        memory.load(memory.ofInputs, j -> rootH[j] * root[j]);
        multiplyBroadcast(gradient.byInput(), memory.ofInputs, gradient.byInput(), 0);
      } else {
        if (bias != null) {
          View view = memory.views.get(memory.views.size() - 1);
          double[] ofWeights = new double[outputs];
          if (view.hasWeights()) {
            multiply(view.transposed, memory.biasFactor, memory.alsoOfUnits, 1, 0);
            ofWeights = memory.alsoOfUnits.toDoubleVector();
          }
          for (int k = 0; k < outputs; k++) {
            biasStep[k] =
                (ofWeights[k] + biasRow[view.weights] * whiteBias(k)) * rootS[k] * rootBiasH;
          }
        }
      }
      return biasStep;
    }

    /** q(U, u). */
    private double square(double[] biasStep) {
      Level1 blas = Nd4j.getBlasWrapper().level1();
      INDArray u = gradient.flat();
      double square = curvature.meanA() * blas.dot(u.length(), 1, u, u);
      if (bias == null) {
        memory.load(memory.ofInputs, j -> curvature.mean()[j] / root[j]);
        multiply(gradient.byUnit(), memory.ofInputs, memory.ofUnits, 1, 0);
        square += blas.dot(outputs, 1, memory.ofUnits, memory.ofUnits);
      } else {
        square += curvature.biasA() * Arrays.stream(biasStep).map(x -> x * x).sum();
      }
      return square / outputs;
    }
  }

  /**
   * Working memory: as much as the weights themselves, and views of it. The rows that are taken
   * together lie together: native products of such arrays are three times as fast.
   */
  private final class Memory {

    /** [inputs, outputs]. */
    private final INDArray white;

    private final INDArray whiteByUnit;

    /** As many rows as are taken together, if they are columns of the layer. */
    private INDArray rows;

    private INDArray lastRows;
    private final INDArray small;
    private final INDArray ofInputs;
    private final INDArray ofUnits;
    private final INDArray ofUnitsAsRow;
    private final INDArray alsoOfUnits;
    private final List<View> views = new ArrayList<>();

    /** Where the products of the last rows with the bias are among the small numbers. */
    private final int biasOffset;

    private INDArray biasColumn;
    private INDArray biasColumnAsMatrix;
    private INDArray biasFactor;
    private INDArray target;

    private Memory(INDArray like) {
      char order = blocks.byUnit() ? 'f' : 'c';
      white = Nd4j.createUninitialized(like.dataType(), new long[] {inputs, outputs}, order);
      whiteByUnit = white.transpose();
      ofInputs = Nd4j.createUninitialized(like.dataType(), inputs);
      ofUnits = Nd4j.createUninitialized(like.dataType(), outputs);
      ofUnitsAsRow = ofUnits.reshape(1, outputs);
      alsoOfUnits = Nd4j.createUninitialized(like.dataType(), outputs);
      int offset = 0;
      for (Rows rows : blocks.all()) {
        View view = new View(rows, offset, bias != null && !blocks.byUnit());
        views.add(view);
        offset += view.weights * view.weights;
      }
      biasOffset = offset;
      int last = views.get(views.size() - 1).hasBias ? views.get(views.size() - 1).weights : 0;
      small = Nd4j.zeros(like.dataType(), offset + 2L * last);
      views.forEach(view -> view.connect(white, small));
      if (!blocks.byUnit()) {
        rows = rows(like, views.get(0));
        lastRows = rows(like, views.get(views.size() - 1));
      }
      if (last > 0) {
        biasColumn = small.get(NDArrayIndex.interval(offset, offset + last));
        biasColumnAsMatrix = biasColumn.reshape(last, 1);
        biasFactor = small.get(NDArrayIndex.interval(offset + last, offset + 2L * last));
      }
    }

    private INDArray rows(INDArray like, View view) {
      long[] shape = {Math.max(1, view.weights), outputs};
      return Nd4j.createUninitialized(like.dataType(), shape, 'c');
    }

    private INDArray rows(View view) {
      return rows.rows() == view.weights ? rows : lastRows;
    }

    /** Views of the gradient, which are made once for an array. */
    private void aim(ParameterView gradient) {
      if (target != gradient.byInput()) {
        target = gradient.byInput();
        Workspaces.outside(() -> views.forEach(view -> view.target = view.rowsOf(target)));
      }
    }

    private void load(INDArray vector, IntToDoubleFunction value) {
      double[] values = new double[Math.toIntExact(vector.length())];
      Arrays.setAll(values, value);
      vector.assign(Nd4j.create(values, new long[] {values.length}, vector.dataType()));
    }
  }

  /** The rows of one Gram matrix. */
  private final class View {

    private final Rows rows;
    private final int offset;
    private final boolean hasBias;

    /** How many of the rows are of weights. */
    private final int weights;

    private INDArray y;
    private INDArray transposed;
    private INDArray factor;
    private INDArray target;

    private View(Rows rows, int offset, boolean biasIsRow) {
      this.rows = rows;
      this.offset = offset;
      this.hasBias = biasIsRow && rows.to() == columns();
      this.weights = rows.count() - (hasBias ? 1 : 0);
    }

    private boolean hasWeights() {
      return weights > 0;
    }

    private void connect(INDArray white, INDArray small) {
      if (hasWeights()) {
        y = rowsOf(white);
        transposed = y.transpose();
        factor =
            small
                .get(NDArrayIndex.interval(offset, offset + (long) weights * weights))
                .reshape('c', weights, weights);
      }
    }

    /** Of [inputs, outputs]. */
    private INDArray rowsOf(INDArray byInput) {
      if (!hasWeights()) {
        return null;
      }
      INDArrayIndex of = NDArrayIndex.interval(rows.from(), rows.from() + weights);
      return blocks.byUnit()
          ? byInput.get(NDArrayIndex.all(), of).transpose()
          : byInput.get(of, NDArrayIndex.all());
    }
  }
}
