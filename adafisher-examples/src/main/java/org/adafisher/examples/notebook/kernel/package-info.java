/** A Java kernel for Jupyter that has this project on its classpath, and its installation. */
package org.adafisher.examples.notebook.kernel;
