package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.UserFailure;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** When what users see of two results is the same. */
final class Outcomes {
    private Outcomes() {}

    /** Whether two outcomes of a query say the same. */
    static boolean same(Definition<?, ?> definition, Outcome<?> left, Outcome<?> right) {
        return switch (left) {
            case Outcome.Value<?>(Object one) ->
                    right instanceof Outcome.Value<?>(Object other) && definition.same(one, other);
            case Outcome.Failed<?>(OrreryException one) ->
                    right instanceof Outcome.Failed<?>(OrreryException other)
                            && sameFailure(one, other);
        };
    }

    /** Whether two failures say the same: then the second one cuts off as an equal value does. */
    static boolean sameFailure(Object left, Object right) {
        if (left instanceof UserFailure one && right instanceof UserFailure other) {
            return one.where().equals(other.where())
                    && one.key().equals(other.key())
                    && sameThrowable(one.getCause(), other.getCause());
        }
        return left instanceof OrreryException.Cycle one
                && right instanceof OrreryException.Cycle other
                && one.path().equals(other.path());
    }

    private static boolean sameThrowable(@Nullable Throwable left, @Nullable Throwable right) {
        return left != null
                && right != null
                && left.getClass() == right.getClass()
                && Objects.equals(left.getMessage(), right.getMessage());
    }
}
