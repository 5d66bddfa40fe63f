/** Events in commit order, stored. */
@NullMarked
package dev.orrery.log;

import org.jspecify.annotations.NullMarked;
