package dev.orrery.log;

import dev.orrery.core.Cursor;
import dev.orrery.core.Feed;
import dev.orrery.core.Tail;
import dev.orrery.sql.Database;
import dev.orrery.testkit.EventLogContract.Entry;
import dev.orrery.testkit.EventLogContract.Subject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** A log in a database, as the contract suites see it. */
record OverSql(Database database, EventLog<String> log) implements Subject<Recorded<String>> {
    /** A log of texts in a database that closes with it. */
    static OverSql open(Database database) {
        return new OverSql(
                database,
                new EventLogs(database, InstantSource.system(), new SplittableRandom(7))
                        .open("texts", String.class));
    }

    @Override
    public Cursor append(String event) {
        return log.append(event);
    }

    @Override
    public Cursor append(String id, String event) {
        return log.append(NewEvent.of(event).withId(id));
    }

    @Override
    public Cursor appendAll(List<String> events) {
        return log.appendAll(events);
    }

    @Override
    public Cursor appendAt(Cursor end, String id, String event) {
        return log.append(Expected.at((Position) end), NewEvent.of(event).withId(id));
    }

    @Override
    public List<Recorded<String>> read(Cursor after, int max) {
        return log.read((Position) after, max);
    }

    @Override
    public Cursor start() {
        return log.start();
    }

    @Override
    public OverSql stream(String id) {
        return new OverSql(database, log.stream(id));
    }

    @Override
    public Tail<Recorded<String>> tail(String consumer, Duration lease) {
        return log.tail(consumer, lease);
    }

    @Override
    public Feed<Recorded<String>> feed() {
        return log;
    }

    @Override
    public Entry entry(Recorded<String> recorded) {
        return new Entry(recorded.position(), recorded.id(), recorded.event());
    }

    @Override
    public void close() {
        database.close();
    }
}
