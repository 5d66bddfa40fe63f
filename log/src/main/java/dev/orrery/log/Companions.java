package dev.orrery.log;

import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Those who take part in the appends of a log. Thread-safe. */
final class Companions<E> {
    private static final System.Logger LOG = System.getLogger(Companions.class.getName());

    private final List<Companion<E>> all = new CopyOnWriteArrayList<>();
    private final Reader<E> reader;

    /** Makes of a row that was written what will be read of it. */
    interface Reader<E> {
        Recorded<E> read(Instant time, Appends.Row row);
    }

    Companions(Reader<E> reader) {
        this.reader = reader;
    }

    void join(Companion<E> companion) {
        all.add(companion);
    }

    void leave(Companion<E> companion) {
        all.remove(companion);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** An append that begins, for all of them. */
    Attending<E> begin() {
        List<Companion.Attendance<E>> attending = new ArrayList<>(all.size());
        for (Companion<E> companion : all) {
            attending.add(companion.begin());
        }
        return new Attending<>(reader, attending);
    }

    /** One append with all who take part in it. Confined to the appending thread. */
    record Attending<E>(Reader<E> reader, List<Companion.Attendance<E>> all)
            implements AutoCloseable {
        void appended(WriteSession session, Instant time, List<Appends.Row> rows) {
            if (all.isEmpty() || rows.isEmpty()) {
                return;
            }
            List<Recorded<E>> events = rows.stream().map(row -> reader.read(time, row)).toList();
            all.forEach(one -> one.appended(session, events));
        }

        /** What is stored is stored: who fails from here on is told of in the log of errors. */
        void committed() {
            for (Companion.Attendance<E> one : all) {
                try {
                    one.committed();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.ERROR, "what was appended could not be shown", e);
                }
            }
        }

        @Override
        public void close() {
            all.reversed().forEach(Companion.Attendance::close);
        }
    }
}
