package dev.orrery.core;

/** The latest value only: watching skips what was overwritten and never queues. Thread-safe. */
public interface Signal<V> {
    /** The current value. */
    V now();

    /** The current value, then the latest each time it changed. */
    Subscription<V> watch();
}
