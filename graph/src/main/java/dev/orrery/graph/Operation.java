package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.graph.spi.Ed25519;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an entry does. Immutable. */
public sealed interface Operation {
    /** The name of the operation, for people and for the quarantine. */
    String name();

    /** An operation on a node or an edge. */
    sealed interface OfEntity extends Operation {
        /** The node or edge concerned. */
        String id();
    }

    /**
     * The root of a graph: its name and its first schema. It has no author and no time, so that
     * replicas that begin with the same schema begin with the same root.
     */
    record Define(String graph, List<Fact> facts) implements Operation {
        public Define {
            facts = Fact.sorted(facts);
        }

        @Override
        public String name() {
            return "define";
        }
    }

    /** More facts for the schema. */
    record Extend(List<Fact> facts) implements Operation {
        public Extend {
            facts = Fact.sorted(facts);
        }

        @Override
        public String name() {
            return "extend";
        }
    }

    /**
     * A node is there; properties it has already keep their values unless they are named.
     *
     * @param type a node type, with its subtype behind a slash where it has one
     */
    record AddNode(String id, String type, Row properties) implements OfEntity {
        @Override
        public String name() {
            return "add node";
        }
    }

    /** An edge is there. */
    record AddEdge(String id, String type, String from, String to, Row properties)
            implements OfEntity {
        @Override
        public String name() {
            return "add edge";
        }
    }

    /** A property of a node or an edge has a value, which may be null. */
    record Set(String id, String property, @Nullable Object value) implements OfEntity {
        @Override
        public String name() {
            return "set";
        }
    }

    /** A property is not there any more. */
    record Unset(String id, String property) implements OfEntity {
        @Override
        public String name() {
            return "unset";
        }
    }

    /**
     * Everything the author knew of a node or an edge is gone: what he had not seen stays.
     *
     * @param seen the last entry about the id that the author knew, by its author
     */
    record Remove(String id, SortedMap<String, Long> seen) implements OfEntity {
        public Remove {
            seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        }

        /** From any map. */
        Remove(String id, Map<String, Long> seen) {
            this(id, new TreeMap<>(seen));
        }

        @Override
        public String name() {
            return "remove";
        }
    }

    /**
     * Everything the author knew of a node or an edge is gone, also what was overwritten and
     * removed before, and every replica that learns of it drops the bytes in which it was said.
     *
     * @param seen the last entry about the id that the author knew, by its author
     */
    record Erase(String id, SortedMap<String, Long> seen) implements OfEntity {
        public Erase {
            seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
        }

        @Override
        public String name() {
            return "erase";
        }
    }

    /**
     * The author vouches for everything he wrote before, this entry included.
     *
     * @param publicKey 32 bytes
     * @param signature 64 bytes
     */
    record Seal(Bytes publicKey, Bytes signature) implements Operation {
        private static final Bytes NONE = Bytes.of(new byte[Ed25519.SIGNATURE_BYTES]);

        public Seal {
            if (publicKey.length() != Ed25519.KEY_BYTES
                    || signature.length() != Ed25519.SIGNATURE_BYTES) {
                throw new Invalid(
                        "seal",
                        "has a key of 32 bytes and a signature of 64",
                        publicKey.length() + " and " + signature.length());
            }
        }

        /** What is signed, in the place of the signed one. */
        static Seal unsigned(Bytes publicKey) {
            return new Seal(publicKey, NONE);
        }

        @Override
        public String name() {
            return "seal";
        }
    }

    /**
     * A key is an author's: what he seals with it is his. Counts where a {@link Trust} has whoever
     * says so administer keys, or where he says it of himself.
     *
     * @param publicKey 32 bytes
     */
    record Grant(String author, Bytes publicKey) implements Operation {
        public Grant {
            requireKey("grant", publicKey);
        }

        @Override
        public String name() {
            return "grant";
        }
    }

    /**
     * A key is not to be trusted any more, for ever: of what is sealed with it counts only what
     * somebody else who is trusted has taken in. Counts as a {@link Grant} does.
     *
     * @param publicKey 32 bytes
     */
    record Revoke(String author, Bytes publicKey) implements Operation {
        public Revoke {
            requireKey("revocation", publicKey);
        }

        @Override
        public String name() {
            return "revoke";
        }
    }

    private static void requireKey(String what, Bytes publicKey) {
        if (publicKey.length() != Ed25519.KEY_BYTES) {
            throw new Invalid(what, "has a key of 32 bytes", publicKey.length());
        }
    }
}
