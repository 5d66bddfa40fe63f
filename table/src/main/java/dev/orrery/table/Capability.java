package dev.orrery.table;

/** Something a driver may be able to do. What it cannot do for reads is finished here. */
public enum Capability {
    /** Make new rows. */
    INSERT("insert rows"),
    /** Change columns of a row. */
    PATCH("change rows"),
    /** Take rows away. */
    DELETE("delete rows"),
    /** Write only where a condition holds. */
    CONDITIONAL_WRITE("write under a condition"),
    /** Narrow a read by a condition, at least by a part of it. */
    WHERE("narrow by a condition"),
    /** Tell cheaply whether anything changed. */
    MARK("tell whether anything changed");

    private final String words;

    Capability(String words) {
        this.words = words;
    }

    /** The operation in words, as in "airports cannot delete rows". */
    public String words() {
        return words;
    }
}
