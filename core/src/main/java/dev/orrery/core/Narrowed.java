package dev.orrery.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A local relation under a condition and an order; immutable, read only when asked. */
record Narrowed<K, V>(LocalRelation<K, V> base, Condition condition, List<Order> orders)
        implements Relation<K, V> {
    Narrowed { // law C68
        if (!condition.equals(Condition.all()) || !orders.isEmpty()) {
            Shape shape = base.shape().orElse(null);
            if (shape != null) {
                condition.columns().forEach(column -> shape.require(column, base.name()));
                orders.forEach(order -> shape.require(order.column(), base.name()));
            }
        }
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public Optional<V> find(K key) {
        return base.find(key).filter(value -> holds(key, value));
    }

    private boolean holds(K key, V value) {
        return condition.holds(toRow(key, value));
    }

    @Override
    public Subscription<Optional<V>> watch(K key) {
        return base.watch(key)
                .map(value -> Optional.of(value.filter(present -> holds(key, present))));
    }

    @Override
    public Relation<K, V> where(Condition further) {
        return new Narrowed<>(base, condition.and(further), orders);
    }

    @Override
    public Relation<K, V> orderBy(Order... orders) {
        return new Narrowed<>(base, condition, List.of(orders));
    }

    @Override
    public List<V> list() {
        return entries().stream().map(Map.Entry::getValue).toList();
    }

    @Override
    public List<K> keys() {
        return entries().stream().map(Map.Entry::getKey).toList();
    }

    @Override
    public long count() {
        return base.count(condition);
    }

    private List<Map.Entry<K, V>> entries() {
        List<Map.Entry<K, V>> entries = base.select(condition);
        if (orders.isEmpty()) {
            return entries;
        }
        Comparator<Row> byRow = Order.comparator(orders);
        List<Map.Entry<Row, Map.Entry<K, V>>> rows = new ArrayList<>(entries.size());
        for (Map.Entry<K, V> entry : entries) {
            rows.add(Map.entry(toRow(entry.getKey(), entry.getValue()), entry));
        }
        rows.sort(
                Map.Entry.comparingByKey(
                        byRow)); // stable: the order of keys decides between equals
        return rows.stream().map(Map.Entry::getValue).toList();
    }

    @Override
    public Row toRow(K key, V value) {
        return base.toRow(key, value);
    }

    @Override
    public Feed<Delivery<ChangeSet<K, V>>> changes() {
        return new Changes();
    }

    /** The timeline's commits as far as they touch these rows. */
    private final class Changes implements Feed<Delivery<ChangeSet<K, V>>> {
        private final Feed<Delivery<Commit>> commits = base.timeline().commits();

        @Override
        public Subscription<Delivery<ChangeSet<K, V>>> subscribe() {
            return narrow(commits.subscribe());
        }

        @Override
        public Subscription<Delivery<ChangeSet<K, V>>> subscribe(Cursor after) {
            return narrow(commits.subscribe(after));
        }

        private Subscription<Delivery<ChangeSet<K, V>>> narrow(Subscription<Delivery<Commit>> all) {
            return all.map(Narrowed.this::narrow);
        }

        @Override
        public Cursor head() {
            return commits.head();
        }

        @Override
        public Cursor cursor(String text) {
            return commits.cursor(text);
        }
    }

    private Optional<Delivery<ChangeSet<K, V>>> narrow(Delivery<Commit> delivery) {
        return switch (delivery) {
            case Delivery.Lagged<Commit>(Cursor from, Cursor to) ->
                    Optional.of(new Delivery.Lagged<>(from, to));
            case Delivery.Item<Commit>(Cursor cursor, Commit commit) ->
                    commit.changesOf(base)
                            .map(this::narrow)
                            .filter(changes -> changes.size() > 0)
                            .map(changes -> new Delivery.Item<>(cursor, changes));
        };
    }

    private ChangeSet<K, V> narrow(ChangeSet<K, V> changes) {
        ChangeSet<K, V> inside = new ChangeSet<>(base, changes.revision());
        for (Change<K, V> change : changes) {
            Change<K, V> seen = narrow(change);
            if (seen != null) {
                inside.add(seen);
            }
        }
        return inside;
    }

    private @Nullable Change<K, V> narrow(Change<K, V> change) {
        Optional<V> before = change.before().filter(value -> holds(change.key(), value));
        Optional<V> after = change.after().filter(value -> holds(change.key(), value));
        if (before.isEmpty()) {
            return after.isEmpty() ? null : new Change.Inserted<>(change.key(), after.get());
        }
        return after.isEmpty() ? new Change.Deleted<>(change.key(), before.get()) : change;
    }
}
