package dev.orrery.gateway;

import dev.orrery.Orrery;
import dev.orrery.channel.Access;
import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Action;
import dev.orrery.channel.Principal;
import dev.orrery.channel.Resource;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Row;
import dev.orrery.table.Edit;
import dev.orrery.table.LiveTable;
import dev.orrery.table.Write;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writing to live tables from outside: the methods {@code table.patch} and {@code table.delete} for
 * programs, {@code table.edit} and {@code table.giveUp} for pages. Thread-safe.
 *
 * <p>A patch or a delete answers when the table's source has answered, or with the write's state
 * when that takes longer than {@link #PATIENCE}: the write is kept and goes on. An edit answers at
 * once, how far it has come or why it cannot be: {@code state} is that of {@link Write.State} in
 * small letters, or {@code invalid} with {@code violations}, or {@code conflict} with {@code
 * theirs}. How it goes on is told by the channel {@code writes:<table>}.
 */
public final class TableMethods {
    /** How long a call waits for the source's answer. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Orrery orrery;
    private final AccessPolicy policy;

    private TableMethods(Orrery orrery, AccessPolicy policy) {
        this.orrery = orrery;
        this.policy = policy;
    }

    /**
     * The methods of an Orrery's live tables, each call asking the policy whether the caller may
     * write.
     */
    public static Rpc of(Orrery orrery, AccessPolicy policy) {
        TableMethods methods = new TableMethods(orrery, policy);
        return new Rpc()
                .method("table.patch", (who, data) -> methods.patch(who, sent(data)))
                .method("table.delete", (who, data) -> methods.delete(who, sent(data)))
                .method("table.edit", (who, data) -> methods.edit(who, sent(data)))
                .method("table.giveUp", (who, data) -> methods.giveUp(who, sent(data)));
    }

    private static Arguments sent(@Nullable Object data) {
        return Arguments.of(data, "is an object with table and key");
    }

    private static Row fields(Arguments arguments) {
        return row(arguments, "fields");
    }

    private static Row base(Arguments arguments) {
        return arguments.value("base") == null ? Row.of() : row(arguments, "base");
    }

    private static Row row(Arguments arguments, String name) {
        if (arguments.value(name) instanceof Map<?, ?> fields) {
            Map<String, @Nullable Object> columns = new LinkedHashMap<>();
            fields.forEach((column, value) -> columns.put(String.valueOf(column), value));
            return Row.from(columns);
        }
        throw new OrreryException.Invalid(
                name, "is an object of columns and values", arguments.value(name));
    }

    private Object patch(Principal who, Arguments arguments) {
        return patch(writable(who, arguments), arguments);
    }

    private <K, V> Object patch(LiveTable<K, V> table, Arguments arguments) {
        return answer(table.patch(table.key(Key.parse(arguments.text("key"))), fields(arguments)));
    }

    private Object delete(Principal who, Arguments arguments) {
        return delete(writable(who, arguments), arguments);
    }

    private <K, V> Object delete(LiveTable<K, V> table, Arguments arguments) {
        return answer(table.delete(table.key(Key.parse(arguments.text("key")))));
    }

    private Object edit(Principal who, Arguments arguments) {
        return edit(writable(who, arguments), arguments);
    }

    private <K, V> Object edit(LiveTable<K, V> table, Arguments arguments) {
        Row fields = fields(arguments);
        Edit edit = new Edit(arguments.text("mutation"), base(arguments), fields);
        try {
            return outcome(table.edit(table.key(Key.parse(arguments.text("key"))), edit), fields);
        } catch (OrreryException.Conflict conflict) {
            return conflict(conflict, fields);
        } catch (OrreryException.Invalid invalid) {
            return Map.of("state", "invalid", "violations", invalid.violations());
        }
    }

    private static Object outcome(Write<?> write, Row fields) {
        Write.State state = write.state();
        if (state == Write.State.REJECTED || state == Write.State.CONFLICT) {
            try {
                write.await(Duration.ZERO);
            } catch (OrreryException.Conflict conflict) {
                return conflict(conflict, fields);
            } catch (OrreryException reason) {
                return Map.of("state", word(state), "reason", reason.getMessage());
            }
        }
        return Map.of("state", word(state));
    }

    /** What the source has in the columns that were to be changed. */
    private static Object conflict(OrreryException.Conflict conflict, Row fields) {
        Row theirs = Row.of();
        if (conflict.actual() instanceof Row actual) {
            for (String column : fields.columns()) {
                theirs = theirs.with(column, actual.value(column));
            }
        }
        return Map.of("state", word(Write.State.CONFLICT), "theirs", theirs);
    }

    private Object giveUp(Principal who, Arguments arguments) {
        boolean given = writable(who, arguments).giveUp(arguments.text("mutation"));
        return Map.of("state", given ? "given up" : "unknown");
    }

    private LiveTable<?, ?> writable(Principal who, Arguments arguments) {
        String name = arguments.text("table");
        Resource table = new Resource.OfTable(name);
        if (!(policy.decide(who, Action.WRITE, table) instanceof Access.Allowed)) {
            throw new OrreryException.Denied("write", table.toString());
        }
        return orrery.table(name)
                .orElseThrow(() -> new OrreryException.Missing("the live tables", name));
    }

    private static Object answer(Write<?> write) {
        try {
            write.await(PATIENCE);
        } catch (OrreryException.TimedOut _) {
            // the write is durable and goes on; its state says how far it is
        }
        return Map.of("state", word(write.state()));
    }

    private static String word(Write.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
