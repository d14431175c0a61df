package org.adafisher.spark;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.util.concurrent.atomic.AtomicInteger;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.nd4j.kryo.Nd4jRegistrator;

/**
 * For Spark with Kryo: ND4J's registrator, and Java's serialization for what Kryo 4 fails on under
 * Java 17, which lets nobody set the fields of records or of its own classes: the networks'
 * configurations, in which AdaFisher has records, and the counter that DL4J sends with them.
 *
 * <pre>{@code
 * spark.serializer        org.apache.spark.serializer.KryoSerializer
 * spark.kryo.registrator  org.adafisher.spark.AdaFisherRegistrator
 * }</pre>
 */
public final class AdaFisherRegistrator extends Nd4jRegistrator {

  /** Spark makes it by its name. */
  public AdaFisherRegistrator() {}

  @Override
  public void registerClasses(Kryo kryo) {
    super.registerClasses(kryo);
    kryo.register(MultiLayerConfiguration.class, new JavaSerializer());
    kryo.register(ComputationGraphConfiguration.class, new JavaSerializer());
    kryo.register(AtomicInteger.class, new JavaSerializer()); // counts the workers of a round
  }
}
