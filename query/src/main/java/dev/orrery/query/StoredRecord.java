package dev.orrery.query;

import dev.orrery.core.Bytes;
import dev.orrery.core.Codec;
import dev.orrery.core.Name;
import dev.orrery.core.OrreryException.Invalid;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One record of a {@link QueryStore}: a byte that tells its kind, then its fields; the page is
 * {@code docs/formats/queries.md}.
 *
 * <p>A save is a {@link Begin}, what changed, and a {@link Commit} that counts it; what has no
 * commit is no save. Immutable.
 */
sealed interface StoredRecord {
    /** The format written, and the newest read. // law Q35 */
    int FORMAT = 1;

    /**
     * A save begins.
     *
     * @param epoch names the opening of the timeline that wrote it
     * @param revision what is saved is true at this revision
     * @param whole whether it replaces everything before it
     */
    record Begin(String epoch, long revision, boolean whole) implements StoredRecord {}

    /**
     * A number for a query or a source, by which the other records name it.
     *
     * @param schema what its keys and values look like, hashed
     * @param code that computes its values, see {@link BodyCode}; empty for a source
     */
    record Declared(int number, Role role, String name, Bytes schema, Bytes code)
            implements StoredRecord {
        /** Whether it is the same query or source, whatever its schema and code. */
        boolean isNamedAs(Declared other) {
            return role == other.role && name.equals(other.name);
        }

        /** Whether it is the same query or source with values of the same form. */
        boolean isFormedAs(Declared other) {
            return isNamedAs(other) && schema.equals(other.schema);
        }
    }

    /** What a number stands for. */
    enum Role {
        QUERY,
        INPUT,
        /** The keys of a source that keeps its facts itself. */
        SOURCE,
        /** The sets of a source or input, a condition as their key. */
        SET
    }

    /** A key of an input and its value, or that it has none any more. */
    record Fact(@Name("n") int input, @Name("k") Bytes key, @Name("v") Optional<Bytes> value)
            implements StoredRecord {}

    /** A query's result for a key, and what it was computed from, in the order of reading. */
    record Remembered(@Name("k") Bytes key, @Name("v") Bytes value, @Name("r") List<Read> reads) {}

    /**
     * Something that was read.
     *
     * @param source its number
     * @param print what was found there, see {@link Print}
     */
    record Read(@Name("n") int source, @Name("k") Bytes key, @Name("p") Bytes print) {}

    /**
     * A {@link Remembered} that is not looked into.
     *
     * @param hash of query and key, to find it by
     */
    record Memoir(int query, long hash) implements StoredRecord {}

    /**
     * A save ends; with this it is one.
     *
     * @param begun the position of its begin
     */
    record Commit(long begun, long revision, long declared, long facts, long memos)
            implements StoredRecord {}

    // bytes

    byte BEGIN = 1;
    byte DECLARED = 2;
    byte FACT = 3;
    byte MEMO = 4;
    byte COMMIT = 5;

    Bytes MAGIC = Bytes.of("ORRERYQS".getBytes(StandardCharsets.US_ASCII));
    int MEMO_HEADER = 1 + Integer.BYTES + Long.BYTES;

    Codec<Begin> BEGINS = Codec.of(Begin.class);
    Codec<Declared> DECLARATIONS = Codec.of(Declared.class);
    Codec<Fact> FACTS = Codec.of(Fact.class);
    Codec<Remembered> MEMOS = Codec.of(Remembered.class);
    Codec<Commit> COMMITS = Codec.of(Commit.class);

    static byte[] bytes(Begin begin) {
        return bytes(FORMAT, begin);
    }

    /** A begin as another version would write it. */
    static byte[] bytes(int format, Begin begin) {
        byte[] fields = BEGINS.encode(begin);
        return ByteBuffer.allocate(1 + MAGIC.length() + Integer.BYTES + fields.length)
                .put(BEGIN)
                .put(MAGIC.toArray())
                .putInt(format)
                .put(fields)
                .array();
    }

    static byte[] bytes(Declared declared) {
        return behind(DECLARED, DECLARATIONS.encode(declared));
    }

    static byte[] bytes(Fact fact) {
        return behind(FACT, FACTS.encode(fact));
    }

    static byte[] bytes(Commit commit) {
        return behind(COMMIT, COMMITS.encode(commit));
    }

    static byte[] bytes(int query, Remembered memo) {
        byte[] fields = MEMOS.encode(memo);
        return ByteBuffer.allocate(MEMO_HEADER + fields.length)
                .put(MEMO)
                .putInt(query)
                .putLong(hash(query, memo.key().toArray()))
                .put(fields)
                .array();
    }

    private static byte[] behind(byte kind, byte[] fields) {
        return ByteBuffer.allocate(1 + fields.length).put(kind).put(fields).array();
    }

    /**
     * The record of these bytes; of a memo only what stands before its body.
     *
     * @return null when they are no record of a query store
     * @throws NewerFormat when a newer version wrote them
     */
    static @Nullable StoredRecord parse(byte[] bytes) throws NewerFormat {
        if (bytes.length == 0) {
            return null;
        }
        try {
            return switch (bytes[0]) {
                case BEGIN -> begin(bytes);
                case DECLARED -> DECLARATIONS.decode(fields(bytes, 1));
                case FACT -> FACTS.decode(fields(bytes, 1));
                case MEMO -> memoir(bytes);
                case COMMIT -> COMMITS.decode(fields(bytes, 1));
                default -> null;
            };
        } catch (Invalid foreign) {
            return null;
        }
    }

    /** The body of a query's memo; null when the bytes are none. */
    static @Nullable Remembered remembered(int query, byte[] bytes) {
        if (bytes.length < MEMO_HEADER
                || bytes[0] != MEMO
                || ByteBuffer.wrap(bytes).getInt(1) != query) {
            return null;
        }
        try {
            return MEMOS.decode(fields(bytes, MEMO_HEADER));
        } catch (Invalid damaged) {
            return null;
        }
    }

    private static @Nullable Begin begin(byte[] bytes) throws NewerFormat {
        int header = 1 + MAGIC.length() + Integer.BYTES;
        if (bytes.length < header) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        byte[] magic = new byte[MAGIC.length()];
        in.get(magic);
        if (!Bytes.of(magic).equals(MAGIC)) {
            return null;
        }
        int format = in.getInt();
        if (format > FORMAT) { // law Q35
            throw new NewerFormat(format);
        }
        return format < 1 ? null : BEGINS.decode(fields(bytes, header));
    }

    /** The head of a memo's record; null when the bytes are none. */
    static @Nullable Memoir memoir(byte[] bytes) {
        if (bytes.length < MEMO_HEADER || bytes[0] != MEMO) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, MEMO_HEADER - 1);
        return new Memoir(in.getInt(), in.getLong());
    }

    private static byte[] fields(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    /** A number for a query's key: FNV-1a over both, its bits spread once more. */
    static long hash(int query, byte[] key) {
        long hash = 0xcbf29ce484222325L;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            hash = (hash ^ ((query >>> shift) & 0xff)) * 0x100000001b3L;
        }
        for (byte each : key) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 32)) * 0x9e3779b97f4a7c15L;
        return hash ^ (hash >>> 29);
    }

    /** A newer version of Orrery wrote this. */
    final class NewerFormat extends Exception {
        private static final long serialVersionUID = 1L;

        NewerFormat(int format) {
            super("format " + format);
        }
    }
}
