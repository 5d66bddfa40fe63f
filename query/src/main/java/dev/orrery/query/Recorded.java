package dev.orrery.query;

import jdk.jfr.Category;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * The same events for a flight recording of the virtual machine: one type for each of {@link
 * QueryEvent}, off unless a recording enables it by name, as {@code dev.orrery.query.Computed}.
 *
 * <p>Whether one is wanted is asked of a fresh event that goes nowhere: while nothing is recorded
 * that is a constant, and unlike asking for the event's type it does not start the recorder. Keys
 * are asked for their text only when they are recorded.
 */
@SuppressWarnings("unused") // the fields are read by the recorder
final class Recorded {
    private Recorded() {}

    @Enabled(false)
    @StackTrace(false)
    @Category({"Orrery", "Query"})
    private abstract static class OfRevision extends Event {
        @Label("Revision")
        long revision;
    }

    private abstract static class OfKey extends OfRevision {
        @Label("Name")
        String name = "";

        @Label("Key")
        String key = "";

        final OfKey about(String named, Object keyed) {
            if (isEnabled()) {
                name = named;
                key = keyed.toString();
            }
            return this;
        }

        final OfKey about(QueryEvent.OfQuery event) {
            return about(event.query(), event.key());
        }
    }

    @Name("dev.orrery.query.Committed")
    @Label("Commit")
    private static final class Committed extends OfRevision {
        @Label("Cause")
        String cause = "";

        OfRevision about(QueryEvent.Committed event) {
            cause = event.cause();
            return this;
        }
    }

    @Name("dev.orrery.query.Written")
    @Label("Key Written")
    private static final class Written extends OfKey {}

    @Name("dev.orrery.query.Removed")
    @Label("Key Removed")
    private static final class Removed extends OfKey {}

    @Name("dev.orrery.query.Invalidated")
    @Label("Query Invalidated")
    private static final class Invalidated extends OfKey {
        @Label("Root")
        String root = "";

        OfRevision about(QueryEvent.Invalidated event) {
            if (isEnabled()) {
                root = event.root().toString();
            }
            return super.about(event);
        }
    }

    @Name("dev.orrery.query.Computed")
    @Label("Query Computed")
    private static final class Computed extends OfKey {
        @Label("Result")
        String result = "";

        @Label("Because")
        @Nullable String because;

        @Label("Failure")
        @Nullable String failure;
    }

    @Name("dev.orrery.query.Spared")
    @Label("Query Spared")
    private static final class Spared extends OfKey {}

    @Name("dev.orrery.query.Cancelled")
    @Label("Query Cancelled")
    private static final class Cancelled extends OfKey {}

    static boolean wantsCommits() {
        return new Committed().isEnabled()
                || new Written().isEnabled()
                || new Removed().isEnabled()
                || new Invalidated().isEnabled();
    }

    static boolean wantsSpared() {
        return new Spared().isEnabled();
    }

    static boolean wantsCancelled() {
        return new Cancelled().isEnabled();
    }

    /** Records an event that takes no time, if its type is enabled. */
    static void record(QueryEvent event) {
        OfRevision recorded =
                switch (event) {
                    case QueryEvent.Committed commit -> new Committed().about(commit);
                    case QueryEvent.Written write ->
                            new Written().about(write.source(), write.key());
                    case QueryEvent.Removed removal ->
                            new Removed().about(removal.source(), removal.key());
                    case QueryEvent.Invalidated mark -> new Invalidated().about(mark);
                    case QueryEvent.Spared spared -> new Spared().about(spared);
                    case QueryEvent.Cancelled cancelled -> new Cancelled().about(cancelled);
                    case QueryEvent.Computed run ->
                            throw new IllegalArgumentException("a run takes time: " + run);
                };
        recorded.revision = event.revision().number();
        recorded.commit();
    }

    /** The recording of a run that begins; null when runs are not recorded. */
    static @Nullable Run begin() {
        return new Computed().isEnabled() ? new Run() : null;
    }

    /** One run of a body, from its beginning to its end. */
    static final class Run {
        private final Computed recorded = new Computed();

        private Run() {
            recorded.begin();
        }

        void end(QueryEvent.Computed event) {
            recorded.end();
            recorded.about(event);
            recorded.revision = event.revision().number();
            recorded.result = event.result().toString();
            recorded.because = event.because().map(Object::toString).orElse(null);
            recorded.failure = event.failure().map(Throwable::getMessage).orElse(null);
            recorded.commit();
        }
    }
}
