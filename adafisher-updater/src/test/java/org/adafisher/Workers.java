package org.adafisher;

import java.lang.reflect.Proxy;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.optimize.solvers.accumulation.encoding.threshold.FixedThresholdAlgorithm;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.parallelism.ParallelWrapper.TrainingMode;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * Two workers under ParallelWrapper that do the same in every run: the first batch of a fit waits
 * for the replicas, which DL4J makes from the network while its first worker may be training it.
 */
@SuppressWarnings("serial") // nobody saves these iterators and listeners
final class Workers implements AutoCloseable {

  static final int COUNT = 2;

  private final ParallelWrapper wrapper;
  private final Semaphore ready = new Semaphore(0);

  Workers(Model network, TrainingMode mode, TrainingListener... listeners) {
    wrapper =
        new ParallelWrapper.Builder<>(network)
            .workers(COUNT)
            .prefetchBuffer(0)
            .averagingFrequency(1)
            .trainingMode(mode)
            .thresholdAlgorithm(new FixedThresholdAlgorithm(1e-2)) // where gradients are shared
            .build();
    if (listeners.length > 0) {
      wrapper.setListeners(listeners);
    }
    wrapper.setListeners(new Ready(ready));
  }

  static Workers averaging(Model network, TrainingListener... listeners) {
    return new Workers(network, TrainingMode.AVERAGING, listeners);
  }

  void fit(List<DataSet> batches) {
    wrapper.fit(
        new ListDataSetIterator<>(batches, 1) {
          private boolean first = true;

          @Override
          public DataSet next() {
            if (first) {
              ready.acquireUninterruptibly(COUNT);
              first = false;
            }
            return super.next();
          }
        });
  }

  void fitMulti(List<MultiDataSet> batches) {
    wrapper.fit(new Multi(batches.iterator()));
  }

  @Override
  public void close() {
    wrapper.shutdown();
  }

  /** DL4J asks for a clone of such a listener when a worker's network is ready. */
  private static final class Ready extends BaseTrainingListener
      implements RoutingIterationListener {

    private final transient Semaphore ready;

    private Ready(Semaphore ready) {
      this.ready = ready;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {}

    @Override
    public RoutingIterationListener clone() {
      ready.release();
      return new Ready(new Semaphore(0));
    }

    @Override
    public void setStorageRouter(StatsStorageRouter router) {}

    @Override
    public StatsStorageRouter getStorageRouter() {
      return (StatsStorageRouter) // without one, ParallelWrapper warns
          Proxy.newProxyInstance(
              Ready.class.getClassLoader(),
              new Class<?>[] {StatsStorageRouter.class},
              (proxy, method, arguments) -> null);
    }

    @Override
    public void setWorkerID(String workerId) {}

    @Override
    public String getWorkerID() {
      return "worker";
    }

    @Override
    public void setSessionID(String sessionId) {}

    @Override
    public String getSessionID() {
      return "session";
    }
  }

  private final class Multi implements MultiDataSetIterator {

    private final transient Iterator<MultiDataSet> batches;
    private boolean first = true;

    private Multi(Iterator<MultiDataSet> batches) {
      this.batches = batches;
    }

    @Override
    public boolean hasNext() {
      return batches.hasNext();
    }

    @Override
    public MultiDataSet next() {
      if (first) {
        ready.acquireUninterruptibly(COUNT);
        first = false;
      }
      return batches.next();
    }

    @Override
    public MultiDataSet next(int number) {
      return next();
    }

    @Override
    public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {}

    @Override
    public MultiDataSetPreProcessor getPreProcessor() {
      return null;
    }

    @Override
    public boolean resetSupported() {
      return false;
    }

    @Override
    public boolean asyncSupported() {
      return false;
    }

    @Override
    public void reset() {}
  }
}
