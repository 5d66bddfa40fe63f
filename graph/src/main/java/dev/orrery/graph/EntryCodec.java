package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of entries, {@code docs/formats/graph.md}. What is read is what would be
 * written: there is one form, and everything in it is checked and used. Confined to one thread.
 */
final class EntryCodec { // laws G1, G4
    /** The format that is written, and the newest that is read. */
    static final int VERSION = 1;

    private static final int FIELDS = 8;
    private static final int NAMES_KEPT = 4_096;
    private static final int SHAPES_KEPT = 1_024;

    private static final int DEFINE = 0;
    private static final int EXTEND = 1;
    private static final int ADD_NODE = 2;
    private static final int ADD_EDGE = 3;
    private static final int SET = 4;
    private static final int UNSET = 5;
    private static final int REMOVE = 6;
    private static final int SEAL = 7;
    private static final int ERASE = 8;
    private static final int GRANT = 9;
    private static final int REVOKE = 10;

    private final CborWriter out = new CborWriter();
    private final MessageDigest sha256 = Hash.sha256();

    /** Shapes of properties seen, and the last of them. */
    private final Map<Shape, Shape> shapes = new HashMap<>();

    private Shape expected = Shape.of();

    /** The shape of properties that was checked last. */
    private Shape lastChecked = Shape.of();

    // what was read last, which often comes again
    private String lastAuthor = "";
    private String lastType = "";
    private String lastProperty = "";

    private final byte[] hashBytes = new byte[Hash.BYTES];

    /** Names seen, so that what is read shares them: authors, types, properties. */
    private final Map<String, String> names = new HashMap<>();

    // ---- writing

    /** The root of a graph. */
    Entry root(Operation.Define define) {
        return encode("", 0, null, HybridTime.ZERO, List.of(), define);
    }

    /**
     * An entry of an author.
     *
     * @param parents in the order of hashes
     * @throws Invalid when a part breaks a limit
     * @throws LimitExceeded when it becomes too long
     */
    Entry encode(
            String author,
            long sequence,
            @Nullable Hash previous,
            HybridTime time,
            List<Hash> parents,
            Operation operation) {
        out.clear();
        out.beginList(FIELDS);
        out.whole(VERSION);
        out.text(author);
        out.whole(sequence);
        previous(previous, parents);
        out.whole(time.millis());
        out.whole(time.counter());
        out.beginList(parents.size());
        for (Hash parent : parents) {
            out.bytes(parent.into(hashBytes));
        }
        out.end();
        write(operation);
        out.end();
        byte[] bytes = out.toByteArray();
        if (bytes.length > Limits.ENTRY_BYTES) {
            throw new LimitExceeded("bytes of an entry", Limits.ENTRY_BYTES, bytes.length);
        }
        Stamp stamp = new Stamp(time, author, sequence, Hash.from(sha256.digest(bytes)));
        return new Entry(stamp, previous, parents, operation, bytes);
    }

    /** The bytes of an operation by itself, as in an entry. */
    byte[] encode(Operation operation) {
        out.clear();
        write(operation);
        byte[] bytes = out.toByteArray();
        if (bytes.length > Limits.ENTRY_BYTES) {
            throw new LimitExceeded("bytes of an entry", Limits.ENTRY_BYTES, bytes.length);
        }
        return bytes;
    }

    /** The author's last entry: nothing, its place among the parents, or itself. */
    private void previous(@Nullable Hash previous, List<Hash> parents) {
        if (previous == null) {
            out.nothing();
            return;
        }
        int place = parents.indexOf(previous);
        if (place >= 0) {
            out.whole(place);
        } else {
            out.bytes(previous.toArray());
        }
    }

    private void write(Operation operation) {
        switch (operation) {
            case Operation.Define(String graph, List<Fact> facts) -> {
                begin(DEFINE, 3);
                out.text(Limits.name("graph", graph));
                facts(facts);
            }
            case Operation.Extend(List<Fact> facts) -> {
                begin(EXTEND, 2);
                facts(facts);
            }
            case Operation.AddNode(String id, String type, Row properties) -> {
                begin(ADD_NODE, 4);
                out.text(Limits.id(id));
                out.text(Limits.type(type));
                out.row(checked(properties));
            }
            case Operation.AddEdge(
                            String id,
                            String type,
                            String from,
                            String to,
                            Row properties) -> {
                begin(ADD_EDGE, 6);
                out.text(Limits.id(id));
                out.text(Limits.type(type));
                out.text(Limits.id(from));
                out.text(Limits.id(to));
                out.row(checked(properties));
            }
            case Operation.Set(String id, String property, Object value) -> {
                begin(SET, 4);
                out.text(Limits.id(id));
                out.text(Limits.property(property));
                out.value(value);
            }
            case Operation.Unset(String id, String property) -> {
                begin(UNSET, 3);
                out.text(Limits.id(id));
                out.text(Limits.property(property));
            }
            case Operation.Remove(String id, SortedMap<String, Long> seen) -> {
                begin(REMOVE, 3);
                out.text(Limits.id(id));
                out.value(seen);
            }
            case Operation.Erase(String id, SortedMap<String, Long> seen) -> {
                begin(ERASE, 3);
                out.text(Limits.id(id));
                out.value(seen);
            }
            case Operation.Seal(Bytes publicKey, Bytes signature) -> {
                begin(SEAL, 3);
                out.value(publicKey);
                out.value(signature);
            }
            case Operation.Grant(String author, Bytes publicKey) -> {
                begin(GRANT, 3);
                out.text(Limits.author(author));
                out.value(publicKey);
            }
            case Operation.Revoke(String author, Bytes publicKey) -> {
                begin(REVOKE, 3);
                out.text(Limits.author(author));
                out.value(publicKey);
            }
        }
        out.end();
    }

