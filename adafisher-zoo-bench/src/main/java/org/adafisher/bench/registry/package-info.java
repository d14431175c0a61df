/** Fixed tables from the names that a configuration may use to what they stand for. */
package org.adafisher.bench.registry;
