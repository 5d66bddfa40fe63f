package dev.orrery.graph;

import dev.orrery.core.Bytes;
import dev.orrery.core.CborReader;
import dev.orrery.core.CborWriter;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Many entries on a wire, {@code docs/formats/graph.md}: what follows from the entries before it in
 * the chunk is left out, and the rest is deflated. What is read is put together again and decoded
 * as any entry, so nothing is taken on trust.
 */
final class EntryChunk { // law G35
    /** The most bytes a chunk may have once it is inflated. */
    static final int MOST_BYTES = 4 << 20;

    private static final int FIELDS = 7;

    /**
     * The quickest: what is left of entries that follow one another is mostly text that differs.
     */
    private static final int LEVEL = Deflater.BEST_SPEED;

    private EntryChunk() {}

    // ---- writing

    /** The chunk of these entries, in this order. */
    static byte[] encode(List<Entry> entries) {
        CborWriter out = new CborWriter();
        Writing writing = new Writing(out);
        out.beginList(entries.size());
        entries.forEach(writing::entry);
        out.end();
        return deflated(digest(entries).toArray(), out.toByteArray());
    }

    /** What is known while a chunk is written. */
    private static final class Writing {
        private final CborWriter out;
        private final Map<Hash, Integer> places = new HashMap<>();
        private final Map<String, Integer> authors = new HashMap<>();
        private final Map<String, Long> sequences = new HashMap<>();
        private long millis;

        Writing(CborWriter out) {
            this.out = out;
        }

        void entry(Entry entry) {
            out.beginList(FIELDS);
            author(entry.author());
            Long last = sequences.put(entry.author(), entry.sequence());
            if (last != null && last + 1 == entry.sequence()) {
                out.nothing();
            } else {
                out.whole(entry.sequence());
            }
            previous(entry);
            out.whole(entry.time().millis() - millis);
            millis = entry.time().millis();
            out.whole(entry.time().counter());
            out.beginList(entry.parents().size());
            entry.parents().forEach(this::reference);
            out.end();
            out.bytes(operation(entry.content()));
            out.end();
            places.put(entry.hash(), places.size());
        }

        private void author(String author) {
            Integer known = authors.putIfAbsent(author, authors.size());
            if (known == null) {
                out.text(author);
            } else {
                out.whole(known);
            }
        }

        private void previous(Entry entry) {
            Hash previous = entry.previous().orElse(null);
            if (previous == null) {
                out.nothing();
                return;
            }
            int place = entry.parents().indexOf(previous);
            if (place >= 0) {
                out.whole(-1L - place);
            } else {
                reference(previous);
            }
        }

        /** How far back in the chunk an entry is, or its hash. */
        private void reference(Hash hash) {
            Integer place = places.get(hash);
            if (place == null) {
                out.bytes(hash.toArray());
            } else {
                out.whole(places.size() - place);
            }
        }
    }

    /** The operation, which is the end of an entry's bytes. */
    private static byte[] operation(byte[] content) {
        CborReader in = new CborReader(content);
        in.tryBeginList();
        in.whole();
        in.text();
        in.whole();
        in.value();
        in.whole();
        in.whole();
        in.value();
        byte[] operation = new byte[content.length - in.position()];
        System.arraycopy(content, in.position(), operation, 0, operation.length);
        return operation;
    }

    /** By which a change on the way is noticed, which would be another entry. */
    private static Bytes digest(List<Entry> entries) {
        Fingerprint all = new Fingerprint();
        entries.forEach(entry -> all.add(entry.hash()));
        return all.digest();
    }

