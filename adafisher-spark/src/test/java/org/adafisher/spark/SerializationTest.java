package org.adafisher.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.adafisher.AdaFisher;
import org.adafisher.CosineSchedule;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.spark.api.worker.NetBroadcastTuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;

/** What the driver sends to executors in other JVMs, which local workers do without. */
class SerializationTest {

  private static SerializerInstance java() {
    return new JavaSerializer(new SparkConf()).newInstance();
  }

  private static SerializerInstance kryo() {
    return new KryoSerializer(
            new SparkConf().set("spark.kryo.registrator", AdaFisherRegistrator.class.getName()))
        .newInstance();
  }

  @ParameterizedTest
  @EnumSource
  void aNetworkArrivesAsItWasSent(NetworkClass kind) {
    for (AdaFisher updater :
        new AdaFisher[] {
          NetworkClass.refreshing(2),
          new AdaFisher(new CosineSchedule(0.05, 100), AdaFisher.centred().getFormulation()),
          AdaFisher.spectral()
        }) {
      Model net = kind.network(DataType.FLOAT, updater);
      AdaFisher.attach(net);
      for (DataSet batch : SyntheticDigits.batches(DataType.FLOAT, 3, 8, 1)) {
        kind.fitHere(net, batch);
      }
      NetBroadcastTuple sent = kind.broadcast(net);
      Stream.of(java(), kryo())
          .forEach(
              serializer -> {
                NetBroadcastTuple received = roundTrip(serializer, sent);
                assertThat(received.getConfiguration()).isEqualTo(sent.getConfiguration());
                assertThat(received.getGraphConfiguration())
                    .isEqualTo(sent.getGraphConfiguration());
                assertThat(received.getParameters()).isEqualTo(sent.getParameters());
                assertThat(received.getUpdaterState()).isEqualTo(sent.getUpdaterState());
              });
    }
  }

  private static <T> T roundTrip(SerializerInstance serializer, T object) {
    ByteBuffer bytes = serializer.serialize(object, null);
    return serializer.deserialize(bytes, null);
  }
}
