/** Sessions, transactions and dialects; the embedded SQLite database and its key-value store. */
@NullMarked
package dev.orrery.sql;

import org.jspecify.annotations.NullMarked;