    private void begin(int code, int elements) {
        out.beginList(elements);
        out.whole(code);
    }

    private void facts(List<Fact> facts) {
        out.beginList(facts.size());
        facts.forEach(fact -> fact.write(out));
        out.end();
    }

    private Row checked(Row properties) {
        if (properties.shape().equals(lastChecked)) {
            return properties;
        }
        if (properties.columns().size() > Limits.PROPERTIES) {
            throw new LimitExceeded(
                    "properties of an entry", Limits.PROPERTIES, properties.columns().size());
        }
        properties.columns().forEach(Limits::property);
        lastChecked = properties.shape();
        return properties;
    }

    // ---- reading

    /**
     * The entry of these bytes, which become its own.
     *
     * @throws Invalid when they are damaged, not canonical, or break a limit
     * @throws LimitExceeded when they are too many
     * @throws Unsupported when a newer version wrote them
     */
    Entry decode(byte[] bytes) {
        if (bytes.length > Limits.ENTRY_BYTES) {
            throw new LimitExceeded("bytes of an entry", Limits.ENTRY_BYTES, bytes.length);
        }
        CborReader in = new CborReader(bytes);
        int fields = in.tryBeginList();
        if (fields < 1) {
            throw in.damaged("an entry is a list");
        }
        long version = in.whole();
        if (version > VERSION) {
            throw new Unsupported("read an entry of format " + version, "format " + VERSION);
        }
        if (version != VERSION || fields != FIELDS) {
            throw in.damaged("an entry has " + FIELDS + " fields");
        }
        String author = name(in.text(lastAuthor));
        lastAuthor = author;
        long sequence = in.whole();
        Object previous = in.value();
        HybridTime time = new HybridTime(in.whole(), counter(in));
        List<Hash> parents = parents(in);
        Operation operation = operation(in);
        in.end();
        in.expectEnd();
        Hash before = previous(in, previous, parents);
        check(in, author, sequence, before, time, parents, operation);
        Stamp stamp = new Stamp(time, author, sequence, Hash.from(sha256.digest(bytes)));
        return new Entry(stamp, before, parents, operation, bytes);
    }

    /** The entry of these bytes, when they are one that can be read. */
    Optional<Entry> tryDecode(byte[] bytes) {
        try {
            return Optional.of(decode(bytes));
        } catch (Invalid | LimitExceeded | Unsupported unreadable) {
            return Optional.empty();
        }
    }

    /**
     * The operation of these bytes.
     *
     * @throws Invalid when they are damaged, not canonical, or break a limit
     */
    Operation decodeOperation(byte[] bytes) {
        CborReader in = new CborReader(bytes);
        Operation operation = operation(in);
        in.expectEnd();
        return operation;
    }

    private static void check(
            CborReader in,
            String author,
            long sequence,
            @Nullable Hash before,
            HybridTime time,
            List<Hash> parents,
            Operation operation) {
        if (operation instanceof Operation.Define) {
            if (!author.isEmpty()
                    || sequence != 0
                    || before != null
                    || !time.equals(HybridTime.ZERO)
                    || !parents.isEmpty()) {
                throw in.damaged("a root has neither author nor time nor parents");
            }
            return;
        }
        Limits.author(author);
        if (sequence < 1 || parents.isEmpty() || (before == null) != (sequence == 1)) {
            throw in.damaged("an entry follows its author's last one and at least one other");
        }
    }

    private static int counter(CborReader in) {
        long counter = in.whole();
        if (counter < 0 || counter > Integer.MAX_VALUE) {
            throw in.damaged("a counter has 31 bits");
        }
        return (int) counter;
    }

    private List<Hash> parents(CborReader in) {
        int count = begin(in, "parents");
        if (count > Limits.PARENTS) {
            throw new LimitExceeded("parents of an entry", Limits.PARENTS, count);
        }
        Hash[] parents = new Hash[count];
        for (int i = 0; i < count; i++) {
            in.bytes(hashBytes);
            parents[i] = Hash.from(hashBytes);
            if (i > 0 && parents[i - 1].compareTo(parents[i]) >= 0) {
                throw in.damaged("parents are in the order of hashes, each once");
            }
        }
        in.end();
        return List.of(parents);
    }

