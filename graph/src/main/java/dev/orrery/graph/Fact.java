package dev.orrery.graph;

import dev.orrery.core.CborWriter;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One statement of a schema: the smallest thing two schemas can differ in. A schema is a set of
 * them. Immutable.
 *
 * @param kind whether it is about a node type or an edge type
 * @param type the type; a subtype's behind a slash
 * @param property the property it is about, empty when it is about the type itself
 * @param aspect what it says
 * @param value a plain value; true where there is nothing more to say
 */
public record Fact(Kind kind, String type, String property, Aspect aspect, Object value) {
    /** What a type is a type of. */
    public enum Kind {
        /** Nodes. */
        NODE,
        /** Edges. */
        EDGE
    }

    /** What a fact says. */
    public enum Aspect {
        /** The type exists. */
        TYPE,
        /** The node type it extends. */
        EXTENDS,
        /** How strictly the type is kept: see {@link Ontology.Mode}. */
        MODE,
        /** What becomes of properties it does not declare: see {@link Ontology.Undeclared}. */
        UNDECLARED,
        /** A property by which its nodes are found quickly; the value names it. */
        INDEX,
        /** A node type an edge may come from. */
        FROM,
        /** A node type an edge may lead to. */
        TO,
        /** What the type is for. */
        ABOUT,
        /** The property exists and has this value type, or any. */
        PROPERTY,
        /** It must be there and not null. */
        REQUIRED,
        /** It need not be there after all. */
        OPTIONAL,
        /** What it is where it is not there. */
        DEFAULT,
        /** Its least number. */
        AT_LEAST,
        /** Its greatest number. */
        AT_MOST,
        /** A number it is above. */
        ABOVE,
        /** A number it is below. */
        BELOW,
        /** Its least number of characters or elements. */
        SHORTEST,
        /** Its greatest number of characters or elements. */
        LONGEST,
        /** What its whole text matches. */
        PATTERN,
        /** One of the values it may have. */
        ONE_OF,
        /** A rule that is for others to keep: a list of its name and value. */
        NOTE;

        /** Whether a property or type may have several of these. */
        boolean isPlural() {
            return switch (this) {
                case INDEX, FROM, TO, ONE_OF, NOTE -> true;
                default -> false;
            };
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Comparator<byte[]> BY_BYTES = Arrays::compareUnsigned;

    /** What facts contradict each other in: the same key with two values. */
    Fact key() {
        return aspect.isPlural() ? this : new Fact(kind, type, property, aspect, true);
    }

    /** The canonical bytes, which sets of facts are sorted and hashed by. */
    byte[] bytes() {
        CborWriter out = new CborWriter();
        write(out);
        return out.toByteArray();
    }

    void write(CborWriter out) {
        out.beginList(5);
        out.whole(kind == Kind.NODE ? 0 : 1);
        out.text(type);
        out.text(property);
        out.text(aspect.text());
        out.value(value);
        out.end();
    }

    /** In the order of their bytes, each once. */
    static List<Fact> sorted(Collection<Fact> facts) {
        return facts.stream()
                .distinct()
                .sorted(Comparator.comparing(Fact::bytes, BY_BYTES))
                .toList();
    }

    /** The aspect of that text, null when there is none. */
    static @Nullable Aspect aspect(String text) {
        for (Aspect aspect : Aspect.values()) {
            if (aspect.text().equals(text)) {
                return aspect;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return type
                + (property.isEmpty() ? "" : "." + property)
                + " "
                + aspect.text()
                + " "
                + value;
    }
}