    private static byte[] deflated(byte[] digest, byte[] plain) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(plain.length / 2 + 64);
            out.writeBytes(digest);
            byte[] buffer = new byte[16 << 10];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
            return out.toByteArray();
        } finally {
            deflater.end();
        }
    }

    // ---- reading

    /**
     * The entries of a chunk.
     *
     * @throws Invalid when it is damaged, or an entry in it is
     * @throws LimitExceeded when it is too long
     */
    static List<Entry> decode(byte[] chunk, EntryCodec codec) {
        CborReader in = new CborReader(inflated(chunk));
        int count = begin(in, "a chunk");
        Reading reading = new Reading(in, codec);
        for (int i = 0; i < count; i++) {
            reading.entry();
        }
        in.end();
        in.expectEnd();
        byte[] digest = Arrays.copyOf(chunk, Fingerprint.BYTES);
        if (!digest(reading.entries).equals(Bytes.of(digest))) {
            throw in.damaged("a chunk holds the entries that were put into it");
        }
        return reading.entries;
    }

    private static byte[] inflated(byte[] chunk) {
        if (chunk.length < Fingerprint.BYTES) {
            throw new Invalid("chunk", "is whole", chunk.length);
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(chunk, Fingerprint.BYTES, chunk.length - Fingerprint.BYTES);
            ByteArrayOutputStream out = new ByteArrayOutputStream(2 * chunk.length + 64);
            byte[] buffer = new byte[16 << 10];
            while (!inflater.finished()) {
                int more = inflater.inflate(buffer);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new Invalid("chunk", "is whole", chunk.length);
                }
                out.write(buffer, 0, more);
                if (out.size() > MOST_BYTES) {
                    throw new LimitExceeded("bytes of a chunk", MOST_BYTES, out.size());
                }
            }
            return out.toByteArray();
        } catch (DataFormatException damaged) {
            throw new Invalid("chunk", "is deflated", chunk.length);
        } finally {
            inflater.end();
        }
    }

    private static int begin(CborReader in, String what) {
        int count = in.tryBeginList();
        if (count < 0) {
            throw in.damaged(what + " is a list");
        }
        return count;
    }

    /** What is known while a chunk is read. */
    private static final class Reading {
        private final CborReader in;
        private final EntryCodec codec;
        private final CborWriter out = new CborWriter();
        private final byte[] hashBytes = new byte[Hash.BYTES];
        private final List<Entry> entries = new ArrayList<>();
        private final List<String> authors = new ArrayList<>();
        private final Map<String, Long> sequences = new HashMap<>();
        private long millis;

        Reading(CborReader in, EntryCodec codec) {
            this.in = in;
            this.codec = codec;
        }

        void entry() {
            if (begin(in, "an entry in a chunk") != FIELDS) {
                throw in.damaged("an entry in a chunk has " + FIELDS + " fields");
            }
            String author = author();
            long sequence = sequence(author);
            Object previous = in.value();
            millis += in.whole();
            long counter = in.whole();
            int count = begin(in, "what an entry follows");
            List<Hash> parents = new ArrayList<>(Math.min(count, Limits.PARENTS));
            for (int i = 0; i < count; i++) {
                parents.add(reference(in.value()));
            }
            in.end();
            byte[] canonical = canonical(author, sequence, previous, counter, parents);
            in.end();
            entries.add(codec.decode(canonical));
        }

        /** The bytes of an entry, of which the operation comes next. */
        private byte[] canonical(
                String author,
                long sequence,
                @Nullable Object previous,
                long counter,
                List<Hash> parents) {
            out.clear();
            out.beginList(8);
            out.whole(EntryCodec.VERSION);
            out.text(author);
            out.whole(sequence);
            switch (previous) {
                case null -> out.nothing();
                case Long place when place < 0 -> out.whole(-1 - place);
                default -> out.bytes(reference(previous).toArray());
            }
            out.whole(millis);
            out.whole(counter);
            out.beginList(parents.size());
            for (Hash parent : parents) {
                out.bytes(parent.into(hashBytes));
            }
            out.end();
            in.raw(out);
            out.end();
            return out.toByteArray();
        }

        private String author() {
            Object author = in.value();
            return switch (author) {
                case String name -> {
                    authors.add(name);
                    yield name;
                }
                case Long place when place >= 0 && place < authors.size() ->
                        authors.get(place.intValue());
                case null, default -> throw in.damaged("an author is a name, or one named before");
            };
        }

        private long sequence(String author) {
            Long last = sequences.get(author);
            Object said = in.value();
            if (said instanceof Long number) {
                sequences.put(author, number);
                return number;
            }
            if (said != null || last == null) {
                throw in.damaged("a number follows the author's one before");
            }
            sequences.put(author, last + 1);
            return last + 1;
        }

        private Hash reference(@Nullable Object reference) {
            return switch (reference) {
                case Long back when back >= 1 && back <= entries.size() ->
                        entries.get(entries.size() - back.intValue()).hash();
                case Bytes bytes -> Hash.from(bytes.toArray());
                case null, default -> throw in.damaged("an entry is named by place or hash");
            };
        }
    }
}
