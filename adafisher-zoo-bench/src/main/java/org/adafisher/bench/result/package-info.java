/** What is measured, and the files that keep it. */
package org.adafisher.bench.result;
