package dev.orrery.projection;

import java.util.concurrent.atomic.LongAdder;

/** What an effect did since it was run, however often it was begun anew. Thread-safe. */
final class EffectTally {
    final LongAdder done = new LongAdder();
    final LongAdder faults = new LongAdder();
    final LongAdder skipped = new LongAdder();
}