    private static @Nullable Hash previous(
            CborReader in, @Nullable Object previous, List<Hash> parents) {
        return switch (previous) {
            case null -> null;
            case Long place when place >= 0 && place < parents.size() ->
                    parents.get(place.intValue());
            case Bytes bytes -> {
                Hash hash = Hash.from(bytes.toArray());
                if (parents.contains(hash)) {
                    throw in.damaged("what is among the parents is named by its place");
                }
                yield hash;
            }
            default -> throw in.damaged("the author's last entry is a place or a hash");
        };
    }

    private Operation operation(CborReader in) {
        int elements = begin(in, "an operation");
        long code = in.whole();
        Operation operation =
                switch ((int) code) {
                    case DEFINE -> new Operation.Define(Limits.name("graph", in.text()), facts(in));
                    case EXTEND -> new Operation.Extend(facts(in));
                    case ADD_NODE -> new Operation.AddNode(Limits.id(in.text()), type(in), row(in));
                    case ADD_EDGE ->
                            new Operation.AddEdge(
                                    Limits.id(in.text()),
                                    type(in),
                                    Limits.id(in.text()),
                                    Limits.id(in.text()),
                                    row(in));
                    case SET -> new Operation.Set(Limits.id(in.text()), property(in), in.value());
                    case UNSET -> new Operation.Unset(Limits.id(in.text()), property(in));
                    case REMOVE -> new Operation.Remove(Limits.id(in.text()), seen(in));
                    case ERASE -> new Operation.Erase(Limits.id(in.text()), seen(in));
                    case SEAL -> new Operation.Seal(in.bytes(), in.bytes());
                    case GRANT -> new Operation.Grant(author(in), in.bytes());
                    case REVOKE -> new Operation.Revoke(author(in), in.bytes());
                    default -> throw in.damaged("operation " + code + " is not known");
                };
        if (code != (int) code || elements != elements((int) code)) {
            throw in.damaged("an operation has its own number of elements");
        }
        in.end();
        return operation;
    }

    private static int elements(int code) {
        return switch (code) {
            case EXTEND -> 2;
            case DEFINE, UNSET, REMOVE, SEAL, ERASE, GRANT, REVOKE -> 3;
            case ADD_EDGE -> 6;
            default -> 4;
        };
    }

    /** Properties; rows with the same columns share their shape, which was checked once. */
    private Row row(CborReader in) {
        Row row = in.row(expected);
        if (row.shape().equals(expected)) {
            return row;
        }
        Shape shape = checked(row).shape();
        Shape known = shapes.getOrDefault(shape, shape);
        if (shapes.size() < SHAPES_KEPT) {
            shapes.put(known, known);
        }
        expected = known;
        return row.sharing(known);
    }

    private String author(CborReader in) {
        return name(Limits.author(in.text()));
    }

    private String type(CborReader in) {
        lastType = name(Limits.type(in.text(lastType)));
        return lastType;
    }

    private String property(CborReader in) {
        lastProperty = name(Limits.property(in.text(lastProperty)));
        return lastProperty;
    }

    private SortedMap<String, Long> seen(CborReader in) {
        if (!(in.value() instanceof Map<?, ?> map)) {
            throw in.damaged("what was seen is a map");
        }
        SortedMap<String, Long> seen = new TreeMap<>();
        map.forEach((author, sequence) -> {
            if (!(sequence instanceof Long number) || number < 1) {
                throw in.damaged("what was seen are numbers from 1");
            }
            seen.put(name(Limits.author((String) author)), number);
        });
        return seen;
    }

    /** Takes facts, in their canonical order. */
    List<Fact> facts(CborReader in) {
        int count = begin(in, "facts");
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            facts.add(fact(in));
        }
        in.end();
        if (!Fact.sorted(facts).equals(facts)) {
            throw in.damaged("facts are in order, each once");
        }
        return facts;
    }

    private Fact fact(CborReader in) {
        if (begin(in, "a fact") != 5) {
            throw in.damaged("a fact has five parts");
        }
        long kind = in.whole();
        String type = type(in);
        String property = name(in.text());
        Fact.Aspect aspect = Fact.aspect(in.text());
        Object value = in.value();
        in.end();
        if (kind < 0 || kind > 1 || aspect == null || value == null) {
            throw in.damaged("a fact is of a known kind and has a value");
        }
        if (!property.isEmpty()) {
            Limits.property(property);
        }
        return new Fact(kind == 0 ? Fact.Kind.NODE : Fact.Kind.EDGE, type, property, aspect, value);
    }

    private static int begin(CborReader in, String what) {
        int count = in.tryBeginList();
        if (count < 0) {
            throw in.damaged(what + " are a list");
        }
        return count;
    }

    /** One instance for equal names; what is read from far away may not fill the memory with it. */
    private String name(String name) {
        String known = names.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() < NAMES_KEPT) {
            names.put(name, name);
        }
        return name;
    }
}
