/** The benchmark runner's command line. */
package org.adafisher.bench;
