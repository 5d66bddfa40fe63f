package dev.orrery.table;

import dev.orrery.core.Condition;
import dev.orrery.core.Order;
import java.util.List;

/**
 * Which part of a read the source does and which is done here. Immutable.
 *
 * @param pushed the part of the condition the source narrows by
 * @param local the condition that is checked here; {@link Condition#all} when there is none
 * @param orders the orders that rows are sorted by here
 */
public record Plan(Condition pushed, Condition local, List<Order> orders) {
    /** Copies the orders. */
    public Plan {
        orders = List.copyOf(orders);
    }

    /** True when the source alone does the narrowing. */
    public boolean narrowedBySource() {
        return local.equals(Condition.all());
    }

    /** In words: what is pushed, checked here, sorted here. */
    @Override
    public String toString() {
        return "pushed: "
                + pushed
                + "; here: "
                + local
                + (orders.isEmpty() ? "" : ", sorted by " + orders);
    }
}
