package dev.orrery.core;

/**
 * A reader's place in a feed: given back to continue exactly after it.
 *
 * <p>The text form survives restarts and wires; the feed that made it reads it back with {@link
 * Feed#cursor(String)}. Immutable.
 */
public interface Cursor {
    /** The place as text without white space. */
    String text();

    /**
     * A place in one numbered life of a feed.
     *
     * @param epoch names the life of the numbering; another epoch is another numbering; without a
     *     colon
     * @param offset how many entries of that life lie at or before this place
     */
    record Numbered(String epoch, long offset) implements Cursor {
        public Numbered {
            if (epoch.isEmpty() || epoch.indexOf(':') >= 0 || offset < 0) {
                throw new OrreryException.Invalid(
                        "cursor", "is epoch:offset", epoch + ":" + offset);
            }
        }

        @Override
        public String text() {
            return epoch + ":" + offset;
        }

        /** Reads the {@link #text()} form; {@code Invalid} when it is none. */
        public static Numbered parse(String text) {
            int colon = text.indexOf(':');
            if (colon <= 0) {
                throw new OrreryException.Invalid("cursor", "is epoch:offset", text);
            }
            try {
                return new Numbered(
                        text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
            } catch (NumberFormatException e) {
                throw new OrreryException.Invalid("cursor", "is epoch:offset", text);
            }
        }

        @Override
        public String toString() {
            return text();
        }
    }
}
