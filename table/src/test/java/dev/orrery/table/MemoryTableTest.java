package dev.orrery.table;

import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import org.junit.jupiter.api.Test;

class MemoryTableTest extends TableContract {
    record Thing(String id, String name, Long size, Double weight, Boolean good) {}

    @Override
    protected Table emptyTable() {
        return MemoryTable.of("things", Schema.of(Thing.class)).table();
    }

    @Test
    void aReadThatTheDriverCannotNarrowIsFinishedHere() { // law T2
        Table table =
                MemoryTable.of("things", Schema.of(Thing.class)).without(Capability.WHERE).table();
        table.insert(Row.of("id", "a", "name", "Anna"));
        table.insert(Row.of("id", "b", "name", "Bert"));
        Table annas = table.where(text("name").eq("Anna"));

        assertThat(annas.count()).isEqualTo(1);
        assertThat(annas.plan().pushed()).isEqualTo(Condition.all());
        assertThat(annas.plan()).hasToString("pushed: true; here: name = 'Anna'");
    }

    @Test
    void aWriteUnderAConditionThatTheDriverCannotHonourIsRefusedBeforeItIsSent() { // law T3
        Unreliable driver =
                new Unreliable(
                        MemoryTable.of("things", Schema.of(Thing.class))
                                .without(Capability.CONDITIONAL_WRITE, Capability.INSERT)
                                .table());
        Table annas = driver.table().where(text("name").eq("Anna"));

        assertThatThrownBy(annas::deleteAll)
                .isInstanceOf(Unsupported.class)
                .hasMessage("things cannot write under a condition (name = 'Anna')");
        assertThatThrownBy(() -> annas.patch(Key.of("a"), Row.of("name", "B")))
                .isInstanceOf(Unsupported.class);
        assertThatThrownBy(() -> driver.table().insert(Row.of("id", "a")))
                .isInstanceOf(Unsupported.class)
                .hasMessage("things cannot insert rows");
        assertThat(driver.sent).isEmpty();
    }
}
