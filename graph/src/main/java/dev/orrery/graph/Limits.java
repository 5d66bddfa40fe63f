package dev.orrery.graph;

import dev.orrery.core.OrreryException.Invalid;

/** The sizes an entry must keep to, the same on every way in. */
// law G4
final class Limits {
    /** The longest entry, in bytes. */
    static final int ENTRY_BYTES = 1 << 20;

    /** The most entries one entry links to; more heads than that stay heads. */
    static final int PARENTS = 64;

    /** The longest id, in characters. */
    static final int ID = 1_024;

    /** The longest name of a type, property, author or graph, in characters. */
    static final int NAME = 255;

    /** The most properties one entry gives. */
    static final int PROPERTIES = 4_096;

    private Limits() {}

    static String id(String id) {
        if (id.isEmpty() || id.length() > ID) {
            throw new Invalid("id", "has 1 to " + ID + " characters", abbreviated(id));
        }
        return id;
    }

    static String author(String author) {
        return name("author", author);
    }

    static String consumer(String consumer) {
        return name("consumer", consumer);
    }

    static String type(String type) {
        return name("type", type);
    }

    static String property(String property) {
        if (property.startsWith(":")) {
            throw new Invalid("property", "must not begin with a colon", abbreviated(property));
        }
        return name("property", property);
    }

    static String name(String what, String name) {
        if (name.isEmpty() || name.length() > NAME) {
            throw new Invalid(what, "has 1 to " + NAME + " characters", abbreviated(name));
        }
        return name;
    }

    private static String abbreviated(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "...";
    }
}
