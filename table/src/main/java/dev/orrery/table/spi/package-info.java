/**
 * For authors of drivers: {@link dev.orrery.table.spi.TableDriver} and what it is asked to do. A
 * driver is called by several threads at once.
 */
@NullMarked
package dev.orrery.table.spi;

import org.jspecify.annotations.NullMarked;
