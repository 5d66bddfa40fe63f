/**
 * What an Orrery does, as Micrometer meters.
 *
 * <p>Front door: {@link dev.orrery.metrics.OrreryMetrics}, a {@code MeterBinder}. Who does not use
 * it needs neither this module nor Micrometer. No thread is started here; a meter is worked out
 * when it is read. The names are in {@code docs/guide/metrics.md}, the laws in {@code LAWS.md}
 * beside the module.
 */
@NullMarked
package dev.orrery.metrics;

import org.jspecify.annotations.NullMarked;
