package dev.orrery.channel;

/**
 * What access is asked for: one record for each kind of thing a principal can reach.
 *
 * <p>The parts are separate fields, never joined text, so no two resources are ever taken for one.
 * Immutable.
 */
public sealed interface Resource {
    /** A published channel. */
    record OfChannel(String name) implements Resource {
        @Override
        public String toString() {
            return "channel " + name;
        }
    }

    /** The state of one key of a projection; an empty key stands for all of it. */
    record OfProjection(String name, String key) implements Resource {
        @Override
        public String toString() {
            return "projection " + name + of(key);
        }
    }

    /** What waits for one key of an effect; an empty key stands for all of it. */
    record OfEffect(String name, String key) implements Resource {
        @Override
        public String toString() {
            return "effect " + name + of(key);
        }
    }

    /** One result of a query. */
    record OfQuery(String name, String key) implements Resource {
        @Override
        public String toString() {
            return "query " + name + " of " + key;
        }
    }

    /** The rows of a table. */
    record OfTable(String name) implements Resource {
        @Override
        public String toString() {
            return "table " + name;
        }
    }

    /** A view. */
    record OfView(String name) implements Resource {
        @Override
        public String toString() {
            return "view " + name;
        }
    }

    /** What the engine tells of itself: {@code commits}, {@code logs}, {@code queries}. */
    record OfEngine(String name) implements Resource {
        @Override
        public String toString() {
            return "engine " + name;
        }
    }

    /** A method that clients call. */
    record OfMethod(String name) implements Resource {
        @Override
        public String toString() {
            return "method " + name;
        }
    }

    private static String of(String key) {
        return key.isEmpty() ? "" : " of " + key;
    }
}
