package org.adafisher.curvature;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Copies vectors of the CPU backend to Java arrays and back. An operation of ND4J's costs some
 * microseconds to start, and dozens where it wakes threads: for some thousand numbers two copies
 * and a plain loop are faster.
 */
public final class HostVectors {

  /** A longer vector is left to ND4J. */
  private static final long LONGEST = 1 << 15;

  /** The property lets tests go a device's way without one. */
  private static final boolean AT_HAND =
      Nd4j.getEnvironment().isCPU() && !Boolean.getBoolean("org.adafisher.treatAsDevice");

  private HostVectors() {}

  /**
   * Whether the backend's arrays are in the host's memory. On a device to read a number is to wait
   * until everything before it is done.
   *
   * @return true on the CPU backend
   */
  public static boolean areAtHand() {
    return AT_HAND;
  }

  /**
   * Whether a plain loop over copies is possible and the faster way.
   *
   * @param vector 1-d
   * @return true for a short one whose values lie side by side in the host's memory
   */
  public static boolean areFasterFor(INDArray vector) {
    return vector.length() <= LONGEST
        && vector.rank() == 1
        && (vector.length() == 1 || vector.stride(0) == 1)
        && (vector.dataType() == DataType.FLOAT || vector.dataType() == DataType.DOUBLE)
        && AT_HAND;
  }

  /**
   * Copies out.
   *
   * @param vector on the CPU, 1-d, its values side by side
   * @return its values
   */
  public static double[] readDoubles(INDArray vector) {
    double[] values = new double[(int) vector.length()];
    if (vector.dataType() == DataType.FLOAT) {
      float[] floats = readFloats(vector);
      for (int i = 0; i < values.length; i++) {
        values[i] = floats[i];
      }
    } else {
      ((DoublePointer) vector.data().addressPointer()).get(values, 0, values.length);
    }
    return values;
  }

  /**
   * Copies out.
   *
   * @param vector likewise, in FLOAT
   * @return its values
   */
  static float[] readFloats(INDArray vector) {
    float[] values = new float[(int) vector.length()];
    ((FloatPointer) vector.data().addressPointer()).get(values, 0, values.length);
    return values;
  }

  /**
   * Copies in.
   *
   * @param values as many as the vector has
   * @param vector on the CPU, 1-d, its values side by side
   */
  public static void write(double[] values, INDArray vector) {
    if (vector.dataType() == DataType.FLOAT) {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      write(floats, vector);
    } else {
      ((DoublePointer) vector.data().addressPointer()).put(values, 0, values.length);
    }
  }

  /**
   * Copies in.
   *
   * @param values as many as the vector has
   * @param vector likewise, in FLOAT
   */
  static void write(float[] values, INDArray vector) {
    ((FloatPointer) vector.data().addressPointer()).put(values, 0, values.length);
  }

  /**
   * Copies out of any vector, wherever it is.
   *
   * @param vector 1-d
   * @return its values
   */
  public static double[] copyOf(INDArray vector) {
    return areFasterFor(vector) ? readDoubles(vector) : vector.toDoubleVector();
  }

  /**
   * Copies into any vector, wherever it is.
   *
   * @param values as many as the vector has
   * @param vector 1-d
   */
  public static void assign(double[] values, INDArray vector) {
    if (areFasterFor(vector)) {
      write(values, vector);
    } else {
      vector.assign(Nd4j.create(values, new long[] {values.length}, vector.dataType()));
    }
  }

  /**
   * Whether two vectors are views of the same values: DL4J makes a new object for a block's
   * gradient in every step.
   *
   * @param one 1-d, may be {@code null}
   * @param other 1-d
   * @return true if both begin and end at the same place of one buffer
   */
  public static boolean areSame(INDArray one, INDArray other) {
    return one == other
        || one != null
            && one.length() == other.length()
            && one.offset() == other.offset()
            && origin(one) == origin(other);
  }

  private static DataBuffer origin(INDArray vector) {
    DataBuffer original = vector.data().originalDataBuffer();
    return original == null ? vector.data() : original;
  }
}
