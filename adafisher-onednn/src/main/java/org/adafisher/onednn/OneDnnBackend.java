package org.adafisher.onednn;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.nd4j.common.io.AbstractResource;
import org.nd4j.common.io.Resource;
import org.nd4j.linalg.cpu.nativecpu.CpuBackend;

/**
 * ND4J's CPU backend with {@link OneDnnExecutioner} for its operations. ND4J finds it as a service,
 * and takes it in place of the backend that it extends.
 */
public final class OneDnnBackend extends CpuBackend {

  /** For ND4J, which makes it. */
  public OneDnnBackend() {}

  @Override
  public int getPriority() {
    return super.getPriority() + 1;
  }

  @Override
  public Resource getConfigurationResource() {
    Resource plain = super.getConfigurationResource();
    return new AbstractResource() {
      @Override
      public String getDescription() {
        return plain.getDescription() + " with " + OneDnnExecutioner.class.getName();
      }

      @Override
      public InputStream getInputStream() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = plain.getInputStream()) {
          properties.load(in);
        }
        properties.setProperty("opexec", OneDnnExecutioner.class.getName());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        properties.store(out, null);
        return new ByteArrayInputStream(out.toByteArray());
      }
    };
  }
}
