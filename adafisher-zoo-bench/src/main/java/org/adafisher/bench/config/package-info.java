/** What an experiment is, and the strict reader of the YAML file that describes it. */
package org.adafisher.bench.config;
