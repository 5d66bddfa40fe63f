/**
 * What Orrery is tested with, and what you can test your own code with: contract suites for stores
 * and sources, seeded histories, oracles.
 */
module dev.orrery.testkit {
    requires java.logging;
    requires java.sql;
    requires static org.jspecify;
    requires transitive dev.orrery.core;
    requires transitive dev.orrery.query;
    requires transitive org.assertj.core;
    requires transitive org.junit.jupiter.api;
    requires transitive org.junit.jupiter.params;

    exports dev.orrery.testkit;
}
