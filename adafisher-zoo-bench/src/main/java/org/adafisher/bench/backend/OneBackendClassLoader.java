package org.adafisher.bench.backend;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Sees everything that its parent sees, but of all ND4J backends only one. */
final class OneBackendClassLoader extends ClassLoader {

  private static final String SERVICE = "META-INF/services/" + Nd4jBackend.class.getName();

  private final byte[] provider;

  OneBackendClassLoader(ClassLoader parent, Class<? extends Nd4jBackend> backend) {
    super(parent);
    this.provider = backend.getName().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return name.equals(SERVICE)
        ? Collections.enumeration(Collections.singleton(providerFile()))
        : super.getResources(name);
  }

  private URL providerFile() throws IOException {
    return new URL(
        "memory",
        null,
        -1,
        SERVICE,
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
              @Override
              public void connect() {}

              @Override
              public InputStream getInputStream() {
                return new ByteArrayInputStream(provider);
              }
            };
          }
        });
  }
}
